package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
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
/// Groups are fixed so that slices of a batch need nothing of each other, and results do not depend on the number of
/// threads. The running statistics move once a training step, towards the means of the groups' means and of their
/// unbiased variances `v N / (N − 1)`, weighted by rows; outside of training they take the place of `mu` and `v`.
/// Whatever an integrator does after the first pass of a step does not move them.
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
        int width = width();
        double[] means = new double[width];
        double[] variances = new double[width];
        long rows = 0;
        for (Pass each : passes) {
            NormPass pass = (NormPass) each;
            rows += pass.rowsSeen;
            for (int j = 0; j < width; j++) {
                means[j] += pass.meanSums[j];
                variances[j] += pass.varianceSums[j];
            }
        }
        if (rows == 0) {
            return;
        }
        move(mean, means, rows);
        move(variance, variances, rows);
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

    /// What the layer is with the running statistics.
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

    /// What the way back needs of a group.
    ///
    /// @param first the first row
    /// @param end the first row that is not in the group
    private record Group(int first, int end, Columns columns) {}

    /// Numbers of each column: `y = activation(factor · x + offset)`, `z = inverse · (x − mean)`.
    private static final class Columns {
        private final double[] mean;
        private final double[] inverse;
        private final double[] factor;
        private final double[] offset;
        private double[] biasGradient = {};
        private double[] scaleGradient = {};

        Columns(double[] mean, double[] variance, double epsilon, double[] scale, double[] bias) {
            int width = mean.length;
            this.mean = mean;
            this.inverse = new double[width];
            this.factor = new double[width];
            this.offset = new double[width];
            for (int j = 0; j < width; j++) {
                inverse[j] = 1 / Math.sqrt(variance[j] + epsilon);
                factor[j] = scale[j] * inverse[j];
                offset[j] = bias[j] - factor[j] * mean[j];
            }
        }
    }

    private final class NormPass implements Pass {
        private final boolean usesGroups;
        private final ColumnSweeps sweeps;
        private final double[] meanSums = new double[width()];
        private final double[] varianceSums = new double[width()];
        private long rowsSeen;
        private final List<Group> groups = new ArrayList<>();
        private @Nullable Tensor input;
        private @Nullable Tensor delta;

        NormPass(PassContext context) {
            this.usesGroups = context.mode() == PassMode.TRAINING;
            this.sweeps = context.type() == DType.FLOAT32
                    ? new ColumnSweeps.Floats(spec.activation(), width())
                    : new ColumnSweeps.Doubles(spec.activation(), width());
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            Tensor x = inputs.getFirst().values();
            RowLayout layout = inputs.getFirst().layout();
            groups.clear();
            if (usesGroups) {
                SampleGroups division = new SampleGroups(layout.samples(), spec.group());
                for (int g = 0; g < division.count(); g++) {
                    groups.add(group(x, layout.first(division.first(g)), layout.first(division.first(g + 1))));
                }
            } else {
                groups.add(new Group(0, x.rows(), columns(mean.toDoubles(), variance.toDoubles())));
            }
            for (Group each : groups) {
                Columns columns = each.columns;
                sweeps.normalize(
                        x.rows(each.first, each.end),
                        output.rows(each.first, each.end),
                        columns.factor,
                        columns.offset);
            }
            input = x;
            delta = null;
        }

        private Group group(Tensor x, int first, int end) {
            int rows = end - first;
            double[] m = new double[width()];
            double[] v = new double[width()];
            sweeps.moments(x.rows(first, end), m, v);
            double unbiased = rows > 1 ? (double) rows / (rows - 1) : 1;
            for (int j = 0; j < m.length; j++) {
                meanSums[j] += rows * m[j];
                varianceSums[j] += rows * unbiased * v[j];
            }
            rowsSeen += rows;
            return new Group(first, end, columns(m, v));
        }

        private Columns columns(double[] m, double[] v) {
            return new Columns(
                    m,
                    v,
                    spec.epsilon(),
                    scale.value().toDoubles(),
                    bias.value().toDoubles());
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            Tensor x = input;
            if (x == null) {
                throw new IllegalStateException("batch norm '%s': backward must follow forward".formatted(name));
            }
            double[] biasGradient = new double[width()];
            double[] scaleGradient = new double[width()];
            for (Group each : groups) {
                Columns columns = each.columns;
                columns.biasGradient = new double[width()];
                columns.scaleGradient = new double[width()];
                sweeps.gradients(
                        newDelta.rows(each.first, each.end),
                        x.rows(each.first, each.end),
                        columns.factor,
                        columns.offset,
                        columns.mean,
                        columns.biasGradient,
                        columns.scaleGradient);
                for (int j = 0; j < biasGradient.length; j++) {
                    columns.scaleGradient[j] *= columns.inverse[j];
                    biasGradient[j] += columns.biasGradient[j];
                    scaleGradient[j] += columns.scaleGradient[j];
                }
            }
            write(gradients, bias, biasGradient);
            write(gradients, scale, scaleGradient);
            delta = newDelta;
        }

        private void write(ParameterGradients gradients, DenseParameter parameter, double[] values) {
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

        @Override
        public void inputGradient(int index, Tensor into, Accumulation how) {
            Tensor x = input;
            Tensor from = delta;
            if (x == null || from == null) {
                throw new IllegalStateException("batch norm '%s': inputGradient must follow backward".formatted(name));
            }
            for (Group each : groups) {
                Columns columns = each.columns;
                double[] slope = new double[width()]; // ∂x = factor · g + slope · x + constant
                double[] constant = new double[width()];
                if (usesGroups) {
                    int rows = each.end - each.first;
                    for (int j = 0; j < slope.length; j++) {
                        slope[j] = -columns.factor[j] * columns.inverse[j] * columns.scaleGradient[j] / rows;
                        constant[j] = -columns.factor[j] * columns.biasGradient[j] / rows - slope[j] * columns.mean[j];
                    }
                }
                sweeps.inputGradient(
                        from.rows(each.first, each.end),
                        x.rows(each.first, each.end),
                        columns.factor,
                        columns.offset,
                        slope,
                        constant,
                        into.rows(each.first, each.end),
                        how);
            }
        }
    }
}
