package dev.stiefel.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.bench.BenchResult.Measured;
import dev.stiefel.lab.bench.BenchResult.RankTiming;
import dev.stiefel.lab.bench.BenchResult.Spread;
import dev.stiefel.lab.bench.BenchResult.Timing;
import dev.stiefel.lab.spec.OptimizerName;
import dev.stiefel.tensor.Scope;
import dev.stiefel.train.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class BenchTest {
    private static final WarmUp.Pace SHORT = new WarmUp.Pace(2_000_000, 1, 20_000_000);

    @ParameterizedTest
    @EnumSource(value = Method.class, names = "DENSE", mode = Mode.EXCLUDE)
    void everyLowRankMethodIsTimedBesideDense(Method method) {
        long owners = Scope.liveOwners();
        List<String> said = new ArrayList<>();

        BenchResult result = Bench.run(spec(16, List.of(4, 2), method), SHORT, said::add);

        assertThat(result.gemmGflops()).isPositive();
        assertThat(result.streamGigabytes()).isPositive();
        assertThat(result.dense().timing().trainMs()).isPositive();
        assertThat(result.dense().trainGflops()).isPositive();
        assertThat(result.ranks()).extracting(RankTiming::rank).containsExactly(2, 4);
        assertThat(result.ranks()).allSatisfy(rank -> {
            assertThat(rank.trainSpeedup())
                    .isEqualTo(result.dense().timing().trainMs() / rank.timing().trainMs());
            assertThat(rank.predictSpeedup())
                    .isEqualTo(
                            result.dense().timing().predictMs() / rank.timing().predictMs());
        });
        assertThat(said).startsWith("matrix products").endsWith("repeat 1 of 1", "stages of a step");
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void aBudgetHasTheStagesOfTheMethodAndCountsWhatTheyDo() {
        BenchResult bug = Bench.run(spec(16, List.of(4), Method.BUG), SHORT, doing -> {});
        List<StepProfile.Line> lines = bug.ranks().getFirst().measured().budget();
        assertThat(lines)
                .extracting(StepProfile.Line::name)
                .containsExactly("batch", "first pass", "second pass", "optimizer", "basis", "core", "dense");
        StepProfile.Line first = lines.get(1);
        long products = 2L * 7 * (784 * 4 + 4 * 4 + 4 * 16) // forward, hidden layer
                + 2L * 7 * 16 * 10 // forward, output layer
                + 2L * 7 * (16 * 4 + 16 * 4 + 784 * 4) // D, K and L
                + 2L * 7 * 16 * 10 // the output layer's way back; the batch's gradient is not asked for
                + 2L * (16 * 4 + 784 * 4); // the sum of two slices' gradients
        assertThat(first.megaflops() * 1e6).isCloseTo((double) products, within(1e-6));
        assertThat(lines.getFirst().nativeCalls()).isZero();
        assertThat(lines).allSatisfy(line -> assertThat(line.milliseconds()).isPositive());
    }

    @Test
    void denseIsFasterFromWhereTheSpeedupLastFallsThroughOne() {
        assertThat(result(3, 2, 0.5).breakEvenRank()).hasValue(34); // 20 + 2/3 · 20
        assertThat(result(3, 0.5, 2, 1, 0.5).breakEvenRank()).hasValue(80);
        assertThat(result(1, 0.9).breakEvenRank()).hasValue(10);
    }

    @Test
    void denseIsFasterFromTheSmallestRankOnIfNoneIsFaster() {
        assertThat(result(0.9, 0.5).breakEvenRank()).hasValue(10);
    }

    @Test
    void thereIsNoSuchRankIfTheLargestIsStillFaster() {
        assertThat(result(0.9, 1.1).breakEvenRank()).isEmpty();
    }

    @Test
    void anEvenNumberOfTimesHasTheMeanOfTheMiddleTwoAsItsMedian() {
        assertThat(Medians.of(List.of(3.0, 100.0, 1.0))).isEqualTo(3);
        assertThat(Medians.of(List.of(3.0, 100.0, 1.0, 5.0))).isEqualTo(4);
    }

    @Test
    void aWarmUpGoesOnWhileStepsBecomeFasterOrAreCompiled() {
        WarmUp falling = new WarmUp(WarmUp.Pace.STEADY);
        for (double ms = 1.6; ms > 0.4; ms *= 0.9) {
            assertThat(falling.isSteady(List.of(5.0, ms), 0)).isFalse();
        }
        assertThat(falling.isSteady(List.of(5.0, 0.4), 0.5)).as("compiling").isFalse();
        assertThat(falling.isSteady(List.of(5.0, 0.4), 0))
                .as("one steady round")
                .isFalse();
        assertThat(falling.isSteady(List.of(5.2, 0.41), 0)).isTrue();

        WarmUp steady = new WarmUp(WarmUp.Pace.STEADY);
        for (int round = 1; round < WarmUp.Pace.STEADY.leastRounds(); round++) {
            assertThat(steady.isSteady(List.of(1.0), 0)).isFalse();
        }
        assertThat(steady.isSteady(List.of(1.0), 0)).isTrue();
    }

    @Test
    void aWarmUpThatIsNotSteadyInItsTimeIsSaid() {
        WarmUp.Pace hurried = new WarmUp.Pace(1_000_000, Integer.MAX_VALUE, 1_000_000);
        assertThat(Bench.run(spec(16, List.of(4), Method.BUG), hurried, doing -> {})
                        .warm())
                .isFalse();
    }

    @Test
    void aTimeHasSettledIfTheMiddleHalfOfItsRepeatsLiesClose() {
        assertThat(Spread.of(List.of(1.0, 1.05, 9.0, 1.02, 1.1)).isSettled(1.05))
                .isTrue();
        assertThat(Spread.of(List.of(1.0, 1.05, 9.0, 1.02, 1.3)).isSettled(1.05))
                .isFalse();
        assertThat(Spread.of(List.of(1.0, 9.0))).isEqualTo(new Spread(1, 9, 8));
    }

    @Test
    void aRankThatDoesNotFitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(16, List.of(17), Method.BUG))
                .withMessage("rank (17) must be in [1, 16] for a [16, 784] weight");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(2000, List.of(785), Method.BUG))
                .withMessage("rank (785) must be in [1, 784] for a [2000, 784] weight");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(16, List.of(), Method.BUG))
                .withMessage("ranks: at least one is needed");
    }

    @Test
    void anOptimizerThatTheMethodCannotHaveIsRefused() {
        BenchNetwork network = BenchNetwork.mlp(16, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BenchSpec(network, 7, List.of(4), Method.BUG, OptimizerName.MUON, 2, 1))
                .withMessage(
                        "optimizer 'muon' is for methods 'riemannian' and 'dense'; got 'bug'; use another optimizer");
    }

    private static BenchSpec spec(int width, List<Integer> ranks, Method method) {
        return new BenchSpec(BenchNetwork.mlp(width, 1), 7, ranks, method, OptimizerName.ADAM, 2, 1);
    }

    /// Speedups at ranks 10, 20, 40, 80, …
    private static BenchResult result(double... speedups) {
        Measured dense = new Measured(timing(1), List.of());
        List<RankTiming> ranks = new ArrayList<>();
        for (int i = 0; i < speedups.length; i++) {
            ranks.add(RankTiming.of(10 << i, new Measured(timing(1 / speedups[i]), List.of()), dense));
        }
        return new BenchResult(spec(500, List.of(10), Method.BUG), 1, 1, dense, ranks, true);
    }

    private static Timing timing(double trainMs) {
        return new Timing(trainMs, 1, Spread.of(List.of(trainMs)), Spread.of(List.of(1.0)));
    }
}
