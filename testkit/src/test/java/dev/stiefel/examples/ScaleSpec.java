package dev.stiefel.examples;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.ExportForm;
import dev.stiefel.nn.Initializer;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.OperatorGraph;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterSpec;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// A layer that multiplies every column by a number of its own: `y = x diag(g)`.
public record ScaleSpec() implements LayerSpec {
    @Override
    public SampleShape output(List<SampleShape> inputs) {
        return inputs.getFirst();
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        int columns = inputs.getFirst().columns();
        return List.of(new ParameterSpec.Vector("gain", columns, WeightDecay.NONE, Initializer.constant(1)));
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Scale(name, (DenseParameter) kept.parameter("gain"));
    }

    private record Scale(String name, DenseParameter gain) implements Layer {
        @Override
        public List<Parameter> parameters() {
            return List.of(gain);
        }

        @Override
        public Pass pass(PassContext context) {
            return new Pass() {
                private Tensor x;
                private Tensor delta;

                @Override
                public void forward(List<SampleRows> inputs, Tensor output) {
                    x = inputs.getFirst().values();
                    multiply(x, output, Accumulation.WRITE);
                }

                @Override
                public void backward(Tensor newDelta, ParameterGradients gradients) {
                    delta = newDelta;
                    gradients.place(gain).ifPresent(place -> {
                        boolean added = gradients.accumulation(gain) == Accumulation.ADD;
                        double[] sums = added ? place.toDoubles() : new double[x.columns()];
                        for (int i = 0; i < x.rows(); i++) {
                            for (int j = 0; j < sums.length; j++) {
                                sums[j] += x.get(i, j) * delta.get(i, j);
                            }
                        }
                        place.setAll(sums);
                    });
                }

                @Override
                public void inputGradient(int input, Tensor into, Accumulation how) {
                    multiply(delta, into, how);
                }
            };
        }

        @Override
        public ExportForm exportForm() {
            return ExportForm.ROWS; // of images: [batch, rows, columns], as of everything else
        }

        @Override
        public String export(OperatorGraph graph, List<String> inputs) {
            return graph.apply("Mul", name, inputs.getFirst(), graph.constant(gain.name(), gain.value()));
        }

        private void multiply(Tensor from, Tensor into, Accumulation how) {
            double[] g = gain.value().toDoubles();
            for (int i = 0; i < from.rows(); i++) {
                for (int j = 0; j < g.length; j++) {
                    double before = how == Accumulation.ADD ? into.get(i, j) : 0;
                    into.set(i, j, before + from.get(i, j) * g[j]);
                }
            }
        }
    }
}
