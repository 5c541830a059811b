package dev.stiefel.train;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Initializer;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.OperatorGraph;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterSpec;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.SampleFunction;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A layer that is not the library's: every column is multiplied by a number that is learnt. A vector that is
/// neither matrix nor bias, and that weight decay applies to if it is said so.
public record ScaleSpec(boolean decays) implements LayerSpec {
    @Override
    public SampleShape output(List<SampleShape> inputs) {
        return inputs.getFirst();
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        WeightDecay decay = decays ? WeightDecay.APPLIED : WeightDecay.NONE;
        return List.of(new ParameterSpec.Vector("scale", inputs.getFirst().columns(), decay, Initializer.constant(1)));
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Scale(name, (DenseParameter) kept.parameter("scale"));
    }

    private record Scale(String name, DenseParameter scale) implements Layer {
        @Override
        public List<Parameter> parameters() {
            return List.of(scale);
        }

        @Override
        public Set<Kept> keeps() {
            return EnumSet.of(Kept.INPUTS);
        }

        @Override
        public Pass pass(PassContext context) {
            return new ScalePass();
        }

        @Override
        public Optional<SampleFunction> sampleFunction() {
            double[] factors = scale.value().toDoubles();
            return Optional.of(inputs -> {
                float[] y = inputs.getFirst().clone();
                for (int i = 0; i < y.length; i++) {
                    y[i] *= (float) factors[i % factors.length];
                }
                return y;
            });
        }

        @Override
        public String export(OperatorGraph graph, List<String> inputs) {
            return graph.apply("Mul", name, inputs.getFirst(), graph.constant(scale.name(), scale.value()));
        }

        private final class ScalePass implements Pass {
            private Tensor x;
            private Tensor delta;

            @Override
            public void forward(List<SampleRows> inputs, Tensor output) {
                x = inputs.getFirst().values();
                double[] factors = scale.value().toDoubles();
                for (int i = 0; i < x.rows(); i++) {
                    for (int j = 0; j < factors.length; j++) {
                        output.set(i, j, x.get(i, j) * factors[j]);
                    }
                }
            }

            @Override
            public void backward(Tensor newDelta, ParameterGradients gradients) {
                delta = newDelta;
                gradients.place(scale).ifPresent(place -> {
                    double[] sums = gradients.accumulation(scale) == Accumulation.ADD
                            ? place.toDoubles()
                            : new double[x.columns()];
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
                double[] factors = scale.value().toDoubles();
                for (int i = 0; i < delta.rows(); i++) {
                    for (int j = 0; j < factors.length; j++) {
                        double there = how == Accumulation.ADD ? into.get(i, j) : 0;
                        into.set(i, j, there + delta.get(i, j) * factors[j]);
                    }
                }
            }
        }
    }
}
