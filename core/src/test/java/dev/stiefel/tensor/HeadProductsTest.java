package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Products of all heads at once, against naive loops over the columns of each head.
class HeadProductsTest {
    private static final int HEADS = 3;

    /// Rows of queries, rows of keys, columns of a head.
    private static final int[][] EXTENTS = {{1, 1, 1}, {4, 5, 2}, {7, 1, 5}, {1, 9, 4}, {40, 40, 16}, {33, 70, 64}};

    static Stream<Arguments> cases() {
        return Stream.of(DType.values())
                .flatMap(type -> Stream.of(false, true)
                        .flatMap(
                                gaps -> Stream.of(EXTENTS).map(extents -> Arguments.of(type, gaps, (Object) extents))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scoresAreProductsOfTheColumnsOfAHead(DType type, boolean gaps, int[] extents) {
        try (Scope scope = Scope.open("test")) {
            Rig rig = new Rig(scope, type, gaps, Rng.seeded(1));
            int n = extents[0];
            Tensor Q = rig.matrix(n, HEADS * extents[2]);
            Tensor K = rig.matrix(extents[1], HEADS * extents[2]);
            Tensor P = rig.matrix(extents[1], HEADS * n);
            Ops.scaleInPlace(P, Double.NaN);
            HeadProducts.scoresInto(P, Q, K, HEADS);
            for (int head = 0; head < HEADS; head++) {
                assertProduct(
                        P.columnRange(head * n, (head + 1) * n),
                        zeros(extents[1], n),
                        head(K, head),
                        head(Q, head).transposed());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsOfKeysAreWeightedByTheScoresOfTheirHead(DType type, boolean gaps, int[] extents) {
        try (Scope scope = Scope.open("test")) {
            Rig rig = new Rig(scope, type, gaps, Rng.seeded(2));
            int n = extents[0];
            Tensor P = rig.matrix(extents[1], HEADS * n);
            Tensor V = rig.matrix(extents[1], HEADS * extents[2]);
            Tensor added = rig.matrix(n, HEADS * extents[2]);
            Naive[] before = heads(added);
            Tensor written = rig.matrix(n, HEADS * extents[2]);
            Ops.scaleInPlace(written, Double.NaN);
            HeadProducts.weightedKeysInto(written, P, V, HEADS);
            HeadProducts.addWeightedKeysInPlace(added, P, V, HEADS);
            for (int head = 0; head < HEADS; head++) {
                Naive scores = Naive.of(P.columnRange(head * n, (head + 1) * n)).transposed();
                assertProduct(columns(written, head), zeros(n, extents[2]), scores, head(V, head));
                assertProduct(columns(added, head), before[head], scores, head(V, head));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsOfQueriesAreWeightedByTheScoresOfTheirHead(DType type, boolean gaps, int[] extents) {
        try (Scope scope = Scope.open("test")) {
            Rig rig = new Rig(scope, type, gaps, Rng.seeded(3));
            int n = extents[0];
            int m = extents[1];
            Tensor P = rig.matrix(m, HEADS * n);
            Tensor Y = rig.matrix(n, HEADS * extents[2]);
            Tensor added = rig.matrix(m, HEADS * extents[2]);
            Naive[] before = heads(added);
            Tensor written = rig.matrix(m, HEADS * extents[2]);
            Ops.scaleInPlace(written, Double.NaN);
            HeadProducts.weightedQueriesInto(written, P, Y, HEADS);
            HeadProducts.addWeightedQueriesInPlace(added, P, Y, HEADS);
            for (int head = 0; head < HEADS; head++) {
                Naive scores = Naive.of(P.columnRange(head * n, (head + 1) * n));
                assertProduct(columns(written, head), zeros(m, extents[2]), scores, head(Y, head));
                assertProduct(columns(added, head), before[head], scores, head(Y, head));
            }
        }
    }

    @Test
    void withoutRowsASumIsZero() {
        try (Scope scope = Scope.open("test")) {
            Tensor none = scope.zeros(DType.FLOAT32, 0, 4);
            Tensor written = scope.matrix(1, 4, 1, 2, 3, 4);
            HeadProducts.weightedKeysInto(written, scope.zeros(DType.FLOAT32, 0, 2), none, 2);
            assertThat(written.toDoubles()).containsOnly(0);
            Ops.axpyInPlace(written, 1, scope.matrix(1, 4, 5, 5, 5, 5));
            HeadProducts.addWeightedKeysInPlace(written, scope.zeros(DType.FLOAT32, 0, 2), none, 2);
            assertThat(written.toDoubles()).containsOnly(5);
            HeadProducts.weightedQueriesInto(written, scope.zeros(DType.FLOAT32, 1, 0), none, 2);
            assertThat(written.toDoubles()).containsOnly(0);
            Tensor scores = scope.matrix(1, 1, 7);
            HeadProducts.scoresInto(scores, scope.zeros(DType.FLOAT32, 1, 0), scope.zeros(DType.FLOAT32, 1, 0), 1);
            assertThat(scores.get(0, 0)).isZero();
        }
    }

    @Test
    void mistakesNameTheOperationTheRuleAndTheShapes() {
        try (Scope scope = Scope.open("test")) {
            Tensor Q = scope.zeros(DType.FLOAT32, 2, 6).named("Q");
            Tensor K = scope.zeros(DType.FLOAT32, 3, 6).named("K");
            Tensor P = scope.zeros(DType.FLOAT32, 3, 4).named("P");
            assertRefused(
                    () -> HeadProducts.scoresInto(P, Q, K, 4),
                    "scoresInto: heads must divide the 6 columns of [3, 6] 'K'; got 4");
            assertRefused(
                    () -> HeadProducts.scoresInto(P, Q, K, 3), "scoresInto: scores must be [3, 3 · 2]; got [3, 4] 'P'");
            assertRefused(
                    () -> HeadProducts.weightedKeysInto(Q, P, scope.zeros(DType.FLOAT32, 3, 4), 2),
                    "weightedKeysInto: rows of queries and of keys must have equally many columns; got [2, 6] 'Q' and"
                            + " [3, 4]");
            assertRefused(
                    () -> HeadProducts.weightedQueriesInto(K, P, scope.zeros(DType.FLOAT64, 2, 6), 2),
                    "weightedQueriesInto: needs float32 elements; got float64 [2, 6]");
            assertThatThrownBy(() -> HeadProducts.weightedKeysInto(
                            P.rows(0, 2).columnRange(0, 2), P.columnRange(0, 2), scope.zeros(DType.FLOAT32, 3, 2), 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("weightedKeysInto: what is written must not share memory");
        }
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static Naive zeros(int rows, int columns) {
        return Naive.of(rows, columns, i -> 0);
    }

    private static Tensor columns(Tensor rows, int head) {
        int width = rows.columns() / HEADS;
        return rows.columnRange(head * width, (head + 1) * width);
    }

    private static Naive head(Tensor rows, int head) {
        return Naive.of(columns(rows, head));
    }

    private static Naive[] heads(Tensor rows) {
        return Stream.of(0, 1, 2).map(head -> head(rows, head)).toArray(Naive[]::new);
    }

    private static void assertProduct(Tensor result, Naive before, Naive a, Naive b) {
        Naive expected = before.plus(1, a.times(b));
        Naive scale = before.absolute().plus(1, a.absolute().times(b.absolute()));
        assertThat(Naive.of(result).isWithin(a.columns + 3, result.type(), scale, expected))
                .as("%s from inner extent %d", result, a.columns)
                .isTrue();
    }
}
