package dev.stiefel.nn;

/// The mean over a row's outputs of the squared error. A class is compared as its unit vector.
public record MeanSquaredError() implements Loss {
    @Override
    public void requireFits(int outputs, Targets targets) {
        if (targets instanceof Targets.Values given && given.values().columns() != outputs) {
            throw new IllegalArgumentException("mean squared error: targets must have %d values; got %s"
                    .formatted(outputs, given.values().shape()));
        }
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return true;
    }

    @Override
    public double row(double[] y, Targets targets, int row, double weight) {
        double sum = 0;
        for (int j = 0; j < y.length; j++) {
            double target = switch (targets) {
                case Targets.Classes classes -> classes.label(row) == j ? 1 : 0;
                case Targets.Values values -> values.values().get(row, j);
            };
            double error = y[j] - target;
            sum += error * error;
            y[j] = weight * 2 * error / y.length;
        }
        return sum / y.length;
    }
}
