/// Text: how translations are scored.
@NullMarked
package dev.stiefel.data.text;

import org.jspecify.annotations.NullMarked;
