package dev.stiefel.nn;

/// The cross-entropy of the softmax of `k` outputs and a smoothed class ([Szegedy et al.
/// 2016](https://arxiv.org/abs/1512.00567),
/// section 7): `−Σ q_j ln softmax(y)_j`, with `q_j = smoothing / k`, and `1 − smoothing` more for the class.
///
/// @param smoothing in [0, 1); 0 is [SoftmaxCrossEntropy]
public record SmoothedCrossEntropy(double smoothing) implements Loss {
    private static final SoftmaxCrossEntropy PLAIN = new SoftmaxCrossEntropy();

    /// Checks the range.
    public SmoothedCrossEntropy {
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be in [0, 1); got " + smoothing);
        }
    }

    @Override
    public void requireFits(int outputs, Targets targets) {
        PLAIN.requireFits(outputs, targets);
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return PLAIN.appliesTo(kind);
    }

    @Override
    public double row(double[] y, Targets targets, int row, double weight) {
        int label = ((Targets.Classes) targets).label(row);
        double mean = 0;
        for (double value : y) {
            mean += value / y.length;
        }
        double away = y[label] - mean;
        double plain = PLAIN.row(y, targets, row, weight);
        for (int j = 0; j < y.length; j++) {
            y[j] -= weight * smoothing * (1.0 / y.length - (j == label ? 1 : 0));
        }
        return plain + smoothing * away;
    }
}
