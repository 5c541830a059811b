package dev.stiefel.examples;

import dev.stiefel.nn.Measure;
import dev.stiefel.nn.Targets;

/// The fraction of rows whose outputs are all within 1 of their targets.
public record WithinOne() implements Measure {
    @Override
    public String name() {
        return "within_one";
    }

    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.VALUES;
    }

    @Override
    public double of(double[] outputs, Targets targets, int row) {
        for (int j = 0; j < outputs.length; j++) {
            if (Math.abs(outputs[j] - ((Targets.Values) targets).values().get(row, j)) > 1) {
                return 0;
            }
        }
        return 1;
    }

    @Override
    public Better better() {
        return Better.HIGHER;
    }
}
