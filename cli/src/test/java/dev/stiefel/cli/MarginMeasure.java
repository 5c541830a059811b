package dev.stiefel.cli;

import dev.stiefel.nn.Measure;
import dev.stiefel.nn.Targets;

/// A measure that the library does not have, installed as a service provider of the tests: the mean over rows of the
/// output at the class minus the largest other one.
public record MarginMeasure() implements Measure {
    @Override
    public String name() {
        return "margin";
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.CLASSES;
    }

    @Override
    public double of(double[] outputs, Targets targets, int row) {
        int label = ((Targets.Classes) targets).label(row);
        double other = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < outputs.length; j++) {
            other = j == label ? other : Math.max(other, outputs[j]);
        }
        return outputs[label] - other;
    }

    @Override
    public Better better() {
        return Better.HIGHER;
    }
}
