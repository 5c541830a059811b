package dev.stiefel.testkit;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Initializer;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterSpec;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleGroups;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;

/// A layer with all that makes training differ from evaluation: `y = (x_1 + x_2 + … − mean) Wᵀ`. In training the sum is
/// first dropped at random, and the mean is that of a group of samples; in evaluation it is the running mean. On
/// demand it does one thing wrong.
///
/// @param group samples that a mean is taken over
/// @param fault what it does wrong
record NoisyMeanSpec(int group, Fault fault) implements LayerSpec {
    enum Fault {
        NONE,
        FORGETS_ON_THE_WAY_BACK_WHAT_WAS_DROPPED,
        TAKES_MEANS_AS_CONSTANT,
        DROPS_BY_ROW_OF_THE_SLICE,
        WRITES_WHERE_IT_SHOULD_ADD,
        HANDS_OUT_SCRATCH,
        HANDS_OUT_MEMORY_OF_THE_LAYER,
        TAKES_ANY_LENGTHS,
        LEAVES_STATISTICS,
        UPDATES_FROM_THE_LAST_PART,
        UPDATES_ON_THE_WAY_FORWARD
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        return inputs.getFirst();
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        int columns = inputs.getFirst().columns();
        return List.of(
                new ParameterSpec.WeightMatrix(
                        "weight",
                        columns,
                        columns,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Initializer.constant(0.1)),
                new ParameterSpec.Statistic("mean", columns, Initializer.constant(0.5)));
    }

    @Override
    public int samplesPerGroup() {
        return group;
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new NoisyMean(name, (DenseParameter) kept.parameter("weight"), kept.statistic("mean"));
    }

    private final class NoisyMean implements Layer {
        private final String name;
        private final DenseParameter weight;
        private final Tensor mean;
        private Tensor ofTheLayer;

        NoisyMean(String name, DenseParameter weight, Tensor mean) {
            this.name = name;
            this.weight = weight;
            this.mean = mean;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(weight);
        }

        @Override
        public Set<Kept> keeps() {
            return Set.of();
        }

        @Override
        public RowLayout layout(List<RowLayout> inputs, SampleShape output) {
            if (fault != Fault.TAKES_ANY_LENGTHS && inputs.stream().distinct().count() > 1) {
                throw new IllegalArgumentException("noisy mean: inputs must be alike; got " + inputs);
            }
            return inputs.getFirst();
        }

        @Override
        public Pass pass(PassContext context) {
            return new NoisyMeanPass(context);
        }

        @Override
        public void updateStatistics(List<Pass> passes) {
            if (fault != Fault.LEAVES_STATISTICS) {
                passes.forEach(each -> ((NoisyMeanPass) each).means.forEach(this::update));
            }
        }

        private void update(double[] seen) {
            double[] running = mean.toDoubles();
            for (int j = 0; j < running.length; j++) {
                running[j] += 0.1 * (seen[j] - running[j]);
            }
            mean.setAll(running);
        }

        private final class NoisyMeanPass implements Layer.Pass {
            private final PassContext context;
            private final boolean trains;
            private final List<double[]> means = new ArrayList<>();
            private RowLayout layout;
            private int firstSample;
            private Tensor centred;
            private Tensor back;

            NoisyMeanPass(PassContext context) {
                this.context = context;
                this.trains = context.mode() == PassMode.TRAINING;
            }

            @Override
            public void forward(List<SampleRows> inputs, Tensor output) {
                layout = inputs.getFirst().layout();
                firstSample = inputs.getFirst().firstSample();
                centred = room(centred, output);
                centred.copyFrom(inputs.getFirst().values());
                for (SampleRows each : inputs.subList(1, inputs.size())) {
                    Ops.axpyInPlace(centred, 1, each.values());
                }
                if (trains) {
                    drop(centred);
                    if (fault == Fault.UPDATES_FROM_THE_LAST_PART) {
                        means.clear();
                    }
                    means.addAll(centre(centred));
                    if (fault == Fault.UPDATES_ON_THE_WAY_FORWARD) {
                        means.forEach(NoisyMean.this::update);
                    }
                } else {
                    double[] running = mean.toDoubles();
                    for (int i = 0; i < centred.rows(); i++) {
                        subtract(centred, i, running);
                    }
                }
                Ops.matmulNTInto(output, centred, weight.value());
            }

