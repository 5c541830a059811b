package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ElementwiseTest {
    private final Scope scope = Scope.open("test");

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<Arguments> cases() {
        return Stream.of(Activation.values())
                .flatMap(activation -> Stream.of(
                        Arguments.of(activation, 1, 1),
                        Arguments.of(activation, 1, 7),
                        Arguments.of(activation, 13, 1),
                        Arguments.of(activation, 5, 17)));
    }

    /// Both see the same float32 numbers; a float32 result then errs by a few roundings of numbers below `top`.
    @ParameterizedTest
    @MethodSource("cases")
    void singlePrecisionAgreesWithDouble(Activation activation, int rows, int width) {
        Tensor z = random(1, rows, width);
        Tensor delta = random(2, rows, width);
        Tensor bias = random(3, 1, width);
        Swept single = new Swept(DType.FLOAT32, activation, z, delta, bias);
        Swept exact = new Swept(DType.FLOAT64, activation, z, delta, bias);
        double epsilon = DType.FLOAT32.epsilon();
        double top = 8; // of |z + bias|; slopes are below 1.2, and change by less than 1 a unit of z
        assertThat(single.y.toDoubles()).containsExactly(exact.y.toDoubles(), within(2 * epsilon * top));
        assertThat(single.delta.toDoubles()).containsExactly(exact.delta.toDoubles(), within(4 * epsilon * top * top));
        assertThat(single.sums.toDoubles())
                .containsExactly(exact.sums.toDoubles(), within(rows * 4 * epsilon * top * top));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sweepsAreTheFormulasElementByElement(Activation activation, int rows, int width) {
        Tensor z = random(1, rows, width);
        Tensor delta = random(2, rows, width);
        Tensor bias = random(3, 1, width);
        Swept swept = new Swept(DType.FLOAT64, activation, z, delta, bias);
        for (int j = 0; j < width; j++) {
            double sum = 0;
            for (int i = 0; i < rows; i++) {
                double at = z.get(i, j) + bias.get(0, j);
                assertThat(swept.y.get(i, j)).isEqualTo(activation.value(at));
                double back = delta.get(i, j) * activation.slope(at, activation.value(at));
                assertThat(swept.delta.get(i, j)).isEqualTo(back);
                sum += back;
            }
            assertThat(swept.sums.toDoubles()[j]).isEqualTo(sum);
        }
    }

    @Test
    void reluShowsNanAndPassesNoGradientAtZero() {
        for (DType type : DType.values()) {
            Tensor z = scope.zeros(type, 1, 3);
            z.set(0, 0, Double.NaN);
            z.set(0, 2, -0.0);
            Tensor delta = scope.zeros(type, 1, 3);
            delta.set(0, 1, 5);
            delta.set(0, 2, 5);
            Elementwise sweep = Elementwise.of(type, Activation.RELU, 3);
            Tensor none = scope.uninitialized(type, 0, 3);
            sweep.activate(z, Optional.empty(), none);
            sweep.backward(delta, z, none, Optional.empty(), Accumulation.WRITE);
            assertThat(z.get(0, 0)).isNaN();
            assertThat(delta.toDoubles()).containsExactly(Double.NaN, 0, 0);
        }
    }

    @Test
    void anEmptySliceHasNoGradient() {
        for (DType type : DType.values()) {
            Tensor sums = scope.uninitialized(type, 3);
            Tensor empty = scope.uninitialized(type, 0, 3);
            Elementwise sweep = Elementwise.of(type, Activation.TANH, 3);
            sweep.activate(empty, Optional.of(scope.zeros(type, 3)), empty);
            sweep.backward(empty, empty, empty, Optional.of(sums), Accumulation.WRITE);
            assertThat(sums.toDoubles()).containsExactly(0, 0, 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutABiasItIsAsWithZeros(Activation activation) {
        for (DType type : DType.values()) {
            Tensor z = Ops.cast(scope, random(1, 5, 300), type);
            Tensor delta = Ops.cast(scope, random(2, 5, 300), type);
            Tensor y = z.copy(scope);
            Tensor without = delta.copy(scope);
            Elementwise sweep = Elementwise.of(type, activation, 300);
            Tensor saved = Elementwise.room(scope, type, activation, 5, 300);
            sweep.activate(z, Optional.of(scope.zeros(type, 300)), saved);
            sweep.backward(delta, z, saved, Optional.of(scope.zeros(type, 300)), Accumulation.ADD);
            sweep.activate(y, Optional.empty(), saved);
            sweep.backward(without, y, saved, Optional.empty(), Accumulation.ADD);
            assertThat(y.toDoubles()).isEqualTo(z.toDoubles());
            assertThat(without.toDoubles()).isEqualTo(delta.toDoubles());
        }
    }

    /// What a forward and a backward sweep make of float32 numbers, in one of the formats.
    private final class Swept {
        final Tensor y;
        final Tensor delta;
        final Tensor sums;

        Swept(DType type, Activation activation, Tensor z, Tensor delta, Tensor bias) {
            int width = z.columns();
            Elementwise sweep = Elementwise.of(type, activation, width);
            Tensor saved = Elementwise.room(scope, type, activation, z.rows(), width);
            this.y = Ops.cast(scope, z, type);
            this.delta = Ops.cast(scope, delta, type);
            this.sums = scope.uninitialized(type, width);
            sweep.activate(y, Optional.of(Ops.cast(scope, bias, type).slice(0, width)), saved);
            sweep.backward(this.delta, y, saved, Optional.of(sums), Accumulation.WRITE);
        }
    }

    /// Numbers that both formats hold exactly, and whose sums they do too.
    private Tensor random(long seed, int rows, int columns) {
        Tensor tensor = scope.uninitialized(DType.FLOAT64, rows, columns);
        Rng.seeded(seed).fillNormal(tensor, 1.2);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                tensor.set(i, j, Math.rint(tensor.get(i, j) * 1024) / 1024);
            }
        }
        return tensor;
    }
}
