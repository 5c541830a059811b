package dev.stiefel.lab.bench;

import dev.stiefel.model.Network;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Recorder;
import dev.stiefel.train.Samples;
import dev.stiefel.train.TrainData;
import dev.stiefel.train.TrainSpec;
import dev.stiefel.train.Trainer;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;

/// A trainer that takes one step when it is told to, and sleeps in between. It has a thread of its own, since a
/// trainer runs until it is stopped.
final class PausedTrainer implements AutoCloseable {
    private final Trainer trainer;
    private final Thread thread;
    private final SynchronousQueue<Boolean> turns = new SynchronousQueue<>();
    private final SynchronousQueue<Answer> answers = new SynchronousQueue<>();
    private long begun;

    /// What a step came to.
    private sealed interface Answer {
        record Stepped(long nanos) implements Answer {}

        record Failed(Throwable cause) implements Answer {}
    }

    PausedTrainer(Network network, TrainSpec spec, Samples samples) {
        this.trainer = new Trainer(network, spec, new TrainData(samples, Optional.empty(), Optional.empty()));
        this.thread = Thread.ofPlatform().daemon().name("stiefel-bench").start(this::train);
    }

    /// Takes a step.
    ///
    /// @return the nanoseconds it took
    long step() throws InterruptedException {
        turns.put(true);
        return switch (answers.take()) {
            case Answer.Stepped stepped -> stepped.nanos();
            case Answer.Failed failed -> throw new IllegalStateException("a step failed", failed.cause());
        };
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        trainer.close();
    }

    private void train() {
        try {
            await();
            Outcome outcome = trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer at, double loss) {
                    answerAndAwait();
                }

                @Override
                public void epochEnded(Trainer at, EpochRecord epoch) {
                    answerAndAwait();
                }
            });
            if (!(outcome instanceof Outcome.Interrupted)) {
                answers.put(new Answer.Failed(new IllegalStateException(outcome.toString())));
            }
        } catch (InterruptedException closed) {
            return;
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void answerAndAwait() {
        try {
            answers.put(new Answer.Stepped(System.nanoTime() - begun));
            await();
        } catch (InterruptedException closed) {
            trainer.requestStop();
        }
    }

    private void await() throws InterruptedException {
        turns.take();
        begun = System.nanoTime();
    }

    private void fail(Throwable e) {
        try {
            answers.put(new Answer.Failed(e));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }
}
