package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every operation against naive float64 loops.
///
/// The allowance of a product of inner extent `k` is the textbook's `γ_k |A||B|` with a few roundings
/// added for `alpha` and the sum (Higham, Accuracy and Stability of Numerical Algorithms, §3.5), which
/// holds for any order of summation.
class OpsTest {
    private static final List<int[]> EXTENTS = List.of(
            new int[] {1, 1, 1},
            new int[] {2, 3, 5},
            new int[] {7, 1, 4},
            new int[] {1, 9, 1},
            new int[] {13, 17, 11},
            new int[] {64, 32, 48},
            new int[] {257, 3, 2},
            new int[] {3, 257, 5},
            new int[] {2, 5, 131},
            new int[] {97, 101, 89},
            new int[] {192, 192, 256}, // large, with rows 1 KiB apart: another library's in float32
            new int[] {0, 3, 2},
            new int[] {3, 0, 2},
            new int[] {3, 2, 0},
            new int[] {0, 0, 0});

    private interface Check {
        void run(Rig rig, int m, int k, int n);
    }

    private static final Map<String, Check> CHECKS = Map.ofEntries(
            Map.entry("matmul", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor b = rig.matrix(k, n);
                assertProduct(Ops.matmul(rig.scope(), a, b), 0, null, 1, Naive.of(a), Naive.of(b));
            }),
            Map.entry("matmulTN", (rig, m, k, n) -> {
                Tensor a = rig.matrix(k, m);
                Tensor b = rig.matrix(k, n);
                assertProduct(
                        Ops.matmulTN(rig.scope(), a, b), 0, null, 1, Naive.of(a).transposed(), Naive.of(b));
            }),
            Map.entry("matmulNT", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor b = rig.matrix(n, k);
                assertProduct(
                        Ops.matmulNT(rig.scope(), a, b),
                        0,
                        null,
                        1,
                        Naive.of(a),
                        Naive.of(b).transposed());
            }),
            Map.entry("matmulInto", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor b = rig.matrix(k, n);
                Tensor out = poisoned(rig.matrix(m, n));
                Ops.matmulInto(out, a, b);
                assertProduct(out, 0, null, 1, Naive.of(a), Naive.of(b));
            }),
            Map.entry("matmulTNInto", (rig, m, k, n) -> {
                Tensor a = rig.matrix(k, m);
                Tensor b = rig.matrix(k, n);
                Tensor out = poisoned(rig.matrix(m, n));
                Ops.matmulTNInto(out, a, b);
                assertProduct(out, 0, null, 1, Naive.of(a).transposed(), Naive.of(b));
            }),
            Map.entry("matmulNTInto", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor b = rig.matrix(n, k);
                Tensor out = poisoned(rig.matrix(m, n));
                Ops.matmulNTInto(out, a, b);
                assertProduct(out, 0, null, 1, Naive.of(a), Naive.of(b).transposed());
            }),
            Map.entry("rowDotsInto", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor b = rig.matrix(m, k);
                Tensor out = poisoned(rig.matrix(m, 1));
                Ops.rowDotsInto(out, a, b);
                for (int i = 0; i < m; i++) {
                    Tensor first = a.rows(i, i + 1);
                    Tensor second = b.rows(i, i + 1);
                    double expected = product(first, second, x -> x);
                    double allowed = (k + 1) * rig.type().epsilon() / 2 * product(first, second, Math::abs);
                    assertThat(out.get(i, 0)).isCloseTo(expected, within(allowed));
                }
            }),
            Map.entry("transposeInto", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor out = poisoned(rig.matrix(k, m));
                Ops.transposeInto(out, a);
                assertExact(out, Naive.of(a).transposed());
            }),
            Map.entry("addTransposeInPlace", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor out = rig.matrix(k, m);
                Naive sum = Naive.of(out).plus(1, Naive.of(a).transposed());
                Ops.addTransposeInPlace(out, a);
                double rounding = out.type().epsilon() * sum.largest();
                assertThat(Naive.of(out).plus(-1, sum).largest()).isLessThanOrEqualTo(rounding);
            }),
            Map.entry("matmulTTInto", (rig, m, k, n) -> {
                Tensor a = rig.matrix(k, m);
                Tensor b = rig.matrix(n, k);
                Tensor out = poisoned(rig.matrix(m, n));
                Ops.matmulTTInto(out, a, b);
                assertProduct(
                        out, 0, null, 1, Naive.of(a).transposed(), Naive.of(b).transposed());
            }),
            Map.entry("addMatmulTTInPlace", (rig, m, k, n) -> {
                Tensor a = rig.matrix(k, m);
                Tensor b = rig.matrix(n, k);
                Tensor out = rig.matrix(m, n);
                Naive before = Naive.of(out);
                Ops.addMatmulTTInPlace(out, -2, a, b);
                assertProduct(
                        out,
                        1,
                        before,
                        -2,
                        Naive.of(a).transposed(),
                        Naive.of(b).transposed());
            }),
            Map.entry("addMatmulInPlace", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor b = rig.matrix(k, n);
                Tensor out = rig.matrix(m, n);
                Naive before = Naive.of(out);
                Ops.addMatmulInPlace(out, -1.5, a, b);
                assertProduct(out, 1, before, -1.5, Naive.of(a), Naive.of(b));
            }),
            Map.entry("addMatmulTNInPlace", (rig, m, k, n) -> {
                Tensor a = rig.matrix(k, m);
                Tensor b = rig.matrix(k, n);
                Tensor out = rig.matrix(m, n);
                Naive before = Naive.of(out);
                Ops.addMatmulTNInPlace(out, 0.5, a, b);
                assertProduct(out, 1, before, 0.5, Naive.of(a).transposed(), Naive.of(b));
            }),
            Map.entry("addMatmulNTInPlace", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor b = rig.matrix(n, k);
                Tensor out = rig.matrix(m, n);
                Naive before = Naive.of(out);
                Ops.addMatmulNTInPlace(out, 2, a, b);
                assertProduct(out, 1, before, 2, Naive.of(a), Naive.of(b).transposed());
            }),
            Map.entry("sum", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, n);
                Tensor b = rig.matrix(m, n);
                assertSum(Ops.sum(rig.scope(), a, -0.75, b), Naive.of(a), -0.75, Naive.of(b));
            }),
            Map.entry("axpyInPlace", (rig, m, k, n) -> {
                Tensor y = rig.matrix(m, n);
                Tensor x = rig.matrix(m, n);
                Naive before = Naive.of(y);
                Ops.axpyInPlace(y, 3.25, x);
                assertSum(y, before, 3.25, Naive.of(x));
            }),
            Map.entry("scaled", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, n);
                Naive zero = Naive.of(m, n, i -> 0);
                assertSum(Ops.scaled(rig.scope(), a, 0.3f), zero, 0.3f, Naive.of(a));
            }),
            Map.entry("scaleInPlace", (rig, m, k, n) -> {
                Tensor x = rig.matrix(m, n);
                Naive before = Naive.of(x);
                Ops.scaleInPlace(x, -2);
                assertSum(x, Naive.of(m, n, i -> 0), -2, before);
            }),
            Map.entry("dot", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, n);
                Tensor b = rig.matrix(m, n);
                double expected = product(a, b, x -> x);
                double allowed = (m * n + 1) * rig.type().epsilon() / 2 * product(a, b, Math::abs);
                assertThat(Ops.dot(a, b)).isCloseTo(expected, within(allowed));
            }),
            Map.entry("norm", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, n);
                double expected = Math.sqrt(product(a, a, x -> x));
                double allowed = (m * n + 2) * rig.type().epsilon() / 2 * expected;
                assertThat(Ops.norm(a)).isCloseTo(expected, within(allowed));
            }),
            Map.entry("transpose", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, n);
                assertExact(Ops.transpose(rig.scope(), a), Naive.of(a).transposed());
            }),
            Map.entry("beside", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, k);
                Tensor b = rig.matrix(m, n);
                Naive left = Naive.of(a);
                Naive right = Naive.of(b);
                assertExact(Ops.beside(rig.scope(), a, b), Naive.of(m, k + n, index -> {
                    int j = index % (k + n);
                    return j < k ? left.get(index / (k + n), j) : right.get(index / (k + n), j - k);
                }));
            }),
            Map.entry("cast", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, n);
                assertExact(Ops.cast(rig.scope(), a, DType.FLOAT64), Naive.of(a));
                Naive rounded = Naive.of(m, n, index -> (float) a.get(index / n, index % n));
                assertExact(Ops.cast(rig.scope(), a, DType.FLOAT32), rounded);
            }),
            Map.entry("isFinite", (rig, m, k, n) -> {
                Tensor a = rig.matrix(m, n);
                assertThat(Ops.isFinite(a)).isTrue();
                if (a.size() > 0) {
                    a.set(m - 1, n - 1, Double.NaN);
                    assertThat(Ops.isFinite(a)).isFalse();
                    a.set(m - 1, n - 1, Double.NEGATIVE_INFINITY);
                    assertThat(Ops.isFinite(a)).isFalse();
                }
            }));

    static Stream<String> operations() {
        return Arrays.stream(Ops.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .distinct()
                .sorted();
    }

    @Test
    void everyOperationHasACheck() {
        assertThat(CHECKS.keySet()).isEqualTo(operations().collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsThereCanBeScaledBeforeAProductIsAdded(DType type) {
        try (Scope scope = Scope.open("test")) {
            for (int[] extents : List.of(new int[] {4, 3, 5}, new int[] {192, 200, 256})) {
                int m = extents[0];
                int k = extents[1];
                int n = extents[2];
                Tensor a = random(scope, type, m, k, 1);
                Tensor b = random(scope, type, k, n, 2);
                Tensor out = random(scope, type, m, n, 3);
                Tensor again = out.copy(scope);
                Naive before = Naive.of(out);
                Ops.addMatmulInPlace(out, -0.5, 2, a, b);
                Ops.addMatmulNTInPlace(again, -0.5, 2, a, Ops.transpose(scope, b));
                assertProduct(out, -0.5, before, 2, Naive.of(a), Naive.of(b));
                assertProduct(again, -0.5, before, 2, Naive.of(a), Naive.of(b));
            }
        }
    }

    private static Tensor random(Scope scope, DType type, int rows, int columns, long seed) {
        Tensor matrix = scope.uninitialized(type, rows, columns);
        Rng.seeded(seed).fillNormal(matrix, 1);
        return matrix;
    }

    @ParameterizedTest
    @MethodSource("operations")
    void itGivesWhatNaiveLoopsGive(String operation) {
        for (DType type : DType.values()) {
            for (boolean gaps : new boolean[] {false, true}) {
                for (int[] extents : EXTENTS) {
                    try (Scope scope = Scope.open(operation)) {
                        Rig rig = new Rig(scope, type, gaps, Rng.seeded(7));
                        CHECKS.get(operation).run(rig, extents[0], extents[1], extents[2]);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTensorMayBeBothSidesOfASum(DType type) {
        try (Scope scope = Scope.open("test")) {
            Tensor x = new Rig(scope, type, true, Rng.seeded(1)).matrix(5, 3);
            Naive before = Naive.of(x);
            Ops.axpyInPlace(x, 2, x);
            assertSum(x, before, 2, before);
        }
    }

    @Test
    void whatIsWrittenMustNotShareMemoryWithWhatIsRead() {
        try (Scope scope = Scope.open("test")) {
            Tensor a = scope.zeros(DType.FLOAT32, 4, 4).named("a");
            assertThatThrownBy(() -> Ops.matmulInto(a, a, scope.identity(DType.FLOAT32, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("matmulInto: what is written must not share memory with what is read;"
                            + " got [4, 4] 'a' and [4, 4] 'a'");
            Tensor b = a.rows(1, 3);
            assertThatThrownBy(() -> Ops.addMatmulTNInPlace(a.rows(0, 2), 1, scope.identity(DType.FLOAT32, 2), b))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("addMatmulTNInPlace: what is written");
            assertThatThrownBy(() -> Ops.axpyInPlace(a.rows(0, 2), 1, b))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("axpyInPlace: what is written");
            assertThatThrownBy(() -> a.columnRange(0, 3).copyFrom(a.columnRange(1, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("copyFrom: what is written");
        }
    }

    @Test
    void viewsOfOneTensorThatShareNoElementAreNoAliases() {
        try (Scope scope = Scope.open("test")) {
            Tensor whole = scope.uninitialized(DType.FLOAT64, 6, 10);
            Rng.seeded(3).fillNormal(whole, 1);
            Tensor left = whole.columnRange(0, 4);
            Tensor right = whole.columnRange(4, 10);
            Naive expected = Naive.of(left).transposed().times(Naive.of(right));
            Tensor product = Ops.matmulTN(scope, left, right);
            assertThat(Naive.of(product).plus(-1, expected).largest()).isLessThan(1e-13);
            right.columnRange(0, 4).copyFrom(left);
            assertExact(right.columnRange(0, 4), Naive.of(left));
            Tensor top = whole.rows(0, 2).columnRange(1, 3);
            Tensor bottom = whole.rows(2, 4).columnRange(1, 3);
            Ops.matmulInto(bottom, top, scope.identity(DType.FLOAT64, 2));
            assertExact(bottom, Naive.of(top));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNormNeitherOverflowsNorUnderflows(DType type) {
        double huge = type == DType.FLOAT32 ? 1e38 : 1e308;
        double tiny = type == DType.FLOAT32 ? 0x1p-146 : 0x1p-1070;
        try (Scope scope = Scope.open("test")) {
            for (double value : new double[] {huge, tiny, 1e-30, 0}) {
                Tensor a = scope.zeros(type, 3, 5);
                a.set(0, 1, value);
                a.set(2, 4, value);
                double held = a.get(0, 1);
                assertThat(Ops.norm(a.columnRange(1, 5)))
                        .isCloseTo(held * Math.sqrt(2), within(type.epsilon() * held + Double.MIN_VALUE * 2));
            }
        }
    }

    @Test
    void aNanIsNeverLost() {
        try (Scope scope = Scope.open("test")) {
            Tensor a = scope.matrix(2, 2, 1, Float.NaN, 3, 4);
            assertThat(Ops.norm(a)).isNaN();
            assertThat(Ops.dot(a, a)).isNaN();
            assertThat(Ops.scaled(scope, a, 0).get(0, 1)).isNaN();
            assertThat(Ops.scaled(scope, a, 2).get(0, 1)).isNaN();
            assertThat(Ops.sum(scope, a, 1, a).get(0, 1)).isNaN();
            Tensor product = Ops.matmul(scope, a, scope.zeros(DType.FLOAT32, 2, 2));
            assertThat(product.get(0, 0)).isNaN();
            assertThat(product.get(1, 1)).isZero();
        }
    }

    @Test
    void shapeMistakesNameTheOperationTheRuleAndBothShapes() {
        try (Scope scope = Scope.open("test")) {
            Tensor a = scope.zeros(DType.FLOAT32, 2, 3).named("a");
            Tensor b = scope.zeros(DType.FLOAT32, 2, 4).named("b");
            assertRefused(
                    () -> Ops.matmul(scope, a, b),
                    "matmul: columns of the first must equal rows of the second; got [2, 3] 'a' and [2, 4] 'b'");
            assertRefused(
                    () -> Ops.matmulNT(scope, a, b), "matmulNT: columns must be equal; got [2, 3] 'a' and [2, 4] 'b'");
            assertRefused(
                    () -> Ops.matmulTN(scope, a, scope.zeros(DType.FLOAT32, 3, 1)),
                    "matmulTN: rows must be equal; got [2, 3] 'a' and [3, 1]");
            assertRefused(
                    () -> Ops.matmulTTInto(scope.zeros(DType.FLOAT32, 3, 2), a, a),
                    "matmulTTInto: rows of the first must equal columns of the second; got [2, 3] 'a' and [2, 3] 'a'");
            assertRefused(
                    () -> Ops.matmulTNInto(scope.zeros(DType.FLOAT32, 4, 3), a, b),
                    "matmulTNInto: the result must be [3, 4]; got [4, 3]");
            assertRefused(
                    () -> Ops.axpyInPlace(a, 1, b), "axpyInPlace: shapes must be equal; got [2, 3] 'a' and [2, 4] 'b'");
            assertRefused(() -> Ops.dot(a, b), "dot: shapes must be equal; got [2, 3] 'a' and [2, 4] 'b'");
            assertRefused(
                    () -> Ops.rowDotsInto(scope.zeros(DType.FLOAT32, 3, 1).named("c"), a, a),
                    "rowDotsInto: the result must be [2, 1]; got [3, 1] 'c'");
            assertRefused(
                    () -> Ops.matmulTN(scope, a, scope.zeros(DType.FLOAT64, 2, 3)),
                    "matmulTN: number formats must be equal; got float32 [2, 3] 'a' and float64 [2, 3]");
            assertRefused(
                    () -> Ops.transpose(scope, scope.zeros(DType.FLOAT32, 3)), "transpose: needs a matrix; got [3]");
            assertRefused(
                    () -> Ops.beside(scope, a, scope.zeros(DType.FLOAT32, 3, 3)),
                    "beside: rows and number formats must be equal; got float32 [2, 3] 'a' and float32 [3, 3]");
        }
    }

    @Test
    void aRefusedProductLeavesNothingBehind() {
        try (Scope scope = Scope.open("test")) {
            Tensor a = scope.zeros(DType.FLOAT32, 2, 2);
            Tensor b = scope.zeros(DType.FLOAT64, 2, 2);
            long owners = Scope.liveOwners();
            assertThatThrownBy(() -> Ops.matmul(scope, a, b)).isInstanceOf(IllegalArgumentException.class);
            assertThat(Scope.liveOwners()).isEqualTo(owners);
        }
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static void assertProduct(Tensor result, double beta, Naive before, double alpha, Naive a, Naive b) {
        Naive start = before == null ? Naive.of(result.rows(), result.columns(), i -> 0) : before;
        Naive expected =
                Naive.of(start.rows, start.columns, i -> 0).plus(beta, start).plus(alpha, a.times(b));
        Naive scale = start.absolute().plus(Math.abs(alpha), a.absolute().times(b.absolute()));
        assertThat(Naive.of(result).isWithin(a.columns + 3, result.type(), scale, expected))
                .as("%s from inner extent %d", result, a.columns)
                .isTrue();
    }

    private static void assertSum(Tensor result, Naive a, double alpha, Naive b) {
        Naive scale = a.absolute().plus(Math.abs(alpha), b.absolute());
        assertThat(Naive.of(result).isWithin(2, result.type(), scale, a.plus(alpha, b)))
                .as("%s", result)
                .isTrue();
    }

    private static void assertExact(Tensor result, Naive expected) {
        assertThat(Naive.of(result).isWithin(0, result.type(), expected, expected))
                .as("%s", result)
                .isTrue();
    }

    private static Tensor poisoned(Tensor out) {
        for (int i = 0; i < out.rows(); i++) {
            for (int j = 0; j < out.columns(); j++) {
                out.set(i, j, Double.NaN);
            }
        }
        return out;
    }

    private static double product(Tensor a, Tensor b, DoubleUnaryOperator each) {
        Naive x = Naive.of(a);
        Naive y = Naive.of(b);
        return Naive.of(
                        a.rows(),
                        a.columns(),
                        i -> each.applyAsDouble(
                                x.get(i / a.columns(), i % a.columns()) * y.get(i / a.columns(), i % a.columns())))
                .sum();
    }
}
