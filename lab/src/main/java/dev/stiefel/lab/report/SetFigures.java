package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.Measure;
import dev.stiefel.lab.analysis.Outcome;
import dev.stiefel.lab.analysis.ParetoFront;
import dev.stiefel.lab.analysis.ParetoFront.Point;
import dev.stiefel.lab.analysis.ParetoFront.Price;
import dev.stiefel.lab.analysis.RecordedRun;
import dev.stiefel.lab.analysis.RunSet;
import dev.stiefel.lab.analysis.Statistics;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.figure.Grid;
import dev.stiefel.lab.figure.HeatMap;
import dev.stiefel.lab.figure.LineChart;
import dev.stiefel.lab.figure.Points;
import dev.stiefel.lab.figure.Scale;
import dev.stiefel.lab.figure.ScatterChart;
import dev.stiefel.lab.report.Plan.Planned;
import dev.stiefel.lab.report.Plan.Topic;
import dev.stiefel.lab.run.Split;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// What there is to see of several runs. Each experiment has its own axes; a kind of figure is there where the axes
/// support it.
final class SetFigures {
    private static final int MOST_LINES = 8;
    private static final int EPOCH_LINES = 6;

    private final Measure.Kind kind;
    private final Split split;
    private final List<Family> families = new ArrayList<>();
    private final List<Planned> figures = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    private SetFigures(RunSet set) {
        this.kind = kind(set);
        this.split = split(set, kind);
        Map<String, List<Configuration>> byName = new LinkedHashMap<>();
        for (Configuration each : set.configurations()) {
            if (!each.runs().isEmpty()) {
                byName.computeIfAbsent(each.name(), _ -> new ArrayList<>()).add(each);
            }
        }
        byName.forEach((name, all) -> families.add(Family.of(name, all, Axes.of(set.axes(), all))));
    }

    /// An experiment: its charts, in each of them lines, along each of them configurations by x.
    private record Family(String name, Axes axes, List<Configuration> all, Map<String, Map<String, Line>> panels) {
        static Family of(String name, List<Configuration> all, Axes axes) {
            Map<String, Map<String, Line>> panels = new LinkedHashMap<>();
            for (Configuration each : all) {
                String panel = axes.panel(each);
                String line = axes.line(each);
                panels.computeIfAbsent(panel, _ -> new LinkedHashMap<>())
                        .computeIfAbsent(line, _ -> new Line(name, panel, line, new TreeMap<>()))
                        .byX()
                        .put(axes.x(each).orElse(0), each);
            }
            return new Family(name, axes, all, panels);
        }

        /// What lies along x, in words.
        String x() {
            return axes.x().map(Axes::label).orElse("");
        }

        List<Line> lines() {
            return panels.values().stream()
                    .flatMap(each -> each.values().stream())
                    .toList();
        }
    }

    /// Configurations along x.
    private record Line(String family, String panel, String label, TreeMap<Double, Configuration> byX) {
        List<Double> xs() {
            return List.copyOf(byX.keySet());
        }

        List<Configuration> configurations() {
            return List.copyOf(byX.values());
        }
    }

    static Plan of(RunSet set) {
        SetFigures all = new SetFigures(set);
        for (Family family : all.families) {
            all.sizes(family);
            all.descents(family);
            all.epochs(family);
            all.maps(family);
            all.ranks(family);
        }
        all.costs();
        all.comparison();
        return new Plan(all.figures, all.leftOut);
    }

    static Measure.Kind kind(RunSet set) {
        boolean classes = set.usable().stream()
                .anyMatch(run -> run.has(Measure.TEST_ERROR)
                        || run.has(Measure.VALIDATION_ERROR)
                        || run.has(Measure.TRAIN_ERROR));
        return classes ? Measure.Kind.ERROR : Measure.Kind.LOSS;
    }

    /// The split that errors are shown of: the test samples where they are measured.
    static Split split(RunSet set, Measure.Kind kind) {
        for (Split split : List.of(Split.TEST, Split.VALIDATION)) {
            if (set.usable().stream().anyMatch(run -> run.has(Measure.of(split, kind)))) {
                return split;
            }
        }
        return Split.TRAIN;
    }

    private Measure measure() {
        return Measure.of(split, kind);
    }

    // ---- by size ----

