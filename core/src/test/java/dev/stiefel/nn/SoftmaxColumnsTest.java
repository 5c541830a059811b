package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.nn.AttentionSpec.Mask;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Softmax over keys in single precision, beside the plain loops in double precision.
class SoftmaxColumnsTest {
    /// Queries, keys, heads: one stripe, several that heads lie across, as generation has them, many keys.
    private static final int[][] EXTENTS = {
        {1, 1, 1}, {1, 7, 4}, {3, 5, 4}, {4, 4, 4}, {40, 40, 8}, {17, 23, 20}, {300, 300, 2}, {5, 700, 8}, {2, 2, 9}
    };

    static Stream<Arguments> cases() {
        return Stream.of(Mask.values())
                .flatMap(mask -> Stream.of(EXTENTS).map(extents -> Arguments.of(mask, (Object) extents)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void bothFormatsGiveTheSame(Mask mask, int[] extents) {
        int n = extents[0];
        int m = extents[1];
        try (Scope scope = Scope.open("test")) {
            Tensor scores = scope.uninitialized(DType.FLOAT64, m, extents[2] * n);
            Rng.seeded(1).fillNormal(scores, 3);
            Tensor floats = Ops.cast(scope, scores, DType.FLOAT32);
            Tensor doubles = Ops.cast(scope, floats, DType.FLOAT64);
            SoftmaxColumns.of(DType.FLOAT32).ofInPlace(floats, n, 0.7, mask);
            SoftmaxColumns.of(DType.FLOAT64).ofInPlace(doubles, n, 0.7, mask);
            assertClose(floats, doubles);
            for (int column = 0; column < doubles.columns(); column++) {
                double sum = 0;
                for (int key = 0; key < m; key++) {
                    boolean sees = mask != Mask.CAUSAL || key <= m - n + column % n;
                    assertThat(floats.get(key, column) > 0).isEqualTo(sees);
                    sum += doubles.get(key, column);
                }
                assertThat(sum).isCloseTo(1, within(1e-12));
            }
            Tensor delta = scope.uninitialized(DType.FLOAT64, m, extents[2] * n);
            Rng.seeded(2).fillNormal(delta, 1);
            Tensor ofFloats = Ops.cast(scope, delta, DType.FLOAT32);
            Tensor ofDoubles = Ops.cast(scope, ofFloats, DType.FLOAT64);
            SoftmaxColumns.of(DType.FLOAT32).backInPlace(ofFloats, floats, 0.7);
            SoftmaxColumns.of(DType.FLOAT64).backInPlace(ofDoubles, doubles, 0.7);
            assertClose(ofFloats, ofDoubles);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aColumnWithNanIsNan(DType type) {
        try (Scope scope = Scope.open("test")) {
            for (int heads : new int[] {2, 20}) {
                Tensor P = scope.zeros(type, 3, heads);
                P.set(1, 1, Double.NaN);
                SoftmaxColumns.of(type).ofInPlace(P, 1, 1, Mask.NONE);
                for (int key = 0; key < 3; key++) {
                    assertThat(P.get(key, 0)).isCloseTo(1.0 / 3, within(1e-6));
                    assertThat(P.get(key, 1)).isNaN();
                }
            }
        }
    }

    private static void assertClose(Tensor floats, Tensor doubles) {
        double[] values = floats.toDoubles();
        double[] expected = doubles.toDoubles();
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).as("element " + i).isCloseTo(expected[i], within(2e-6));
        }
    }
}
