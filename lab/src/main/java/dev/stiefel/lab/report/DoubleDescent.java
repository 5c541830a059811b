package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.Peak;
import dev.stiefel.lab.analysis.RunMeasure;
import dev.stiefel.lab.analysis.RunOutcome;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.figure.LineChart;
import dev.stiefel.lab.figure.Points;
import dev.stiefel.lab.figure.ReferenceLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/// Errors along a size, with the interpolation threshold and the peak that a test finds, if it finds one.
final class DoubleDescent {
    private static final int FEWEST = 5;
    private static final int RESAMPLES = 1000;
    private static final double LEVEL = 0.05;

    private DoubleDescent() {}

    /// Returns whether there are sizes enough for a peak, and errors at them.
    static boolean supports(SortedMap<Double, Configuration> sizes, RunMeasure measure) {
        return measure.isError()
                && measure.split() != Split.TRAIN
                && sizes.values().stream()
                                .filter(each -> each.runs().stream()
                                        .anyMatch(run -> Double.isFinite(
                                                run.outcome(measure).last10())))
                                .count()
                        >= FEWEST;
    }

    static Figure draw(
            String name, String title, String x, SortedMap<Double, Configuration> sizes, RunMeasure measure) {
        RunMeasure train = measure.of(Split.TRAIN);
        List<Double> xs = List.copyOf(sizes.keySet());
        List<Configuration> all = List.copyOf(sizes.values());
        Points errors = Series.along("", xs, all, Series.outcome(measure, RunOutcome::last10))
                .points();
        Points trainErrors = Series.along("", xs, all, Series.outcome(train, RunOutcome::last10))
                .points();
        List<Points> lines = ValueAxes.hasValues(trainErrors) ? List.of(errors, trainErrors) : List.of(errors);
        LineChart chart = LineChart.of(
                        name,
                        title,
                        Axis.linear(x),
                        Axis.linear("error, mean of the last ten epochs").percent())
                .line(measure.label(), errors);
        if (lines.size() > 1) {
            chart.line(train.label(), trainErrors);
        }
        Peak peak = Peak.of(samples(xs, all, measure, train), RESAMPLES, 1);
        boolean found = peak.rise() > 0 && peak.significance() < LEVEL;
        if (found) {
            chart.mark(ReferenceLine.vertical(peak.peak().x(), "peak"));
        }
        peak.threshold().ifPresent(at -> chart.mark(ReferenceLine.vertical(at, "interpolation threshold")));
        return chart.draw().withCaption(words(x, peak, found));
    }

    private static List<Peak.Sample> samples(
            List<Double> xs, List<Configuration> all, RunMeasure measure, RunMeasure train) {
        List<Peak.Sample> samples = new ArrayList<>();
        for (int i = 0; i < xs.size(); i++) {
            samples.add(new Peak.Sample(
                    xs.get(i),
                    all.get(i).runs().stream()
                            .map(run -> run.outcome(measure).last10())
                            .toList(),
                    all.get(i).runs().stream()
                            .map(run -> run.outcome(train).last10())
                            .toList()));
        }
        return samples;
    }

    private static String words(String x, Peak peak, boolean found) {
        String threshold = peak.threshold().isPresent()
                ? " The mean training error is first below 1 %% at %s %s, the interpolation threshold."
                        .formatted(x, number(peak.threshold().getAsDouble()))
                : " The mean training error is nowhere below 1 %: no interpolation threshold is reached.";
        String p =
                peak.significance() < 0.001 ? "p < 0.001" : String.format(Locale.ROOT, "p = %.3f", peak.significance());
        if (found) {
            boolean descends = peak.drop() >= peak.rise() / 2;
            return ("%s: it falls to %s at %s %s, rises by %s points to %s at %s, and then falls by %s points"
                                    + " (%s that an error which never rises looks like this).")
                            .formatted(
                                    descends
                                            ? "A double descent of the error"
                                            : "The error rises again, but hardly descends a second time",
                                    percent(peak.firstMinimum().error()),
                                    x,
                                    number(peak.firstMinimum().x()),
                                    points(peak.rise()),
                                    percent(peak.peak().error()),
                                    number(peak.peak().x()),
                                    points(peak.drop()),
                                    p)
                    + threshold;
        }
        return "No double descent is found: %s.%s"
                .formatted(
                        peak.rise() > 0
                                ? ("the greatest rise, %s points from %s %s to %s, may be chance where the"
                                                + " error never rises (%s)")
                                        .formatted(
                                                points(peak.rise()),
                                                x,
                                                number(peak.firstMinimum().x()),
                                                number(peak.peak().x()),
                                                p)
                                : "the error never rises",
                        threshold);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static String points(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
