package dev.stiefel.linalg;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.beside;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.function.BiFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/// Matrices that break a careless factorization: made in float64 from fixed seeds, then rounded to the format asked
/// for.
///
/// @param name what is awkward about it
/// @param recipe makes it, in float64
record Awkward(String name, BiFunction<Scope, DType, Tensor> recipe) {
    Tensor in(Scope scope, DType type) {
        try (Scope local = Scope.open(name)) {
            Tensor exact = recipe.apply(local, type);
            Tensor rounded = scope.uninitialized(type, exact.rows(), exact.columns());
            rounded.setAll(exact.toDoubles());
            return rounded;
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /// Matrices with at least as many rows as columns.
    static Stream<Awkward> tall() {
        return Stream.of(
                        shapes(),
                        deficient(),
                        augmented(),
                        Stream.of(1e2, 1e4, 1e8, 1e12, 1e16).map(Awkward::graded),
                        Stream.of(1e-8, 1e-4, 1e4, 1e8).map(Awkward::badlyScaled),
                        extremes())
                .flatMap(matrices -> matrices);
    }

    /// The same, transposed ones, and some that are wide by nature.
    static Stream<Awkward> any() {
        return Stream.concat(
                tall(),
                tall().map(matrix -> new Awkward(
                        matrix.name + ", transposed",
                        (scope, type) -> transpose(scope, matrix.recipe.apply(scope, type)))));
    }

    static Tensor normal(Scope scope, int rows, int columns, long seed) {
        Tensor a = scope.uninitialized(DType.FLOAT64, rows, columns);
        Rng.seeded(seed).fillNormal(a, 1);
        return a;
    }

    /// An orthonormal basis by the slow way: Gram–Schmidt, twice, in float64 Java.
    static Tensor orthonormal(Scope scope, int rows, int columns, long seed) {
        Tensor q = normal(scope, rows, columns, seed);
        for (int j = 0; j < columns; j++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int l = 0; l < j; l++) {
                    double overlap = 0;
                    for (int i = 0; i < rows; i++) {
                        overlap += q.get(i, l) * q.get(i, j);
                    }
                    for (int i = 0; i < rows; i++) {
                        q.set(i, j, q.get(i, j) - overlap * q.get(i, l));
                    }
                }
            }
            double square = 0;
            for (int i = 0; i < rows; i++) {
                square += q.get(i, j) * q.get(i, j);
            }
            for (int i = 0; i < rows; i++) {
                q.set(i, j, q.get(i, j) / Math.sqrt(square));
            }
        }
        return q;
    }

    /// `P diag(sigma) Qᵀ` with random orthonormal `P [m, k]`, `Q [n, k]`.
    static Tensor withSpectrum(Scope scope, int m, int n, int k, IntToDoubleFunction sigma) {
        return matmulNT(scope, scaleColumns(orthonormal(scope, m, k, 11), sigma), orthonormal(scope, n, k, 12));
    }

    static Tensor scaleColumns(Tensor a, IntToDoubleFunction factor) {
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                a.set(i, j, a.get(i, j) * factor.applyAsDouble(j));
            }
        }
        return a;
    }

    private static Stream<Awkward> shapes() {
        int[][] shapes = {
            {1, 1}, {5, 1}, {2, 2}, {7, 7}, {31, 13}, {97, 89}, {500, 20}, {784, 3}, {256, 64}, {6, 0}, {0, 0}
        };
        return Stream.of(shapes)
                .map(s -> new Awkward(
                        "normal [%d, %d]".formatted(s[0], s[1]), (scope, type) -> normal(scope, s[0], s[1], 1)));
    }

    private static Stream<Awkward> deficient() {
        return Stream.of(
                new Awkward("zero", (scope, type) -> scope.zeros(DType.FLOAT64, 20, 5)),
                new Awkward("zero [1, 1]", (scope, type) -> scope.zeros(DType.FLOAT64, 1, 1)),
                new Awkward("zero column", (scope, type) -> scaleColumns(normal(scope, 20, 5, 2), j -> j == 2 ? 0 : 1)),
                new Awkward("repeated columns", (scope, type) -> {
                    Tensor half = normal(scope, 40, 6, 3);
                    return beside(scope, half, half);
                }),
                new Awkward("all ones", (scope, type) -> {
                    Tensor ones = scope.zeros(DType.FLOAT64, 19, 7);
                    ones.setAll(Stream.generate(() -> 1.0)
                            .limit(19 * 7)
                            .mapToDouble(Double::doubleValue)
                            .toArray());
                    return ones;
                }),
                new Awkward(
                        "rank 3 of 11",
                        (scope, type) -> matmul(scope, normal(scope, 40, 3, 4), normal(scope, 3, 11, 5))),
                new Awkward("square of rank 4 of 8", (scope, type) -> withSpectrum(scope, 8, 8, 4, i -> 1)),
                new Awkward("nearly dependent columns (Läuchli)", (scope, type) -> {
                    Tensor a = scope.zeros(DType.FLOAT64, 9, 8);
                    for (int j = 0; j < 8; j++) {
                        a.set(0, j, 1);
                        a.set(j + 1, j, Math.sqrt(type.epsilon()) / 2); // its square is lost beside 1
                    }
                    return a;
                }));
    }

    /// `[K1 | U0]` as the rank-adaptive step makes it: `K1` is `U0 S` but for a small step.
    private static Stream<Awkward> augmented() {
        return Stream.of(0.0, 1e-14, 1e-8, 1e-6, 1e-4, 1e-2)
                .map(step -> new Awkward("[K1 | U0], step " + step, (scope, type) -> {
                    Tensor basis = orthonormal(scope, 120, 10, 6);
                    Tensor moved = matmul(scope, basis, normal(scope, 10, 10, 7));
                    axpyInPlace(moved, step, normal(scope, 120, 10, 8));
                    return beside(scope, moved, basis);
                }));
    }

    private static Awkward graded(double condition) {
        return new Awkward(
                "singular values from 1 to 1/%.0e".formatted(condition),
                (scope, type) -> withSpectrum(scope, 60, 12, 12, i -> Math.pow(condition, -i / 11.0)));
    }

    private static Awkward badlyScaled(double span) {
        return new Awkward(
                "columns scaled from 1 to %.0e".formatted(span),
                (scope, type) -> scaleColumns(normal(scope, 60, 12, 9), j -> Math.pow(span, j / 11.0)));
    }

    private static Stream<Awkward> extremes() {
        return Stream.of(
                new Awkward(
                        "near overflow",
                        (scope, type) -> scaleColumns(normal(scope, 30, 7, 10), j -> largest(type) / 8)),
                new Awkward(
                        "near underflow",
                        (scope, type) -> scaleColumns(normal(scope, 30, 7, 10), j -> smallestNormal(type) * 4)),
                new Awkward(
                        "subnormal",
                        (scope, type) -> scaleColumns(
                                normal(scope, 30, 7, 10), j -> smallestNormal(type) * 64 * type.epsilon())),
                new Awkward(
                        "from subnormal to near overflow",
                        (scope, type) -> scaleColumns(
                                normal(scope, 30, 7, 10),
                                j -> j % 2 == 0 ? largest(type) / 8 : smallestNormal(type) / 8)),
                new Awkward("one huge element", (scope, type) -> {
                    Tensor a = normal(scope, 30, 7, 13);
                    a.set(3, 3, largest(type));
                    return a;
                }));
    }

    private static double largest(DType type) {
        return type == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    }

    private static double smallestNormal(DType type) {
        return type == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    }
}
