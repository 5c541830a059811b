package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Sums;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.train.RankPlan.Adapt;
import dev.stiefel.train.RankPlan.Adapt.Measure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where the blocks of the S-only method begin and end, and how many passes steps take. Epochs have
/// seven steps.
class BlocksTest {
    private static final TrainData DATA = Blobs.validated(Blobs.classified(1, 100, 1), Blobs.classified(2, 50, 1));

    /// The ranks after every step, `*` after those of an epoch's end.
    private static List<String> ranks(TrainSpec spec) {
        try (Network network = Nets.classifier(spec.method(), DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            List<String> ranks = new ArrayList<>();
            trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer running, double loss) {
                    ranks.add(network.ranks().toString());
                }

                @Override
                public void epochEnded(Trainer running, EpochRecord epoch) {
                    assertThat(running.progress().blockRanks()).isEmpty();
                    assertThat(epoch.ranks()).isEqualTo(network.ranks());
                    assertThat(epoch.evaluationParameters())
                            .isEqualTo(network.spec().parameters());
                    for (Tensor S : List.of(
                            network.factors().getFirst().S(),
                            network.factors().getLast().S())) {
                        assertThat(S.rows()).isEqualTo(S.columns());
                    }
                    ranks.add(network.ranks() + "*");
                }
            });
            return ranks;
        }
    }

    @Test
    void aBlockEndsWithItsPeriodAndWithEveryEpoch() {
        RankPlan plan = new Adapt(Measure.RELATIVE, 0.99, 0.99, RankLimits.of(2, 9), 3);
        assertThat(ranks(SpecBuilder.of(Method.S_ONLY).epochs(2).build().withRanks(plan)))
                .containsExactly(
                        "[10, 8]", "[10, 8]", "[2, 2]", "[4, 4]", "[4, 4]", "[2, 2]", "[2, 2]*", // by the epoch
                        "[4, 4]", "[2, 2]", "[4, 4]", "[4, 4]", "[2, 2]", "[4, 4]", "[2, 2]*");
    }

    @Test
    void whereRanksAreHeldABlockGoesBackToThoseItBeganWith() {
        assertThat(ranks(SpecBuilder.of(Method.S_ONLY).epochs(2).build().withRanks(new RankPlan.Hold(5))))
                .containsExactly(
                        "[10, 8]", "[10, 8]", "[10, 8]", "[10, 8]", "[6, 5]", "[10, 8]", "[6, 5]*", "[10, 8]",
                        "[10, 8]", "[6, 5]", "[10, 8]", "[10, 8]", "[10, 8]", "[6, 5]*");
        assertThat(ranks(SpecBuilder.of(Method.S_ONLY)
                        .epochs(1)
                        .build()
                        .withRanks(new RankPlan.Hold(RankPlan.EVERY_EPOCH))))
                .containsExactly("[10, 8]", "[10, 8]", "[10, 8]", "[10, 8]", "[10, 8]", "[10, 8]", "[6, 5]*");
        assertThat(ranks(SpecBuilder.of(Method.S_ONLY).epochs(1).build().withRanks(new RankPlan.Hold(1))))
                .containsOnly("[6, 5]", "[6, 5]*");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "S_ONLY")
    void otherMethodsHaveNoBlocks(Method method) {
        if (method.isLowRank()) {
            assertThat(ranks(SpecBuilder.of(method).build().withRanks(new RankPlan.Hold(2))))
                    .containsOnly("[6, 5]", "[6, 5]*");
        }
        assertThat(method.trainsInBlocks()).isFalse();
    }

    /// Held ranks could not be told from augmented ones where bases fill the space: they must be
    /// remembered.
    @ParameterizedTest
    @ValueSource(longs = {1, 3, 5, 6, 8, 12, 20})
    void aRunWithHeldRanksGoesOnFromWithinABlockWithTheSameBits(long stop) {
        for (Optimizer optimizer : List.of(new Momentum(0.9), new Adam())) {
            TrainSpec spec = SpecBuilder.of(Method.S_ONLY)
                    .optimizer(optimizer)
                    .rate(5e-3)
                    .threads(2)
                    .build()
                    .withRanks(new RankPlan.Hold(5));
            try (Network whole = Nets.classifier(Method.S_ONLY, DType.FLOAT32, 1);
                    Trainer trainer = new Trainer(whole, spec, DATA)) {
                assertThat(trainer.run(Recorder.NONE)).isEqualTo(new Outcome.Finished());
                Network network = Nets.classifier(Method.S_ONLY, DType.FLOAT32, 1);
                try (ResumedRun resumed = ResumedRun.of(network, spec, DATA, stop)) {
                    assertThat(Nets.bits(resumed.network())).isEqualTo(Nets.bits(whole));
                    assertThat(resumed.network().ranks()).containsExactly(6, 5);
                }
            }
        }
    }

    @Test
    void progressWithoutTheRanksOfItsBlockIsRefused() {
        TrainSpec spec = SpecBuilder.of(Method.S_ONLY).build().withRanks(new RankPlan.Hold(5));
        Progress within =
                new Progress(0, 3, Sums.none(1), List.of("accuracy"), 0, Double.POSITIVE_INFINITY, 1, 0, 0, List.of());
        Progress between = new Progress(
                0,
                5,
                Sums.none(1),
                List.of("accuracy"),
                0,
                Double.POSITIVE_INFINITY,
                1,
                0,
                0,
                List.of(TuckerRanks.of(6), TuckerRanks.of(5)));
        try (Network network = Nets.classifier(Method.S_ONLY, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            assertThatThrownBy(() -> trainer.restore(within, trainer.moments()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("trainer: at step 3 there must be 2 ranks that the block under way began with; got []");
            assertThatThrownBy(() -> trainer.restore(between, trainer.moments()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "trainer: at step 5 there must be 0 ranks that the block under way began with; got [6×6,"
                                    + " 5×5]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMethodTakesAsManyPassesAsItIsKnownFor(Method method) {
        int expected = switch (method) {
            case RIEMANNIAN, PARALLEL_BUG, FACTORS, DENSE -> 21;
            case BUG, BACKWARD_CORRECTED -> 2 * 21;
            case PROJECTOR_SPLITTING -> 3 * 21;
            case S_ONLY -> 21 + 7; // one more for each block: they end after steps 5, 7, 10, 14, 15, 20, 21
        };
        assertThat(passes(SpecBuilder.of(method).build().withRanks(new RankPlan.Hold(5))))
                .isEqualTo(expected);
        if (method.adapts()) {
            RankPlan plan = new Adapt(Measure.RELATIVE, 0.1, 0.1, RankLimits.NONE, 7);
            assertThat(passes(SpecBuilder.of(method).build().withRanks(plan)))
                    .isEqualTo(method == Method.S_ONLY ? 21 + 3 : expected);
        }
    }

    private static int passes(TrainSpec spec) {
        try (Network network = Nets.classifier(spec.method(), DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            assertThat(trainer.run(Recorder.NONE)).isEqualTo(new Outcome.Finished());
            return trainer.passes();
        }
    }
}
