/// What exists only to compare with published results: the deviations of published code, its optimizer, its
/// truncation and its step. Nothing else in the library knows of it.
@NullMarked
package dev.stiefel.published;

import org.jspecify.annotations.NullMarked;
