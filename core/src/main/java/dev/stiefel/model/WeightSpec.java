package dev.stiefel.model;

import java.util.OptionalInt;

/// A weight matrix of a network, as everything outside the network sees it: costs, budgets, summaries,
/// compression and reports know no more than this.
///
/// @param name full name: `layers.0.weight`
/// @param rows outputs, `m`
/// @param columns inputs, `n`
/// @param positions rows of a sample that meet it, in all layers that use it; empty where samples differ
/// @param rank rank of its factors; empty for a dense weight
/// @param takesInputs whether nothing that is trained stands before it, so that no gradient goes back through it
public record WeightSpec(
        String name, int rows, int columns, OptionalInt positions, OptionalInt rank, boolean takesInputs) {
    /// Whether it is held as factors.
    public boolean isFactored() {
        return rank.isPresent();
    }

    /// Numbers of the dense matrix, `mn`.
    public long denseParameters() {
        return (long) rows * columns;
    }

    /// Numbers needed to evaluate it: `mn`, or `r (m + n)`.
    public long parameters() {
        return rank.isPresent() ? (long) rank.getAsInt() * ((long) rows + columns) : denseParameters();
    }

    /// The same with another rank.
    public WeightSpec withRank(OptionalInt newRank) {
        return new WeightSpec(name, rows, columns, positions, newRank, takesInputs);
    }
}
