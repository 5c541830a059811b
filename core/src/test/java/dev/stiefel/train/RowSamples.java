package dev.stiefel.train;

import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Samples that are not the library's: normal numbers for any number of inputs, and a class for each output
/// row, which follows from the first values of the inputs. Every fifth output row of samples with several has
/// no target.
final class RowSamples implements Samples {
    private final List<SampleShape> inputs;
    private final SampleShape output;
    private final List<float[]> values = new ArrayList<>();
    private final int[] labels;
    private final int size;

    RowSamples(long seed, int size, List<SampleShape> inputs, SampleShape output) {
        SplittableRandom random = new SplittableRandom(seed);
        this.inputs = inputs;
        this.output = output;
        this.size = size;
        for (SampleShape shape : inputs) {
            float[] all = new float[size * shape.values().orElseThrow()];
            for (int i = 0; i < all.length; i++) {
                all[i] = (float) random.nextGaussian();
            }
            values.add(all);
        }
        int rows = output.rows().orElseThrow();
        labels = new int[size * rows];
        for (int i = 0; i < size; i++) {
            for (int row = 0; row < rows; row++) {
                int at = i * rows + row;
                labels[at] = rows > 1 && at % 5 == 4 ? Targets.Classes.NONE : label(i, row);
            }
        }
    }

    /// From the signs of one value of each input.
    private int label(int sample, int row) {
        int code = 0;
        for (int k = 0; k < inputs.size(); k++) {
            int width = inputs.get(k).values().orElseThrow();
            code = 2 * code + (values.get(k)[sample * width + row] > 0 ? 1 : 0);
            code = 2 * code + (values.get(k)[sample * width + row + 1] > 0 ? 1 : 0);
        }
        return code % output.columns();
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<SampleShape> inputs() {
        return inputs;
    }

    @Override
    public Targets.Kind targetKind() {
        return Targets.Kind.CLASSES;
    }

    @Override
    public SampleShape output() {
        return output;
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        List<SampleRows> all = new ArrayList<>();
        for (int k = 0; k < inputs.size(); k++) {
            float[] source = values.get(k);
            int width = inputs.get(k).values().orElseThrow();
            all.add(Gathering.fixed(
                    scope,
                    threads,
                    type,
                    inputs.get(k),
                    size,
                    order,
                    from,
                    to,
                    (sample, into, at) -> System.arraycopy(source, sample * width, into, at, width)));
        }
        return all;
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        int rows = output.rows().orElseThrow();
        int[] some = new int[(to - from) * rows];
        for (int i = from; i < to; i++) {
            System.arraycopy(labels, order[i] * rows, some, (i - from) * rows, rows);
        }
        return new Targets.Classes(some, RowLayout.uniform(to - from, rows));
    }
}
