package dev.stiefel.train;

import dev.stiefel.tensor.Rng;
import java.util.Arrays;

/// Division of an epoch's samples into batches. The number of batches is the same in every epoch.
sealed interface BatchPlan {
    /// Batches of an epoch.
    int count();

    /// The batches of one epoch.
    ///
    /// @param rng of this epoch
    EpochBatches epoch(Rng rng);

    /// The plan of a specification.
    static BatchPlan of(TrainSpec spec, Samples samples) {
        return spec.batchTokens().isPresent()
                ? OfTokens.of(samples.lengths(), spec.batchTokens().getAsInt())
                : new OfSamples(samples.size(), spec.batchSize());
    }

    /// A fixed number of samples each, but for the last one.
    ///
    /// @param samples of an epoch
    /// @param size samples of a batch
    record OfSamples(int samples, int size) implements BatchPlan {
        @Override
        public int count() {
            return Math.ceilDiv(samples, size);
        }

        @Override
        public EpochBatches epoch(Rng rng) {
            int[] starts = new int[count() + 1];
            for (int i = 0; i < starts.length; i++) {
                starts[i] = (int) Math.min(samples, (long) i * size);
            }
            return new EpochBatches(rng.permutation(samples), starts);
        }
    }

    /// Batches of samples of similar length with so many tokens together; a longer sample has a batch of its own.
    ///
    /// The samples of one length that form a batch, and the order of the batches, change from epoch to epoch; the
    /// lengths in a batch do not.
    final class OfTokens implements BatchPlan {
        private final int[] lengths; // of each sample
        private final int[] starts; // of the batches, among the samples from the shortest to the longest

        private OfTokens(int[] lengths, int[] starts) {
            this.lengths = lengths;
            this.starts = starts;
        }

        /// @param lengths of the samples
        /// @param tokens of a batch, at most
        static OfTokens of(int[] lengths, int tokens) {
            int[] sorted = lengths.clone();
            Arrays.sort(sorted);
            int[] starts = new int[sorted.length + 1];
            int batches = 0;
            long sum = 0;
            for (int i = 0; i < sorted.length; i++) {
                if (i == 0 || sum + sorted[i] > tokens) {
                    starts[batches++] = i;
                    sum = 0;
                }
                sum += sorted[i];
            }
            starts[batches] = sorted.length;
            return new OfTokens(lengths.clone(), Arrays.copyOf(starts, batches + 1));
        }

        @Override
        public int count() {
            return starts.length - 1;
        }

        @Override
        public EpochBatches epoch(Rng rng) {
            int[] byLength = byLength(rng.permutation(lengths.length));
            int[] batches = rng.permutation(count());
            int[] order = new int[lengths.length];
            int[] begins = new int[count() + 1];
            int at = 0;
            for (int i = 0; i < batches.length; i++) {
                int from = starts[batches[i]];
                int size = starts[batches[i] + 1] - from;
                begins[i] = at;
                System.arraycopy(byLength, from, order, at, size);
                at += size;
            }
            begins[batches.length] = at;
            return new EpochBatches(order, begins);
        }

        /// The same samples from the shortest to the longest; those of one length stay in their order.
        private int[] byLength(int[] samples) {
            long[] keys = new long[samples.length];
            for (int i = 0; i < samples.length; i++) {
                keys[i] = ((long) lengths[samples[i]] << Integer.SIZE) | i;
            }
            Arrays.sort(keys);
            int[] sorted = new int[samples.length];
            for (int i = 0; i < sorted.length; i++) {
                sorted[i] = samples[(int) keys[i]];
            }
            return sorted;
        }
    }
}
