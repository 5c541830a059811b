package dev.stiefel.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.List;
import org.junit.jupiter.api.Test;
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
            LongVectors.scaleInPlace(one, List.of(y), 3);
            LongVectors.axpbyInPlace(three, 1, again, -0.5, x);
            LongVectors.scaleInPlace(three, List.of(again), 3);

            double ulps = 8 * DType.FLOAT64.epsilon();
            double[] got = y.toDoubles();
            for (int i = 0; i < size; i++) {
                assertThat(got[i]).isCloseTo(expected[i], within(ulps * (Math.abs(expected[i]) + 5)));
            }
            assertThat(again.toDoubles()).isEqualTo(got);
            assertThat(LongVectors.sumOfSquares(three, List.of(y)))
                    .isEqualTo(LongVectors.sumOfSquares(one, List.of(y)));
            assertThat(LongVectors.sumOfSquares(one, List.of(y)))
                    .isCloseTo(squares, within(DType.FLOAT64.epsilon() * (size + 16) * squares));
        }
    }

    @Test
    void pairsAreAddedEachToItsOwnAndUnequalOnesRefused() {
        try (Scope scope = Scope.open("test");
                Threads two = Threads.of(2)) {
            Tensor a = random(scope, 70_000, 3);
            Tensor b = random(scope, 5, 4);
            Tensor x = random(scope, 70_000, 5);
            Tensor y = random(scope, 5, 6);
            Tensor sumA = Ops.sum(scope, a, 1, x);
            Tensor sumB = Ops.sum(scope, b, 1, y);
            LongVectors.addInPlace(two, List.of(a, b), List.of(x, y));
            assertThat(a.toDoubles()).isEqualTo(sumA.toDoubles());
            assertThat(b.toDoubles()).isEqualTo(sumB.toDoubles());
            assertThatThrownBy(() -> LongVectors.addInPlace(two, List.of(a, b), List.of(x)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("equal sizes");
        }
    }

    private static Tensor random(Scope scope, int size, long seed) {
        Tensor vector = scope.uninitialized(DType.FLOAT64, size);
        Rng.seeded(seed).fillNormal(vector, 1);
        return vector;
    }
}