    private void sizes(Family family) {
        String x = family.x();
        family.panels().forEach((panel, lines) -> {
            List<Line> curves = lines.values().stream()
                    .filter(line -> line.byX().size() > 1)
                    .toList();
            if (x.isEmpty() || curves.isEmpty()) {
                return;
            }
            String where = where(family, panel);
            if (curves.size() == 1) {
                Line line = curves.getFirst();
                List<Series> series = new ArrayList<>();
                series.add(along("final " + measure().label(), line, Series.last(measure())));
                series.add(along("best " + measure().label(), line, Series.outcome(measure(), Outcome::best)));
                if (validates(line)) {
                    series.add(along(
                            measure().label() + " at the best validation",
                            line,
                            Series.outcome(measure(), Outcome::atBestValidation)));
                }
                if (split != Split.TRAIN) {
                    Measure train = Measure.of(Split.TRAIN, kind);
                    series.add(along("final " + train.label(), line, Series.last(train)));
                }
                curve(
                        Topic.SIZE,
                        1,
                        "errors by " + x,
                        joined(where, line.label()),
                        "%s by %s".formatted(capital(kind.word()), x),
                        Axis.linear(x),
                        kind.word(),
                        series,
                        line.configurations(),
                        "Best is each run's lowest over its epochs.");
                return;
            }
            List<Line> shown = spread(curves, MOST_LINES);
            String thinned = shown.size() < curves.size()
                    ? " %d of %d lines are drawn, evenly spread; the summary has all."
                            .formatted(shown.size(), curves.size())
                    : "";
            lines(family, shown, 1, "Final " + measure().label(), where, Series.last(measure()), thinned);
            lines(
                    family,
                    shown,
                    4,
                    "Best " + measure().label(),
                    where,
                    Series.outcome(measure(), Outcome::best),
                    " Each run's lowest over its epochs." + thinned);
            if (curves.stream().anyMatch(SetFigures::validates)) {
                lines(
                        family,
                        shown,
                        5,
                        capital(measure().label()) + " at the best validation",
                        where,
                        Series.outcome(measure(), Outcome::atBestValidation),
                        " At the epoch of each run's lowest validation %s: what stopping early keeps."
                                        .formatted(kind.word())
                                + thinned);
            }
        });
    }

    private void lines(
            Family family,
            List<Line> lines,
            int worth,
            String what,
            String where,
            ToDoubleFunction<RecordedRun> value,
            String words) {
        curve(
                Topic.SIZE,
                worth,
                "%s by %s".formatted(what.toLowerCase(Locale.ROOT), family.x()),
                where,
                "%s by %s".formatted(what, family.x()),
                Axis.linear(family.x()),
                measure().label(),
                lines.stream().map(line -> along(line.label(), line, value)).toList(),
                lines.stream().flatMap(line -> line.byX().values().stream()).toList(),
                words);
    }

    private static Series along(String label, Line line, ToDoubleFunction<RecordedRun> value) {
        return Series.along(label, line.xs(), line.configurations(), value);
    }

    private static boolean validates(Line line) {
        return line.byX().values().stream()
                .flatMap(each -> each.runs().stream())
                .anyMatch(run -> run.has(Measure.VALIDATION_LOSS) || run.has(Measure.VALIDATION_ERROR));
    }

    /// A chart of means with bands.
    private void curve(
            Topic topic,
            int worth,
            String kindOfFigure,
            String where,
            String title,
            Axis x,
            String y,
            List<Series> all,
            List<Configuration> configurations,
            String words) {
        List<Series> series = all.stream().filter(Series::hasValues).toList();
        if (series.isEmpty()) {
            return;
        }
        String name = unused(title + " " + where);
        Supplier<Figure> drawing = () -> {
            LineChart chart = LineChart.of(
                    name,
                    joined(title, where),
                    x,
                    percent(Drawable.axis(y, series.stream().map(Series::points).toList())));
            series.forEach(each -> chart.line(each.label().isEmpty() ? y : each.label(), each.points()));
            boolean bands = series.stream().anyMatch(Series::hasSpread);
            return chart.draw()
                    .withCaption((bands ? "Means; the bands are a standard deviation to either side." : "One run each.")
                            + (words.isBlank() ? "" : " " + words.strip()));
        };
        figures.add(new Planned(topic, worth, kindOfFigure, where, Series.folders(configurations), drawing)
                .tabled(() -> Series.csv(x.label(), series)));
    }

    // ---- double descent ----

