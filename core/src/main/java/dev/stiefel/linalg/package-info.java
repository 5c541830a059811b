/// Orthonormal bases and singular value decompositions that survive awkward input. Knows tensors and nothing of low
/// rank.
@NullMarked
package dev.stiefel.linalg;

import org.jspecify.annotations.NullMarked;
