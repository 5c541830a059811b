package dev.stiefel.lab.data;

import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.SampleShape;

/// About how much memory training takes: the program, the samples, weights with their gradients and moments, and what
/// layers keep of a batch.
final class TrainingMemory {
    private static final long PROGRAM = 230_000_000; // bytes that Java and the program have before any data
    private static final int COPIES_OF_WEIGHTS = 5; // themselves, gradient, two moments, what a step needs
    private static final int COPIES_OF_VALUES = 3; // themselves, their gradient, what a layer needs for it
    private static final int BYTES_OF_TOKEN = 4;

    private TrainingMemory() {}

    static long bytes(RunData data, RunSpec spec) {
        NetworkSpec network = spec.networkSpec();
        long weights = COPIES_OF_WEIGHTS * network.parameters() * Float.BYTES;
        return PROGRAM + samples(data) + weights + values(network, spec);
    }

    private static long samples(RunData data) {
        long samples = (long) data.facts().trainSize() + data.testSize();
        if (data.facts().text().isPresent()) {
            return data.facts().text().get().tokens() * BYTES_OF_TOKEN;
        }
        boolean isBytes = data.facts().image().isPresent();
        return samples * data.facts().inputs() * (isBytes ? 1 : Float.BYTES);
    }

    private static long values(NetworkSpec network, RunSpec spec) {
        long rows = network.hasFixedRows() ? spec.get(Options.BATCH_SIZE) : spec.get(Options.BATCH_TOKENS);
        long each = 0;
        for (NetworkSpec.Node node : network.nodes()) {
            SampleShape shape = network.shape(node.name());
            each += shape.values().isPresent() ? shape.values().getAsInt() : shape.columns();
        }
        return COPIES_OF_VALUES * rows * each * Float.BYTES;
    }
}
