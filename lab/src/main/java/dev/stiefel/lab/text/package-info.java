/// Texts for people and files: JSON, YAML, words, and the nearest names to mistyped ones. For the lab's own
/// packages.
@NullMarked
package dev.stiefel.lab.text;

import org.jspecify.annotations.NullMarked;
