package dev.stiefel.lab.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Multiply-adds against counts by hand, of a network 64-8-10 whose first weight is factored
/// with rank 2.
class CostTest {
    private static final long OUTPUT = 8 * 10;

    @Test
    void aDenseStepIsThreeProductsAWeightTwoInTheFirst() {
        Cost cost = Cost.of(spec(Map.of("method", "dense")), List.of());
        assertThat(cost.forward()).isEqualTo(64 * 8 + OUTPUT);
        assertThat(cost.training()).isEqualTo(2 * 64 * 8 + 3 * OUTPUT);
        assertThat(cost.bases()).isZero();
    }

    @Test
    void aRiemannianStepIsOnePass() {
        Cost cost = Cost.of(spec(Map.of("method", "riemannian", "rank", 2)), List.of(2));
        assertThat(cost.forward()).isEqualTo(2 * (64 + 8) + OUTPUT);
        long forward = 2 * (64 + 8) + 4;
        long gradients = 8 * 2 + 8 * 2 + 64 * 2; // ∂loss/∂c, ∇K, ∇L
        assertThat(cost.training()).isEqualTo(forward + gradients + 3 * OUTPUT);
        assertThat(cost.bases()).isEqualTo(2 * (64 + 8) * 4);
    }

    @Test
    void aFixedRankBugStepIsTwo() {
        Cost cost = Cost.of(spec(Map.of("method", "bug", "rank", 2)), List.of(2));
        long first = 2 * (64 + 8) + 4 + 8 * 2 + 8 * 2 + 64 * 2 + 2 * OUTPUT;
        long second = 2 * (64 + 8) + 4 + 8 * 2 + 4 + 3 * OUTPUT;
        assertThat(cost.training()).isEqualTo(first + second);
    }

    @Test
    void anAdaptiveBugStepHasDoubledBasesInItsSecondPass() {
        Cost cost = Cost.of(spec(Map.of("method", "bug", "adapt-every", 1)), List.of(2));
        long first = 2 * (64 + 8) + 4 + 8 * 2 + 8 * 2 + 64 * 2 + 2 * OUTPUT;
        long second = 4 * (64 + 8) + 16 + 8 * 4 + 16 + 3 * OUTPUT;
        assertThat(cost.training()).isEqualTo(first + second);
        assertThat(cost.bases()).isEqualTo(2 * (64 + 8) * 16 + 10 * 64);
    }

    @Test
    void adaptingRarelyCostsLittleMore() {
        long held =
                Cost.of(spec(Map.of("method", "bug", "rank", 2)), List.of(2)).training();
        long each = Cost.of(spec(Map.of("method", "bug", "adapt-every", 1)), List.of(2))
                .training();
        assertThat(Cost.of(spec(Map.of("method", "bug", "adapt-every", 4)), List.of(2))
                        .training())
                .isEqualTo(Math.round(held + (each - held) / 4.0));
    }

    @Test
    void plainFactorsHaveNoCores() {
        Cost cost = Cost.of(spec(Map.of("method", "factors", "rank", 2)), List.of(2));
        assertThat(cost.training()).isEqualTo(2 * (64 + 8) + 8 * 2 + 8 * 2 + 64 * 2 + 3 * OUTPUT);
        assertThat(cost.bases()).isZero();
    }

    @Test
    void everyMethodHasACostAndMorePassesCostMore() {
        assertThat(List.of("parallel-bug", "s-only", "backward-corrected", "projector-splitting"))
                .allSatisfy(method -> assertThat(Cost.of(spec(Map.of("method", method, "rank", 2)), List.of(2))
                                .training())
                        .isPositive());
        assertThat(Cost.of(spec(Map.of("method", "projector-splitting", "rank", 2)), List.of(2))
                        .training())
                .isGreaterThan(Cost.of(spec(Map.of("method", "riemannian", "rank", 2)), List.of(2))
                        .training());
    }

    @Test
    void anEpochIsAllSamplesAndAllSteps() {
        RunSpec spec = spec(Map.of("method", "riemannian", "rank", 2, "batch-size", 32, "validation", 0));
        Cost cost = Cost.of(spec, List.of(2));
        long samples = spec.dataFacts().trainSize();
        assertThat(Cost.samples(spec)).isEqualTo(samples);
        assertThat(cost.epoch(spec))
                .isEqualTo((double) (cost.training() * samples + cost.bases() * Math.ceilDiv(samples, 32L)));
    }

    @Test
    void ranksMustFitTheNetwork() {
        assertThatThrownBy(() -> Cost.of(spec(Map.of("method", "riemannian", "rank", 2)), List.of(2, 2)))
                .hasMessage("network 64-8-10: 1 ranks are needed, one a factored weight; got [2, 2]");
    }

    private static RunSpec spec(Map<String, Object> choices) {
        Map<String, Object> all = new HashMap<>(choices);
        all.put("layers", "64-8-10");
        return Presets.of("digits", all).spec();
    }
}
