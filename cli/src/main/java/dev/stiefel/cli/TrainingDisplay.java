package dev.stiefel.cli;

import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.session.RunListener;
import dev.stiefel.lab.text.NumberText;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Trainer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// Shows how training goes: a bar on a terminal, a line an epoch elsewhere.
final class TrainingDisplay implements RunListener {
    private static final double SECONDS_BEFORE_A_FORECAST = 1;

    private final PrintStream err;
    private final Screen screen;
    private final LiveLine line;
    private long begun;
    private long firstStep;
    private Optional<Double> judged = Optional.empty();

    TrainingDisplay(PrintStream err, Screen screen, LiveLine line) {
        this.err = err;
        this.screen = screen;
        this.line = line;
    }

    @Override
    public void remarked(String remark) {
        line.clear();
        err.println("stiefel: " + remark);
    }

    @Override
    public void started(Path folder, Trainer trainer) {
        begun = System.nanoTime();
        firstStep = trainer.steps();
        line.clear();
        err.println(opening(folder, trainer));
    }

    @Override
    public void stepped(Trainer trainer, double loss) {
        if (screen.terminal() && line.isDue()) {
            Metrics soFar = trainer.soFar();
            show(trainer, trainer.progress().epoch() + 1, Score.of(soFar));
        }
    }

    @Override
    public void epochEnded(Trainer trainer, EpochRecord epoch) {
        if (screen.terminal()) {
            judged = epoch.validation().or(epoch::test).map(Metrics::accuracy).filter(Double::isFinite);
            show(trainer, epoch.epoch(), Score.of(epoch.train()));
        } else {
            err.println(text(epoch, trainer.spec().epochs()));
        }
    }

    private static String opening(Path folder, Trainer trainer) {
        NetworkSpec network = trainer.network().spec();
        int threads = trainer.spec().threads();
        String where = firstStep(trainer);
        return "%s %s by method '%s', %s %s%s; run %s"
                .formatted(
                        where.isEmpty() ? "training" : "resuming",
                        network,
                        trainer.spec().method().word(),
                        threads,
                        threads == 1 ? "thread" : "threads",
                        where,
                        RunNames.typed(folder));
    }

    private static String firstStep(Trainer trainer) {
        return trainer.steps() == 0
                ? ""
                : ", after %s of %s steps"
                        .formatted(NumberText.count(trainer.steps()), NumberText.count(trainer.totalSteps()));
    }

    private void show(Trainer trainer, int epoch, Score score) {
        long steps = trainer.steps();
        long total = trainer.totalSteps();
        ProgressBar bar = new ProgressBar(
                epoch,
                trainer.spec().epochs(),
                (double) steps / total,
                score.loss(),
                score.accuracy(),
                score.further(),
                judged,
                trainer.network().ranks(),
                secondsLeft(steps, total));
        line.show(width -> bar.render(width, screen.color(), screen.unicode()));
    }

    private OptionalDouble secondsLeft(long steps, long total) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        return steps == firstStep || seconds < SECONDS_BEFORE_A_FORECAST
                ? OptionalDouble.empty()
                : OptionalDouble.of(seconds / (steps - firstStep) * (total - steps));
    }

    private static String text(EpochRecord epoch, int epochs) {
        StringBuilder text = new StringBuilder("epoch %s/%s  loss %s"
                .formatted(
                        epoch.epoch(),
                        epochs,
                        NumberText.fourDigits(epoch.train().loss())));
        if (!Double.isNaN(epoch.train().accuracy())) {
            append(text, "accuracy", epoch.train());
        }
        Score.of(epoch.train())
                .further()
                .forEach((name, figure) ->
                        text.append("  ").append(name).append(' ').append(NumberText.fourDigits(figure)));
        epoch.validation().ifPresent(metrics -> appendAll(text, "validation", metrics));
        epoch.test().ifPresent(metrics -> appendAll(text, "test", metrics));
        if (!epoch.ranks().isEmpty()) {
            text.append("  ranks ").append(NumberText.ranks(epoch.ranks()));
        }
        return text.append("  ").append(NumberText.anyDuration(epoch.seconds())).toString();
    }

    private static void appendAll(StringBuilder text, String name, Metrics metrics) {
        append(text, name, metrics);
        Map<String, Double> further = Score.of(metrics).further();
        if (!further.isEmpty()) {
            text.append(further.entrySet().stream()
                    .map(each -> each.getKey() + " " + NumberText.fourDigits(each.getValue()))
                    .collect(Collectors.joining(", ", " (", ")")));
        }
    }

    private static void append(StringBuilder text, String name, Metrics metrics) {
        text.append("  ").append(name).append(' ');
        text.append(
                Double.isNaN(metrics.accuracy())
                        ? "loss " + NumberText.fourDigits(metrics.loss())
                        : NumberText.percent(metrics.accuracy()));
    }
}
