package dev.stiefel.nn;

/// The fraction of rows whose largest output is at their class, in `[0, 1]`. If outputs are equal, the first
/// counts as the largest; a NaN never does, unless it is the first output.
public record Accuracy() implements Measure {
    /// Its name.
    public static final String NAME = "accuracy";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.CLASSES;
    }

    @Override
    public double of(double[] outputs, Targets targets, int row) {
        return largest(outputs) == ((Targets.Classes) targets).label(row) ? 1 : 0;
    }

    @Override
    public Better better() {
        return Better.HIGHER;
    }

    private static int largest(double[] y) {
        int best = 0;
        for (int j = 1; j < y.length; j++) {
            if (y[j] > y[best]) {
                best = j;
            }
        }
        return best;
    }
}
