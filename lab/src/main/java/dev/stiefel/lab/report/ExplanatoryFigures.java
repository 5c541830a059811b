package dev.stiefel.lab.report;

import dev.stiefel.lab.figure.Explanations;
import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.report.FigurePlan.Planned;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.List;
import java.util.function.Supplier;

/// The figures that explain rather than report.
final class ExplanatoryFigures {
    private ExplanatoryFigures() {}

    static FigurePlan plan() {
        return new FigurePlan(
                List.of(
                        planned("training compute", Explanations::trainingCompute),
                        planned("human baselines", Explanations::humanBaselines),
                        planned("gradient flow", Explanations::gradientFlow)),
                List.of());
    }

    private static Planned planned(String kind, Supplier<Figure> drawing) {
        return new Planned(Topic.EXPLANATION, 0, kind, "", List.of(), drawing);
    }
}
