package dev.stiefel.lab.spec;

import dev.stiefel.data.own.Schema;
import java.util.Optional;

/// Defaults of networks for a user's own tables, and for arrays whose samples are rows, by the number of training
/// samples.
///
/// A network for a few hundred rows can learn all of them by heart. So the fewer there are, the smaller the network
/// and the larger the weight decay, which falls with the number of samples as the weight of a prior does. The numbers
/// were found on public tables (`docs/guide/reproducing.md`).
///
/// @param depth hidden layers
/// @param width of each
/// @param batchSize samples a step
/// @param epochs passes over the training set
/// @param weightDecay of AdamW at [#LEARNING_RATE]
record TableDefaults(int depth, int width, int batchSize, int epochs, double weightDecay) {
    static final double LEARNING_RATE = 3e-3;

    private static final int FEW = 1_000;
    private static final int MANY = 10_000;
    private static final double PRIOR = 1_500; // samples
    private static final double MOST_DECAY = 4;
    private static final double LEAST_DECAY = 0.01;

    /// The defaults for these data; empty for images and texts.
    static Optional<TableDefaults> of(DataDescription data) {
        return switch (data.schema().inputs()) {
            case Schema.Table _, Schema.Vector _ -> Optional.of(of(data.facts().trainSize()));
            case Schema.Image _, Schema.Text _, Schema.TextPair _ -> Optional.empty();
        };
    }

    private static TableDefaults of(int samples) {
        double decay = Math.clamp(PRIOR / samples, LEAST_DECAY, MOST_DECAY);
        if (samples < FEW) {
            return new TableDefaults(1, 128, 16, 120, decay);
        }
        return samples < MANY ? new TableDefaults(2, 128, 32, 60, decay) : new TableDefaults(3, 256, 128, 30, decay);
    }
}
