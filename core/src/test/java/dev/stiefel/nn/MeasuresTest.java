package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.nn.Measure.Better;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.train.EvaluationSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasuresTest {
    private static final int ROWS = 23;
    private static final int OUTPUTS = 7;

    private final Scope scope = Scope.open("test");
    private final Tensor outputs = random(1);
    private final Tensor vectors = random(2);

    @AfterEach
    void close() {
        scope.close();
    }

    private Tensor random(long seed) {
        Tensor tensor = scope.uninitialized(DType.FLOAT64, ROWS, OUTPUTS);
        Rng.seeded(seed).fillNormal(tensor, 1.5);
        return tensor;
    }

    private static int[] labels(boolean all) {
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            labels[i] = counts(i, all) ? (5 * i + 2) % OUTPUTS : Targets.Classes.NONE;
        }
        return labels;
    }

    private static boolean counts(int row, boolean all) {
        return all || row % 4 != 1;
    }

    private double figureOfClasses(Measure measure, boolean all) {
        return figure(measure, new SoftmaxCrossEntropy(), new Targets.Classes(labels(all)));
    }

    private double figureOfValues(Measure measure, boolean all) {
        BitSet none = new BitSet();
        for (int i = 0; i < ROWS; i++) {
            none.set(i, !counts(i, all));
        }
        return figure(measure, new MeanSquaredError(), new Targets.Values(vectors, RowLayout.uniform(ROWS, 1), none));
    }

    /// In two slices, as training and evaluation do it.
    private double figure(Measure measure, Loss loss, Targets targets) {
        Objective objective = new Objective(loss, List.of(measure));
        Sums sums = Sums.none(1);
        for (int[] slice : new int[][] {{0, 9}, {9, ROWS}}) {
            Tensor delta = scope.uninitialized(DType.FLOAT64, slice[1] - slice[0], OUTPUTS);
            sums = sums.plus(objective.evaluateInto(
                    delta, outputs.rows(slice[0], slice[1]).copy(scope), targets, slice[0], 1));
        }
        return measure.figure(sums.measure(0) / sums.rows());
    }

    private static double mean(boolean all, IntToDoubleFunction ofRow) {
        double sum = 0;
        int rows = 0;
        for (int i = 0; i < ROWS; i++) {
            if (counts(i, all)) {
                sum += ofRow.applyAsDouble(i);
                rows++;
            }
        }
        return sum / rows;
    }

    /// Where the class stands among the outputs, largest first.
    private int place(int row, int label) {
        List<Integer> order = new ArrayList<>();
        for (int j = 0; j < OUTPUTS; j++) {
            order.add(j);
        }
        order.sort(Comparator.comparingDouble(j -> -outputs.get(row, j)));
        return order.indexOf(label);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void topAccuracyIsTheShareOfClassesAmongTheLargestOutputs(boolean all) {
        for (int k = 1; k <= OUTPUTS + 1; k++) {
            int most = k;
            assertThat(figureOfClasses(new TopAccuracy(k), all))
                    .isEqualTo(mean(all, i -> place(i, labels(all)[i]) < most ? 1 : 0), within(1e-15));
        }
        assertThat(figureOfClasses(new TopAccuracy(1), all)).isEqualTo(figureOfClasses(new Accuracy(), all));
        assertThat(figureOfClasses(new TopAccuracy(OUTPUTS), all)).isOne();
    }

    @Test
    void amongEqualOutputsTheFirstCountAsTheLargest() {
        Targets last = new Targets.Classes(new int[] {2});
        double[] equal = {1, 1, 1};
        assertThat(new TopAccuracy(2).of(equal, last, 0)).isZero();
        assertThat(new TopAccuracy(3).of(equal, last, 0)).isOne();
        assertThat(new TopAccuracy(3).of(new double[] {1, 1, Double.NaN}, last, 0))
                .isZero();
    }

    /// A sum of 23 numbers below 10, each wrong by some roundings.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void perplexityIsTheExponentialOfTheMeanCrossEntropy(boolean all) {
        double expected = mean(all, i -> {
            double sum = 0;
            for (int j = 0; j < OUTPUTS; j++) {
                sum += Math.exp(outputs.get(i, j));
            }
            return -Math.log(Math.exp(outputs.get(i, labels(all)[i])) / sum);
        });
        assertThat(figureOfClasses(new Perplexity(), all)).isEqualTo(Math.exp(expected), within(1e-12));
    }

    @Test
    void equalOutputsHaveThePerplexityOfAllClasses() {
        Targets one = new Targets.Classes(new int[] {3});
        Perplexity perplexity = new Perplexity();
        assertThat(perplexity.figure(perplexity.of(new double[] {9, 9, 9, 9, 9}, one, 0)))
                .isEqualTo(5, within(1e-14));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void errorsOfValuesAreThoseOfTheNaiveFormulas(boolean all) {
        double absolute = mean(all, i -> {
            double sum = 0;
            for (int j = 0; j < OUTPUTS; j++) {
                sum += Math.abs(outputs.get(i, j) - vectors.get(i, j)) / OUTPUTS;
            }
            return sum;
        });
        double squared = mean(all, i -> {
            double sum = 0;
            for (int j = 0; j < OUTPUTS; j++) {
                sum += Math.pow(outputs.get(i, j) - vectors.get(i, j), 2) / OUTPUTS;
            }
            return sum;
        });
        assertThat(figureOfValues(new MeanAbsoluteError(), all)).isEqualTo(absolute, within(1e-14));
        assertThat(figureOfValues(new RootMeanSquaredError(), all)).isEqualTo(Math.sqrt(squared), within(1e-14));
    }

    @Test
    void eachMeasureIsFoundByItsNameAndAppliesToOneKindOfTargets() {
        Measures all = Measures.standard();
        assertThat(all.names())
                .containsExactly(
                        "accuracy", "top_5_accuracy", "perplexity", "mean_absolute_error", "root_mean_squared_error");
        assertThat(all.applying(Targets.Kind.CLASSES).names())
                .containsExactly("accuracy", "top_5_accuracy", "perplexity");
        assertThat(all.applying(Targets.Kind.VALUES).names())
                .containsExactly("mean_absolute_error", "root_mean_squared_error");
        assertThat(all.find("perplexity")).contains(new Perplexity());
        assertThat(all.find("accurate")).isEmpty();
        assertThat(all.with(new TopAccuracy(2)).find("top_2_accuracy")).contains(new TopAccuracy(2));
        assertThat(Measures.installed().names()).containsAll(all.names());
    }

    @Test
    void namesThatAreNoColumnsAreRefused() {
        assertThatThrownBy(() -> Measures.standard().with(new TopAccuracy(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measures: there are two of the name 'top_5_accuracy'");
        assertThatThrownBy(() -> Measures.requireName("F1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measures: names must be lower-case letters, digits and underscores; got 'F1'");
        assertThatThrownBy(() -> Measures.requireName("error"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measures: 'error' is the name of a figure that is always there; choose another");
        assertThatThrownBy(() -> new TopAccuracy(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("top accuracy: k must be at least 1; got 0");
    }

    @Test
    void theMonitoredFigureSaysWhichEpochIsBetter() {
        EvaluationSpec spec =
                new EvaluationSpec(List.of(new Perplexity(), new TopAccuracy(5)), List.of(), "top_5_accuracy");
        assertThat(spec.better()).isEqualTo(Better.HIGHER);
        assertThat(spec.directions()).containsEntry("perplexity", Better.LOWER);
        assertThat(EvaluationSpec.standard().better()).isEqualTo(Better.LOWER);
        assertThatThrownBy(() -> new EvaluationSpec(List.of(new Accuracy()), List.of(), "perplexity"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measures: the monitored figure must be one of [loss, accuracy]; got 'perplexity'");
    }
}
