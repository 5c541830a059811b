package dev.stiefel.examples;

import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Recorder;
import dev.stiefel.train.Trainer;

/// A recorder that remembers the best epoch, and the ranks it had.
public final class BestEpoch implements Recorder {
    private String best = "none yet";

    @Override
    public void epochEnded(Trainer trainer, EpochRecord epoch) {
        if (epoch.best()) {
            best = "epoch %d, ranks %s".formatted(epoch.epoch(), epoch.ranks());
        }
    }

    @Override
    public String toString() {
        return best;
    }
}
