package dev.stiefel.nn;

/// The root of the mean over rows and outputs of `(y − target)²`, in the units of the targets in training.
public record RootMeanSquaredError() implements Measure {
    @Override
    public String name() {
        return "root_mean_squared_error";
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.VALUES;
    }

    @Override
    public double of(double[] outputs, Targets targets, int row) {
        double sum = 0;
        for (int j = 0; j < outputs.length; j++) {
            double error = outputs[j] - ((Targets.Values) targets).values().get(row, j);
            sum += error * error;
        }
        return sum / outputs.length;
    }

    @Override
    public double figure(double mean) {
        return Math.sqrt(mean);
    }

    @Override
    public Better better() {
        return Better.LOWER;
    }
}
