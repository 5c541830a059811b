package dev.stiefel.model;

import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import java.util.Optional;
import java.util.OptionalInt;

/// A weight matrix of a network, as everything outside the network sees it: costs, budgets, summaries,
/// compression and reports know no more than this.
///
/// @param name full name: `layers.0.weight`
/// @param rows outputs, `m`
/// @param columns inputs, `n`
/// @param positions rows of a sample that meet it, in all layers that use it; empty where samples differ
/// @param rank rank of its factors; the larger one of a kernel in Tucker form; empty for a dense weight
/// @param takesInputs true if nothing before it is trained, so that no gradient goes back through it
/// @param tucker the kernel, if it is one in Tucker form
public record WeightSpec(
        String name,
        int rows,
        int columns,
        OptionalInt positions,
        OptionalInt rank,
        boolean takesInputs,
        Optional<TuckerKernel> tucker) {
    /// A weight that is dense or of the form `U S Vᵀ`.
    public WeightSpec(
            String name, int rows, int columns, OptionalInt positions, OptionalInt rank, boolean takesInputs) {
        this(name, rows, columns, positions, rank, takesInputs, Optional.empty());
    }

    static WeightSpec of(String name, TuckerKernel kernel, boolean takesInputs) {
        return new WeightSpec(
                name,
                kernel.rows(),
                kernel.columns(),
                kernel.positions(),
                OptionalInt.of(kernel.ranks().larger()),
                takesInputs,
                Optional.of(kernel));
    }

    /// Returns whether it is held as factors.
    public boolean isFactored() {
        return rank.isPresent();
    }

    /// Numbers of the dense matrix, `mn`.
    public long denseParameters() {
        return (long) rows * columns;
    }

    /// Numbers needed to evaluate it: `mn`, `r (m + n)`, or those of a kernel in Tucker form.
    public long parameters() {
        return tucker.map(TuckerKernel::parameters)
                .orElseGet(
                        () -> rank.isPresent() ? (long) rank.getAsInt() * ((long) rows + columns) : denseParameters());
    }

    /// Multiply-adds that a sample takes; a position, where samples differ. Each number of a matrix meets each
    /// position once; the parts of a kernel in Tucker form meet pixels or positions.
    public long multiplyAdds() {
        return tucker.map(TuckerKernel::multiplyAdds).orElseGet(() -> positions.orElse(1) * parameters());
    }

    /// Its rank as text, `r_o×r_i` for a kernel in Tucker form; empty for a dense weight.
    public Optional<String> rankText() {
        return tucker.map(kernel -> kernel.ranks().toString())
                .or(() -> rank.isPresent() ? Optional.of(String.valueOf(rank.getAsInt())) : Optional.empty());
    }

    /// The same with another rank; of a kernel in Tucker form in both modes, cut to what it can have.
    public WeightSpec withRank(OptionalInt newRank) {
        if (tucker.isPresent() && newRank.isPresent()) {
            TuckerKernel kernel = tucker.get();
            TuckerRanks ranks =
                    TuckerRanks.of(newRank.getAsInt()).capped(kernel.rows(), kernel.channels(), kernel.offsets());
            return of(name, kernel.withRanks(ranks), takesInputs);
        }
        return new WeightSpec(name, rows, columns, positions, newRank, takesInputs);
    }
}
