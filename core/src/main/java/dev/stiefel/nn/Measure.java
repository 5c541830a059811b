package dev.stiefel.nn;

/// A figure of merit: a mean over the output rows that have a target. Its name is that of a column,
/// `SPLIT_NAME`, in a run's history, and of a key in its summary.
public interface Measure {
    /// Name in columns and keys: lower-case letters, digits and underscores.
    String name();

    /// Returns whether it means something for targets of this kind.
    boolean appliesTo(Targets.Kind kind);

    /// The contribution of a row to the sum.
    ///
    /// @param outputs of the row, `[k]`; not to be changed
    /// @param targets of the batch
    /// @param row of the batch; it has a target
    double of(double[] outputs, Targets targets, int row);

    /// The figure, from the mean of what the rows added.
    default double figure(double mean) {
        return mean;
    }

    /// The direction in which figures are better.
    Better better();

    /// Directions of merit.
    enum Better {
        /// Higher figures are better.
        HIGHER,
        /// Lower figures are better.
        LOWER;

        /// Returns whether the first figure is better than the second one.
        public boolean isBetter(double figure, double than) {
            return this == HIGHER ? figure > than : figure < than;
        }

        /// A figure that is worse than every other one.
        public double worst() {
            return this == HIGHER ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
    }
}
