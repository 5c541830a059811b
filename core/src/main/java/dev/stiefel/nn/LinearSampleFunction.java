package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// [Linear] for one sample at a time. A factored weight is held as `U S` and `V`, so that a row costs `2 r (m + n)`
/// flops; inputs that are 0, as most pixels are, cost nothing.
final class LinearSampleFunction implements SampleFunction {
    private final List<Product> products; // one, or those with V and with U S

    private LinearSampleFunction(List<Product> products) {
        this.products = products;
    }

    static LinearSampleFunction of(Linear linear) {
        return of(linear.weight(), linear.bias(), linear.activation());
    }

    /// @param biasVector `[m]`
    static LinearSampleFunction of(Parameter weight, Tensor biasVector, Activation activation) {
        float[] bias = floats(biasVector);
        return switch (weight) {
            case DenseParameter dense -> new LinearSampleFunction(List.of(product(dense.value(), bias, activation)));
            case FactoredParameter factored -> {
                Factors f = (Factors) factored.weight();
                try (Scope scope = Scope.open("predictor")) {
                    Tensor US = scope.uninitialized(f.type(), f.rows(), f.rank());
                    Ops.matmulInto(US, f.U(), f.S());
                    float[] V = floats(f.V()); // [n, r]: its row j is what input j is multiplied by
                    yield new LinearSampleFunction(List.of(
                            new Product(V, new float[f.rank()], Activation.IDENTITY), product(US, bias, activation)));
                }
            }
        };
    }

    /// `y = A x` for every row, without a bias.
    ///
    /// @param A `[m, n]`
    static LinearSampleFunction of(Tensor A) {
        return new LinearSampleFunction(List.of(product(A, new float[A.rows()], Activation.IDENTITY)));
    }

    /// `y = activation(B A x + b)` for every row.
    ///
    /// @param A `[r, n]`
    /// @param B `[m, r]`
    /// @param biasVector `[m]`
    static LinearSampleFunction of(Tensor A, Tensor B, Tensor biasVector, Activation activation) {
        return new LinearSampleFunction(List.of(
                product(A, new float[A.rows()], Activation.IDENTITY), product(B, floats(biasVector), activation)));
    }

    private static Product product(Tensor matrix, float[] bias, Activation activation) {
        int m = matrix.rows();
        int n = matrix.columns();
        float[] byRow = floats(matrix);
        float[] byInput = new float[byRow.length];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                byInput[j * m + i] = byRow[i * n + j];
            }
        }
        return new Product(byInput, bias, activation);
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

    @Override
    public float[] apply(List<float[]> inputs) {
        float[] values = inputs.getFirst();
        for (Product product : products) {
            values = product.apply(values);
        }
        return values;
    }

    /// One product, with what is added and applied to it: `y = activation(A x + b)`, for every row.
    private static final class Product {
        private final float[] columns; // [n, m]: all that input j is multiplied by, one after another
        private final float[] bias;
        private final Activation activation;
        private final int inputs;
        private final int outputs;

        Product(float[] columns, float[] bias, Activation activation) {
            this.columns = columns;
            this.bias = bias;
            this.activation = activation;
            this.outputs = bias.length;
            this.inputs = columns.length / bias.length;
        }

        float[] apply(float[] x) {
            int rows = x.length / inputs;
            float[] y = new float[rows * outputs];
            int[] seen = new int[inputs];
            if (rows == 1) {
                row(x, y, seen);
                return y;
            }
            float[] from = new float[inputs];
            float[] to = new float[outputs];
            for (int row = 0; row < rows; row++) {
                System.arraycopy(x, row * inputs, from, 0, inputs);
                row(from, to, seen);
                System.arraycopy(to, 0, y, row * outputs, outputs);
            }
            return y;
        }

        /// @param seen room for as many numbers as `x` has
        private void row(float[] x, float[] y, int[] seen) {
            System.arraycopy(bias, 0, y, 0, outputs);
            int count = 0;
            for (int j = 0; j < inputs; j++) { // without a branch, since zero inputs cannot be predicted
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
            ActivationArrays.valuesInPlace(activation, y, outputs);
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
    }
}
