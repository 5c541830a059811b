package dev.stiefel.train;

/// The samples of an epoch in the order in which they are trained on, and where each batch begins.
final class EpochBatches {
    private final int[] order;
    private final int[] starts; // and behind the last batch the number of samples

    EpochBatches(int[] order, int[] starts) {
        this.order = order;
        this.starts = starts;
    }

    /// Numbers of the samples, batch by batch; not to be changed.
    int[] order() {
        return order;
    }

    /// The start of a batch in the order; for the number of batches, the number of samples.
    int start(int batch) {
        return starts[batch];
    }
}
