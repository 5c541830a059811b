package dev.stiefel.lab.model;

import dev.stiefel.model.SpecTypes;
import dev.stiefel.model.SpecTypesProvider;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// A layer and a loss that only the tests know, installed in META-INF/services.
public final class OwnTypes implements SpecTypesProvider {
    @Override
    public SpecTypes addTo(SpecTypes types) {
        return types.withLayer("shift", ShiftSpec.class).withLoss("half", Half.class);
    }

    /// `y = x + by`.
    record ShiftSpec(double by) implements LayerSpec {
        @Override
        public SampleShape output(List<SampleShape> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
            return new Shift(name, by);
        }
    }

    private record Shift(String name, double by) implements Layer {
        @Override
        public Pass pass(PassContext context) {
            return new Pass() {
                @Override
                public void forward(List<SampleRows> inputs, Tensor output) {
                    Tensor x = inputs.getFirst().values();
                    for (int i = 0; i < x.rows(); i++) {
                        for (int j = 0; j < x.columns(); j++) {
                            output.set(i, j, x.get(i, j) + by);
                        }
                    }
                }

                @Override
                public void backward(Tensor delta, ParameterGradients gradients) {
                    throw new UnsupportedOperationException("shift: is only tried forward");
                }

                @Override
                public void inputGradient(int input, Tensor into, Accumulation how) {
                    throw new UnsupportedOperationException("shift: is only tried forward");
                }
            };
        }
    }

    /// Half the squared error, times `weight`.
    record Half(double weight) implements Loss {
        @Override
        public boolean appliesTo(Targets.Kind kind) {
            return kind == Targets.Kind.VALUES;
        }

        @Override
        public void requireFits(int outputs, Targets targets) {}

        @Override
        public double row(double[] y, Targets targets, int row, double scale) {
            double sum = 0;
            for (int j = 0; j < y.length; j++) {
                double error = y[j] - ((Targets.Values) targets).values().get(row, j);
                sum += weight * error * error / 2;
                y[j] = scale * weight * error;
            }
            return sum;
        }
    }
}
