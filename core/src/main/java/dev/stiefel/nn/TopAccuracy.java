package dev.stiefel.nn;

/// The fraction of rows whose class is among the `k` largest outputs, in `[0, 1]`: top-k accuracy. If outputs are
/// equal, the first counts as the largest. A row whose output at its class is NaN does not count as a hit.
///
/// @param k number of outputs that count, at least 1; [Accuracy] is the case of 1
public record TopAccuracy(int k) implements Measure {
    /// Checks the number.
    public TopAccuracy {
        if (k < 1) {
            throw new IllegalArgumentException("top accuracy: k must be at least 1; got " + k);
        }
    }

    @Override
    public String name() {
        return "top_" + k + "_accuracy";
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.CLASSES;
    }

    @Override
    public double of(double[] outputs, Targets targets, int row) {
        int label = ((Targets.Classes) targets).label(row);
        double own = outputs[label];
        if (Double.isNaN(own)) {
            return 0;
        }
        int ahead = 0;
        for (int j = 0; j < outputs.length; j++) {
            if (outputs[j] > own || (outputs[j] == own && j < label)) {
                ahead++;
            }
        }
        return ahead < k ? 1 : 0;
    }

    @Override
    public Better better() {
        return Better.HIGHER;
    }
}
