package dev.stiefel.tensor;

/// Makes the inputs of one test: seeded normal matrices of one format, with or without gaps between their rows.
record Rig(Scope scope, DType type, boolean gaps, Rng rng) {
    Tensor matrix(int rows, int columns) {
        Tensor whole = scope.uninitialized(type, rows + 2, columns + 3);
        rng.fillNormal(whole, 1);
        Tensor view = whole.rows(1, rows + 1).columnRange(2, columns + 2);
        return gaps ? view : view.copy(scope);
    }
}
