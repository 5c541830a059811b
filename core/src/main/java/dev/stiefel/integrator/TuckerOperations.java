package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.lowrank.WeightSpectrum.Mode;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// The operations on a kernel in Tucker form, `W = Uo C (I_k ⊗ Ui)ᵀ` ([TuckerFactors]; arXiv 2305.19059,
/// Algorithms 1 and 2, for two factored modes).
///
///     update:    C0 = So Ro,   Uo1 from K1 = (1 − hλ) Uo0 So − h dK
///                C0 as [r_o·k, r_i] = Qi Siᵀ,   Ui1 from L1 = (1 − hλ) Ui0 Si − h dL
///     augment:   Uhat = orth([Uo0 | K]),   Vhat = orth([Ui0 | L])
///     both:      C ← M C0 (I ⊗ N)ᵀ,   M = Uo1ᵀ Uo0,   N = Ui1ᵀ Ui0
///     truncate:  Po, Pi the leading left singular vectors of the core's unfoldings along outputs and channels,
///                Uo ← Uhat Po,   Ui ← Vhat Pi,   C ← Poᵀ C (I ⊗ Pi)
///
/// The squared errors of the two modes add up, so each may err by `τ/√2` of the norm ([WeightSpectrum#mode]).
/// Deviation: where a rank that was chosen exceeds `k` times the other, the other is raised, since cutting
/// further would err more than was allowed.
///
/// Moments of the core move as those of a matrix with bases `Uo` and `I ⊗ Ui`: `M m (I ⊗ N)ᵀ`. Moments of `K`
/// belong to the basis `(I ⊗ Ui) Roᵀ`, those of `L` to the columns `Uo Qi_q`, which depend on the core as well;
/// so they move last,
/// when the core has stepped, by
///
///     m ← m Toᵀ,   To = Ro1 (I ⊗ N) Ro0ᵀ;      m ← m Tiᵀ,   Ti = Qi1ᵀ (M Qi0)
record TuckerOperations(TuckerFactors f) implements BasisOperations {
    @Override
    public BasisMove update(Scope scope, Tensor dK, Tensor dL, StepSize size, Basis basis) {
        int k = f.offsets();
        Tensor C0 = scaled(scope, f.C(), size.decayFactor());
        Tensor Ro = TuckerFactors.outRows(scope, f.C()); // [r_o, k r_i]
        Tensor Qi = TuckerFactors.inColumns(scope, f.C(), k); // [r_o, k r_i]
        Tensor So = matmulNT(scope, C0, Ro); // [r_o, r_o]
        Tensor Si = matmulTN(scope, TuckerFactors.inUnfolding(C0, k), TuckerFactors.inUnfolding(Qi, k)); // [r_i, r_i]
        Tensor Uo1 = basis.of(scope, stepped(scope, f.Uo(), So, dK, size.length()), f.Uo()); // [out, r_o1]
        Tensor Ui1 = basis.of(scope, stepped(scope, f.Ui(), Si, dL, size.length()), f.Ui()); // [in, r_i1]
        return moveTo(scope, Uo1, C0, Ui1, Ro, Qi);
    }

    /// `U S − h direction`.
    private static Tensor stepped(Scope scope, Tensor U, Tensor S, Tensor direction, double h) {
        Tensor K = direction.copy(scope);
        addMatmulInPlace(K, -h, 1, U, S);
        return K;
    }

    @Override
    public BasisMove augment(Scope scope, Tensor K, Tensor L) {
        Tensor Ro = TuckerFactors.outRows(scope, f.C());
        Tensor Qi = TuckerFactors.inColumns(scope, f.C(), f.offsets());
        Tensor Uhat = StepOperations.augmentedBasis(scope, f.Uo(), K); // [out, 2 r_o]
        Tensor Vhat = StepOperations.augmentedBasis(scope, f.Ui(), L); // [in, 2 r_i]
        return moveTo(scope, Uhat, f.C(), Vhat, Ro, Qi);
    }