    private void descents(Family family) {
        int index = 0;
        for (Line line : family.lines()) {
            if (Descent.supports(line.byX(), measure())) {
                String where = joined(where(family, line.panel()), line.label());
                String name = unused("double descent by %s %s".formatted(family.x(), where));
                figures.add(new Planned(
                        Topic.DESCENT,
                        index < 3 ? 2 : 8,
                        "double descent",
                        where,
                        Series.folders(line.configurations()),
                        () -> Descent.draw(
                                name,
                                joined("Double descent by " + family.x(), where),
                                family.x(),
                                line.byX(),
                                measure())));
                index++;
            }
        }
    }

    // ---- by epoch ----

    private void epochs(Family family) {
        int index = 0;
        for (Map.Entry<String, Map<String, Line>> panel : family.panels().entrySet()) {
            for (Line line : panel.getValue().values()) {
                if (family.x().isEmpty()) {
                    break;
                }
                List<Configuration> shown = spread(
                        line.configurations().stream()
                                .filter(each -> each.epochs() > 1)
                                .toList(),
                        EPOCH_LINES);
                String where = joined(where(family, panel.getKey()), line.label());
                epochs(
                        shown,
                        each -> "%s %s"
                                .formatted(
                                        family.x(), cell(family.axes().x(each).orElse(0))),
                        index++ < 2 ? 3 : 7,
                        where,
                        shown.size() < line.byX().size()
                                ? "%d of %d values of %s, evenly spread."
                                        .formatted(shown.size(), line.byX().size(), family.x())
                                : "");
            }
            if (family.x().isEmpty()) {
                List<Configuration> best = panel.getValue().values().stream()
                        .flatMap(line -> line.configurations().stream())
                        .filter(each -> each.epochs() > 1)
                        .sorted(Comparator.comparingDouble(this::lastError))
                        .toList();
                epochs(
                        best.subList(0, Math.min(EPOCH_LINES, best.size())),
                        each -> family.axes().line(each),
                        index++ < 2 ? 3 : 7,
                        where(family, panel.getKey()),
                        best.size() > EPOCH_LINES
                                ? "The %d of %d configurations of the lowest final %s."
                                        .formatted(
                                                EPOCH_LINES,
                                                best.size(),
                                                measure().label())
                                : "");
            }
        }
    }

    /// Logarithmic where some have many more epochs than others, or more than can be told apart.
    private static Axis epochAxis(List<Configuration> configurations) {
        int most = configurations.stream().mapToInt(Configuration::epochs).max().orElse(1);
        int least =
                configurations.stream().mapToInt(Configuration::epochs).min().orElse(1);
        return most > 10 * least || most > 2000 ? Axis.log("epoch") : Axis.linear("epoch");
    }

    private double lastError(Configuration configuration) {
        double mean = Statistics.of(configuration.runs().stream().mapToDouble(Series.last(measure())))
                .mean();
        return Double.isNaN(mean) ? Double.POSITIVE_INFINITY : mean;
    }

    private void epochs(
            List<Configuration> shown, Function<Configuration, String> label, int worth, String where, String words) {
        curve(
                Topic.TRAINING,
                worth,
                "curves by epoch",
                where,
                "%s by epoch".formatted(capital(measure().label())),
                epochAxis(shown),
                measure().label(),
                shown.stream()
                        .map(each -> Series.byEpoch(label.apply(each), each, measure()))
                        .toList(),
                shown,
                words);
    }

    // ---- heat maps ----

    private void maps(Family family) {
        int index = 0;
        for (Line line : family.lines()) {
            int epochs = line.byX().values().stream()
                    .mapToInt(Configuration::epochs)
                    .max()
                    .orElse(0);
            if (family.x().isEmpty() || line.byX().size() < 3 || epochs < 3) {
                continue;
            }
            String where = joined(where(family, line.panel()), line.label());
            boolean first = index++ < 2;
            map(family, line, epochs, where, Spread.MEAN, Axis.log(measure().label()), first ? 3 : 9);
            map(family, line, epochs, where, Spread.MEAN, Axis.linear(measure().label()), first ? 5 : 11);
            if (line.byX().values().stream().anyMatch(each -> each.runs().size() > 1)) {
                String label = "standard deviation of the " + measure().label();
                map(family, line, epochs, where, Spread.DEVIATION, Axis.log(label), first ? 4 : 10);
                map(family, line, epochs, where, Spread.DEVIATION, Axis.linear(label), first ? 5 : 12);
            }
        }
    }

    /// What a map shows of the runs of a cell.
    private enum Spread {
        MEAN,
        DEVIATION
    }

