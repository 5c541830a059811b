package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Several experiments in one chart.
final class ComparisonFigures {
    private final FigurePlanner plan;

    ComparisonFigures(FigurePlanner plan) {
        this.plan = plan;
    }

    void comparison() {
        if (plan.experiments().size() < 2) {
            return;
        }
        Map<String, List<ExperimentPanels>> byX = new LinkedHashMap<>();
        plan.experiments().stream()
                .filter(each -> !each.x().isEmpty())
                .forEach(each ->
                        byX.computeIfAbsent(each.x(), _ -> new ArrayList<>()).add(each));
        byX.forEach((x, group) -> {
            List<ExperimentPanels.Line> lines = group.stream()
                    .flatMap(experiment -> experiment.lines().stream())
                    .filter(line -> line.byX().size() > 1)
                    .toList();
            if (group.size() > 1 && !lines.isEmpty()) {
                List<ExperimentPanels.Line> shown = FigurePlanner.spread(lines, FigurePlanner.MOST_LINES);
                plan.curve(
                        Topic.COMPARISON,
                        1,
                        "comparisons",
                        "",
                        "Final %s of several experiments by %s"
                                .formatted(plan.measure().label(), x),
                        Axis.linear(x),
                        plan.measure().label(),
                        shown.stream()
                                .map(line -> line.series(
                                        FigurePlanner.joined(line.experiment(), line.panel(), line.label()),
                                        Series.last(plan.measure())))
                                .toList(),
                        shown.stream()
                                .flatMap(line -> line.byX().values().stream())
                                .toList(),
                        shown.size() < lines.size() ? "%s of %s lines.".formatted(shown.size(), lines.size()) : "");
            }
        });
        List<Configuration> best = plan.experiments().stream()
                .flatMap(experiment -> experiment.all().stream()
                        .filter(each -> each.epochs() > 1)
                        .min(Comparator.comparingDouble(plan::lastError))
                        .stream())
                .toList();
        List<Configuration> shown = best.subList(0, Math.min(FigurePlanner.MOST_LINES, best.size()));
        if (shown.size() > 1) {
            plan.curve(
                    Topic.COMPARISON,
                    1,
                    "comparisons",
                    "",
                    "The best of each experiment by epoch",
                    FigurePlanner.epochAxis(shown),
                    plan.measure().label(),
                    shown.stream()
                            .map(each -> Series.byEpoch(
                                    FigurePlanner.joined(each.name(), plainLabel(each)), each, plan.measure()))
                            .toList(),
                    shown,
                    "Of each experiment the configuration of the lowest final %s."
                            .formatted(plan.measure().label()));
        }
    }

    private static String plainLabel(Configuration each) {
        return each.axes().isEmpty() ? "" : each.label();
    }
}
