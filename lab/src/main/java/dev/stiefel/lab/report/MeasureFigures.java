package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.RunMeasure;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.List;

/// Measures other than loss and error: by size, and by epoch.
final class MeasureFigures {
    private final FigurePlanner plan;

    MeasureFigures(FigurePlanner plan) {
        this.plan = plan;
    }

    void measures(ExperimentPanels experiment) {
        for (RunMeasure measure : plan.further()) {
            experiment.panels().forEach((panel, lines) -> {
                sizes(experiment, measure, panel, List.copyOf(lines.values()));
                epochs(experiment, measure, panel, List.copyOf(lines.values()));
            });
        }
    }

    private void sizes(
            ExperimentPanels experiment, RunMeasure measure, String panel, List<ExperimentPanels.Line> lines) {
        List<ExperimentPanels.Line> curves =
                lines.stream().filter(line -> line.byX().size() > 1).toList();
        if (experiment.x().isEmpty() || curves.isEmpty()) {
            return;
        }
        List<ExperimentPanels.Line> shown = FigurePlanner.spread(curves, FigurePlanner.MOST_LINES);
        plan.curve(
                measure,
                Topic.SIZE,
                4,
                "final %s by %s".formatted(measure.label(), experiment.x()),
                plan.where(experiment, panel),
                "Final %s by %s".formatted(measure.label(), experiment.x()),
                Axis.linear(experiment.x()),
                measure.label(),
                shown.stream()
                        .map(line -> line.series(line.label(), Series.last(measure)))
                        .toList(),
                shown.stream().flatMap(line -> line.byX().values().stream()).toList(),
                shown.size() < curves.size()
                        ? "%s of %s lines are drawn, evenly spread; the summary has all."
                                .formatted(shown.size(), curves.size())
                        : "");
    }

    private void epochs(
            ExperimentPanels experiment, RunMeasure measure, String panel, List<ExperimentPanels.Line> lines) {
        List<Configuration> trained = lines.stream()
                .flatMap(line -> line.configurations().stream())
                .filter(each -> each.epochs() > 1)
                .toList();
        List<Configuration> shown = plan.best(trained);
        plan.curve(
                measure,
                Topic.TRAINING,
                7,
                "curves by epoch",
                plan.where(experiment, panel),
                "%s by epoch".formatted(FigurePlanner.capital(measure.label())),
                FigurePlanner.epochAxis(shown),
                measure.label(),
                shown.stream()
                        .map(each -> Series.byEpoch(each.label(), each, measure))
                        .toList(),
                shown,
                plan.onlyBest(shown, trained));
    }
}
