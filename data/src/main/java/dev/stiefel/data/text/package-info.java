/// Text: tokenizers learned from it, samples made of it, and scores of translations.
@NullMarked
package dev.stiefel.data.text;

import org.jspecify.annotations.NullMarked;
