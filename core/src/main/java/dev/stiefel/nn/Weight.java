package dev.stiefel.nn;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Tensor;

/// The matrix of a layer, `W [m, n]`: as it is, or as its factors. A layer is written once for both.
public sealed interface Weight {
    /// `m`, the layer's outputs.
    int rows();

    /// `n`, the layer's inputs.
    int columns();

    /// Numbers that are needed to evaluate it: `mn`, or `r (m + n)`.
    long parameters();

    /// All elements.
    ///
    /// @param matrix `W [m, n]`
    record DenseWeight(Tensor matrix) implements Weight {
        @Override
        public int rows() {
            return matrix.rows();
        }

        @Override
        public int columns() {
            return matrix.columns();
        }

        @Override
        public long parameters() {
            return matrix.size();
        }
    }

    /// The factors of `W = U S Vᵀ`.
    ///
    /// @param factors `U [m, r]`, `S [r, r]`, `V [n, r]`
    record LowRankWeight(Factors factors) implements Weight {
        @Override
        public int rows() {
            return factors.rows();
        }

        @Override
        public int columns() {
            return factors.columns();
        }

        @Override
        public long parameters() {
            return (long) factors.rank() * (factors.rows() + factors.columns());
        }
    }
}