    private BasisMove moveTo(Scope scope, Tensor Uo1, Tensor C0, Tensor Ui1, Tensor Ro, Tensor Qi) {
        Tensor M = matmulTN(scope, Uo1, f.Uo()); // [r_o1, r_o0]
        Tensor N = matmulTN(scope, Ui1, f.Ui()); // [r_i1, r_i0]
        f.replace(Uo1, TuckerFactors.timesIn(scope, matmul(scope, M, C0), f.offsets(), N), Ui1);
        return new Move(f, M, N, Ro, Qi);
    }

    @Override
    public Decomposition decompose(Scope scope) {
        Svd out = TuckerFactors.outDecomposition(scope, f.C());
        Svd in = TuckerFactors.inDecomposition(scope, f.C(), f.offsets());
        return new Decomposition() {
            @Override
            public List<WeightSpectrum> modes() {
                return List.of(
                        new WeightSpectrum(f.rows(), f.channels(), out.sigma(), Mode.OUTPUTS),
                        new WeightSpectrum(f.rows(), f.channels(), in.sigma(), Mode.CHANNELS));
            }

            @Override
            public BasisMove truncate(Scope scope, List<Integer> ranks) {
                return cut(scope, out, in, new TuckerRanks(ranks.get(0), ranks.get(1)).raised(f.offsets()));
            }
        };
    }

    private BasisMove cut(Scope scope, Svd out, Svd in, TuckerRanks ranks) {
        Tensor Ro = TuckerFactors.outRows(scope, f.C());
        Tensor Qi = TuckerFactors.inColumns(scope, f.C(), f.offsets());
        Tensor M = transpose(scope, out.p().columnRange(0, ranks.out())); // [r_o1, r_o0]
        Tensor N = in.qt().rows(0, ranks.in()); // [r_i1, r_i0]
        Tensor Uo1 = matmulNT(scope, f.Uo(), M); // [out, r_o1]
        Tensor Ui1 = matmulNT(scope, f.Ui(), N); // [in, r_i1]
        f.replace(Uo1, TuckerFactors.timesIn(scope, matmul(scope, M, f.C()), f.offsets(), N), Ui1);
        return new Move(f, M, N, Ro, Qi);
    }

    /// A move of the bases.
    ///
    /// @param M `Uo1ᵀ Uo0`
    /// @param N `Ui1ᵀ Ui0`
    /// @param Ro rows of the core at the start of the move
    /// @param Qi its columns
    private record Move(TuckerFactors f, Tensor M, Tensor N, Tensor Ro, Tensor Qi) implements BasisMove {
        @Override
        public BasisChange core(Scope scope) {
            int k = f.offsets();
            Tensor blocks = scope.zeros(N.type(), k * N.rows(), k * N.columns()); // I ⊗ N
            for (int q = 0; q < k; q++) {
                blocks.rows(q * N.rows(), (q + 1) * N.rows())
                        .columnRange(q * N.columns(), (q + 1) * N.columns())
                        .copyFrom(N);
            }
            return new BasisChange(M, blocks);
        }

        @Override
        public BasisChange sides(Scope scope) {
            int k = f.offsets();
            Tensor Ro1 = TuckerFactors.outRows(scope, f.C());
            Tensor Qi1 = TuckerFactors.inColumns(scope, f.C(), k);
            Tensor To = matmulNT(scope, Ro1, TuckerFactors.timesIn(scope, Ro, k, N));
            Tensor Ti = matmulTN(
                    scope, TuckerFactors.inUnfolding(Qi1, k), TuckerFactors.inUnfolding(matmul(scope, M, Qi), k));
            return new BasisChange(Ti, To);
        }

        @Override
        public BasisMove then(Scope scope, BasisMove next) {
            Move after = (Move) next;
            return new Move(f, matmul(scope, after.M, M), matmul(scope, after.N, N), Ro, Qi);
        }
    }
}
