package dev.stiefel.nn;

/// The function that training minimizes: a mean over the output rows that have a target. A value that is written
/// to and read from JSON as [LayerSpec] is.
public interface Loss {
    /// Refuses outputs or targets that do not suit the loss.
    ///
    /// @param outputs columns of the network's output
    /// @throws IllegalArgumentException if they do not fit
    void requireFits(int outputs, Targets targets);

    /// Returns whether it is made for targets of this kind.
    boolean appliesTo(Targets.Kind kind);

    /// The loss of one row.
    ///
    /// @param y outputs of the row, `[k]`: becomes `weight · ∂loss/∂y`
    /// @param targets of the batch
    /// @param row of the batch; it has a target
    /// @param weight factor of the gradient
    double row(double[] y, Targets targets, int row, double weight);
}
