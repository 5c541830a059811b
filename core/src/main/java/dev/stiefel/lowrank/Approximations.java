package dev.stiefel.lowrank;

import dev.stiefel.linalg.Svd;
import dev.stiefel.tensor.Scope;
import java.util.List;

/// The approximations of a weight by factors of one form, from a decomposition that is made once: by ranks, by
/// tolerance, and what each rank costs. For networks that are trained already; training truncates factors that it
/// has.
public sealed interface Approximations permits MatrixApproximations, TuckerApproximations {
    /// Approximations of the form `U S Vᵀ`.
    ///
    /// @param scope of the decomposition, which must stay open as long as this is used
    /// @param weight dense, or factored in either form
    static MatrixApproximations inMatrixForm(Scope scope, Parameter weight) {
        return new MatrixApproximations(
                switch (weight) {
                    case DenseParameter dense -> Svd.of(scope, dense.value());
                    case FactoredParameter factored ->
                        switch (factored.weight()) {
                            case Factors f -> f.svd(scope);
                            case TuckerFactors f -> f.svd(scope);
                            default -> throw unknownForm(factored);
                        };
                });
    }

    /// Approximations of a kernel in Tucker form.
    ///
    /// @param scope of the decomposition, which must stay open as long as this is used
    /// @param weight dense, or factored in either form
    /// @param offsets of the kernel, `k`
    static TuckerApproximations inTuckerForm(Scope scope, Parameter weight, int offsets) {
        return switch (weight) {
            case DenseParameter dense -> TuckerApproximations.of(scope, dense.value(), offsets);
            case FactoredParameter factored ->
                switch (factored.weight()) {
                    case Factors f -> TuckerApproximations.of(scope, f, offsets);
                    case TuckerFactors f -> TuckerApproximations.of(scope, f);
                    default -> throw unknownForm(factored);
                };
        };
    }

    private static IllegalArgumentException unknownForm(FactoredParameter weight) {
        return new IllegalArgumentException(
                "approximations: '%s' must be dense, of the form U S Vᵀ or in Tucker form; got type %s"
                        .formatted(weight.name(), weight.weight().getClass().getSimpleName()));
    }

    /// The approximation of these ranks. Close it.
    ///
    /// @param ranks one a mode ([RankChoice#ranks])
    /// @throws IllegalArgumentException if the weight cannot have them
    FactoredWeight ofRanks(List<Integer> ranks);

    /// The approximation with the fewest parameters that is known to cut off no more than a share of the weight's
    /// norm. Close it.
    ///
    /// @param tolerance in `[0, 1)`
    FactoredWeight within(double tolerance);

    /// The ranks to choose from, cheapest first: each has more parameters than the one before it, and a smaller
    /// error.
    List<RankChoice> choices();
}
