/// Networks: how layers follow each other, how they are described, made, saved and evaluated. Knows nothing of
/// training.
@NullMarked
package dev.stiefel.model;

import org.jspecify.annotations.NullMarked;
