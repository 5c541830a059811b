package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.nn.RowNorm.Place;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Single precision gives what double precision gives.
class RowNormTest {
    private static final double EPSILON = 1e-6;

    @ParameterizedTest
    @CsvSource({"1, 512, 0", "7, 3, 0", "40, 128, 0", "40, 128, 3", "9, 128, 1000", "700, 33, 30", "3, 5000, 1"})
    void bothFormatsAgree(int rows, int columns, double center) {
        try (Scope scope = Scope.open("test")) {
            Sweeps exact = new Sweeps(scope, DType.FLOAT64, rows, columns, center);
            Sweeps single = new Sweeps(scope, DType.FLOAT32, rows, columns, center);
            double rounding = 1e-5 * (1 + center); // of the numbers that the mean is subtracted from
            assertClose(single.y, exact.y, rounding);
            assertClose(single.scaleGradient, exact.scaleGradient, rounding * Math.sqrt(rows) * 10);
            assertClose(single.biasGradient, exact.biasGradient, 1e-5 * Math.sqrt(rows));
            assertClose(single.inputGradient, exact.inputGradient, rounding);
        }
    }

    private static void assertClose(Tensor single, Tensor exact, double most) {
        double[] got = single.toDoubles();
        double[] expected = exact.toDoubles();
        for (int i = 0; i < got.length; i++) {
            assertThat(got[i]).isCloseTo(expected[i], within(most));
        }
    }

    /// What comes of the same numbers in a format.
    private static final class Sweeps {
        final Tensor y;
        final Tensor scaleGradient;
        final Tensor biasGradient;
        final Tensor inputGradient;

        Sweeps(Scope scope, DType type, int rows, int columns, double center) {
            Tensor x = normal(scope, type, 1, rows, columns);
            x.setAll(shifted(x.toDoubles(), center));
            Tensor delta = normal(scope, type, 2, rows, columns);
            Tensor scale = normal(scope, type, 3, columns);
            Tensor bias = normal(scope, type, 4, columns);
            Tensor moments = scope.zeros(type, rows + 1, 2); // room for more
            Tensor means = scope.zeros(type, rows + 1, 2);
            y = scope.zeros(type, rows, columns);
            scaleGradient = normal(scope, type, 5, columns);
            biasGradient = scope.zeros(type, columns);
            inputGradient = normal(scope, type, 6, rows, columns);
            RowNorm norm = RowNorm.of(scope, type, columns, EPSILON);
            norm.normalize(x, scale, bias, y, moments);
            norm.backward(
                    delta,
                    x,
                    moments,
                    scale,
                    means,
                    Optional.of(new Place(scaleGradient, Accumulation.ADD)),
                    Optional.of(new Place(biasGradient, Accumulation.WRITE)));
            norm.inputGradient(delta, x, moments, scale, means, inputGradient, Accumulation.ADD);
        }

        private static double[] shifted(double[] values, double by) {
            for (int i = 0; i < values.length; i++) {
                values[i] += by;
            }
            return values;
        }

        /// The same numbers, rounded to single precision, in both formats.
        private static Tensor normal(Scope scope, DType type, long seed, int... extents) {
            Tensor single = scope.zeros(DType.FLOAT32, extents);
            Rng.seeded(seed).fillNormal(single, 1);
            Tensor values = scope.zeros(type, extents);
            values.setAll(single.toDoubles());
            return values;
        }
    }
}
