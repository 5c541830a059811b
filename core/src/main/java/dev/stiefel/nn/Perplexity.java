package dev.stiefel.nn;

/// `exp` of the mean cross-entropy of the softmax of the outputs and the class, at least 1: the number of equally
/// likely classes among which a guess would be as uncertain. It reads the outputs as logits for every loss.
public record Perplexity() implements Measure {
    @Override
    public String name() {
        return "perplexity";
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.CLASSES;
    }

    @Override
    public double of(double[] outputs, Targets targets, int row) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double output : outputs) {
            largest = Math.max(largest, output);
        }
        double sum = 0;
        for (double output : outputs) {
            sum += Math.exp(output - largest);
        }
        return Math.log(sum) - (outputs[((Targets.Classes) targets).label(row)] - largest);
    }

    @Override
    public double figure(double mean) {
        return Math.exp(mean);
    }

    @Override
    public Better better() {
        return Better.LOWER;
    }
}
