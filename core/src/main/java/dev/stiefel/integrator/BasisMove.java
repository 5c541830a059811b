package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmul;

import dev.stiefel.tensor.Scope;

/// A move of the bases of one factored weight, for the moments that must move with them ([BasisChange]).
interface BasisMove {
    /// The change for moments of `S`.
    BasisChange core(Scope scope);

    /// The change for moments of `K` and `L`, from where the move began to the weight as it is now. Only where
    /// its core is what the next gradients of `K` and `L` are taken at, as these may depend on it.
    BasisChange sides(Scope scope);

    /// This move and the next of the same weight.
    BasisMove then(Scope scope, BasisMove next);

    /// The move of a weight of the form `U S Vᵀ`, whose moments depend on the bases alone.
    record OfMatrix(BasisChange change) implements BasisMove {
        @Override
        public BasisChange core(Scope scope) {
            return change;
        }

        @Override
        public BasisChange sides(Scope scope) {
            return change;
        }

        @Override
        public BasisMove then(Scope scope, BasisMove next) {
            BasisChange after = next.core(scope);
            return new OfMatrix(new BasisChange(
                    matmul(scope, after.left(), change.left()), matmul(scope, after.right(), change.right())));
        }
    }
}
