package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.Interval;
import dev.stiefel.lab.analysis.RecordedRun;
import dev.stiefel.lab.analysis.RunMeasure;
import dev.stiefel.lab.analysis.RunOutcome;
import dev.stiefel.lab.analysis.Statistics;
import dev.stiefel.lab.figure.Points;
import dev.stiefel.lab.text.Csv;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// Statistics along an axis: a line of a chart, and rows of its table.
///
/// @param label the line's name
/// @param xs positions
/// @param statistics over the runs there
record Series(String label, List<Double> xs, List<Statistics> statistics) {
    private static final double CONFIDENCE = 0.95;
    private static final int RESAMPLES = 1000;

    Series {
        xs = List.copyOf(xs);
        statistics = List.copyOf(statistics);
    }

    /// The results of runs along an axis of configurations.
    static Series along(
            String label, List<Double> xs, List<Configuration> configurations, ToDoubleFunction<RecordedRun> value) {
        return new Series(
                label,
                xs,
                configurations.stream()
                        .map(each -> Statistics.of(each.runs().stream().mapToDouble(value)))
                        .toList());
    }

    /// A measure of a configuration's runs by epoch.
    static Series byEpoch(String label, Configuration configuration, RunMeasure measure) {
        List<Double> xs = ValueAxes.upTo(configuration.epochs());
        List<Statistics> statistics = new ArrayList<>();
        for (int epoch = 1; epoch <= configuration.epochs(); epoch++) {
            statistics.add(configuration.statistics(measure, epoch));
        }
        return new Series(label, xs, statistics);
    }

    boolean hasValues() {
        return statistics.stream().anyMatch(each -> Double.isFinite(each.mean()));
    }

    boolean hasSpread() {
        return statistics.stream().anyMatch(each -> each.count() > 1);
    }

    /// Means, within a standard deviation to either side where there are two runs or more.
    Points points() {
        List<Double> means = new ArrayList<>();
        List<Double> lows = new ArrayList<>();
        List<Double> highs = new ArrayList<>();
        for (Statistics each : statistics) {
            double mean = each.mean();
            double deviation = each.standardDeviation();
            means.add(Double.isFinite(mean) ? mean : Double.NaN);
            // Values that are not negative have a band that is not; on a logarithmic axis it must end above zero.
            double least = Math.min(each.least(), mean);
            lows.add(least < 0 ? mean - deviation : Math.max(mean - deviation, least / 2));
            highs.add(mean + deviation);
        }
        Points points = Points.of(xs, means);
        return hasSpread() ? points.within(lows, highs) : points;
    }

    /// All lines of a chart as CSV, with confidence intervals.
    static String csv(String x, Collection<Series> all) {
        StringBuilder text = new StringBuilder("line,")
                .append(x.replace(' ', '_'))
                .append(",runs,mean,standard_deviation,median,ci95_low,ci95_high\n");
        for (Series series : all) {
            for (int i = 0; i < series.xs.size(); i++) {
                Statistics each = series.statistics.get(i);
                Interval likely = each.bootstrap(CONFIDENCE, RESAMPLES, 1);
                text.append(Csv.cell(series.label)).append(',').append(cell(series.xs.get(i)));
                text.append(',').append(each.count());
                for (double value :
                        List.of(each.mean(), each.standardDeviation(), each.median(), likely.low(), likely.high())) {
                    text.append(',').append(cell(value));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static String cell(double value) {
        if (!Double.isFinite(value)) {
            return "";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.9g", value);
    }

    /// The last value of a run's measure.
    static ToDoubleFunction<RecordedRun> last(RunMeasure measure) {
        return run -> run.outcome(measure).last();
    }

    /// One of a run's outcomes.
    static ToDoubleFunction<RecordedRun> outcome(RunMeasure measure, ToDoubleFunction<RunOutcome> value) {
        return run -> value.applyAsDouble(run.outcome(measure));
    }

    /// The folders of configurations' runs.
    static List<Path> folders(Collection<Configuration> configurations) {
        return configurations.stream()
                .flatMap(each -> each.runs().stream())
                .map(RecordedRun::folder)
                .toList();
    }
}
