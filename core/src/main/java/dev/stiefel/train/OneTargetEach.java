package dev.stiefel.train;

import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;

/// The targets of samples with one output row each, as plain arrays.
final class OneTargetEach {
    private OneTargetEach() {}

    /// The classes of the samples of these numbers.
    static int[] labels(Samples samples, int[] rows) {
        if (!samples.hasLabels()) {
            throw new IllegalStateException("samples: these have target vectors, not classes");
        }
        require(samples);
        try (Scope scope = Scope.open("targets")) {
            Targets targets = samples.targets(scope, DType.FLOAT32, rows, 0, rows.length);
            int[] labels = new int[rows.length];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = ((Targets.Classes) targets).label(i);
            }
            return labels;
        }
    }

    /// Copies the target vectors of the samples of these numbers.
    static void copyVectors(Samples samples, int[] rows, float[] into, int at) {
        if (samples.hasLabels()) {
            throw new IllegalStateException("samples: these have classes, not target vectors");
        }
        require(samples);
        try (Scope scope = Scope.open("targets")) {
            Targets targets = samples.targets(scope, DType.FLOAT32, rows, 0, rows.length);
            ((Targets.Values) targets).values().read(0, into, at, Math.multiplyExact(rows.length, samples.outputs()));
        }
    }

    private static void require(Samples samples) {
        if (!(samples.output() instanceof SampleShape.Vector)) {
            throw new IllegalStateException(
                    "samples: each must have one target; these have one for each output row of " + samples.output());
        }
    }
}
