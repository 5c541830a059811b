package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.RecordedRun;
import dev.stiefel.lab.analysis.Statistics;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.figure.LineChart;
import dev.stiefel.lab.report.FigurePlan.Planned;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.ArrayList;
import java.util.List;

/// Ranks that adapt, by epoch.
final class RankFigures {
    private final FigurePlanner plan;

    RankFigures(FigurePlanner plan) {
        this.plan = plan;
    }

    void ranks(ExperimentPanels experiment) {
        List<Configuration> adapting = experiment.all().stream()
                .filter(each -> each.runs().stream().anyMatch(RankFigures::adapts))
                .toList();
        if (adapting.isEmpty()) {
            return;
        }
        List<Configuration> shown = plan.best(adapting);
        String where = plan.where(experiment, "");
        List<Series> series = shown.stream()
                .map(each -> {
                    List<Statistics> statistics = new ArrayList<>();
                    for (int epoch = 1; epoch <= each.epochs(); epoch++) {
                        int at = epoch;
                        statistics.add(Statistics.of(each.runs().stream().mapToDouble(run -> meanRank(run, at))));
                    }
                    return new Series(each.label(), ValueAxes.upTo(each.epochs()), statistics);
                })
                .toList();
        String name = plan.unused("ranks by epoch " + where);
        plan.add(new Planned(Topic.RANKS, 4, "ranks by epoch", where, Series.folders(shown), () -> {
                    LineChart chart = LineChart.of(
                            name,
                            FigurePlanner.joined("Ranks by epoch", where),
                            Axis.linear("epoch").whole(),
                            Axis.linear("mean rank"));
                    series.forEach(each -> chart.line(each.label(), each.points()));
                    String words = "The mean rank of the factored weights, averaged over the runs; the bands are a"
                            + " standard deviation to either side. " + plan.onlyBest(shown, adapting);
                    return chart.draw().withCaption(words.strip());
                })
                .tabled(() -> Series.csv("epoch", series)));
    }

    private static boolean adapts(RecordedRun run) {
        if (run.epochs() < 2) {
            return false;
        }
        List<Integer> last = run.ranks(run.epochs());
        for (int epoch = 1; epoch < run.epochs(); epoch++) {
            if (!run.ranks(epoch).isEmpty() && !run.ranks(epoch).equals(last)) {
                return true;
            }
        }
        return false;
    }

    private static double meanRank(RecordedRun run, int epoch) {
        return epoch > run.epochs()
                ? Double.NaN
                : run.ranks(epoch).stream()
                        .mapToInt(Integer::intValue)
                        .average()
                        .orElse(Double.NaN);
    }
}
