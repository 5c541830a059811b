/// Training: samples, the loop over epochs and batches, metrics, early stopping and checkpoints.
@NullMarked
package dev.stiefel.train;

import org.jspecify.annotations.NullMarked;
