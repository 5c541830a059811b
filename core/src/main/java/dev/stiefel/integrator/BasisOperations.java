package dev.stiefel.integrator;

import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Operations of basis updates and of truncations on one factored weight, whatever its form: one implementation
/// for each form. Steps that are written in them take weights of any of the forms, side by side.
interface BasisOperations {
    /// The operations on each factored weight of a point, all in the orthonormal gauge.
    ///
    /// @param step its name, for messages
    /// @throws IllegalArgumentException if a weight has a form that has none, or is in the other gauge
    static List<BasisOperations> of(String step, Point point) {
        List<BasisOperations> all = new ArrayList<>();
        for (FactoredParameter each : point.factored()) {
            all.add(
                    switch (each.weight()) {
                        case Factors matrix -> new MatrixOperations(matrix);
                        case TuckerFactors kernel -> new TuckerOperations(kernel);
                        default -> throw StepOperations.otherForm(step, "U S Vᵀ or the Tucker form", each);
                    });
        }
        point.factored().forEach(each -> StepOperations.requireGauge(step, each.weight(), Gauge.ORTHONORMAL));
        return all;
    }

    /// Makes a new basis from the factor after its step and the basis before.
    @FunctionalInterface
    interface Basis {
        Tensor of(Scope scope, Tensor stepped, Tensor before);
    }

    /// The first stage of a basis update: the weight becomes `(1 − hλ) W0`, projected to new bases.
    ///
    /// @param dK direction of `K`
    /// @param dL direction of `L`
    BasisMove update(Scope scope, Tensor dK, Tensor dL, StepSize size, Basis basis);

    /// Adds directions to the bases. The weight stays what it is.
    ///
    /// @param K matrix added to the first basis
    /// @param L matrix added to the second basis
    BasisMove augment(Scope scope, Tensor K, Tensor L);

    /// Decomposes the weight, to be truncated. It stays as it is.
    Decomposition decompose(Scope scope);

    /// The singular values of a weight, of each of the modes that are truncated side by side.
    interface Decomposition {
        /// The spectra of the modes, one or more.
        List<WeightSpectrum> modes();

        /// Truncates the weight, in place.
        ///
        /// @param ranks one a mode
        BasisMove truncate(Scope scope, List<Integer> ranks);
    }
}
