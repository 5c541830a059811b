package dev.stiefel.train;

import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Initializer;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterSpec;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.SampleGroups;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A layer with a running statistic: it subtracts the mean over the samples of a group in training, and the running
/// mean of those means in evaluation.
///
/// @param group samples that a mean is taken over
public record CentreSpec(int group) implements LayerSpec {
    @Override
    public SampleShape output(List<SampleShape> inputs) {
        return inputs.getFirst();
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        return List.of(new ParameterSpec.Statistic("mean", inputs.getFirst().columns(), Initializer.zeros()));
    }

    @Override
    public int samplesPerGroup() {
        return group;
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Centre(name, group, kept.statistic("mean"));
    }

    private record Centre(String name, int group, Tensor mean) implements Layer {
        @Override
        public Set<Kept> keeps() {
            return EnumSet.noneOf(Kept.class);
        }

        @Override
        public Pass pass(PassContext context) {
            return new CentrePass(context.mode() == PassMode.TRAINING);
        }

        @Override
        public void updateStatistics(List<Pass> passes) {
            double[] running = mean.toDoubles();
            for (Pass each : passes) {
                for (double[] seen : ((CentrePass) each).means) {
                    for (int j = 0; j < running.length; j++) {
                        running[j] += 0.1 * (seen[j] - running[j]);
                    }
                }
            }
            mean.setAll(running);
        }

        private final class CentrePass implements Pass {
            private final boolean trains;
            private final List<double[]> means = new java.util.ArrayList<>();
            private Tensor delta;

            CentrePass(boolean trains) {
                this.trains = trains;
            }

            @Override
            public void forward(List<SampleRows> inputs, Tensor output) {
                output.copyFrom(inputs.getFirst().values());
                if (trains) {
                    eachGroup(output, true);
                } else {
                    double[] running = mean.toDoubles();
                    for (int i = 0; i < output.rows(); i++) {
                        for (int j = 0; j < running.length; j++) {
                            output.set(i, j, output.get(i, j) - running[j]);
                        }
                    }
                }
            }

            /// Subtracts the mean of every group of rows.
            private void eachGroup(Tensor rows, boolean remember) {
                int groups = new SampleGroups(rows.rows(), group).count();
                for (int g = 0; g < groups; g++) {
                    int from = g * group;
                    int to = g == groups - 1 ? rows.rows() : from + group;
                    double[] sums = new double[rows.columns()];
                    for (int i = from; i < to; i++) {
                        for (int j = 0; j < sums.length; j++) {
                            sums[j] += rows.get(i, j) / (to - from);
                        }
                    }
                    for (int i = from; i < to; i++) {
                        for (int j = 0; j < sums.length; j++) {
                            rows.set(i, j, rows.get(i, j) - sums[j]);
                        }
                    }
                    if (remember) {
                        means.add(sums);
                    }
                }
            }

            @Override
            public void backward(Tensor newDelta, ParameterGradients gradients) {
                delta = newDelta;
                if (trains) {
                    eachGroup(delta, false);
                }
            }

            @Override
            public void inputGradient(int input, Tensor into, Accumulation how) {
                if (how == Accumulation.WRITE) {
                    into.copyFrom(delta);
                } else {
                    dev.stiefel.tensor.Ops.axpyInPlace(into, 1, delta);
                }
            }
        }
    }
}
