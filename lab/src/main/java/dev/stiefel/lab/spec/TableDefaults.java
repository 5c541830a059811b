package dev.stiefel.lab.spec;

import dev.stiefel.data.own.Schema;
import dev.stiefel.data.own.Task;
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
/// @param adamw what the optimizer is then; empty for the usual one, with its usual learning rate and weight decay
record TableDefaults(int depth, int width, int batchSize, int epochs, Optional<AdamW> adamw) {
    private static final int FEW = 1_000;
    private static final int MANY = 10_000;
    private static final double PRIOR = 1_500; // samples
    private static final double LEARNING_RATE = 3e-3;

    /// Options of optimizer `adamw`.
    ///
    /// @param learningRate highest
    /// @param weightDecay decoupled
    record AdamW(double learningRate, double weightDecay) {}

    /// The defaults for these data; empty for images and texts.
    static Optional<TableDefaults> of(DataDescription data) {
        return switch (data.schema().inputs()) {
            case Schema.Table _, Schema.Vector _ ->
                Optional.of(of(data.facts().trainSize(), mostDecay(data.facts().task())));
            case Schema.Image _, Schema.Text _, Schema.TextPair _ -> Optional.empty();
        };
    }

    /// Numbers with little noise take less of it than classes.
    private static double mostDecay(Task task) {
        return switch (task) {
            case CLASSIFICATION -> 4;
            case REGRESSION -> 2;
        };
    }

    private static TableDefaults of(int samples, double mostDecay) {
        AdamW adamw = new AdamW(LEARNING_RATE, Math.min(mostDecay, PRIOR / samples));
        if (samples < FEW) {
            return new TableDefaults(1, 128, 16, 120, Optional.of(adamw));
        }
        return samples < MANY
                ? new TableDefaults(2, 128, 32, 60, Optional.of(adamw))
                : new TableDefaults(3, 256, 128, 60, Optional.empty());
    }
}
