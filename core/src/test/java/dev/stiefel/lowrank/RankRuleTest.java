package dev.stiefel.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.RankRule.AbsoluteTolerance;
import dev.stiefel.lowrank.RankRule.Fixed;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RankRuleTest {
    private static final double[] TOLERANCES = {0, 1e-12, 0.01, 0.1, 0.3, 0.7, 0.99};

    /// The definition, tried for every rank, with exact sums of squares.
    private static int bruteForce(List<Double> sigma, BigDecimal squaredThreshold, int minRank, int maxRank) {
        for (int r = 0; r <= sigma.size(); r++) {
            if (squares(sigma.subList(r, sigma.size())).compareTo(squaredThreshold) <= 0) {
                int most = Math.min(maxRank, sigma.size());
                return Math.max(Math.min(r, most), Math.min(minRank, sigma.size()));
            }
        }
        throw new AssertionError("an empty tail is within every tolerance");
    }

    private static BigDecimal squares(List<Double> values) {
        return values.stream().map(value -> new BigDecimal(value).pow(2)).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static List<Double> spectrum(SplittableRandom random) {
        List<Double> sigma = new ArrayList<>();
        int size = 1 + random.nextInt(12);
        int kind = random.nextInt(4);
        for (int i = 0; i < size; i++) {
            sigma.add(
                    switch (kind) {
                        case 0 -> random.nextDouble();
                        case 1 -> Math.pow(10, -random.nextDouble() * 14);
                        case 2 -> (double) random.nextInt(3); // zeros and ties
                        default -> Math.pow(2, -i) * (1 + 1e-3 * random.nextDouble());
                    });
        }
        sigma.sort(Collections.reverseOrder());
        return sigma;
    }

    @Test
    void toleranceRulesAgreeWithTheirDefinitionTriedForEveryRank() {
        SplittableRandom random = new SplittableRandom(5);
        for (int trial = 0; trial < 4000; trial++) {
            List<Double> sigma = spectrum(random);
            // no tolerance of the list makes a threshold that a tail of these spectra meets to rounding, except 0
            double tolerance = TOLERANCES[random.nextInt(TOLERANCES.length)];
            int minRank = 1 + random.nextInt(4);
            int maxRank = random.nextBoolean() ? RankRule.UNLIMITED : minRank + random.nextInt(5);
            BigDecimal square = new BigDecimal(tolerance).pow(2);
            assertThat(new RelativeTolerance(tolerance, minRank, maxRank).rank(sigma))
                    .as("relative %s of %s", tolerance, sigma)
                    .isEqualTo(bruteForce(sigma, square.multiply(squares(sigma)), minRank, maxRank));
            assertThat(new AbsoluteTolerance(tolerance, minRank, maxRank).rank(sigma))
                    .as("absolute %s of %s", tolerance, sigma)
                    .isEqualTo(bruteForce(sigma, square, minRank, maxRank));
            assertThat(new Fixed(minRank).rank(sigma)).isEqualTo(Math.min(minRank, sigma.size()));
        }
    }

    @Test
    void aTailThatMeetsTheThresholdExactlyIsCutOff() {
        assertThat(new AbsoluteTolerance(5).rank(List.of(6.0, 4.0, 3.0))).isEqualTo(1);
        assertThat(new AbsoluteTolerance(Math.nextDown(5.0)).rank(List.of(6.0, 4.0, 3.0)))
                .isEqualTo(2);
        assertThat(new RelativeTolerance(0.6).rank(List.of(4.0, 3.0))).isEqualTo(1);
        assertThat(new RelativeTolerance(Math.nextDown(0.6)).rank(List.of(4.0, 3.0)))
                .isEqualTo(2);
        assertThat(new RelativeTolerance(0).rank(List.of(2.0, 1.0, 0.0, 0.0))).isEqualTo(2);
    }

    @Test
    void theSmallestSingularValueTakesPart() {
        assertThat(new AbsoluteTolerance(1).rank(List.of(5.0, 4.0, 1.0))).isEqualTo(2);
        assertThat(new AbsoluteTolerance(1).rank(List.of(0.5))).isEqualTo(1);
    }

    @Test
    void whereNothingIsSmallEverythingIsKept() {
        assertThat(new RelativeTolerance(0.1).rank(Collections.nCopies(20, 1.0)))
                .isEqualTo(20);
        assertThat(new RelativeTolerance(0.1, 1, 7).rank(Collections.nCopies(20, 1.0)))
                .isEqualTo(7);
    }

    @Test
    void aZeroMatrixHasTheMinimumRank() {
        assertThat(new RelativeTolerance(0).rank(List.of(0.0, 0.0, 0.0))).isEqualTo(1);
        assertThat(new RelativeTolerance(0.5, 2, 9).rank(List.of(0.0, 0.0, 0.0)))
                .isEqualTo(2);
        assertThat(new AbsoluteTolerance(0, 5, 9).rank(List.of(0.0, 0.0, 0.0))).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 1e-200, 1, 1e200, 1e300})
    void theRelativeRuleDoesNotDependOnTheScale(double scale) {
        List<Double> sigma = List.of(3 * scale, scale, 0.2 * scale, 0.1 * scale);
        assertThat(new RelativeTolerance(0.1).rank(sigma)).isEqualTo(2);
        assertThat(new RelativeTolerance(0.03).rank(sigma)).isEqualTo(4);
        assertThat(new RelativeTolerance(0).rank(sigma)).isEqualTo(4);
    }

    @Test
    void nothingIsCutOffFromAnUndefinedSpectrum() {
        List<Double> sigma = List.of(2.0, 1.0, Double.NaN);
        assertThat(new RelativeTolerance(0.5).rank(sigma)).isEqualTo(3);
        assertThat(new AbsoluteTolerance(0.5).rank(sigma)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, 1, 2, Double.NaN, Double.POSITIVE_INFINITY})
    void aRelativeToleranceLiesInZeroToOne(double tolerance) {
        assertThatThrownBy(() -> new RelativeTolerance(tolerance))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tolerance must be in [0, 1); got " + tolerance);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void anAbsoluteToleranceIsFiniteAndNotNegative(double tolerance) {
        assertThatThrownBy(() -> new AbsoluteTolerance(tolerance))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("absolute tolerance must be at least 0 and finite; got " + tolerance);
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "-1, 5", "3, 2"})
    void ranksAreInOrder(int minRank, int maxRank) {
        String message =
                "ranks must satisfy 1 ≤ minimum ≤ maximum; got minimum %d, maximum %d".formatted(minRank, maxRank);
        assertThatThrownBy(() -> new RelativeTolerance(0.1, minRank, maxRank)).hasMessage(message);
        assertThatThrownBy(() -> new AbsoluteTolerance(0.1, minRank, maxRank)).hasMessage(message);
        assertThatThrownBy(() -> new Fixed(0))
                .hasMessage("ranks must satisfy 1 ≤ minimum ≤ maximum; got minimum 0, maximum 0");
    }
}
