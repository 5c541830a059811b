package dev.stiefel.examples;

import dev.stiefel.nn.Loss;
import dev.stiefel.nn.Targets;

/// The Huber loss, squared near 0 and linear beyond `delta`: errors far out do not dominate.
public record Huber(double delta) implements Loss {
    @Override
    public boolean appliesTo(Targets.Kind kind) {
        return kind == Targets.Kind.VALUES;
    }

    @Override
    public void requireFits(int outputs, Targets targets) {
        if (!appliesTo(targets.kind())) {
            throw new IllegalArgumentException("huber: targets must be values; got classes");
        }
    }

    @Override
    public double row(double[] y, Targets targets, int row, double weight) {
        double sum = 0;
        for (int j = 0; j < y.length; j++) {
            double error = y[j] - ((Targets.Values) targets).values().get(row, j);
            double size = Math.abs(error);
            sum += size <= delta ? error * error / 2 : delta * (size - delta / 2);
            y[j] = weight * Math.clamp(error, -delta, delta) / y.length;
        }
        return sum / y.length;
    }
}
