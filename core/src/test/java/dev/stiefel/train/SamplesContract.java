package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What every data set keeps to: a batch has the rows that its samples have one by one.
abstract class SamplesContract {
    /// The samples, at least three.
    abstract Samples samples();

    /// The values of an input of a sample, its rows one after another, as the arrays that the samples were made of say.
    abstract double[] input(int sample, int input);

    /// The targets of a sample: classes, -1 for none, or the values of a vector.
    abstract double[] target(int sample);

    @ParameterizedTest
    @CsvSource({"FLOAT32, 1", "FLOAT32, 2", "FLOAT32, 3", "FLOAT64, 1", "FLOAT64, 2", "FLOAT64, 3"})
    void aBatchHasTheRowsOfItsSamplesInTheirOrder(DType type, int threads) {
        int size = samples().size();
        SplittableRandom random = new SplittableRandom(threads);
        for (int count : new int[] {0, 1, 2, 7, 23}) {
            int[] order = random.ints(count + 2L, 0, size).toArray();
            requireBatch(samples(), order, order, type, threads, 1, count + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, 1", "FLOAT64, 2"})
    void aViewOfAViewHasItsSamplesOnly(DType type, int threads) {
        int size = samples().size();
        int[] first = IntStream.range(0, 2 * size).map(i -> (i * 7 + 1) % size).toArray();
        Samples view = samples().select(first).range(1, size + 1).select(new int[] {2, 0, 0, 1});
        assertThat(view.size()).isEqualTo(4);
        int[] numbers = {first[3], first[1], first[1], first[2]};
        int[] order = {3, 1, 0, 2, 2};
        int[] meant = IntStream.of(order).map(i -> numbers[i]).toArray();
        requireBatch(view, order, meant, type, threads, 0, 5);
    }

    @Test
    void lengthsAreTheRowsOfAllInputs() {
        Samples all = samples();
        Samples view = all.select(new int[] {2, 0, 2});
        int[] lengths = all.lengths();
        assertThat(lengths).hasSize(all.size());
        assertThat(view.lengths()).containsExactly(lengths[2], lengths[0], lengths[2]);
        try (Scope scope = Scope.open("test");
                Threads one = Threads.of(1)) {
            for (int i = 0; i < all.size(); i++) {
                List<SampleRows> own = all.gather(scope, one, DType.FLOAT32, new int[] {i}, 0, 1);
                assertThat(lengths[i])
                        .isEqualTo(own.stream()
                                .mapToInt(each -> each.values().rows())
                                .sum());
            }
        }
    }

    @Test
    void anEmptyViewHasEmptyBatches() {
        Samples none = samples().range(2, 2);
        assertThat(none.size()).isZero();
        assertThat(none.inputs()).isEqualTo(samples().inputs());
        assertThat(none.output()).isEqualTo(samples().output());
        requireBatch(none, new int[0], new int[0], DType.FLOAT32, 2, 0, 0);
        requireBatch(none.select(new int[0]), new int[0], new int[0], DType.FLOAT64, 1, 0, 0);
    }

    @Test
    void samplesThatAreNotThereAreRefused() {
        int size = samples().size();
        for (int number : new int[] {-1, size}) {
            assertThatThrownBy(() -> gather(samples(), number)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> samples().select(new int[] {0, number}))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> gather(samples().range(0, 2), 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void gather(Samples samples, int number) {
        try (Scope scope = Scope.open("test")) {
            Batch.of(scope, DType.FLOAT32, samples, new int[] {number}, 0, 1);
        }
    }

    private void requireBatch(Samples samples, int[] order, int[] meant, DType type, int threads, int from, int to) {
        try (Scope scope = Scope.open("test");
                Threads shared = Threads.of(threads)) {
            Batch batch = Batch.of(scope, shared, type, samples, order, from, to);
            assertThat(batch.size()).isEqualTo(to - from);
            assertThat(batch.inputs()).hasSameSizeAs(samples.inputs());
            for (int i = 0; i < batch.inputs().size(); i++) {
                requireRows(batch.inputs().get(i), samples.inputs().get(i), meant, type, from, to, i);
            }
            requireTargets(batch.targets(), meant, from, to);
            assertThat(batch.targets().kind()).isEqualTo(samples.targetKind());
        }
    }

    private void requireRows(SampleRows rows, SampleShape shape, int[] meant, DType type, int from, int to, int input) {
        assertThat(rows.values().type()).isEqualTo(type);
        assertThat(rows.values().columns()).isEqualTo(shape.columns());
        List<Double> expected = new ArrayList<>();
        for (int i = from; i < to; i++) {
            double[] values = input(meant[i], input);
            assertThat(rows.layout().count(i - from)).isEqualTo(values.length / shape.columns());
            for (double value : values) {
                expected.add(value);
            }
        }
        assertThat(rows.values().toDoubles())
                .containsExactly(
                        expected.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private void requireTargets(Targets targets, int[] meant, int from, int to) {
        int row = 0;
        for (int i = from; i < to; i++) {
            double[] target = target(meant[i]);
            switch (targets) {
                case Targets.Classes classes -> {
                    assertThat(targets.layout().count(i - from)).isEqualTo(target.length);
                    for (double label : target) {
                        assertThat((double) classes.label(row)).isEqualTo(label);
                        assertThat(classes.counts(row)).isEqualTo(label >= 0);
                        row++;
                    }
                }
                case Targets.Values vectors -> {
                    for (int j = 0; j < target.length; j++) {
                        assertThat(vectors.values().get(row, j)).isEqualTo(target[j]);
                    }
                    row++;
                }
            }
        }
        assertThat(targets.size()).isEqualTo(row);
    }
}
