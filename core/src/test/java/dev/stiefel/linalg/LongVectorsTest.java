package dev.stiefel.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongVectorsTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 200_003})
    void sumsEqualAPlainLoopAndDoNotDependOnTheNumberOfThreads(int size) {
        try (Scope scope = Scope.open("test");
                Threads one = Threads.of(1);
                Threads three = Threads.of(3)) {
            Tensor x = random(scope, size, 1);
            Tensor y = random(scope, size, 2);
            Tensor again = y.copy(scope);
            double[] expected = y.toDoubles();
            double[] xs = x.toDoubles();
            double squares = 0;
            for (int i = 0; i < size; i++) {
                expected[i] = 3 * (expected[i] - 0.5 * xs[i]);
                squares += expected[i] * expected[i];
            }

            LongVectors.axpyInPlace(one, y, -0.5, x);
            LongVectors.scaleInPlace(one, y, 3);
            LongVectors.axpyInPlace(three, again, -0.5, x);
            LongVectors.scaleInPlace(three, again, 3);

            double ulps = 8 * DType.FLOAT64.epsilon();
            double[] got = y.toDoubles();
            for (int i = 0; i < size; i++) {
                assertThat(got[i]).isCloseTo(expected[i], within(ulps * (Math.abs(expected[i]) + 5)));
            }
            assertThat(again.toDoubles()).isEqualTo(got);
            assertThat(LongVectors.sumOfSquares(three, y)).isEqualTo(LongVectors.sumOfSquares(one, y));
            assertThat(LongVectors.sumOfSquares(one, y))
                    .isCloseTo(squares, within(DType.FLOAT64.epsilon() * (size + 16) * squares));
        }
    }

    private static Tensor random(Scope scope, int size, long seed) {
        Tensor vector = scope.uninitialized(DType.FLOAT64, size);
        Rng.seeded(seed).fillNormal(vector, 1);
        return vector;
    }
}
