package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RngTest {
    private static final int MANY = 200_000;

    @Test
    void theSameSeedGivesTheSameNumbers() {
        assertThat(normals(Rng.seeded(5), 100)).containsExactly(normals(Rng.seeded(5), 100));
        assertThat(normals(Rng.seeded(5), 100)).isNotEqualTo(normals(Rng.seeded(6), 100));
        assertThat(Rng.seeded(5).permutation(100)).containsExactly(Rng.seeded(5).permutation(100));
    }

    @Test
    void aRestoredGeneratorGoesOnWithTheSameBits() {
        Rng rng = Rng.seeded(42);
        normals(rng, 3);
        rng.permutation(1_000);
        normals(rng, 1_000);
        Rng restored = Rng.restored(rng.seed(), rng.draws());
        assertThat(rng.draws()).isEqualTo(3);
        for (int i = 0; i < 4; i++) {
            assertThat(normals(restored, 50)).containsExactly(normals(rng, 50));
            assertThat(restored.permutation(50)).containsExactly(rng.permutation(50));
        }
    }

    @Test
    void whatADrawGivesDoesNotDependOnHowLargeTheOnesBeforeItWere() {
        Rng small = Rng.seeded(1);
        Rng large = Rng.seeded(1);
        normals(small, 1);
        normals(large, 1_000);
        assertThat(normals(small, 20)).containsExactly(normals(large, 20));
    }

    @Test
    void purposesAreIndependentAndDoNotChangeTheirParent() {
        Rng rng = Rng.seeded(9);
        double[] weights = normals(rng.forPurpose("weights"), MANY);
        double[] order = normals(rng.forPurpose("order"), MANY);
        double[] own = normals(Rng.seeded(9), MANY);
        assertThat(rng.draws()).isZero();
        double sigmas = 5 / Math.sqrt(MANY); // five deviations of a correlation of independent samples
        assertThat(correlation(weights, order)).isCloseTo(0, within(sigmas));
        assertThat(correlation(weights, own)).isCloseTo(0, within(sigmas));
        assertThat(normals(rng.forPurpose("weights"), 10)).containsExactly(Arrays.copyOf(weights, 10));
    }

    @Test
    void aPurposesPurposeIsNotALongerPurpose() {
        Rng rng = Rng.seeded(9);
        long joined = rng.forPurpose("layer 1").seed();
        assertThat(rng.forPurpose("layer ").forPurpose("1").seed()).isNotEqualTo(joined);
        assertThat(rng.forPurpose("").seed()).isNotEqualTo(rng.seed());
        assertThat(rng.forPurpose("").forPurpose("").seed())
                .isNotEqualTo(rng.forPurpose("").seed());
    }

    @Test
    void neighbouringSeedsAndDrawsAreUncorrelated() {
        double sigmas = 5 / Math.sqrt(MANY);
        Rng rng = Rng.seeded(0);
        double[] first = normals(rng, MANY);
        assertThat(correlation(first, normals(rng, MANY))).isCloseTo(0, within(sigmas));
        assertThat(correlation(first, normals(Rng.seeded(1), MANY))).isCloseTo(0, within(sigmas));
    }

    @ParameterizedTest
    @EnumSource
    void normalsHaveTheMomentsOfTheNormalDistribution(DType type) {
        try (Scope scope = Scope.open("test")) {
            Tensor tensor = scope.uninitialized(type, MANY);
            Rng.seeded(11).fillNormal(tensor, 2);
            double[] x = tensor.toDoubles();
            double n = MANY;
            // five deviations of each sample moment: √(μ_2k − μ_k²)/√n for mean 0, variance 1
            assertThat(moment(x, 1) / 2).isCloseTo(0, within(5 / Math.sqrt(n)));
            assertThat(moment(x, 2) / 4).isCloseTo(1, within(5 * Math.sqrt(2 / n)));
            assertThat(moment(x, 3) / 8).isCloseTo(0, within(5 * Math.sqrt(15 / n)));
            assertThat(moment(x, 4) / 16).isCloseTo(3, within(5 * Math.sqrt(96 / n)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 17, 1_000})
    void aPermutationHoldsEveryNumberOnce(int count) {
        int[] sorted = Rng.seeded(3).permutation(count);
        Arrays.sort(sorted);
        assertThat(sorted).containsExactly(IntStream.range(0, count).toArray());
    }

    @Test
    void everyPermutationIsAboutEquallyLikely() {
        int[] counts = new int[27];
        Rng rng = Rng.seeded(8);
        int draws = 30_000;
        for (int i = 0; i < draws; i++) {
            int[] p = rng.permutation(3);
            counts[p[0] * 9 + p[1] * 3 + p[2]]++;
        }
        double expected = draws / 6.0;
        int[] seen = Arrays.stream(counts).filter(count -> count > 0).toArray();
        assertThat(seen).hasSize(6);
        for (int count : seen) {
            assertThat((double) count).isCloseTo(expected, within(5 * Math.sqrt(expected)));
        }
    }

    @Test
    void whatCannotBeDrawnIsRefusedAndNotCounted() {
        Rng rng = Rng.seeded(1);
        assertThatThrownBy(() -> rng.permutation(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("permutation: count must be at least 0; got -1");
        assertThatThrownBy(() -> Rng.restored(1, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("generator: draws must be at least 0; got -1");
        try (Scope scope = Scope.open("test")) {
            Tensor view = scope.zeros(DType.FLOAT32, 3, 3).columnRange(0, 2);
            assertThatThrownBy(() -> rng.fillNormal(view, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("fillNormal: needs a tensor without gaps");
        }
        assertThat(rng.draws()).isZero();
    }

    private static double[] normals(Rng rng, int count) {
        try (Scope scope = Scope.open("normals")) {
            Tensor tensor = scope.uninitialized(DType.FLOAT64, count);
            rng.fillNormal(tensor, 1);
            return tensor.toDoubles();
        }
    }

    private static double moment(double[] x, int order) {
        return Arrays.stream(x).map(value -> Math.pow(value, order)).average().orElseThrow();
    }

    private static double correlation(double[] x, double[] y) {
        return IntStream.range(0, x.length)
                .mapToDouble(i -> x[i] * y[i])
                .average()
                .orElseThrow();
    }
}
