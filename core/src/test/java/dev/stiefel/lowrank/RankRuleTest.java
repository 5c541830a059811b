package dev.stiefel.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.RankRule.AbsoluteTolerance;
import dev.stiefel.lowrank.RankRule.Budget;
import dev.stiefel.lowrank.RankRule.Fixed;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.lowrank.WeightSpectrum.Mode;
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
    private static int rank(RankRule rule, List<Double> sigma) {
        return rule.ranks(List.of(new WeightSpectrum(20, 20, sigma))).getFirst();
    }

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
            int maxRank = random.nextBoolean() ? RankLimits.UNLIMITED : minRank + random.nextInt(5);
            BigDecimal square = new BigDecimal(tolerance).pow(2);
            assertThat(rank(new RelativeTolerance(tolerance, RankLimits.of(minRank, maxRank)), sigma))
                    .as("relative %s of %s", tolerance, sigma)
                    .isEqualTo(bruteForce(sigma, square.multiply(squares(sigma)), minRank, maxRank));
            assertThat(rank(new AbsoluteTolerance(tolerance, RankLimits.of(minRank, maxRank)), sigma))
                    .as("absolute %s of %s", tolerance, sigma)
                    .isEqualTo(bruteForce(sigma, square, minRank, maxRank));
            assertThat(rank(new Fixed(minRank), sigma)).isEqualTo(Math.min(minRank, sigma.size()));
        }
    }

    @Test
    void aTailThatMeetsTheThresholdExactlyIsCutOff() {
        assertThat(rank(new AbsoluteTolerance(5), List.of(6.0, 4.0, 3.0))).isEqualTo(1);
        assertThat(rank(new AbsoluteTolerance(Math.nextDown(5.0)), List.of(6.0, 4.0, 3.0)))
                .isEqualTo(2);
        assertThat(rank(new RelativeTolerance(0.6), List.of(4.0, 3.0))).isEqualTo(1);
        assertThat(rank(new RelativeTolerance(Math.nextDown(0.6)), List.of(4.0, 3.0)))
                .isEqualTo(2);
        assertThat(rank(new RelativeTolerance(0), List.of(2.0, 1.0, 0.0, 0.0))).isEqualTo(2);
    }

    @Test
    void theSmallestSingularValueTakesPart() {
        assertThat(rank(new AbsoluteTolerance(1), List.of(5.0, 4.0, 1.0))).isEqualTo(2);
        assertThat(rank(new AbsoluteTolerance(1), List.of(0.5))).isEqualTo(1);
    }

    @Test
    void whereNothingIsSmallEverythingIsKept() {
        assertThat(rank(new RelativeTolerance(0.1), Collections.nCopies(20, 1.0)))
                .isEqualTo(20);
        assertThat(rank(new RelativeTolerance(0.1, RankLimits.of(1, 7)), Collections.nCopies(20, 1.0)))
                .isEqualTo(7);
    }

    @Test
    void aZeroMatrixHasTheMinimumRank() {
        assertThat(rank(new RelativeTolerance(0), List.of(0.0, 0.0, 0.0))).isEqualTo(1);
        assertThat(rank(new RelativeTolerance(0.5, RankLimits.of(2, 9)), List.of(0.0, 0.0, 0.0)))
                .isEqualTo(2);
        assertThat(rank(new AbsoluteTolerance(0, RankLimits.of(5, 9)), List.of(0.0, 0.0, 0.0)))
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 1e-200, 1, 1e200, 1e300})
    void theRelativeRuleDoesNotDependOnTheScale(double scale) {
        List<Double> sigma = List.of(3 * scale, scale, 0.2 * scale, 0.1 * scale);
        assertThat(rank(new RelativeTolerance(0.1), sigma)).isEqualTo(2);
        assertThat(rank(new RelativeTolerance(0.03), sigma)).isEqualTo(4);
        assertThat(rank(new RelativeTolerance(0), sigma)).isEqualTo(4);
    }

    @Test
    void nothingIsCutOffFromAnUndefinedSpectrum() {
        List<Double> sigma = List.of(2.0, 1.0, Double.NaN);
        assertThat(rank(new RelativeTolerance(0.5), sigma)).isEqualTo(3);
        assertThat(rank(new AbsoluteTolerance(0.5), sigma)).isEqualTo(3);
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

    @Test
    void everyWeightMayHaveLimitsOfItsOwn() {
        RankLimits limits = new RankLimits(List.of(1, 3, 2), List.of(9, 9, 2));
        List<WeightSpectrum> weights = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            weights.add(new WeightSpectrum(20, 20, List.of(8.0, 4.0, 2.0, 1.0)));
        }
        assertThat(new RelativeTolerance(0.5, limits).ranks(weights)).containsExactly(1, 3, 2);
        assertThat(new AbsoluteTolerance(0, limits).ranks(weights)).containsExactly(4, 4, 2);
        assertThat(new Fixed(List.of(3, 1, 7)).ranks(weights)).containsExactly(3, 1, 4);
        assertThat(new Budget(320, limits).ranks(weights)).containsExactly(3, 3, 2);
    }

    @Test
    void heldRanksAreThoseOfEachMode() {
        RankRule held = new RankRule.Held(List.of(new TuckerRanks(3, 2), TuckerRanks.of(2), new TuckerRanks(1, 4)));
        List<Double> sigma = List.of(4.0, 3.0, 2.0);
        List<WeightSpectrum> first = List.of(
                new WeightSpectrum(20, 20, sigma, Mode.OUTPUTS),
                new WeightSpectrum(20, 20, sigma),
                new WeightSpectrum(20, 20, sigma, Mode.OUTPUTS));
        List<WeightSpectrum> second = List.of(
                new WeightSpectrum(20, 20, sigma, Mode.CHANNELS),
                new WeightSpectrum(20, 20, sigma),
                new WeightSpectrum(20, 20, sigma, Mode.CHANNELS));
        assertThat(held.ranks(first)).containsExactly(3, 2, 1);
        assertThat(held.ranks(second)).containsExactly(2, 2, 3);
        assertThatThrownBy(() -> held.ranks(first.subList(0, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("held ranks must be one for all weights, or one for each of the 2; got");
    }

    @Test
    void wideningAddsDirectionsToTheRanksThatThereWere() {
        List<Double> eight = List.of(9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0);
        List<WeightSpectrum> weights = List.of(
                new WeightSpectrum(20, 20, eight),
                new WeightSpectrum(20, 20, List.of(9.0, 1e-9)),
                new WeightSpectrum(3, 20, List.of(9.0, 8.0, 0.0)),
                new WeightSpectrum(8, 20, eight), // more than half of all: the bases were not doubled
                new WeightSpectrum(20, 20, eight, Mode.OUTPUTS));
        List<TuckerRanks> before = List.of(
                TuckerRanks.of(4), TuckerRanks.of(1), TuckerRanks.of(2), TuckerRanks.of(7), new TuckerRanks(3, 1));
        assertThat(new RankRule.Widening(before, 2, RankLimits.NONE).ranks(weights))
                .containsExactly(6, 2, 3, 8, 5);
        assertThat(new RankRule.Widening(before, 2, RankLimits.of(1, 5)).ranks(weights))
                .containsExactly(5, 2, 3, 5, 5);
        assertThatThrownBy(() -> new RankRule.Widening(before, 0, RankLimits.NONE))
                .hasMessage("widening must be by at least 1 direction; got 0");
    }

    @Test
    void limitsForAnotherNumberOfWeightsAreRefused() {
        RankLimits two = new RankLimits(List.of(1, 2), List.of(9));
        List<WeightSpectrum> three = Collections.nCopies(3, new WeightSpectrum(20, 20, List.of(1.0)));
        for (RankRule rule :
                List.of(new RelativeTolerance(0.1, two), new AbsoluteTolerance(0.1, two), new Budget(100, two))) {
            assertThatThrownBy(() -> rule.ranks(three))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("minimum ranks must be one for all weights, or one for each of the 3; got [1, 2]");
        }
        assertThatThrownBy(() -> new RankLimits(List.of(1, 2), List.of(7, 8, 9)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minimum ranks must be one for all weights, or one for each of the 3; got [1, 2]");
        assertThatThrownBy(() -> new RankLimits(List.of(1, 4), List.of(9, 3)))
                .hasMessage("ranks must satisfy 1 ≤ minimum ≤ maximum; got minimum 4, maximum 3");
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "-1, 5", "3, 2"})
    void ranksAreInOrder(int minRank, int maxRank) {
        String message =
                "ranks must satisfy 1 ≤ minimum ≤ maximum; got minimum %d, maximum %d".formatted(minRank, maxRank);
        assertThatThrownBy(() -> RankLimits.of(minRank, maxRank)).hasMessage(message);
        assertThatThrownBy(() -> new Fixed(0))
                .hasMessage("ranks must satisfy 1 ≤ minimum ≤ maximum; got minimum 0, maximum 0");
    }
}
