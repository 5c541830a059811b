/// Text: tokenizers that are learned from it, samples that are made of it, and how translations are scored.
@NullMarked
package dev.stiefel.data.text;

import org.jspecify.annotations.NullMarked;
