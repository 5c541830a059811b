package dev.stiefel.nn;

/// The cross-entropy of the softmax of the outputs and the class: `−ln softmax(y)_class`.
public record SoftmaxCrossEntropy() implements Loss {
    @Override
    public void requireFits(int outputs, Targets targets) {
        if (!(targets instanceof Targets.Classes)) {
            throw new IllegalArgumentException("softmax cross-entropy: targets must be classes; got vectors");
        }
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.CLASSES;
    }

    @Override
    public double row(double[] y, Targets targets, int row, double weight) {
        int label = ((Targets.Classes) targets).label(row);
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : y) {
            largest = Math.max(largest, value);
        }
        double target = y[label] - largest;
        double sum = 0;
        for (int j = 0; j < y.length; j++) {
            y[j] = Math.exp(y[j] - largest);
            sum += y[j];
        }
        for (int j = 0; j < y.length; j++) {
            y[j] = weight * (y[j] / sum - (j == label ? 1 : 0));
        }
        return Math.log(sum) - target;
    }
}
