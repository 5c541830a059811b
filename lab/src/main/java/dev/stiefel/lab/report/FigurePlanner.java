package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.RunMeasure;
import dev.stiefel.lab.analysis.RunSet;
import dev.stiefel.lab.analysis.Statistics;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.figure.LineChart;
import dev.stiefel.lab.report.FigurePlan.Planned;
import dev.stiefel.lab.report.FigurePlan.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Common state of the planning of figures of several runs: experiments, the measure, names, words.
final class FigurePlanner {
    static final int MOST_LINES = 8;
    static final int EPOCH_LINES = 6;

    private final RunMeasure measure;
    private final List<RunMeasure> further;
    private final List<ExperimentPanels> experiments = new ArrayList<>();
    private final List<Planned> figures = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    FigurePlanner(RunSet set) {
        this.measure = measureOf(set);
        this.further = furtherOf(set);
        Map<String, List<Configuration>> byName = new LinkedHashMap<>();
        for (Configuration each : set.configurations()) {
            if (!each.runs().isEmpty()) {
                byName.computeIfAbsent(each.name(), _ -> new ArrayList<>()).add(each);
            }
        }
        byName.forEach(
                (name, all) -> experiments.add(ExperimentPanels.of(name, all, ExperimentAxes.of(set.axes(), all))));
    }

    /// The shown measure: errors for classes, else losses; on the test samples if they were measured.
    static RunMeasure measureOf(RunSet set) {
        boolean classes = set.has(RunMeasure.TEST_ERROR)
                || set.has(RunMeasure.VALIDATION_ERROR)
                || set.has(RunMeasure.TRAIN_ERROR);
        RunMeasure measure = classes ? RunMeasure.TEST_ERROR : RunMeasure.TEST_LOSS;
        return measure.of(splitOf(set, measure));
    }

    /// The further measures that are shown.
    private static List<RunMeasure> furtherOf(RunSet set) {
        return set.furtherMeasures().stream()
                .map(each -> each.of(splitOf(set, each)))
                .distinct()
                .toList();
    }

    private static Split splitOf(RunSet set, RunMeasure measure) {
        return Stream.of(Split.TEST, Split.VALIDATION)
                .filter(split -> set.has(measure.of(split)))
                .findFirst()
                .orElse(Split.TRAIN);
    }

    /// The shown measure.
    RunMeasure measure() {
        return measure;
    }

    /// The further measures that are shown.
    List<RunMeasure> further() {
        return further;
    }

    /// The experiments.
    List<ExperimentPanels> experiments() {
        return experiments;
    }

    /// The figures so far.
    List<Planned> figures() {
        return figures;
    }

    void add(Planned figure) {
        figures.add(figure);
    }

    /// A chart of means with bands.
    void curve(
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
        curve(measure, topic, worth, kindOfFigure, where, title, x, y, all, configurations, words);
    }

    /// The same of another measure.
    void curve(
            RunMeasure shown,
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
                    percent(
                            shown,
                            ValueAxes.axis(
                                    y, series.stream().map(Series::points).toList())));
            series.forEach(each -> chart.line(each.label().isEmpty() ? y : each.label(), each.points()));
            boolean bands = series.stream().anyMatch(Series::hasSpread);
            return chart.draw()
                    .withCaption((bands ? "Means; the bands are a standard deviation to either side." : "One run each.")
                            + (words.isBlank() ? "" : " " + words.strip()));
        };
        figures.add(new Planned(topic, worth, kindOfFigure, where, Series.folders(configurations), drawing)
                .tabled(() -> Series.csv(x.label(), series)));
    }

    /// Logarithmic where some have many more epochs than others, or more than can be told apart.
    static Axis epochAxis(List<Configuration> configurations) {
        int most = configurations.stream().mapToInt(Configuration::epochs).max().orElse(1);
        int least =
                configurations.stream().mapToInt(Configuration::epochs).min().orElse(1);
        return (most > 10 * least || most > 2000 ? Axis.log("epoch") : Axis.linear("epoch")).whole();
    }

    /// By which the best come first.
    double lastError(Configuration configuration) {
        double mean = Statistics.of(configuration.runs().stream().mapToDouble(Series.last(measure())))
                .mean();
        return Double.isNaN(mean) ? Double.POSITIVE_INFINITY : mean;
    }

    /// The configurations with the lowest final errors, as many as a chart by epoch has room for.
    List<Configuration> best(List<Configuration> all) {
        return all.stream()
                .sorted(Comparator.comparingDouble(this::lastError))
                .limit(EPOCH_LINES)
                .toList();
    }

    /// Says that only the [#best] are shown, where there are more.
    String onlyBest(List<Configuration> shown, List<Configuration> all) {
        return shown.size() < all.size()
                ? "The %s of %s configurations of the lowest final %s."
                        .formatted(shown.size(), all.size(), measure().label())
                : "";
    }

    /// The name of a chart among several: the experiment and the panel.
    String where(ExperimentPanels experiment, String panel) {
        return joined(experiments.size() > 1 ? experiment.name() : "", panel);
    }

    /// Errors in percent; losses as they are.
    Axis percent(Axis axis) {
        return percent(measure, axis);
    }

    private static Axis percent(RunMeasure shown, Axis axis) {
        return shown.isError() ? axis.percent() : axis;
    }

    /// A name of a figure that no other has.
    String unused(String words) {
        String name = Figure.nameFor(words);
        String free = name;
        for (int i = 2; !names.add(free); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    /// The texts that are not empty, separated by commas.
    static String joined(String... parts) {
        List<String> said = new ArrayList<>();
        for (String part : parts) {
            if (!part.isEmpty()) {
                said.add(part);
            }
        }
        return String.join(", ", said);
    }

    static String capital(String words) {
        return words.isEmpty() ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    /// The place of a configuration on the x axis: `width 100`; in words if it has no number there.
    static String place(ExperimentPanels experiment, Configuration configuration) {
        OptionalDouble x = experiment.axes().x(configuration);
        return x.isPresent()
                ? "%s %s".formatted(experiment.x(), cell(x.getAsDouble()))
                : experiment.axes().place(configuration);
    }

    static String cell(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /// Some of many, evenly spread, the first and the last among them.
    static <T> List<T> spread(List<T> all, int most) {
        List<T> some = new ArrayList<>();
        Spectra.spread(all.size(), most).forEach(index -> some.add(all.get(index - 1)));
        return some;
    }
}
