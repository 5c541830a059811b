package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaled;

import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Truncation;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// The operations on a weight of the form `U S Vᵀ`.
///
///     update:    U1 from K1 = (1 − hλ) U0 S0 − h dK,   V1 from L1 = (1 − hλ) V0 S0ᵀ − h dL
///     augment:   Uhat = orth([U0 | K]),   Vhat = orth([V0 | L])
///     both:      S ← M S0 Nᵀ,   M = U1ᵀ U0,   N = V1ᵀ V0
///     truncate:  as [Truncation] does
record MatrixOperations(Factors f) implements BasisOperations {
    @Override
    public BasisMove update(Scope scope, Tensor dK, Tensor dL, StepSize size, Basis basis) {
        Tensor S0 = scaled(scope, f.S(), size.decayFactor());
        Tensor U1 = basis.of(scope, StepOperations.kStep(scope, f, S0, dK, size.length()), f.U()); // [m, r1]
        Tensor V1 = basis.of(scope, StepOperations.lStep(scope, f, S0, dL, size.length()), f.V()); // [n, r1]
        return moveTo(scope, U1, S0, V1);
    }

    @Override
    public BasisMove augment(Scope scope, Tensor K, Tensor L) {
        Tensor Uhat = StepOperations.augmentedBasis(scope, f.U(), K); // [m, 2r]
        Tensor Vhat = StepOperations.augmentedBasis(scope, f.V(), L); // [n, 2r]
        return moveTo(scope, Uhat, f.S(), Vhat);
    }

    private BasisMove moveTo(Scope scope, Tensor U1, Tensor S0, Tensor V1) {
        Tensor M = matmulTN(scope, U1, f.U()); // [r1, r0]
        Tensor N = matmulTN(scope, V1, f.V()); // [r1, r0]
        f.replace(U1, StepOperations.project(scope, M, S0, N), V1);
        return new BasisMove.OfMatrix(new BasisChange(M, N));
    }

    @Override
    public Decomposition decompose(Scope scope) {
        Svd svd = Svd.of(scope, f.S());
        return new Decomposition() {
            @Override
            public List<WeightSpectrum> modes() {
                return List.of(new WeightSpectrum(f.rows(), f.columns(), svd.sigma()));
            }

            @Override
            public BasisMove truncate(Scope scope, List<Integer> ranks) {
                Truncation cut = Truncation.of(scope, f.U(), svd, f.V(), ranks.getFirst());
                f.replace(cut.U(), cut.S(), cut.V());
                return new BasisMove.OfMatrix(new BasisChange(cut.left(), cut.right()));
            }
        };
    }
}
