package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.RankRule.AbsoluteTolerance;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.model.Network;
import dev.stiefel.tensor.DType;
import dev.stiefel.train.RankPlan.Adapt;
import dev.stiefel.train.RankPlan.Adapt.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class RankPlanTest {
    @Test
    void heldRanksAreNeverAdapted() {
        assertThat(adaptations(new RankPlan.Hold(), 30, 10)).isEmpty();
    }

    @Test
    void everyNthStepAdaptsWhateverTheEpochsAre() {
        assertThat(adaptations(plan(Measure.RELATIVE, 0.1, 0.1, 4), 30, 10))
                .containsExactly(3L, 7L, 11L, 15L, 19L, 23L, 27L);
        assertThat(adaptations(plan(Measure.RELATIVE, 0.1, 0.1, 1), 5, 10)).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void onceAnEpochIsInItsLastStep() {
        assertThat(adaptations(plan(Measure.RELATIVE, 0.1, 0.1, Adapt.EVERY_EPOCH), 30, 10))
                .containsExactly(9L, 19L, 29L);
    }

    @Test
    void theToleranceChangesLinearlyUntilTheMiddleOfTheRunAndStaysThere() {
        RankPlan plan = plan(Measure.RELATIVE, 0.03, 0.13, 1);
        for (long step = 0; step < 100; step++) {
            double expected = step < 50 ? 0.03 + 0.1 * step / 50 : 0.13;
            RankRule rule = plan.at(step, 100, 10).orElseThrow();
            assertThat(rule).isInstanceOfSatisfying(RelativeTolerance.class, relative -> {
                assertThat(relative.tolerance()).isEqualTo(expected, within(1e-15));
                assertThat(relative.minRank()).isEqualTo(2);
                assertThat(relative.maxRank()).isEqualTo(9);
            });
        }
    }

    @Test
    void anAbsoluteToleranceMayFallAsWell() {
        RankPlan plan = plan(Measure.ABSOLUTE, 3, 1, 1);
        assertThat(plan.at(0, 8, 4)).hasValue(new AbsoluteTolerance(3, 2, 9));
        assertThat(plan.at(2, 8, 4)).hasValue(new AbsoluteTolerance(2, 2, 9));
        assertThat(plan.at(7, 8, 4)).hasValue(new AbsoluteTolerance(1, 2, 9));
    }

    @Test
    void theShortFormAdaptsOnceAnEpochWithoutLimits() {
        assertThat(RankPlan.tolerance(0.03, 0.1))
                .isEqualTo(new Adapt(Measure.RELATIVE, 0.03, 0.1, 1, RankRule.UNLIMITED, Adapt.EVERY_EPOCH));
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        requireRefused(() -> plan(Measure.RELATIVE, -0.1, 0.1, 1), "tolerance must be in [0, 1); got -0.1");
        requireRefused(() -> plan(Measure.RELATIVE, 0.1, 1, 1), "tolerance must be in [0, 1); got 1.0");
        requireRefused(() -> plan(Measure.RELATIVE, Double.NaN, 0.1, 1), "tolerance must be in [0, 1); got NaN");
        requireRefused(
                () -> plan(Measure.ABSOLUTE, 1, Double.POSITIVE_INFINITY, 1),
                "absolute tolerance must be at least 0 and finite; got Infinity");
        requireRefused(() -> plan(Measure.RELATIVE, 0.1, 0.1, -1), "adapt every: must be at least 1 step; got -1");
        requireRefused(
                () -> new Adapt(Measure.RELATIVE, 0.1, 0.1, 3, 2, 1),
                "ranks must satisfy 1 ≤ minimum ≤ maximum; got minimum 3, maximum 2");
    }

    /// A tolerance near 1 leaves the least rank allowed; a tolerance of 0 doubles ranks up to the greatest.
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"FACTORS", "DENSE"})
    void aTrainerAdaptsInTheStepsOfThePlanWithinItsLimits(Method method) {
        assertThat(ranksStepByStep(method, new Adapt(Measure.RELATIVE, 0.99, 0.99, 2, 9, 3)))
                .containsExactly(
                        List.of(6, 5), List.of(6, 5), List.of(2, 2), List.of(2, 2), List.of(2, 2), List.of(2, 2));
        assertThat(ranksStepByStep(method, new Adapt(Measure.RELATIVE, 0, 0, 2, 9, 3))
                        .get(2))
                .containsExactly(9, 8); // the second weight is [8, 10]
    }

    private static List<List<Integer>> ranksStepByStep(Method method, RankPlan plan) {
        TrainSpec spec = SpecBuilder.of(method).epochs(1).build().withRanks(plan);
        try (Network network = Nets.classifier(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.only(Blobs.classified(1, 112, 1)))) {
            List<List<Integer>> ranks = new ArrayList<>();
            trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer running, double loss) {
                    ranks.add(network.ranks());
                }
            });
            return ranks;
        }
    }

    private static List<Long> adaptations(RankPlan plan, long steps, int stepsPerEpoch) {
        return LongStream.range(0, steps)
                .filter(step -> plan.at(step, steps, stepsPerEpoch).isPresent())
                .boxed()
                .toList();
    }

    private static RankPlan plan(Measure measure, double start, double end, int every) {
        return new Adapt(measure, start, end, 2, 9, every);
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
