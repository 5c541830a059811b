package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.tensor.Rng;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchPlanTest {
    private static final int[] LENGTHS =
            new SplittableRandom(1).ints(500, 3, 40).toArray();

    @Test
    void batchesOfSamplesAreCutFromAPermutation() {
        BatchPlan plan = new BatchPlan.OfSamples(10, 4);
        EpochBatches epoch = plan.epoch(Rng.seeded(5));
        assertThat(plan.count()).isEqualTo(3);
        assertThat(epoch.order()).containsExactly(Rng.seeded(5).permutation(10));
        assertThat(IntStream.rangeClosed(0, 3).map(epoch::start).toArray()).containsExactly(0, 4, 8, 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 39, 40, 200, 1000, 1_000_000})
    void batchesOfTokensHaveNoMoreTokensUnlessOneSampleHas(int tokens) {
        BatchPlan plan = BatchPlan.OfTokens.of(LENGTHS, tokens);
        for (int seed = 0; seed < 3; seed++) {
            EpochBatches epoch = plan.epoch(Rng.seeded(seed));
            assertThat(Arrays.stream(epoch.order()).sorted().toArray()).isEqualTo(range(LENGTHS.length));
            assertThat(epoch.start(plan.count())).isEqualTo(LENGTHS.length);
            for (int i = 0; i < plan.count(); i++) {
                int[] lengths = lengths(epoch, i);
                assertThat(lengths).isNotEmpty();
                assertThat(lengths.length == 1 || Arrays.stream(lengths).sum() <= tokens)
                        .isTrue();
            }
        }
    }

    @Test
    void similarLengthsMeetAndTheRestIsDrawn() {
        BatchPlan plan = BatchPlan.OfTokens.of(LENGTHS, 200);
        EpochBatches first = plan.epoch(Rng.seeded(1));
        EpochBatches second = plan.epoch(Rng.seeded(2));
        assertThat(first.order()).isNotEqualTo(second.order());
        assertThat(plan.epoch(Rng.seeded(1)).order()).isEqualTo(first.order());
        int spread = 0;
        for (int i = 0; i < plan.count(); i++) {
            int[] lengths = lengths(first, i);
            spread = Math.max(
                    spread,
                    Arrays.stream(lengths).max().orElseThrow()
                            - Arrays.stream(lengths).min().orElseThrow());
        }
        assertThat(spread).isBetween(0, 3);
        double[] means = IntStream.range(0, plan.count())
                .mapToDouble(i -> Arrays.stream(lengths(first, i)).average().orElseThrow())
                .toArray();
        assertThat(means).isNotEqualTo(Arrays.stream(means).sorted().toArray()); // batches are in no order
    }

    @Test
    void aBatchOfNoTokensIsRefused() {
        TrainSpec spec = TrainSpec.defaults(Method.RIEMANNIAN);
        assertThatThrownBy(() -> spec.withBatchTokens(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tokens of a batch must be at least 1; got 0");
    }

    private static int[] lengths(EpochBatches epoch, int batch) {
        return IntStream.range(epoch.start(batch), epoch.start(batch + 1))
                .map(i -> LENGTHS[epoch.order()[i]])
                .toArray();
    }

    private static int[] range(int count) {
        return IntStream.range(0, count).toArray();
    }
}
