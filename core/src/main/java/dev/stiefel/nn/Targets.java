package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;

/// Targets of the output rows of a batch: one target per row. Rows without a target do not count in losses,
/// measures and means.
public sealed interface Targets {
    /// The assignment of rows to samples.
    RowLayout layout();

    /// Returns whether a row has a target.
    boolean counts(int row);

    /// The number of output rows.
    default int size() {
        return layout().rows();
    }

    /// The number of rows with a target, from row `from` (inclusive) to `to` (exclusive).
    default int counted(int from, int to) {
        int counted = 0;
        for (int row = from; row < to; row++) {
            counted += counts(row) ? 1 : 0;
        }
        return counted;
    }

    /// The number of rows with a target.
    default int counted() {
        return counted(0, size());
    }

    /// Kinds of targets.
    enum Kind {
        /// A class a row.
        CLASSES,
        /// A vector of values a row.
        VALUES
    }

    /// The kind of targets.
    Kind kind();

    /// A class a row.
    final class Classes implements Targets {
        /// Label of a row that has no target.
        public static final int NONE = -1;

        private final int[] labels;
        private final RowLayout layout;

        /// Targets of these classes, copied, of samples with one row each.
        public Classes(int[] labels) {
            this(labels, RowLayout.uniform(labels.length, 1));
        }

        /// Targets of these classes, copied.
        ///
        /// @param labels one a row, [#NONE] for rows that do not count
        public Classes(int[] labels, RowLayout layout) {
            requireRows(layout, labels.length);
            this.labels = labels.clone();
            this.layout = layout;
        }

        @Override
        public RowLayout layout() {
            return layout;
        }

        @Override
        public boolean counts(int row) {
            return labels[row] != NONE;
        }

        @Override
        public Kind kind() {
            return Kind.CLASSES;
        }

        /// The class of a row, or [#NONE].
        public int label(int row) {
            return labels[row];
        }

        @Override
        public String toString() {
            return Arrays.toString(labels);
        }
    }

    /// A vector of values a row.
    final class Values implements Targets {
        private final Tensor values;
        private final RowLayout layout;
        private final BitSet none;

        /// Targets of these values, of samples with one row each.
        ///
        /// @param values `[B, outputs]`
        public Values(Tensor values) {
            this(values, RowLayout.uniform(values.rows(), 1), new BitSet());
        }

        /// Targets of these values.
        ///
        /// @param values `[rows, outputs]`
        /// @param none rows that do not count, copied
        public Values(Tensor values, RowLayout layout, BitSet none) {
            requireRows(layout, values.rows());
            this.values = values;
            this.layout = layout;
            this.none = (BitSet) none.clone();
        }

        @Override
        public RowLayout layout() {
            return layout;
        }

        @Override
        public boolean counts(int row) {
            return !none.get(row);
        }

        @Override
        public Kind kind() {
            return Kind.VALUES;
        }

        /// `[rows, outputs]`.
        public Tensor values() {
            return values;
        }
    }

    private static void requireRows(RowLayout layout, int rows) {
        if (layout.rows() != rows) {
            throw new IllegalArgumentException(
                    "targets: there must be one for each of the %s; got %d".formatted(layout, rows));
        }
    }
}
