package dev.stiefel.bench;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.session.Experiment;
import dev.stiefel.lab.session.RunListener;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Trainer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// Prints the training loss of a run's first steps: for each ten of them a line of JSON with their mean loss and the
/// seconds a step took. The last steps of an epoch that are not ten are left out.
///
/// Arguments: a preset or YAML file, a folder for the run, how many steps.
public final class LossCurve {
    private static final int STEPS = 10;

    private LossCurve() {}

    /// Trains and prints.
    public static void main(String[] arguments) throws Exception {
        RunSession session = RunSession.create(
                Experiment.of(arguments[0], Map.of()), Path.of(arguments[1]), DataSets.in(CacheFolder.standard()));
        session.run(new Printer(session, Integer.parseInt(arguments[2])));
    }

    private static final class Printer implements RunListener {
        private final RunSession session;
        private final int most;
        private double losses;
        private int counted;
        private long begun;

        Printer(RunSession session, int most) {
            this.session = session;
            this.most = most;
        }

        @Override
        public void started(Path folder, Trainer trainer) {
            begin();
        }

        private void begin() {
            losses = 0;
            counted = 0;
            begun = System.nanoTime();
        }

        @Override
        public void stepped(Trainer trainer, double loss) {
            losses += loss;
            counted++;
            if (counted == STEPS) {
                System.out.printf(
                        Locale.ROOT,
                        "{\"steps\": %d, \"loss\": %.4f, \"seconds_a_step\": %.4f}%n",
                        trainer.steps(),
                        losses / STEPS,
                        (System.nanoTime() - begun) / 1e9 / STEPS);
                begin();
            }
            if (trainer.steps() >= most) {
                session.requestStop();
            }
        }

        @Override
        public void epochEnded(Trainer trainer, EpochRecord epoch) {
            begin(); // without its last step, of which nobody tells, and its evaluation
        }
    }
}
