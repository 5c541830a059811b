package dev.stiefel.nn;

/// The mean over rows and outputs of `|y − target|`, in the units of the targets in training.
public record MeanAbsoluteError() implements Measure {
    @Override
    public String name() {
        return "mean_absolute_error";
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.VALUES;
    }

    @Override
    public double of(double[] outputs, Targets targets, int row) {
        double sum = 0;
        for (int j = 0; j < outputs.length; j++) {
            sum += Math.abs(outputs[j] - ((Targets.Values) targets).values().get(row, j));
        }
        return sum / outputs.length;
    }

    @Override
    public Better better() {
        return Better.LOWER;
    }
}
