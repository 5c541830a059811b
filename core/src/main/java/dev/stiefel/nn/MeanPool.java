package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The mean of all rows of a sample: `y = Σ_i x_i / rows`.
///
/// @param name of the node
/// @param shape of the input
record MeanPool(String name, SampleShape shape) implements Layer {
    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
    }

    @Override
    public Pass pass(PassContext context) {
        return new MeanPass();
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        int width = shape.columns();
        return Optional.of(inputs -> {
            float[] x = inputs.getFirst();
            double[] sums = new double[width];
            for (int i = 0; i < x.length; i++) {
                sums[i % width] += x[i];
            }
            int rows = x.length / width;
            float[] means = new float[width];
            for (int j = 0; j < width; j++) {
                means[j] = (float) (sums[j] / rows);
            }
            return means;
        });
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.ANY;
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        String x = inputs.getFirst();
        if (shape instanceof SampleShape.Vector) {
            return x;
        }
        if (graph.columnAxis(x) == 1) {
            String means = graph.apply("GlobalAveragePool", name + ".means", x); // [batch, channels, 1, 1]
            return graph.apply("Flatten", name, means);
        }
        String axes = graph.integers(name + ".axes", 1); // of [batch, rows, columns]
        return graph.apply("ReduceMean", name, List.of(x, axes), Map.of("keepdims", 0L));
    }

    private static final class MeanPass implements Pass {
        private @Nullable RowLayout layout;
        private @Nullable Tensor delta;

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            Tensor x = inputs.getFirst().values();
            RowLayout rows = inputs.getFirst().layout();
            layout = rows;
            if (x.type() == DType.FLOAT32) {
                meanFloats(x, rows, output);
                return;
            }
            int width = x.columns();
            double[] means = new double[rows.samples() * width];
            for (int sample = 0; sample < rows.samples(); sample++) {
                double[] values =
                        x.rows(rows.first(sample), rows.first(sample + 1)).toDoubles();
                int at = sample * width;
                for (int i = 0; i < values.length; i += width) {
                    for (int j = 0; j < width; j++) {
                        means[at + j] += values[i + j];
                    }
                }
                for (int j = 0; j < width; j++) {
                    means[at + j] /= rows.count(sample);
                }
            }
            output.setAll(means);
        }

        private static void meanFloats(Tensor x, RowLayout rows, Tensor output) {
            int width = x.columns();
            float[] values = {};
            double[] sums = new double[width];
            float[] means = new float[width];
            for (int sample = 0; sample < rows.samples(); sample++) {
                int count = rows.count(sample);
                values = values.length < count * width ? new float[count * width] : values;
                x.readRows(rows.first(sample), count, values);
                Arrays.fill(sums, 0);
                for (int i = 0; i < count * width; i += width) {
                    for (int j = 0; j < width; j++) {
                        sums[j] += values[i + j];
                    }
                }
                for (int j = 0; j < width; j++) {
                    means[j] = (float) (sums[j] / count);
                }
                output.writeRows(sample, 1, means);
            }
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            if (delta == null || layout == null) {
                throw new IllegalStateException("mean pool: inputGradient must follow backward");
            }
            if (into.type() == DType.FLOAT32) {
                spreadFloats(delta, layout, into, how);
                return;
            }
            int width = into.columns();
            for (int sample = 0; sample < layout.samples(); sample++) {
                double[] shares = delta.rows(sample, sample + 1).toDoubles();
                for (int j = 0; j < width; j++) {
                    shares[j] /= layout.count(sample);
                }
                Tensor rows = into.rows(layout.first(sample), layout.first(sample + 1));
                double[] values = how == Accumulation.ADD ? rows.toDoubles() : new double[(int) rows.size()];
                for (int i = 0; i < values.length; i += width) {
                    for (int j = 0; j < width; j++) {
                        values[i + j] += shares[j];
                    }
                }
                rows.setAll(values);
            }
        }

        private static void spreadFloats(Tensor delta, RowLayout layout, Tensor into, Accumulation how) {
            int width = into.columns();
            float[] share = new float[width];
            float[] values = {};
            for (int sample = 0; sample < layout.samples(); sample++) {
                int count = layout.count(sample);
                values = values.length < count * width ? new float[count * width] : values;
                delta.readRows(sample, 1, share);
                for (int j = 0; j < width; j++) {
                    share[j] /= count;
                }
                if (how == Accumulation.WRITE) {
                    for (int i = 0; i < count * width; i += width) {
                        System.arraycopy(share, 0, values, i, width);
                    }
                } else {
                    into.readRows(layout.first(sample), count, values);
                    for (int i = 0; i < count * width; i += width) {
                        for (int j = 0; j < width; j++) {
                            values[i + j] += share[j];
                        }
                    }
                }
                into.writeRows(layout.first(sample), count, values);
            }
        }
    }
}
