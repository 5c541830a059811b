package dev.stiefel.model;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.Linear;
import dev.stiefel.nn.Weight.DenseWeight;
import dev.stiefel.nn.Weight.LowRankWeight;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A network made ready to answer for one sample at a time, fast.
///
/// It holds a copy of the weights in Java arrays, in single precision, and calls no native code: what a call
/// into a native product costs is more than most of the products of one sample. A factored weight is held as `U S`
/// and `V`, so that a sample costs `2 r (m + n)` flops a layer; inputs that are 0, as most pixels are, cost nothing.
///
/// Immutable, so that any number of threads may share one. A call leaves three vectors of garbage, as long as the
/// widest
/// layer. For many samples at once [Network#predict] is faster: it passes over the weights once for all of them.
public final class Predictor {
    private final int inputs;
    private final int widest;
    private final List<Step> steps;
    private final int outputs;

    private Predictor(int inputs, List<Step> steps) {
        this.inputs = inputs;
        this.steps = List.copyOf(steps);
        int most = 0;
        for (Step step : steps) {
            most = Math.max(most, step.outputs);
        }
        this.widest = most;
        this.outputs = steps.getLast().outputs;
    }

    /// One that answers as the network does now. The network may change or be closed afterwards.
    public static Predictor of(Network network) {
        List<Step> steps = new ArrayList<>();
        try (Scope scope = Scope.open("predictor")) {
            for (Layer layer : network.layers()) {
                Linear linear = (Linear) layer;
                float[] bias = floats(linear.bias());
                switch (linear.weight()) {
                    case DenseWeight dense -> steps.add(step(dense.matrix(), bias, linear.activation()));
                    case LowRankWeight factored -> {
                        Factors f = factored.factors();
                        Tensor US = scope.uninitialized(f.type(), f.rows(), f.rank());
                        Ops.matmulInto(US, f.U(), f.S());
                        float[] V = floats(f.V()); // [n, r]: its row j is what input j is multiplied by
                        steps.add(new Step(V, new float[f.rank()], Activation.IDENTITY));
                        steps.add(step(US, bias, linear.activation()));
                    }
                }
            }
        }
        return new Predictor(network.spec().inputs(), steps);
    }

    private static float[] floats(Tensor tensor) {
        if (tensor.type() == DType.FLOAT32) {
            return tensor.toFloats();
        }
        double[] all = tensor.toDoubles();
        float[] rounded = new float[all.length];
        for (int i = 0; i < all.length; i++) {
            rounded[i] = (float) all[i];
        }
        return rounded;
    }

    private static Step step(Tensor matrix, float[] bias, Activation activation) {
        int m = matrix.rows();
        int n = matrix.columns();
        float[] byRow = floats(matrix);
        float[] byInput = new float[byRow.length];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                byInput[j * m + i] = byRow[i * n + j];
            }
        }
        return new Step(byInput, bias, activation);
    }

    /// Values that a sample must have.
    public int inputs() {
        return inputs;
    }

    /// Values that come out.
    public int outputs() {
        return outputs;
    }

    /// The network's outputs for one sample: for classes the logits, whose largest is at the predicted class.
    ///
    /// @param x `[inputs]`
    /// @return `[outputs]`
    public float[] predict(float[] x) {
        if (x.length != inputs) {
            throw new IllegalArgumentException(
                    "predict: a sample must have %d values; got %d".formatted(inputs, x.length));
        }
        float[] from = x;
        float[][] rooms = {new float[widest], new float[widest]}; // the sample's own is not written to
        int[] seen = new int[Math.max(inputs, widest)];
        for (int i = 0; i < steps.size(); i++) {
            float[] to = rooms[i % 2];
            steps.get(i).apply(from, to, seen);
            from = to;
        }
        return Arrays.copyOf(from, outputs);
    }

    /// One product, with what is added and applied to it: `y = activation(A x + b)`.
    private static final class Step {
        private final float[] columns; // [n, m]: all that input j is multiplied by, one after another
        private final float[] bias;
        private final Activation activation;
        private final int inputs;
        private final int outputs;

        Step(float[] columns, float[] bias, Activation activation) {
            this.columns = columns;
            this.bias = bias;
            this.activation = activation;
            this.outputs = bias.length;
            this.inputs = columns.length / bias.length;
        }

        /// @param seen room for as many numbers as `x` has
        void apply(float[] x, float[] y, int[] seen) {
            System.arraycopy(bias, 0, y, 0, outputs);
            int count = 0;
            for (int j = 0; j < inputs; j++) { // without a branch: which inputs are 0 cannot be foretold
                seen[count] = j;
                count += x[j] != 0 ? 1 : 0;
            }
            int i = 0;
            for (; i + 4 <= count; i += 4) {
                add(x, seen[i], seen[i + 1], seen[i + 2], seen[i + 3], y);
            }
            for (; i < count; i++) {
                add(x, seen[i], y);
            }
            activate(y);
        }

        /// Four at a time: a quarter of the sweeps over `y`.
        private void add(float[] x, int a, int b, int c, int d, float[] y) {
            float xa = x[a];
            float xb = x[b];
            float xc = x[c];
            float xd = x[d];
            int atA = a * outputs;
            int atB = b * outputs;
            int atC = c * outputs;
            int atD = d * outputs;
            for (int i = 0; i < outputs; i++) {
                y[i] += xa * columns[atA + i] + xb * columns[atB + i] + (xc * columns[atC + i] + xd * columns[atD + i]);
            }
        }

        private void add(float[] x, int j, float[] y) {
            float xj = x[j];
            int at = j * outputs;
            for (int i = 0; i < outputs; i++) {
                y[i] += xj * columns[at + i];
            }
        }

        private void activate(float[] y) {
            switch (activation) {
                case IDENTITY -> {}
                case RELU -> {
                    for (int i = 0; i < outputs; i++) {
                        y[i] = Math.max(y[i], 0f);
                    }
                }
                case TANH, GELU -> {
                    for (int i = 0; i < outputs; i++) {
                        y[i] = (float) activation.value(y[i]);
                    }
                }
            }
        }
    }
}
