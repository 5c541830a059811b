package dev.stiefel.train;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Linear;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// The mean loss of a network over some samples and its gradients, in plain loops over arrays, one sample at a
/// time and every matrix formed.
final class NaiveNetwork {
    final double[][][] weights; // [layer][m][n]
    final double[][] biases;
    final double[][][] weightGradients;
    final double[][] biasGradients;
    double loss;
    int correct;
    private final Activation[] activations;
    private final Loss kind;

    NaiveNetwork(Network network) {
        int depth = network.layers().size();
        this.weights = new double[depth][][];
        this.biases = new double[depth][];
        this.weightGradients = new double[depth][][];
        this.biasGradients = new double[depth][];
        this.activations = new Activation[depth];
        this.kind = network.spec().loss();
        try (Scope scope = Scope.open("formed")) {
            for (int l = 0; l < depth; l++) {
                Linear layer = (Linear) network.layers().get(l);
                weights[l] = switch (layer.weight()) {
                    case DenseParameter w -> rows(w.value());
                    case FactoredParameter w -> rows(((Factors) w.weight()).matrix(scope));
                };
                biases[l] = layer.bias().toDoubles();
                activations[l] = layer.activation();
                weightGradients[l] = new double[weights[l].length][weights[l][0].length];
                biasGradients[l] = new double[biases[l].length];
            }
        }
    }

    /// Evaluates the samples with these numbers.
    NaiveNetwork evaluate(Samples samples, int... rows) {
        for (int row : rows) {
            sample(samples, row, 1.0 / rows.length);
        }
        return this;
    }

    private void sample(Samples samples, int row, double share) {
        int depth = weights.length;
        double[][] a = new double[depth + 1][];
        double[][] z = new double[depth][];
        a[0] = input(samples, row);
        for (int l = 0; l < depth; l++) {
            z[l] = biases[l].clone();
            a[l + 1] = new double[z[l].length];
            for (int i = 0; i < z[l].length; i++) {
                for (int j = 0; j < a[l].length; j++) {
                    z[l][i] += weights[l][i][j] * a[l][j];
                }
                a[l + 1][i] = activations[l].value(z[l][i]);
            }
        }
        double[] delta = lossGradient(samples, row, a[depth], share);
        for (int l = depth - 1; l >= 0; l--) {
            double[] before = new double[a[l].length];
            for (int i = 0; i < z[l].length; i++) {
                double d = delta[i] * activations[l].slope(z[l][i], a[l + 1][i]);
                biasGradients[l][i] += d;
                for (int j = 0; j < a[l].length; j++) {
                    weightGradients[l][i][j] += d * a[l][j];
                    before[j] += d * weights[l][i][j];
                }
            }
            delta = before;
        }
    }

    private double[] lossGradient(Samples samples, int row, double[] y, double share) {
        double[] gradient = new double[y.length];
        if (kind instanceof SoftmaxCrossEntropy) {
            double sum = 0;
            int answer = 0;
            for (int j = 0; j < y.length; j++) {
                sum += Math.exp(y[j]);
                answer = y[j] > y[answer] ? j : answer;
            }
            int label = samples.label(row);
            correct += answer == label ? 1 : 0;
            loss += share * (Math.log(sum) - y[label]);
            for (int j = 0; j < y.length; j++) {
                gradient[j] = share * (Math.exp(y[j]) / sum - (j == label ? 1 : 0));
            }
        } else {
            float[] target = new float[y.length];
            samples.copyTarget(row, target, 0);
            for (int j = 0; j < y.length; j++) {
                double error = y[j] - target[j];
                loss += share * error * error / y.length;
                gradient[j] = share * 2 * error / y.length;
            }
        }
        return gradient;
    }

    private static double[] input(Samples samples, int row) {
        float[] single = new float[samples.width()];
        samples.copyInput(row, single, 0);
        double[] input = new double[single.length];
        for (int j = 0; j < input.length; j++) {
            input[j] = single[j];
        }
        return input;
    }

    private static double[][] rows(Tensor matrix) {
        double[][] rows = new double[matrix.rows()][matrix.columns()];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = matrix.get(i, j);
            }
        }
        return rows;
    }
}
