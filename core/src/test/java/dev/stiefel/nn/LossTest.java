package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossTest {
    private static final int[] LABELS = {2, 0, 1, 1, 2, 0, 2};

    private final Scope scope = Scope.open("test");
    private final Tensor outputs = random(LABELS.length, 3, 1);
    private final Tensor vectors = random(LABELS.length, 3, 2);

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<Arguments> losses() {
        return Stream.of(
                Arguments.of(new SoftmaxCrossEntropy(), true),
                Arguments.of(new SmoothedCrossEntropy(0.3), true),
                Arguments.of(new SmoothedCrossEntropy(0), true),
                Arguments.of(new MeanSquaredError(), true),
                Arguments.of(new MeanSquaredError(), false));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theSumIsThatOfTheNaiveFormula(Loss loss, boolean classes) {
        double expected = 0;
        for (int i = 0; i < LABELS.length; i++) {
            expected += naive(loss, outputs, i, classes);
        }
        assertThat(evaluate(loss, outputs, classes, 1).loss()).isEqualTo(expected, within(1e-14));
    }

    /// Error of a central difference: `h²/6` times a third derivative below 1, and rounding of a sum of about 10,
    /// over `h`.
    @ParameterizedTest
    @MethodSource("losses")
    void theGradientIsThatOfCentralDifferences(Loss loss, boolean classes) {
        double h = 1e-5;
        double weight = 0.25;
        Tensor delta = scope.uninitialized(DType.FLOAT64, LABELS.length, 3);
        evaluateInto(loss, delta, outputs, targets(classes), 0, weight);
        for (int i = 0; i < LABELS.length; i++) {
            for (int j = 0; j < 3; j++) {
                double difference = (moved(loss, classes, i, j, h) - moved(loss, classes, i, j, -h)) / (2 * h);
                assertThat(delta.get(i, j)).isEqualTo(weight * difference, within(h * h + 0x1p-52 * 30 / h));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aSliceSeesItsOwnTargetsAndTheOutputsMayBeOverwritten(Loss loss, boolean classes) {
        Tensor whole = scope.uninitialized(DType.FLOAT64, LABELS.length, 3);
        Sums all = evaluateInto(loss, whole, outputs, targets(classes), 0, 0.5);
        Tensor head = outputs.rows(0, 3).copy(scope);
        Tensor tail = outputs.rows(3, LABELS.length).copy(scope);
        Sums first = evaluateInto(loss, head, head, targets(classes), 0, 0.5);
        Sums second = evaluateInto(loss, tail, tail, targets(classes), 3, 0.5);
        assertThat(first.loss() + second.loss()).isEqualTo(all.loss(), within(1e-14));
        if (classes) {
            assertThat(first.measure(0) + second.measure(0)).isEqualTo(all.measure(0));
        }
        assertThat(first.rows() + second.rows()).isEqualTo(all.rows());
        assertThat(head.toDoubles()).isEqualTo(whole.rows(0, 3).toDoubles());
        assertThat(tail.toDoubles()).isEqualTo(whole.rows(3, LABELS.length).toDoubles());
    }

    /// Inputs are rounded to float32, the sums stay in double: a sample errs by about `2 |y| ε`.
    @ParameterizedTest
    @MethodSource("losses")
    void singlePrecisionAgreesWithDouble(Loss loss, boolean classes) {
        Tensor single = Ops.cast(scope, outputs, DType.FLOAT32);
        Tensor delta = scope.uninitialized(DType.FLOAT32, LABELS.length, 3);
        Tensor exact = scope.uninitialized(DType.FLOAT64, LABELS.length, 3);
        Sums sums = evaluateInto(loss, delta, single, targets(classes), 0, 1);
        Sums expected = evaluateInto(loss, exact, outputs, targets(classes), 0, 1);
        double allowed = 8 * DType.FLOAT32.epsilon() * LABELS.length * (1 + Ops.norm(outputs));
        assertThat(sums.loss()).isEqualTo(expected.loss(), within(allowed));
        if (classes) {
            assertThat(sums.measure(0)).isEqualTo(expected.measure(0));
        }
        assertThat(delta.toDoubles()).containsExactly(exact.toDoubles(), within(8 * DType.FLOAT32.epsilon()));
    }

    @Test
    void crossEntropyDoesNotChangeWhenAllOutputsOfASampleMoveTogether() {
        Tensor shifted = scope.uninitialized(DType.FLOAT64, LABELS.length, 3);
        for (int i = 0; i < LABELS.length; i++) {
            for (int j = 0; j < 3; j++) {
                shifted.set(i, j, outputs.get(i, j) + 1024 * (i - 3)); // rounds the outputs by 4096 · 2⁻⁵³ at most
            }
        }
        double expected = evaluate(new SoftmaxCrossEntropy(), outputs, true, 1).loss();
        double loss = evaluate(new SoftmaxCrossEntropy(), shifted, true, 1).loss();
        assertThat(loss).isEqualTo(expected, within(2 * LABELS.length * 4096 * 0x1p-53));
    }

    @Test
    void aSamplesGradientOfCrossEntropySumsToZero() {
        Tensor delta = outputs.copy(scope);
        evaluateInto(new SoftmaxCrossEntropy(), delta, delta, targets(true), 0, 1);
        for (int i = 0; i < LABELS.length; i++) {
            assertThat(delta.get(i, 0) + delta.get(i, 1) + delta.get(i, 2)).isEqualTo(0, within(4e-16));
        }
    }

    @ParameterizedTest
    @EnumSource
    void hugeOutputsOverflowNeitherLossNorGradientOfCrossEntropy(DType type) {
        double huge = type == DType.FLOAT32 ? 3e38 : 8e307;
        Tensor y = scope.zeros(type, 2, 3);
        y.set(0, 0, huge);
        y.set(0, 1, -huge);
        y.set(1, 2, -huge);
        Sums sums = evaluateInto(new SoftmaxCrossEntropy(), y, y, new Targets.Classes(new int[] {0, 2}), 0, 1);
        assertThat(sums.loss()).isFinite().isGreaterThanOrEqualTo(0.99 * huge);
        assertThat(y.toDoubles()).containsExactly(0, 0, 0, 0.5, 0.5, -1);
    }

    @Test
    void aNanOutputMakesTheLossNan() {
        outputs.set(4, 1, Double.NaN);
        assertThat(evaluate(new SoftmaxCrossEntropy(), outputs, true, 1).loss()).isNaN();
        assertThat(evaluate(new MeanSquaredError(), outputs, false, 1).loss()).isNaN();
    }

    @Test
    void amongEqualOutputsTheFirstIsTheAnswer() {
        Tensor y = scope.matrix64(3, 3, 1, 1, 0, 1, 1, 0, 2, 2, 2);
        Targets targets = new Targets.Classes(new int[] {0, 1, 2});
        assertThat(evaluateInto(new SoftmaxCrossEntropy(), y, y, targets, 0, 1).measure(0))
                .isOne();
    }

    @Test
    void classesAtTheLargestOutputAreCounted() {
        Tensor units = scope.zeros(DType.FLOAT64, LABELS.length, 3);
        for (int i = 0; i < LABELS.length; i++) {
            units.set(i, LABELS[i], 1);
        }
        Sums sums = evaluate(new MeanSquaredError(), units, true, 1);
        assertThat(sums.loss()).isZero();
        assertThat(sums.measure(0)).isEqualTo(LABELS.length);
        assertThat(sums.rows()).isEqualTo(LABELS.length);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Loss entropy = new SoftmaxCrossEntropy();
        assertThatThrownBy(() -> evaluateInto(entropy, outputs, outputs, targets(false), 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("softmax cross-entropy: targets must be classes; got vectors");
        Targets wide = new Targets.Values(random(7, 4, 3));
        assertThatThrownBy(() -> evaluateInto(new MeanSquaredError(), outputs, outputs, wide, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mean squared error: targets must have 3 values; got [7, 4]");
        Tensor narrow = random(7, 2, 3);
        assertThatThrownBy(() -> evaluateInto(entropy, narrow, outputs, targets(true), 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("loss: delta must be like the outputs; got float64 [7, 2] and float64 [7, 3]");
        assertThatThrownBy(() -> evaluateInto(entropy, outputs, outputs, targets(true), 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("loss: rows 1 to 8 must lie within the 7 targets");
        for (int label : new int[] {3, -2}) {
            Targets outside = new Targets.Classes(new int[] {0, 0, 0, label, 0, 0, 0});
            assertThatThrownBy(() -> evaluateInto(entropy, outputs, outputs, outside, 0, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("loss: classes must be in [0, 3); sample 3 has " + label);
        }
    }

    @Test
    void rowsWithoutATargetDoNotCount() {
        int[] labels = LABELS.clone();
        labels[2] = Targets.Classes.NONE;
        labels[5] = Targets.Classes.NONE;
        Tensor whole = scope.uninitialized(DType.FLOAT64, LABELS.length, 3);
        Loss loss = new SoftmaxCrossEntropy();
        evaluateInto(loss, whole, outputs, targets(true), 0, 1);
        Tensor delta = scope.uninitialized(DType.FLOAT64, LABELS.length, 3);
        Sums sums = evaluateInto(loss, delta, outputs, new Targets.Classes(labels), 0, 1);
        assertThat(sums.rows()).isEqualTo(5);
        double expected = 0;
        for (int i = 0; i < LABELS.length; i++) {
            boolean counts = i != 2 && i != 5;
            expected += counts ? naive(loss, outputs, i, true) : 0;
            for (int j = 0; j < 3; j++) {
                assertThat(delta.get(i, j)).isEqualTo(counts ? whole.get(i, j) : 0);
            }
        }
        assertThat(sums.loss()).isEqualTo(expected, within(1e-14));
    }

    @Test
    void classesAreCopiedAndPrintable() {
        int[] labels = {1, 2};
        Targets.Classes classes = new Targets.Classes(labels);
        labels[0] = 9;
        assertThat(classes).hasToString("[1, 2]");
        assertThat(classes.size()).isEqualTo(2);
    }

    private static Sums evaluateInto(Loss loss, Tensor delta, Tensor y, Targets targets, int from, double weight) {
        List<Measure> measures = targets.kind() == Targets.Kind.CLASSES ? List.of(new Accuracy()) : List.of();
        return new Objective(loss, measures).evaluateInto(delta, y, targets, from, weight);
    }

    private double moved(Loss loss, boolean classes, int i, int j, double by) {
        try (Tensor copy = outputs.copy(scope)) {
            copy.set(i, j, copy.get(i, j) + by);
            return evaluate(loss, copy, classes, 1).loss();
        }
    }

    private Sums evaluate(Loss loss, Tensor y, boolean classes, double weight) {
        try (Tensor delta = scope.uninitialized(y.type(), y.rows(), y.columns())) {
            return evaluateInto(loss, delta, y, targets(classes), 0, weight);
        }
    }

    private double naive(Loss loss, Tensor y, int i, boolean classes) {
        double exponentials = 0;
        double squares = 0;
        double smoothing = loss instanceof SmoothedCrossEntropy smoothed ? smoothed.smoothing() : 0;
        for (int j = 0; j < 3; j++) {
            double target = classes ? (LABELS[i] == j ? 1 : 0) : vectors.get(i, j);
            exponentials += Math.exp(y.get(i, j));
            squares += Math.pow(y.get(i, j) - target, 2);
        }
        if (loss instanceof MeanSquaredError) {
            return squares / 3;
        }
        double sum = 0;
        for (int j = 0; j < 3; j++) {
            double weight = smoothing / 3 + (LABELS[i] == j ? 1 - smoothing : 0);
            sum -= weight * Math.log(Math.exp(y.get(i, j)) / exponentials);
        }
        return sum;
    }

    private Targets targets(boolean classes) {
        return classes ? new Targets.Classes(LABELS) : new Targets.Values(vectors);
    }

    private Tensor random(int rows, int columns, long seed) {
        Tensor tensor = scope.uninitialized(DType.FLOAT64, rows, columns);
        Rng.seeded(seed).fillNormal(tensor, 1.5);
        return tensor;
    }

    /// Over many classes, single precision goes its own way: the same numbers as the plain loss in double precision.
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.2})
    void manyClassesInSinglePrecisionAgreeWithThePlainLoss(double smoothing) {
        int k = 1037;
        int[] labels = {5, 1036, Targets.Classes.NONE, 300, 0};
        Tensor exact = random(labels.length, k, 7);
        Ops.scaleInPlace(exact, 4);
        exact.set(3, 300, 9e1); // certain
        exact.set(4, 700, 6e1); // wrong, and sure of it
        exact.set(1, 1035, exact.get(1, 1036)); // the same as the label's, but before it
        Tensor single = Ops.cast(scope, exact, DType.FLOAT32);
        exact = Ops.cast(scope, single, DType.FLOAT64);
        Targets.Classes classes = new Targets.Classes(labels);
        Objective objective =
                new Objective(new SmoothedCrossEntropy(smoothing), List.of(new Accuracy(), new Perplexity()));
        Tensor expected = scope.uninitialized(DType.FLOAT64, labels.length, k);
        Sums sums = objective.evaluateInto(expected, exact, classes, 0, 0.5);
        Sums wide = objective.evaluateInto(single, single, classes, 0, 0.5);
        assertThat(wide.loss()).isEqualTo(sums.loss(), within(1e-6 * sums.loss()));
        assertThat(wide.rows()).isEqualTo(4);
        assertThat(wide.measure(0)).isEqualTo(sums.measure(0));
        assertThat(wide.measure(1)).isEqualTo(sums.measure(1), within(1e-6 * sums.measure(1)));
        for (int i = 0; i < labels.length; i++) {
            for (int j = 0; j < k; j++) {
                assertThat(single.get(i, j)).isEqualTo(expected.get(i, j), within(2e-6));
            }
        }
        if (smoothing == 0) {
            Objective plain = new Objective(new SoftmaxCrossEntropy(), List.of());
            Tensor again = Ops.cast(scope, exact, DType.FLOAT32);
            assertThat(plain.evaluateInto(again, again, classes, 0, 0.5).loss()).isEqualTo(wide.loss());
        }
    }

    @Test
    void exponentialsOfManyNumbersAreThoseOfTheLibrary() {
        float[] values = new float[2000];
        for (int i = 0; i < values.length; i++) {
            values[i] = -0.05f * i;
        }
        float[] own = values.clone();
        Exponential.ofInPlace(own, 1, values.length);
        assertThat(own[0]).isEqualTo(0); // not asked for
        for (int i = 1; i < values.length; i++) {
            double exact = Math.exp(Math.max(values[i], Exponential.LEAST));
            assertThat((double) own[i]).isEqualTo(exact, within(1e-6 * exact * Math.exp(-values[i] / 8)));
        }
        float[] odd = {Float.NEGATIVE_INFINITY, Float.NaN, 0};
        Exponential.ofInPlace(odd, 0, 3);
        assertThat((double) odd[0]).isEqualTo(0, within(1e-30));
        assertThat(odd[1]).isNaN();
        assertThat(odd[2]).isEqualTo(1);
    }
}
