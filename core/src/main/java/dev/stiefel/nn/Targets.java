package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// What the outputs of a batch should be.
public sealed interface Targets {
    /// How many samples there are.
    int size();

    /// A class a sample.
    final class Classes implements Targets {
        private final int[] labels;

        /// These classes, copied.
        public Classes(int[] labels) {
            this.labels = labels.clone();
        }

        @Override
        public int size() {
            return labels.length;
        }

        /// The class of sample `i`.
        public int label(int i) {
            return labels[i];
        }

        @Override
        public String toString() {
            return Arrays.toString(labels);
        }
    }

    /// A vector a sample.
    ///
    /// @param values `[B, outputs]`
    record Values(Tensor values) implements Targets {
        @Override
        public int size() {
            return values.rows();
        }
    }
}
