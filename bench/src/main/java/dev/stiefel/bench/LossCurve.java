package dev.stiefel.bench;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.session.Experiment;
import dev.stiefel.lab.session.RunListener;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.train.Trainer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Prints the training loss of a run's first steps: for each ten of them a line of JSON with their mean loss and the
/// seconds a step took.
///
/// Arguments: a preset or YAML file, a folder for the run, how many steps, and `key=value` for each option.
public final class LossCurve {
    private static final int STEPS = 10;

    private LossCurve() {}

    /// Trains and prints.
    public static void main(String[] arguments) throws Exception {
        Map<String, String> choices = new HashMap<>();
        for (int i = 3; i < arguments.length; i++) {
            String[] pair = arguments[i].split("=", 2);
            if (pair.length < 2) {
                throw new IllegalArgumentException("options must be key=value; got '" + arguments[i] + "'");
            }
            choices.put(pair[0], pair[1]);
        }
        RunSession session = RunSession.create(
                Experiment.of(arguments[0], choices), Path.of(arguments[1]), DataSets.in(CacheFolder.standard()));
        session.run(new Printer(session, Integer.parseInt(arguments[2])));
    }

    private static final class Printer implements RunListener {
        private final RunSession session;
        private final int most;
        private double losses;
        private long begun;

        Printer(RunSession session, int most) {
            this.session = session;
            this.most = most;
        }

        @Override
        public void started(Path folder, Trainer trainer) {
            begun = System.nanoTime();
        }

        @Override
        public void stepped(Trainer trainer, double loss) {
            losses += loss;
            if (trainer.steps() % STEPS == 0) {
                long now = System.nanoTime();
                System.out.printf(
                        Locale.ROOT,
                        "{\"steps\": %d, \"loss\": %.4f, \"seconds_a_step\": %.4f}%n",
                        trainer.steps(),
                        losses / STEPS,
                        (now - begun) / 1e9 / STEPS);
                losses = 0;
                begun = now;
            }
            if (trainer.steps() == most) {
                session.requestStop();
            }
        }
    }
}
