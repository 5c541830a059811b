/// Preparation of samples between a data set and training: subsets, held-out samples, label noise, scaling.
@NullMarked
package dev.stiefel.data;

import org.jspecify.annotations.NullMarked;
