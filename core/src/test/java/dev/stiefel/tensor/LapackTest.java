package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.tensor.Lapack.SvdDriver;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each routine does what its equation says, on the smallest and some larger shapes; how well, on awkward input, is
/// asked of `linalg`, which decides what to do when one fails.
class LapackTest {
    private static final int[][] SHAPES = {{1, 1}, {2, 2}, {5, 1}, {7, 3}, {13, 13}, {40, 17}};

    static Stream<Arguments> shapes() {
        return Arrays.stream(DType.values())
                .flatMap(type -> Arrays.stream(SHAPES).map(shape -> Arguments.of(type, shape[0], shape[1])));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void theGramMatrixIsTheUpperTriangleOfTheProduct(DType type, int m, int n) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = new Rig(scope, type, false, Rng.seeded(1)).matrix(m, n);
            Tensor g = scope.zeros(type, n, n);
            Lapack.gramUpperInto(g, a);
            Naive gram = Naive.of(a).transposed().times(Naive.of(a));
            Naive expected = Naive.of(n, n, i -> i / n <= i % n ? gram.get(i / n, i % n) : 0);
            Naive absolute = Naive.of(a).absolute();
            assertThat(Naive.of(g).isWithin(m + 2, type, absolute.transposed().times(absolute), expected))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void theCholeskyFactorTimesItselfIsTheMatrix(DType type, int m, int n) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = new Rig(scope, type, false, Rng.seeded(2)).matrix(m, n);
            Tensor g = Ops.matmulTN(scope, a, a);
            Ops.axpyInPlace(g, 1, scope.identity(type, n)); // so that it is definite where m = n, too
            Naive before = Naive.of(g);
            assertThat(Lapack.choleskyInPlace(g)).isTrue();
            Naive upper = Naive.of(n, n, i -> i / n <= i % n ? g.get(i / n, i % n) : 0);
            Naive absolute = upper.absolute();
            assertThat(upper.transposed()
                            .times(upper)
                            .isWithin(n + 2, type, absolute.transposed().times(absolute), before))
                    .isTrue();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    assertThat(g.get(i, j)).isEqualTo(before.get(i, j)); // the lower triangle keeps what it held
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void solvingUndoesMultiplying(DType type, int m, int n) {
        try (Scope scope = Scope.open("test")) {
            Rig rig = new Rig(scope, type, false, Rng.seeded(3));
            Tensor a = rig.matrix(m, n);
            Tensor r = rig.matrix(n, n);
            for (int i = 0; i < n; i++) {
                r.set(i, i, 2 + i); // the rest of the lower triangle must not be read
            }
            Tensor x = a.copy(scope);
            Lapack.solveRightInPlace(x, r);
            Naive upper = Naive.of(n, n, i -> i / n <= i % n ? r.get(i / n, i % n) : 0);
            Naive scale = Naive.of(x).absolute().times(upper.absolute());
            assertThat(Naive.of(x).times(upper).isWithin(n + 2, type, scale, Naive.of(a)))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void householderGivesOrthonormalColumns(DType type, int m, int n) {
        try (Scope scope = Scope.open("test")) {
            Tensor q = new Rig(scope, type, false, Rng.seeded(4)).matrix(m, n);
            assertThat(Lapack.householderInPlace(scope, q)).isTrue();
            Naive gram = Naive.of(q).transposed().times(Naive.of(q));
            Naive identity = Naive.of(n, n, i -> i / n == i % n ? 1 : 0);
            assertThat(gram.plus(-1, identity).largest()).isLessThan(4 * m * n * type.epsilon());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void bothDriversDecomposeTallAndWideMatrices(DType type, int m, int n) {
        for (SvdDriver driver : SvdDriver.values()) {
            assertDecomposed(driver, type, m, n);
            assertDecomposed(driver, type, n, m);
        }
    }

    private static void assertDecomposed(SvdDriver driver, DType type, int m, int n) {
        try (Scope scope = Scope.open("test")) {
            int k = Math.min(m, n);
            Tensor a = new Rig(scope, type, false, Rng.seeded(5)).matrix(m, n);
            Tensor u = scope.zeros(type, m, k);
            Tensor sigma = scope.zeros(type, k);
            Tensor vt = scope.zeros(type, k, n);
            assertThat(Lapack.svdInto(driver, scope, a.copy(scope), u, sigma, vt))
                    .isTrue();
            double[] values = sigma.toDoubles();
            Naive scaled = Naive.of(m, k, i -> u.get(i / k, i % k) * values[i % k]);
            Naive difference = scaled.times(Naive.of(vt)).plus(-1, Naive.of(a));
            assertThat(difference.largest()).isLessThan(4 * (m + n) * type.epsilon() * values[0]);
            for (int i = 1; i < k; i++) {
                assertThat(values[i]).isBetween(0.0, values[i - 1]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nonFiniteInputIsAnAnswerOfFalse(DType type) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            try (Scope scope = Scope.open("test")) {
                Tensor a = scope.identity(type, 3);
                a.set(1, 2, bad);
                assertThat(Lapack.householderInPlace(scope, a.copy(scope))).isFalse();
                for (SvdDriver driver : SvdDriver.values()) {
                    assertThat(Lapack.svdInto(
                                    driver,
                                    scope,
                                    a.copy(scope),
                                    scope.zeros(type, 3, 3),
                                    scope.zeros(type, 3),
                                    scope.zeros(type, 3, 3)))
                            .isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIndefiniteMatrixHasNoCholeskyFactor(DType type) {
        try (Scope scope = Scope.open("test")) {
            Tensor g = scope.identity(type, 4);
            g.set(2, 2, -1);
            assertThat(Lapack.choleskyInPlace(g)).isFalse();
            g.set(2, 2, Double.NaN);
            assertThat(Lapack.choleskyInPlace(g)).isFalse();
            assertThat(Lapack.choleskyInPlace(scope.zeros(type, 1, 1))).isFalse();
        }
    }

    @Test
    void emptyMatricesAreFactorizedAtOnce() {
        try (Scope scope = Scope.open("test")) {
            Tensor none = scope.zeros(DType.FLOAT32, 0, 0);
            assertThat(Lapack.choleskyInPlace(none)).isTrue();
            Lapack.solveRightInPlace(scope.zeros(DType.FLOAT32, 4, 0), none);
            Lapack.gramUpperInto(none, scope.zeros(DType.FLOAT32, 4, 0));
            assertThat(Lapack.householderInPlace(scope, scope.zeros(DType.FLOAT32, 4, 0)))
                    .isTrue();
            Tensor g = scope.identity(DType.FLOAT32, 2);
            Lapack.gramUpperInto(g, scope.zeros(DType.FLOAT32, 0, 2));
            assertThat(g.get(0, 0)).isZero();
            Tensor sigma = scope.zeros(DType.FLOAT32, 0);
            Tensor u = scope.zeros(DType.FLOAT32, 4, 0);
            assertThat(Lapack.svdInto(
                            SvdDriver.DIVIDE_AND_CONQUER, scope, scope.zeros(DType.FLOAT32, 4, 0), u, sigma, none))
                    .isTrue();
        }
    }

    @Test
    void shapeMistakesNameTheRoutineAndTheRule() {
        try (Scope scope = Scope.open("test")) {
            Tensor wide = scope.zeros(DType.FLOAT32, 2, 3).named("a");
            assertRefused(() -> Lapack.choleskyInPlace(wide), "choleskyInPlace: needs a square matrix; got [2, 3] 'a'");
            assertRefused(
                    () -> Lapack.householderInPlace(scope, wide),
                    "householderInPlace: needs at least as many rows as columns; got [2, 3] 'a'");
            assertRefused(
                    () -> Lapack.solveRightInPlace(wide, scope.identity(DType.FLOAT32, 2)),
                    "solveRightInPlace: columns and number formats must be equal; got float32 [2, 3] 'a' and float32"
                            + " [2, 2]");
            assertRefused(
                    () -> Lapack.gramUpperInto(scope.identity(DType.FLOAT64, 3), wide),
                    "gramUpperInto: columns and number formats must be equal; got float64 [3, 3] and float32 [2, 3]"
                            + " 'a'");
            Tensor gaps = scope.zeros(DType.FLOAT32, 4, 4).columnRange(0, 3);
            assertRefused(
                    () -> Lapack.householderInPlace(scope, gaps),
                    "householderInPlace: needs a tensor without gaps between its rows; got a view [4, 3]; copy it");
            Tensor u = scope.zeros(DType.FLOAT32, 2, 2);
            Tensor sigma = scope.zeros(DType.FLOAT32, 2);
            assertRefused(
                    () -> Lapack.svdInto(SvdDriver.QR_ITERATION, scope, wide, u, sigma, u),
                    "svdInto: vt must be [2, 3] of the input's number format; got float32 [2, 2]");
            Tensor square = scope.identity(DType.FLOAT32, 2);
            assertRefused(
                    () -> Lapack.svdInto(SvdDriver.QR_ITERATION, scope, square, u, sigma, u),
                    "svdInto: what is written must not share memory with what is read; got [2, 2] and [2, 2]");
        }
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
