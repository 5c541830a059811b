package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.RunSet;
import java.util.List;

/// Figures of several runs. Each experiment has its own axes; a kind of figure is there where the axes support it.
final class SetFigures {
    private SetFigures() {}

    static FigurePlan of(RunSet set) {
        FigurePlanner plan = new FigurePlanner(set);
        SizeFigures sizes = new SizeFigures(plan);
        EpochFigures epochs = new EpochFigures(plan);
        MapFigures maps = new MapFigures(plan);
        RankFigures ranks = new RankFigures(plan);
        MeasureFigures measures = new MeasureFigures(plan);
        for (ExperimentPanels experiment : plan.experiments()) {
            sizes.sizes(experiment);
            sizes.descents(experiment);
            epochs.epochs(experiment);
            measures.measures(experiment);
            maps.maps(experiment);
            ranks.ranks(experiment);
        }
        new CostFigures(plan).costs();
        new ComparisonFigures(plan).comparison();
        return new FigurePlan(plan.figures(), List.of());
    }
}
