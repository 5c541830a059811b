package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Errors by epoch, as curves.
final class EpochFigures {
    private final FigurePlanner plan;

    EpochFigures(FigurePlanner plan) {
        this.plan = plan;
    }

    void epochs(ExperimentPanels experiment) {
        int index = 0;
        for (Map.Entry<String, Map<String, ExperimentPanels.Line>> panel :
                experiment.panels().entrySet()) {
            for (ExperimentPanels.Line line : panel.getValue().values()) {
                if (experiment.x().isEmpty()) {
                    break;
                }
                List<Configuration> shown = FigurePlanner.spread(
                        line.all().stream().filter(each -> each.epochs() > 1).toList(), FigurePlanner.EPOCH_LINES);
                String where = FigurePlanner.joined(plan.where(experiment, panel.getKey()), line.label());
                epochs(
                        shown,
                        each -> FigurePlanner.place(experiment, each),
                        index++ < 2 ? 3 : 7,
                        where,
                        shown.size() < line.all().size()
                                ? "%s of %s values of %s, evenly spread."
                                        .formatted(shown.size(), line.all().size(), experiment.x())
                                : "");
            }
            if (experiment.x().isEmpty()) {
                List<Configuration> trained = panel.getValue().values().stream()
                        .flatMap(line -> line.all().stream())
                        .filter(each -> each.epochs() > 1)
                        .toList();
                List<Configuration> best = plan.best(trained);
                epochs(
                        best,
                        each -> experiment.axes().line(each),
                        index++ < 2 ? 3 : 7,
                        plan.where(experiment, panel.getKey()),
                        plan.onlyBest(best, trained));
            }
        }
    }

    private void epochs(
            List<Configuration> shown, Function<Configuration, String> label, int worth, String where, String words) {
        plan.curve(
                Topic.TRAINING,
                worth,
                "curves by epoch",
                where,
                "%s by epoch".formatted(FigurePlanner.capital(plan.measure().label())),
                FigurePlanner.epochAxis(shown),
                plan.measure().label(),
                shown.stream()
                        .map(each -> Series.byEpoch(label.apply(each), each, plan.measure()))
                        .toList(),
                shown,
                words);
    }
}