    private void map(Family family, Line line, int epochs, String where, Spread spread, Axis color, int worth) {
        boolean log = color.scale() == Scale.LOG;
        String title = "%s by %s and epoch, %s colours"
                .formatted(
                        capital(
                                spread == Spread.MEAN
                                        ? measure().label()
                                        : "spread of the " + measure().label()),
                        family.x(),
                        log ? "logarithmic" : "linear");
        String name = unused(title.replace(" colours", "") + " " + where);
        List<Configuration> configurations = line.configurations();
        Supplier<Figure> drawing = () -> {
            Grid grid = Grid.of(epochs, configurations.size(), (column, row) -> {
                Statistics at = configurations.get(row).statistics(measure(), column + 1);
                return spread == Spread.MEAN ? at.mean() : at.standardDeviation();
            });
            HeatMap map = HeatMap.of(
                    name,
                    joined(title, where),
                    epochs > 20 ? Axis.log("epoch") : Axis.linear("epoch"),
                    Drawable.upTo(epochs),
                    Axis.linear(family.x()),
                    line.xs(),
                    grid,
                    percent(color));
            String words = spread == Spread.MEAN
                    ? "Means over the runs of each cell."
                    : "Standard deviations (n − 1) over the runs of each cell.";
            if (spread == Spread.MEAN) {
                map.line("lowest over the epochs", bestEpochs(line, grid));
                words += " The line is the epoch of the lowest mean.";
            }
            return map.draw().withCaption(words);
        };
        figures.add(new Planned(
                Topic.MAPS,
                worth,
                spread == Spread.MEAN ? "heat maps of the mean" : "heat maps of the spread",
                where,
                Series.folders(configurations),
                drawing));
    }

    private static Points bestEpochs(Line line, Grid grid) {
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

    // ---- cost ----

    private void costs() {
        if (families.size() > 1) {
            List<Configuration> all =
                    families.stream().flatMap(family -> family.all().stream()).toList();
            costs(all, Configuration::name, "", 1);
        }
        for (Family family : families) {
            boolean byX =
                    family.axes().line().isEmpty() && family.axes().panels().isEmpty();
            costs(
                    family.all(),
                    byX
                            ? each -> family.axes().x(each).isPresent()
                                    ? "%s %s"
                                            .formatted(
                                                    family.x(),
                                                    cell(family.axes().x(each).getAsDouble()))
                                    : "epochs"
                            : each -> joined(
                                    family.axes().line(each), family.axes().panel(each)),
                    families.size() > 1 ? family.name() : "",
                    families.size() > 1 ? 6 : 2);
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
        if (all.stream()
                .noneMatch(each -> each.runs().stream()
                        .anyMatch(run -> run.epochs() > 0 && Double.isFinite(price.of(run, run.epochs()))))) {
            return;
        }
        String title = "%s against %s".formatted(capital(measure().label()), word);
        String name = unused(title + " " + where);
        figures.add(new Planned(
                Topic.COST,
                worth,
                "error against " + word,
                where,
                Series.folders(all),
                () -> rain(name, joined(title, where), all, label, price).withCaption(words)));
    }

    private Figure rain(
            String name, String title, List<Configuration> all, Function<Configuration, String> label, Price price) {
        List<Point> points = ParetoFront.rain(all, measure(), price);
        long kinds = all.stream().map(label).distinct().count();
        Map<String, List<Point>> groups = new LinkedHashMap<>();
        for (Point point : points) {
            groups.computeIfAbsent(
                            kinds > MOST_LINES ? "each configuration and epoch" : label.apply(point.configuration()),
                            _ -> new ArrayList<>())
                    .add(point);
        }
        Map<String, Points> drawn = new LinkedHashMap<>();
        groups.forEach((group, each) -> drawn.put(group, points(each)));
        ScatterChart chart = ScatterChart.of(
                name,
                title,
                Drawable.axisOfX(price.label(), drawn.values()),
                percent(Drawable.axis(measure().label(), drawn.values())));
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
                                "%s, epoch %d".formatted(each.configuration().label(), each.epoch()))
                        .toList());
    }

    // ---- ranks ----

