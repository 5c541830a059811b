package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Batch normalization (Ioffe & Szegedy 2015, arXiv 1502.03167) over fixed groups of samples (ghost batch
/// normalization, Hoffer et al. 2017, arXiv 1705.08741), and an activation. For each column, over the `N` rows of a
/// group:
///
///     mu = mean(x),   v = mean((x − mu)²),   z = (x − mu) / √(v + eps),   y = activation(scale · z + bias)
///
/// and back, with `g = ∂loss/∂(scale · z + bias)`:
///
///     ∂bias = Σ g,   ∂scale = Σ g z,   ∂x = scale / √(v + eps) · (g − ∂bias / N − z ∂scale / N)
///
/// Groups are fixed so that slices of a batch need nothing of each other, and results do not depend on the number
/// of threads. The running statistics move once a training step, towards the means of the groups' means and of
/// their unbiased variances `v N / (N − 1)`, weighted by rows; outside of training they take the place of `mu`
/// and `v`. Later passes of a step do not move them.
final class BatchNorm implements Layer {
    private final String name;
    private final BatchNormSpec spec;
    private final DenseParameter scale;
    private final DenseParameter bias;
    private final Tensor mean;
    private final Tensor variance;

    BatchNorm(
            String name, BatchNormSpec spec, DenseParameter scale, DenseParameter bias, Tensor mean, Tensor variance) {
        this.name = name;
        this.spec = spec;
        this.scale = scale;
        this.bias = bias;
        this.mean = mean;
        this.variance = variance;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(scale, bias);
    }

    @Override
    public Set<Kept> keeps() {
        return EnumSet.of(Kept.INPUTS);
    }

    @Override
    public boolean worksInPlace() {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        return new NormPass(context);
    }

    @Override
    public void updateStatistics(List<Pass> passes) {
        double[] means = new double[width()];
        double[] variances = new double[width()];
        long rows = 0;
        for (Pass each : passes) {
            NormGroups seen = ((Normalizing) each).groups();
            rows += seen.rowsSeen();
            seen.addTo(means, variances);
        }
        if (rows == 0) {
            return;
        }
        move(mean, means, rows);
        move(variance, variances, rows);
    }

    /// A pass that computes statistics.
    interface Normalizing extends Pass {
        /// The groups of the last slice, and sums over all.
        NormGroups groups();
    }

    private void move(Tensor running, double[] sums, long rows) {
        double[] values = running.toDoubles();
        for (int j = 0; j < values.length; j++) {
            values[j] += spec.momentum() * (sums[j] / rows - values[j]);
        }
        running.setAll(values);
    }

    private int width() {
        return Math.toIntExact(mean.size());
    }

    /// The map that the layer applies with its running statistics.
    private ColumnMap map() {
        double[] factor = scale.value().toDoubles();
        double[] offset = bias.value().toDoubles();
        double[] m = mean.toDoubles();
        double[] v = variance.toDoubles();
        for (int j = 0; j < factor.length; j++) {
            factor[j] /= Math.sqrt(v[j] + spec.epsilon());
            offset[j] -= factor[j] * m[j];
        }
        return new ColumnMap(factor, offset, spec.activation());
    }

    @Override
    public Optional<ColumnMap> columnMap() {
        return Optional.of(map());
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        ColumnMap map = map();
        return Optional.of(inputs -> {
            float[] y = inputs.getFirst().clone();
            for (int i = 0; i < y.length; i++) {
                int j = i % map.columns();
                y[i] = (float) map.activation().value(map.factor(j) * y[i] + map.offset(j));
            }
            return y;
        });
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.ANY;
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        String x = inputs.getFirst();
        String normalized = graph.columnAxis(x) == 1 ? normalized(graph, x) : scaled(graph, x);
        return spec.activation().export(graph, name, normalized);
    }

    private String normalized(OperatorGraph graph, String x) {
        return graph.apply(
                "BatchNormalization",
                name + ".norm",
                List.of(
                        x,
                        graph.constant(scale.name(), scale.value()),
                        graph.constant(bias.name(), bias.value()),
                        graph.constant(name + ".mean", mean),
                        graph.constant(name + ".variance", variance)),
                Map.of("epsilon", spec.epsilon()));
    }

    /// For columns that come last, which ONNX's batch normalization does not take.
    private String scaled(OperatorGraph graph, String x) {
        ColumnMap map = map();
        String product = graph.apply(
                "Mul", name + ".product", x, graph.constant(name + ".factor", map.factors(), map.columns()));
        return graph.apply(
                "Add", name + ".norm", product, graph.constant(name + ".offset", map.offsets(), map.columns()));
    }

    BatchNormSpec spec() {
        return spec;
    }

    DenseParameter bias() {
        return bias;
    }

    /// A group whose columns have these moments.
    NormGroup group(int first, int end, double[] m, double[] v) {
        return new NormGroup(
                first,
                end,
                m,
                v,
                spec.epsilon(),
                scale.value().toDoubles(),
                bias.value().toDoubles());
    }

    /// Writes or adds the gradients of the parameters, as the groups have them.
    void write(NormGroups groups, ParameterGradients gradients) {
        double[] biasGradient = new double[width()];
        double[] scaleGradient = new double[width()];
        for (NormGroup each : groups.last()) {
            for (int j = 0; j < biasGradient.length; j++) {
                biasGradient[j] += each.biasGradient(j);
                scaleGradient[j] += each.scaleGradient(j);
            }
        }
        write(gradients, bias, biasGradient);
        write(gradients, scale, scaleGradient);
    }

    private static void write(ParameterGradients gradients, DenseParameter parameter, double[] values) {
        Optional<Tensor> place = gradients.place(parameter);
        if (place.isEmpty()) {
            return;
        }
        if (gradients.accumulation(parameter) == Accumulation.ADD) {
            double[] there = place.get().toDoubles();
            for (int j = 0; j < values.length; j++) {
                values[j] += there[j];
            }
        }
        place.get().setAll(values);
    }

    private final class NormPass implements Normalizing {
        private final boolean usesGroups;
        private final ColumnSweeps sweeps;
        private final NormGroups groups = new NormGroups(width());
        private @Nullable Tensor input;
        private @Nullable Tensor delta;

        NormPass(PassContext context) {
            this.usesGroups = context.mode() == PassMode.TRAINING;
            this.sweeps = ColumnSweeps.of(context.type(), spec.activation(), width());
        }

        @Override
        public NormGroups groups() {
            return groups;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            Tensor x = inputs.getFirst().values();
            groups.clear();
            if (usesGroups) {
                groups.divide(inputs.getFirst().layout(), spec.group(), (first, end) -> {
                    double[] m = new double[width()];
                    double[] v = new double[width()];
                    sweeps.moments(x.rows(first, end), m, v);
                    return group(first, end, m, v);
                });
            } else {
                groups.add(group(0, x.rows(), mean.toDoubles(), variance.toDoubles()));
            }
            for (NormGroup each : groups.last()) {
                sweeps.normalize(each.of(x), each.of(output), each.factors(), each.offsets());
            }
            input = x;
            delta = null;
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            Tensor x = input;
            if (x == null) {
                throw new IllegalStateException("batch norm '%s': backward must follow forward".formatted(name));
            }
            for (NormGroup each : groups.last()) {
                double[] gSum = new double[width()];
                double[] gxSum = new double[width()];
                sweeps.gradients(
                        each.of(newDelta), each.of(x), each.factors(), each.offsets(), each.means(), gSum, gxSum);
                each.setGradientSums(gSum, gxSum);
            }
            write(groups, gradients);
            delta = newDelta;
        }

        @Override
        public void inputGradient(int index, Tensor into, Accumulation how) {
            Tensor x = input;
            Tensor from = delta;
            if (x == null || from == null) {
                throw new IllegalStateException("batch norm '%s': inputGradient must follow backward".formatted(name));
            }
            for (NormGroup each : groups.last()) {
                double[] slopes = new double[width()]; // ∂x = factor · g + slope · x + constant
                double[] constants = new double[width()];
                if (usesGroups) {
                    for (int j = 0; j < slopes.length; j++) {
                        slopes[j] = each.slopes()[j];
                        constants[j] = each.constants()[j] - slopes[j] * each.means()[j];
                    }
                }
                sweeps.inputGradient(
                        each.of(from),
                        each.of(x),
                        each.factors(),
                        each.offsets(),
                        slopes,
                        constants,
                        each.of(into),
                        how);
            }
        }
    }
}
