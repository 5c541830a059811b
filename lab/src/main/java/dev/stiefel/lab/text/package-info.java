/// Texts that people and files hold: JSON, YAML, words, and the names that mistyped ones are
/// nearest to. For the lab's
/// own
/// packages.
@NullMarked
package dev.stiefel.lab.text;

import org.jspecify.annotations.NullMarked;
