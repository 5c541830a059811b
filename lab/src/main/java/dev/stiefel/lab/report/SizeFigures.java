package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.RecordedRun;
import dev.stiefel.lab.analysis.RunMeasure;
import dev.stiefel.lab.analysis.RunOutcome;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.report.FigurePlan.Planned;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// Errors by size: curves, and double descent where it can be tested.
final class SizeFigures {
    private final FigurePlanner plan;

    SizeFigures(FigurePlanner plan) {
        this.plan = plan;
    }

    void sizes(ExperimentPanels experiment) {
        String x = experiment.x();
        experiment.panels().forEach((panel, lines) -> {
            List<ExperimentPanels.Line> curves = lines.values().stream()
                    .filter(line -> line.byX().size() > 1)
                    .toList();
            if (x.isEmpty() || curves.isEmpty()) {
                return;
            }
            String where = plan.where(experiment, panel);
            List<String> apart = lines.values().stream()
                    .flatMap(line -> line.apart().stream()
                            .map(each -> FigurePlanner.joined(line.label(), FigurePlanner.place(experiment, each))))
                    .toList();
            String without = apart.isEmpty()
                    ? ""
                    : " Not in this chart, as it has no %s: %s.".formatted(x, String.join("; ", apart));
            if (curves.size() == 1) {
                ExperimentPanels.Line line = curves.getFirst();
                List<Series> series = new ArrayList<>();
                series.add(line.series("final " + plan.measure().label(), Series.last(plan.measure())));
                series.add(line.series(
                        "best " + plan.measure().label(), Series.outcome(plan.measure(), RunOutcome::best)));
                if (validates(line)) {
                    series.add(line.series(
                            plan.measure().label() + " at the best validation",
                            Series.outcome(plan.measure(), RunOutcome::atBestValidation)));
                }
                if (plan.measure().split() != Split.TRAIN) {
                    RunMeasure train = plan.measure().of(Split.TRAIN);
                    series.add(line.series("final " + train.label(), Series.last(train)));
                }
                plan.curve(
                        Topic.SIZE,
                        1,
                        "errors by " + x,
                        FigurePlanner.joined(where, line.label()),
                        "%s by %s"
                                .formatted(FigurePlanner.capital(plan.measure().word()), x),
                        Axis.linear(x),
                        plan.measure().word(),
                        series,
                        line.configurations(),
                        "Best is each run's lowest over its epochs." + without);
                return;
            }
            List<ExperimentPanels.Line> shown = FigurePlanner.spread(curves, FigurePlanner.MOST_LINES);
            String thinned = shown.size() < curves.size()
                    ? " %s of %s lines are drawn, evenly spread; the summary has all."
                                    .formatted(shown.size(), curves.size())
                            + without
                    : without;
            lines(experiment, shown, 1, "Final " + plan.measure().label(), where, Series.last(plan.measure()), thinned);
            lines(
                    experiment,
                    shown,
                    4,
                    "Best " + plan.measure().label(),
                    where,
                    Series.outcome(plan.measure(), RunOutcome::best),
                    " Each run's lowest over its epochs." + thinned);
            if (curves.stream().anyMatch(SizeFigures::validates)) {
                lines(
                        experiment,
                        shown,
                        5,
                        FigurePlanner.capital(plan.measure().label()) + " at the best validation",
                        where,
                        Series.outcome(plan.measure(), RunOutcome::atBestValidation),
                        " At the epoch of each run's lowest validation %s: what stopping early keeps."
                                        .formatted(plan.measure().word())
                                + thinned);
            }
        });
    }

    private void lines(
            ExperimentPanels experiment,
            List<ExperimentPanels.Line> lines,
            int worth,
            String what,
            String where,
            ToDoubleFunction<RecordedRun> value,
            String words) {
        plan.curve(
                Topic.SIZE,
                worth,
                "%s by %s".formatted(what.toLowerCase(Locale.ROOT), experiment.x()),
                where,
                "%s by %s".formatted(what, experiment.x()),
                Axis.linear(experiment.x()),
                plan.measure().label(),
                lines.stream().map(line -> line.series(line.label(), value)).toList(),
                lines.stream().flatMap(line -> line.byX().values().stream()).toList(),
                words);
    }

    private static boolean validates(ExperimentPanels.Line line) {
        return line.byX().values().stream()
                .flatMap(each -> each.runs().stream())
                .anyMatch(run -> run.has(RunMeasure.VALIDATION_LOSS) || run.has(RunMeasure.VALIDATION_ERROR));
    }

    void descents(ExperimentPanels experiment) {
        int index = 0;
        for (ExperimentPanels.Line line : experiment.lines()) {
            if (DoubleDescent.supports(line.byX(), plan.measure())) {
                String where = FigurePlanner.joined(plan.where(experiment, line.panel()), line.label());
                String name = plan.unused("double descent by %s %s".formatted(experiment.x(), where));
                plan.add(new Planned(
                        Topic.DESCENT,
                        index < 3 ? 2 : 8,
                        "double descent",
                        where,
                        Series.folders(line.configurations()),
                        () -> DoubleDescent.draw(
                                name,
                                FigurePlanner.joined("Double descent by " + experiment.x(), where),
                                experiment.x(),
                                line.byX(),
                                plan.measure())));
                index++;
            }
        }
    }
}
