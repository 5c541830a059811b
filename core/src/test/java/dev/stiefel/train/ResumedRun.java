package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.model.Network;

/// A run that was stopped after some step, and that copies of its state then brought to its end.
final class ResumedRun implements AutoCloseable {
    private final Network network;
    private final Trainer trainer;
    private final History history;

    private ResumedRun(Network network, Trainer trainer, History history) {
        this.network = network;
        this.trainer = trainer;
        this.history = history;
    }

    /// Trains a network up to a step, and a copy of it from there to the end.
    ///
    /// @param start which is closed
    static ResumedRun of(Network start, TrainSpec spec, TrainData data, long stop) {
        History history = new History();
        try (start;
                Trainer first = new Trainer(start, spec, data)) {
            assertThat(first.run(both(history, TrainerTest.stopAfter(stop)))).isEqualTo(new Outcome.Interrupted());
            Network copy = Network.of(start.spec(), spec.method().gauge(), start.tensors());
            Trainer second = new Trainer(copy, spec, data);
            second.restore(first.progress(), first.moments());
            assertThat(second.steps()).isEqualTo(stop);
            assertThat(second.run(history)).isEqualTo(new Outcome.Finished());
            return new ResumedRun(copy, second, history);
        }
    }

    private static Recorder both(Recorder a, Recorder b) {
        return new Recorder() {
            @Override
            public void stepped(Trainer trainer, double loss) {
                a.stepped(trainer, loss);
                b.stepped(trainer, loss);
            }

            @Override
            public void epochEnded(Trainer trainer, EpochRecord epoch) {
                a.epochEnded(trainer, epoch);
                b.epochEnded(trainer, epoch);
            }
        };
    }

    /// The copy, at the end.
    Network network() {
        return network;
    }

    /// Its trainer.
    Trainer trainer() {
        return trainer;
    }

    /// All steps and epochs, before the stop and after it.
    History history() {
        return history;
    }

    @Override
    public void close() {
        trainer.close();
        network.close();
    }
}
