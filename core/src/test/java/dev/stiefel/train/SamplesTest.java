package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SamplesTest {
    private final VectorSamples classes =
            VectorSamples.classified(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, new int[] {0, 2, 1, 2}, 3);
    private final VectorSamples vectors =
            VectorSamples.regression(new float[] {1, 2, 3, 4, 5, 6}, 2, new float[] {10, 20, 30}, 1);

    @ParameterizedTest
    @EnumSource
    void aBatchIsTheSamplesAskedForInTheOrderAskedFor(DType type) {
        try (Scope scope = Scope.open("test")) {
            int[] order = {3, 0, 2, 1};
            Batch batch = Batch.of(scope, type, classes, order, 1, 4);
            assertThat(batch.size()).isEqualTo(3);
            assertThat(batch.inputs().getFirst().values().type()).isEqualTo(type);
            assertThat(batch.inputs().getFirst().values().toDoubles()).containsExactly(1, 2, 5, 6, 3, 4);
            assertThat(batch.targets()).hasToString("[0, 1, 2]");
            Batch regression = Batch.of(scope, type, vectors, new int[] {2, 0}, 0, 2);
            assertThat(regression.inputs().getFirst().values().toDoubles()).containsExactly(5, 6, 1, 2);
            assertThat(((Targets.Values) regression.targets()).values().toDoubles())
                    .containsExactly(30, 10);
        }
    }

    @Test
    void aRangeIsAsIfTheOthersHadNeverBeen() {
        Samples middle = classes.range(1, 3);
        float[] row = new float[3];
        middle.copyInput(1, row, 1);
        assertThat(row).containsExactly(0, 5, 6);
        assertThat(middle.size()).isEqualTo(2);
        assertThat(middle.copyLabels()).containsExactly(2, 1);
        assertThat(middle.outputs()).isEqualTo(3);
        Samples last = vectors.range(2, 3);
        last.copyTarget(0, row, 0);
        assertThat(row[0]).isEqualTo(30);
        assertThat(last.hasLabels()).isFalse();
        assertThat(classes.range(2, 2).size()).isZero();
        assertThatThrownBy(() -> classes.range(2, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void labelsAndInputsCanBeReplaced() {
        assertThat(classes.withLabels(new int[] {1, 1, 1, 1}).copyLabels()).containsOnly(1);
        Samples narrow = classes.withInputs(new float[] {9, 8, 7, 6}, 1);
        assertThat(narrow.width()).isOne();
        assertThat(narrow.copyLabels()).containsExactly(0, 2, 1, 2);
        Samples wide = vectors.withInputs(new float[9], 3);
        assertThat(wide.size()).isEqualTo(3);
        assertThat(wide.hasLabels()).isFalse();
    }

    @Test
    void labelsAreHandedOutAsCopies() {
        classes.copyLabels()[0] = 9;
        assertThat(classes.label(0)).isZero();
    }

    @Test
    void askingForTheOtherKindOrAnotherRowIsRefused() {
        assertThatThrownBy(() -> vectors.label(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("samples: these have target vectors, not classes");
        assertThatThrownBy(() -> classes.copyTarget(0, new float[1], 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("samples: these have classes, not target vectors");
        assertThatThrownBy(() -> classes.label(4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> classes.copyInput(-1, new float[2], 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        requireRefused(
                () -> VectorSamples.classified(new float[4], 2, new int[] {0, 3}, 3),
                "samples: labels must be in [0, 3); row 1 has 3");
        requireRefused(
                () -> VectorSamples.classified(new float[4], 2, new int[] {-1, 0}, 3),
                "samples: labels must be in [0, 3); row 0 has -1");
        requireRefused(
                () -> VectorSamples.classified(new float[5], 2, new int[] {0, 1}, 3),
                "samples: 2 rows of width 2 need 4 input values; got 5");
        requireRefused(
                () -> VectorSamples.classified(new float[0], 0, new int[0], 3),
                "samples: width must be at least 1; got 0");
        requireRefused(
                () -> VectorSamples.classified(new float[0], 1, new int[0], 0),
                "samples: at least one class or output is needed; got 0");
        requireRefused(
                () -> VectorSamples.regression(new float[4], 2, new float[3], 2),
                "samples: 3 target values do not divide into rows of 2");
        requireRefused(
                () -> VectorSamples.regression(new float[4], 2, new float[2], 0),
                "samples: 2 target values do not divide into rows of 0");
        requireRefused(
                () -> classes.withInputs(new float[7], 2), "samples: 4 rows of width 2 need 8 input values; got 7");
        requireRefused(
                () -> classes.withLabels(new int[3]), "samples: there must be one label for each of 4 samples; got 3");
        requireRefused(
                () -> classes.withLabels(new int[] {0, 1, 2, 3}), "samples: labels must be in [0, 3); row 3 has 3");
        requireRefused(
                () -> ByteSamples.of(new byte[5], 2, 255, SampleTargets.classes(new int[2], 1)),
                "samples: 2 rows of width 2 need 4 input values; got 5");
        requireRefused(
                () -> ByteSamples.of(new byte[2], 1, 0, SampleTargets.classes(new int[2], 1)),
                "samples: the greatest value must be above 0; got 0.0");
    }

    @Test
    void tokensAndTargetsThatDoNotFitAreRefused() {
        requireRefused(
                () -> TokenSequences.of(new int[][] {{0, 1}, {5}}, 5, new int[][] {{0}, {0}}, 2),
                "token sequences: tokens must be in [0, 5); sample 1 has 5");
        requireRefused(
                () -> TokenSequences.of(new int[][] {{0, 1}}, 5, new int[][] {{0, 2}}, 2),
                "token sequences: targets must be in [-1, 2); sample 0 has 2");
        requireRefused(
                () -> TokenSequences.of(new int[][] {{1}, {}}, 5, new int[][] {{0}, {0}}, 2),
                "token sequences: each must have at least 1 token; sample 1 has none");
        requireRefused(
                () -> TokenSequences.of(new int[][] {{1, 2, 3}}, 5, new int[][] {{0, 1}}, 2),
                "token sequences: there must be one target for each token, or one for each sample; sample 0 has 3"
                        + " tokens and 2 targets");
        requireRefused(
                () -> TokenSequences.of(new int[][] {{1, 2, 3}}, 5, new int[][] {}, 2),
                "token sequences: there must be targets for each of 1 samples; got 0");
    }

    @Test
    void whatOnlySamplesOfOneVectorAndOneTargetHaveIsRefusedByOthers() {
        Samples pairs = TokenSequences.pairs(new int[][] {{1, 2}}, 3, new int[][] {{1, 2}}, 5, new int[][] {{0, 1}}, 2);
        assertThatThrownBy(pairs::width)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("samples: they must have one input with the same number of values in each; got"
                        + " [[*] of 3 tokens, [*] of 5 tokens]");
        assertThatThrownBy(pairs::asVectors).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(pairs::copyLabels)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("samples: each must have one target; these have one for each output row of [*, 2]");
        requireRefused(
                () -> classes.asImages(new SampleShape.Image(3, 1, 1)),
                "samples: images of [3, 1, 1] need 3 values each; got 2");
    }

    @Test
    void aBatchIsOfTheSameSamplesThroughout() {
        try (Scope scope = Scope.open("test")) {
            SampleRows two = SampleRows.vectors(scope.zeros(DType.FLOAT32, 2, 1));
            requireRefused(
                    () -> new Batch(List.of(two), new Targets.Classes(new int[3])),
                    "batch: inputs and targets must be of the same samples; got 2 and 3");
            requireRefused(
                    () -> new Batch(List.of(), new Targets.Classes(new int[3])),
                    "batch: there must be at least one input; got none");
        }
    }

    @Test
    void aRunsSamplesMustBeOfOneKind() {
        requireRefused(
                () -> Blobs.only(classes.range(0, 0)), "training data: there must be at least one training sample");
        requireRefused(
                () -> Blobs.validated(classes, vectors),
                "training data: all samples must have the same width and outputs; got 2 values → 3 classes and 2"
                        + " values → 1 values");
        requireRefused(
                () -> new TrainData(classes, Optional.empty(), Optional.of(classes.withInputs(new float[4], 1))),
                "training data: all samples must have the same width and outputs; got 2 values → 3 classes and 1"
                        + " values → 3 classes");
        TrainData empty = new TrainData(classes, Optional.of(classes.range(0, 0)), Optional.of(classes.range(0, 0)));
        assertThat(empty.validation()).isEmpty();
        assertThat(empty.test()).isEmpty();
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