            private Tensor room(Tensor there, Tensor like) {
                if (there == null || there.rows() < like.rows()) {
                    return context.scope().uninitialized(context.type(), like.rows(), like.columns());
                }
                return there.rows(0, like.rows());
            }

            /// About half of the values of every sample become zero.
            private void drop(Tensor rows) {
                for (int sample = 0; sample < layout.samples(); sample++) {
                    int number = fault == Fault.DROPS_BY_ROW_OF_THE_SLICE ? sample : firstSample + sample;
                    SplittableRandom random = new SplittableRandom(Rng.seeded(context.seed())
                            .forPurpose("sample " + number)
                            .seed());
                    for (int i = layout.first(sample); i < layout.first(sample + 1); i++) {
                        for (int j = 0; j < rows.columns(); j++) {
                            rows.set(i, j, random.nextBoolean() ? 2 * rows.get(i, j) : 0);
                        }
                    }
                }
            }

            /// Subtracts the mean of every group of samples, and tells the means.
            private List<double[]> centre(Tensor rows) {
                List<double[]> all = new ArrayList<>();
                SampleGroups groups = new SampleGroups(layout.samples(), group);
                for (int g = 0; g < groups.count(); g++) {
                    int from = layout.first(groups.first(g));
                    int to = layout.first(groups.first(g + 1));
                    double[] ofGroup = new double[rows.columns()];
                    for (int i = from; i < to; i++) {
                        for (int j = 0; j < ofGroup.length; j++) {
                            ofGroup[j] += rows.get(i, j) / (to - from);
                        }
                    }
                    for (int i = from; i < to; i++) {
                        subtract(rows, i, ofGroup);
                    }
                    all.add(ofGroup);
                }
                return all;
            }

            private static void subtract(Tensor rows, int row, double[] values) {
                for (int j = 0; j < values.length; j++) {
                    rows.set(row, j, rows.get(row, j) - values[j]);
                }
            }

            @Override
            public void backward(Tensor delta, ParameterGradients gradients) {
                Tensor left = delta;
                if (fault == Fault.HANDS_OUT_MEMORY_OF_THE_LAYER) {
                    if (ofTheLayer == null || ofTheLayer.rows() < delta.rows()) {
                        ofTheLayer = context.scope().uninitialized(context.type(), delta.rows(), delta.columns());
                    }
                    left = ofTheLayer.rows(0, delta.rows());
                    left.copyFrom(delta);
                }
                back = room(back, delta);
                boolean scratch = fault == Fault.HANDS_OUT_SCRATCH;
                if (scratch) {
                    back.copyFrom(delta);
                    gradients.addProduct(weight, back, centred);
                } else {
                    gradients.addProduct(weight, left, centred);
                }
                Ops.matmulInto(back, delta, weight.value());
                if (trains) {
                    if (fault != Fault.TAKES_MEANS_AS_CONSTANT) {
                        centre(back);
                    }
                    if (fault != Fault.FORGETS_ON_THE_WAY_BACK_WHAT_WAS_DROPPED) {
                        drop(back);
                    }
                }
            }

            @Override
            public void inputGradient(int input, Tensor into, Accumulation how) {
                if (how == Accumulation.WRITE || fault == Fault.WRITES_WHERE_IT_SHOULD_ADD) {
                    into.copyFrom(back);
                } else {
                    Ops.axpyInPlace(into, 1, back);
                }
            }
        }
    }
}
