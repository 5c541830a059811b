/// Code that exists only for comparison with published results: the deviations of published code, its optimizer,
/// its truncation and its step. Nothing else in the library knows of it.
@NullMarked
package dev.stiefel.published;

import org.jspecify.annotations.NullMarked;
