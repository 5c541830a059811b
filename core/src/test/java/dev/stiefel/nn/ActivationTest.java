package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ActivationTest {
    /// Expected values: 50-digit arithmetic on the formulas.
    @ParameterizedTest
    @CsvSource({
        "IDENTITY, -1.5, -1.5",
        "RELU, -1.5, 0",
        "RELU, 1.5, 1.5",
        "TANH, 1, 0.7615941559557649",
        "TANH, -0.5, -0.46211715726000975",
        "GELU, 1, 0.84119199060827676",
        "GELU, -1, -0.15880800939172324",
        "GELU, 0.5, 0.34571400982514392",
        "GELU, 0, 0",
    })
    void valuesAreThoseOfTheFormulas(Activation activation, double z, double expected) {
        assertThat(activation.value(z)).isEqualTo(expected, within(4e-16));
    }

    /// A central difference errs by `h²/6 max|f'''|` (all third derivatives are below 2) and by the rounding of
    /// two values, `4 · 2⁻⁵³ |f| / 2h`.
    @ParameterizedTest
    @EnumSource
    void slopesAreThoseOfCentralDifferences(Activation activation) {
        double h = 1e-5;
        for (double z = -6.05; z < 6; z += 0.1) { // 0, where relu has no slope, lies half-way between two of these
            double difference = (activation.value(z + h) - activation.value(z - h)) / (2 * h);
            double allowed = h * h / 3 + 2 * 0x1p-53 * (Math.abs(z) + 1) / h;
            assertThat(activation.slope(z, activation.value(z))).isEqualTo(difference, within(allowed));
        }
    }

    @Test
    void reluHasValueAndSlopeZeroAtZero() {
        assertThat(Activation.RELU.value(0)).isZero();
        assertThat(Activation.RELU.slope(0, 0)).isZero();
        assertThat(Activation.RELU.slope(Double.MIN_VALUE, Double.MIN_VALUE)).isOne();
    }

    @ParameterizedTest
    @EnumSource
    void nanStaysVisible(Activation activation) {
        assertThat(activation.value(Double.NaN)).isNaN();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"IDENTITY", "LEAKY_RELU"})
    void farOutsideValuesAndSlopesAreTheLimits(Activation activation) {
        double high = activation == Activation.TANH ? 1 : Double.NaN;
        double low = activation == Activation.TANH ? -1 : 0;
        double rising = activation == Activation.TANH ? 0 : 1;
        for (double z : new double[] {40, 1e20, 1e154, 1e200, Double.MAX_VALUE, Double.POSITIVE_INFINITY}) {
            double above = activation.value(z);
            double below = activation.value(-z);
            assertThat(above).isEqualTo(Double.isNaN(high) ? z : high);
            assertThat(below).isEqualTo(low, within(0.0));
            assertThat(activation.slope(z, above)).isEqualTo(rising);
            assertThat(activation.slope(-z, below)).isZero();
        }
    }

    @Test
    void leakyReluLetsAHundredthThroughBelowZero() {
        assertThat(Activation.LEAKY_RELU.value(3)).isEqualTo(3);
        assertThat(Activation.LEAKY_RELU.value(-3)).isEqualTo(-0.03, within(1e-8));
        assertThat(Activation.LEAKY_RELU.slope(3, 3)).isEqualTo(1);
        assertThat(Activation.LEAKY_RELU.slope(-3, -0.03)).isEqualTo(0.01, within(1e-8));
        assertThat(Activation.LEAKY_RELU.value(Double.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
    }
}
