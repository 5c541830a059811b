package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.ParetoFront;
import dev.stiefel.lab.analysis.ParetoFront.Point;
import dev.stiefel.lab.analysis.ParetoFront.Price;
import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.figure.Points;
import dev.stiefel.lab.figure.ScatterChart;
import dev.stiefel.lab.report.FigurePlan.Planned;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Errors against what they cost, with fronts.
final class CostFigures {
    private final FigurePlanner plan;

    CostFigures(FigurePlanner plan) {
        this.plan = plan;
    }

    void costs() {
        if (plan.experiments().size() > 1) {
            List<Configuration> all = plan.experiments().stream()
                    .flatMap(experiment -> experiment.all().stream())
                    .toList();
            costs(all, Configuration::name, "", 1);
        }
        for (ExperimentPanels experiment : plan.experiments()) {
            boolean byX = experiment.axes().line().isEmpty()
                    && experiment.axes().panels().isEmpty();
            costs(
                    experiment.all(),
                    byX
                            ? each -> experiment.x().isEmpty() ? "epochs" : FigurePlanner.place(experiment, each)
                            : each -> FigurePlanner.joined(
                                    experiment.axes().line(each),
                                    experiment.axes().panel(each)),
                    plan.where(experiment, ""),
                    plan.experiments().size() > 1 ? 6 : 2);
        }
    }

    private void costs(List<Configuration> all, Function<Configuration, String> label, String where, int worth) {
        cost(
                all,
                label,
                where,
                worth,
                Price.PARAMETERS,
                "memory",
                "A point each epoch, so that stopping early is a choice like any other; the line is the front of what"
                        + " no other point beats. Memory is the numbers in the weights at evaluation, biases not"
                        + " counted.");
        cost(
                all,
                label,
                where,
                worth,
                Price.TRAINING,
                "training compute",
                "A point each epoch; the line is the front of what no other point beats. Compute is the multiply-adds"
                        + " of all training up to that epoch, counted from shapes.");
    }

    private void cost(
            List<Configuration> all,
            Function<Configuration, String> label,
            String where,
            int worth,
            Price price,
            String word,
            String words) {
        boolean shows = all.stream()
                .anyMatch(each ->
                        !ParetoFront.rain(List.of(each), plan.measure(), price).isEmpty());
        if (!shows) {
            return;
        }
        String title =
                "%s against %s".formatted(FigurePlanner.capital(plan.measure().label()), word);
        String name = plan.unused(title + " " + where);
        plan.add(new Planned(
                Topic.COST,
                worth,
                "error against " + word,
                where,
                Series.folders(all),
                () -> rain(name, FigurePlanner.joined(title, where), all, label, price)
                        .withCaption(words)));
    }

    private Figure rain(
            String name, String title, List<Configuration> all, Function<Configuration, String> label, Price price) {
        List<Point> points = ParetoFront.rain(all, plan.measure(), price);
        long kinds = all.stream().map(label).distinct().count();
        Map<String, List<Point>> groups = new LinkedHashMap<>();
        for (Point point : points) {
            groups.computeIfAbsent(
                            kinds > FigurePlanner.MOST_LINES
                                    ? "each configuration and epoch"
                                    : label.apply(point.configuration()),
                            _ -> new ArrayList<>())
                    .add(point);
        }
        Map<String, Points> drawn = new LinkedHashMap<>();
        groups.forEach((group, each) -> drawn.put(group, points(each)));
        ScatterChart chart = ScatterChart.of(
                name,
                title,
                ValueAxes.axisOfX(price.label(), drawn.values()),
                plan.percent(ValueAxes.axis(plan.measure().label(), drawn.values())));
        drawn.forEach(chart::group);
        List<Point> front = ParetoFront.of(points).points();
        if (!front.isEmpty()) {
            chart.front("front", points(front));
        }
        return chart.draw();
    }

    private static Points points(List<Point> points) {
        return Points.of(
                        points.stream().map(Point::cost).toList(),
                        points.stream().map(Point::error).toList())
                .named(points.stream()
                        .map(each ->
                                "%s, epoch %s".formatted(each.configuration().label(), each.epoch()))
                        .toList());
    }
}
