package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.linalg.Svd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SpectrumTest {
    static Stream<Spectrum> spectraOfHeEnergy() {
        return Stream.of(
                new Spectrum.Gaussian(), new Spectrum.Flat(), new Spectrum.Decaying(2), new Spectrum.Decaying(10));
    }

    @ParameterizedTest
    @MethodSource("spectraOfHeEnergy")
    void theSquaredNormIsTwiceTheNumberOfOutputs(Spectrum spectrum) {
        for (int[] shape : new int[][] {{1, 1, 1}, {30, 20, 7}, {20, 30, 20}, {500, 784, 100}}) {
            for (DType type : DType.values()) {
                try (Scope scope = Scope.open("test")) {
                    Tensor S = spectrum.core(scope, type, shape[0], shape[1], shape[2], Rng.seeded(1));
                    assertThat(norm(S) * norm(S))
                            .isCloseTo(2.0 * shape[0], within(2.0 * shape[0] * 50 * type.epsilon()));
                }
            }
        }
    }

    @Test
    void flatIsFlatAndDecayingFallsByItsRatio() {
        try (Factors flat = Factors.random(DType.FLOAT64, 12, 9, 5, new Spectrum.Flat(), Rng.seeded(1));
                Factors tenths = Factors.random(DType.FLOAT64, 12, 9, 5, new Spectrum.Decaying(10), Rng.seeded(1));
                Factors decaying = Factors.random(DType.FLOAT64, 12, 9, 5, new Spectrum.Decaying(2), Rng.seeded(1))) {
            List<Double> same = flat.singularValues();
            assertThat(same.getFirst()).isCloseTo(Math.sqrt(24.0 / 5), within(1e-13));
            assertThat(same.getLast()).isCloseTo(same.getFirst(), within(1e-13));
            List<Double> halves = decaying.singularValues();
            for (int i = 1; i < 5; i++) {
                assertThat(halves.get(i) / halves.get(i - 1)).isCloseTo(0.5, within(1e-12));
                assertThat(tenths.singularValues().get(i)
                                / tenths.singularValues().get(i - 1))
                        .isCloseTo(0.1, within(1e-8));
            }
        }
    }

    @Test
    void aSpectrumMustDecay() {
        for (double ratio : new double[] {1, 0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Spectrum.Decaying(ratio))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("decaying spectrum: ratio must be above 1 and finite; got " + ratio);
        }
    }

    @Test
    void gaussianIsNeitherDiagonalNorSymmetric() {
        try (Scope scope = Scope.open("test")) {
            Tensor S = new Spectrum.Gaussian().core(scope, DType.FLOAT64, 12, 9, 4, Rng.seeded(1));
            assertThat(S.get(0, 1)).isNotZero().isNotEqualTo(S.get(1, 0));
        }
    }

    @ParameterizedTest
    @CsvSource({"60, 40", "40, 60", "50, 50", "100, 20", "30, 1", "1, 30"})
    void denseHasTheSingularValuesThatGaussianMatricesHaveOnAverage(int m, int n) {
        int p = Math.min(m, n);
        int trials = 60;
        double[] mean = new double[p];
        for (int trial = 0; trial < trials; trial++) {
            try (Scope scope = Scope.open("test")) {
                List<Double> sigma = Svd.of(scope, Samples.gaussian(scope, m, n, 100 + trial))
                        .sigma();
                for (int i = 0; i < p; i++) {
                    mean[i] += sigma.get(i) / trials * Math.sqrt(2.0 / n);
                }
            }
        }
        try (Scope scope = Scope.open("test")) {
            Tensor S = new Spectrum.Dense().core(scope, DType.FLOAT64, m, n, p, Rng.seeded(1));
            for (int i = 0; i < p; i++) {
                // the law is the limit of large matrices: the last few of a square one deviate most
                assertThat(S.get(i, i))
                        .as("singular value %d of %d", i, p)
                        .isCloseTo(mean[i], within(0.02 * mean[0] + 0.02 * mean[i]));
            }
            assertThat(norm(S)).isCloseTo(Math.sqrt(2.0 * m), Percentage.withPercentage(1.5));
        }
    }

    @Test
    void denseAtALowerRankHasTheSameLeadingValues() {
        double[] all = MarchenkoPastur.singularValues(60, 40, 40);
        double[] leading = MarchenkoPastur.singularValues(60, 40, 7);
        for (int i = 0; i < leading.length; i++) {
            assertThat(leading[i]).isEqualTo(all[i]);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "500, 784", "784, 500", "7, 700"})
    void theLawKeepsItsBoundsAndItsMean(int m, int n) {
        int p = Math.min(m, n);
        int q = Math.max(m, n);
        double[] sigma = MarchenkoPastur.singularValues(m, n, p);
        double squares = 0;
        for (int i = 0; i < p; i++) {
            assertThat(sigma[i]).isBetween(Math.sqrt(q) - Math.sqrt(p), Math.sqrt(q) + Math.sqrt(p));
            assertThat(i == 0 || sigma[i] < sigma[i - 1]).isTrue();
            squares += sigma[i] * sigma[i];
        }
        // the mean square is q, but for the coarseness of p quantiles
        assertThat(squares / p).isCloseTo(q, within(0.5 * q / p + 1e-3 * q));
    }
}
