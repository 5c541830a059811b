package dev.stiefel.train;

import java.util.ArrayList;
import java.util.List;

/// What a run tells its recorder.
final class History implements Recorder {
    final List<EpochRecord> epochs = new ArrayList<>();
    final List<Double> losses = new ArrayList<>();
    Outcome outcome = new Outcome.Interrupted();

    @Override
    public void stepped(Trainer trainer, double loss) {
        losses.add(loss);
    }

    @Override
    public void epochEnded(Trainer trainer, EpochRecord epoch) {
        epochs.add(epoch);
    }

    /// The epochs but for what a clock says.
    List<EpochRecord> timeless() {
        return epochs.stream()
                .map(each -> new EpochRecord(
                        each.epoch(),
                        each.train(),
                        each.validation(),
                        each.test(),
                        each.learningRate(),
                        0,
                        each.evaluationParameters(),
                        each.ranks(),
                        each.best()))
                .toList();
    }
}