    private void ranks(Family family) {
        List<Configuration> adapting = family.all().stream()
                .filter(each -> each.runs().stream().anyMatch(SetFigures::adapts))
                .sorted(Comparator.comparingDouble(this::lastError))
                .toList();
        if (adapting.isEmpty()) {
            return;
        }
        List<Configuration> shown = adapting.subList(0, Math.min(EPOCH_LINES, adapting.size()));
        String where = families.size() > 1 ? family.name() : "";
        List<Series> series = shown.stream()
                .map(each -> {
                    List<Statistics> statistics = new ArrayList<>();
                    for (int epoch = 1; epoch <= each.epochs(); epoch++) {
                        int at = epoch;
                        statistics.add(Statistics.of(each.runs().stream().mapToDouble(run -> meanRank(run, at))));
                    }
                    return new Series(each.label(), Drawable.upTo(each.epochs()), statistics);
                })
                .toList();
        String name = unused("ranks by epoch " + where);
        figures.add(new Planned(Topic.RANKS, 4, "ranks by epoch", where, Series.folders(shown), () -> {
                    LineChart chart = LineChart.of(
                            name, joined("Ranks by epoch", where), Axis.linear("epoch"), Axis.linear("mean rank"));
                    series.forEach(each -> chart.line(each.label(), each.points()));
                    return chart.draw()
                            .withCaption("The mean rank of the factored weights, averaged over the runs; the bands are"
                                    + " a standard deviation to either side."
                                    + (shown.size() < adapting.size()
                                            ? " The %d of %d configurations of the lowest final %s."
                                                    .formatted(
                                                            shown.size(),
                                                            adapting.size(),
                                                            measure().label())
                                            : ""));
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

    // ---- several experiments ----

    private void comparison() {
        if (families.size() < 2) {
            return;
        }
        Map<String, List<Family>> byX = new LinkedHashMap<>();
        families.stream()
                .filter(each -> !each.x().isEmpty())
                .forEach(each ->
                        byX.computeIfAbsent(each.x(), _ -> new ArrayList<>()).add(each));
        byX.forEach((x, group) -> {
            List<Line> lines = group.stream()
                    .flatMap(family -> family.lines().stream())
                    .filter(line -> line.byX().size() > 1)
                    .toList();
            if (group.size() > 1 && !lines.isEmpty()) {
                List<Line> shown = spread(lines, MOST_LINES);
                curve(
                        Topic.COMPARISON,
                        1,
                        "comparisons",
                        "",
                        "Final %s of several experiments by %s"
                                .formatted(measure().label(), x),
                        Axis.linear(x),
                        measure().label(),
                        shown.stream()
                                .map(line -> along(
                                        joined(line.family(), line.panel(), line.label()),
                                        line,
                                        Series.last(measure())))
                                .toList(),
                        shown.stream()
                                .flatMap(line -> line.byX().values().stream())
                                .toList(),
                        shown.size() < lines.size() ? "%d of %d lines.".formatted(shown.size(), lines.size()) : "");
            }
        });
        List<Configuration> best = families.stream()
                .flatMap(family -> family.all().stream()
                        .filter(each -> each.epochs() > 1)
                        .min(Comparator.comparingDouble(this::lastError))
                        .stream())
                .toList();
        List<Configuration> shown = best.subList(0, Math.min(MOST_LINES, best.size()));
        if (shown.size() > 1) {
            curve(
                    Topic.COMPARISON,
                    1,
                    "comparisons",
                    "",
                    "The best of each experiment by epoch",
                    epochAxis(shown),
                    measure().label(),
                    shown.stream()
                            .map(each -> Series.byEpoch(joined(each.name(), plainLabel(each)), each, measure()))
                            .toList(),
                    shown,
                    "Of each experiment the configuration of the lowest final %s."
                            .formatted(measure().label()));
        }
    }

    private static String plainLabel(Configuration each) {
        return each.axes().isEmpty() ? "" : each.label();
    }

    // ---- words ----

    private String where(Family family, String panel) {
        return joined(families.size() > 1 ? family.name() : "", panel);
    }

    private Axis percent(Axis axis) {
        return kind == Measure.Kind.ERROR ? axis.percent() : axis;
    }

    private String unused(String words) {
        String name = Figure.nameFor(words);
        String free = name;
        for (int i = 2; !names.add(free); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    private static String joined(String... parts) {
        List<String> said = new ArrayList<>();
        for (String part : parts) {
            if (!part.isEmpty()) {
                said.add(part);
            }
        }
        return String.join(", ", said);
    }

    private static String capital(String words) {
        return words.isEmpty() ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    private static String cell(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /// Some of many, evenly spread, the first and the last among them.
    private static <T> List<T> spread(List<T> all, int most) {
        List<T> some = new ArrayList<>();
        Spectra.spread(all.size(), most).forEach(index -> some.add(all.get(index - 1)));
        return some;
    }
}
