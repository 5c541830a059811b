package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.Statistics;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.figure.Grid;
import dev.stiefel.lab.figure.HeatMap;
import dev.stiefel.lab.figure.Points;
import dev.stiefel.lab.figure.Scale;
import dev.stiefel.lab.report.FigurePlan.Planned;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Errors by size and epoch, as heat maps.
final class MapFigures {
    private final FigurePlanner plan;

    MapFigures(FigurePlanner plan) {
        this.plan = plan;
    }

    void maps(ExperimentPanels experiment) {
        int index = 0;
        for (ExperimentPanels.Line line : experiment.lines()) {
            int epochs = line.byX().values().stream()
                    .mapToInt(Configuration::epochs)
                    .max()
                    .orElse(0);
            if (experiment.x().isEmpty() || line.byX().size() < 3 || epochs < 3) {
                continue;
            }
            String where = FigurePlanner.joined(plan.where(experiment, line.panel()), line.label());
            boolean first = index++ < 2;
            String label = plan.measure().label();
            map(experiment, line, epochs, where, Spread.MEAN, Axis.log(label), first ? 3 : 9);
            map(experiment, line, epochs, where, Spread.MEAN, Axis.linear(label), first ? 5 : 11);
            if (line.byX().values().stream().anyMatch(each -> each.runs().size() > 1)) {
                String spread = "standard deviation of the " + label;
                map(experiment, line, epochs, where, Spread.DEVIATION, Axis.log(spread), first ? 4 : 10);
                map(experiment, line, epochs, where, Spread.DEVIATION, Axis.linear(spread), first ? 5 : 12);
            }
        }
    }

    /// Statistic of a cell's runs that a map shows.
    private enum Spread {
        MEAN,
        DEVIATION
    }

    private void map(
            ExperimentPanels experiment,
            ExperimentPanels.Line line,
            int epochs,
            String where,
            Spread spread,
            Axis color,
            int worth) {
        boolean log = color.scale() == Scale.LOG;
        String title = "%s by %s and epoch, %s colours"
                .formatted(
                        FigurePlanner.capital(
                                spread == Spread.MEAN
                                        ? plan.measure().label()
                                        : "spread of the " + plan.measure().label()),
                        experiment.x(),
                        log ? "logarithmic" : "linear");
        String name = plan.unused(title.replace(" colours", "") + " " + where);
        List<Configuration> configurations = line.configurations();
        Supplier<Figure> drawing = () -> {
            Grid grid = Grid.of(epochs, configurations.size(), (column, row) -> {
                Statistics at = configurations.get(row).statistics(plan.measure(), column + 1);
                return spread == Spread.MEAN ? at.mean() : at.standardDeviation();
            });
            HeatMap map = HeatMap.of(
                    name,
                    FigurePlanner.joined(title, where),
                    (epochs > 20 ? Axis.log("epoch") : Axis.linear("epoch")).whole(),
                    ValueAxes.upTo(epochs),
                    Axis.linear(experiment.x()),
                    line.xs(),
                    grid,
                    plan.percent(color));
            String words = spread == Spread.MEAN
                    ? "Means over the runs of each cell."
                    : "Standard deviations (n − 1) over the runs of each cell.";
            if (spread == Spread.MEAN) {
                map.line("lowest over the epochs", bestEpochs(line, grid));
                words += " The line is the epoch of the lowest mean.";
            }
            return map.draw().withCaption(words);
        };
        plan.add(new Planned(
                Topic.MAPS,
                worth,
                spread == Spread.MEAN ? "heat maps of the mean" : "heat maps of the spread",
                where,
                Series.folders(configurations),
                drawing));
    }

    private static Points bestEpochs(ExperimentPanels.Line line, Grid grid) {
        List<Double> epochs = new ArrayList<>();
        for (int row = 0; row < grid.rows(); row++) {
            int best = -1;
            for (int column = 0; column < grid.columns(); column++) {
                double value = grid.value(column, row);
                if (Double.isFinite(value) && (best < 0 || value < grid.value(best, row))) {
                    best = column;
                }
            }
            epochs.add(best < 0 ? Double.NaN : best + 1.0);
        }
        return Points.of(epochs, line.xs());
    }
}
