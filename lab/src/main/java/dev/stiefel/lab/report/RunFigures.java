package dev.stiefel.lab.report;

import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.figure.LineChart;
import dev.stiefel.lab.figure.Points;
import dev.stiefel.lab.figure.ReferenceLine;
import dev.stiefel.lab.figure.ScatterChart;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.nn.Measure.Better;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Figures of a single run.
final class RunFigures {
    private static final int MOST_LAYERS = 6;
    private static final int SHOWN_SPECTRA = 12;

    private final RunFolder run;
    private final List<HistoryRow> rows;
    private final List<FigurePlan.Planned> figures = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    private RunFigures(RunFolder run, List<HistoryRow> rows) {
        this.run = run;
        this.rows = rows;
    }

    static FigurePlan of(RunFolder run, List<HistoryRow> rows) throws IOException {
        RunFigures all = new RunFigures(run, rows);
        all.scores();
        all.ranks();
        all.spectra();
        all.cost();
        all.pace();
        return new FigurePlan(all.figures, all.leftOut);
    }

    private void scores() {
        lines("error-by-epoch", "Error by epoch", "error (share misclassified)", score -> 1 - score.accuracy(), true);
        lines("loss-by-epoch", "Loss by epoch", "mean loss a sample", Score::loss, false);
        for (String name : HistoryRow.furtherMeasures(rows)) {
            String words = name.replace('_', ' ');
            String title = FigurePlanner.capital(words) + " by epoch";
            lines(Figure.nameFor(title), title, words, score -> score.figure(name), false);
        }
    }

    private void lines(String name, String title, String label, ToDoubleFunction<Score> value, boolean percent) {
        Points train = points(HistoryRow::train, value);
        Points validation = points(HistoryRow::validation, value);
        Points test = points(HistoryRow::test, value);
        List<Points> all = List.of(train, validation, test);
        if (all.stream().noneMatch(ValueAxes::hasValues)) {
            return;
        }
        Axis y = ValueAxes.axis(label, all);
        LineChart chart = LineChart.of(name, title, Axis.linear("epoch").whole(), percent ? y.percent() : y);
        List<String> names = List.of("training", "validation", "test");
        for (int i = 0; i < all.size(); i++) {
            if (ValueAxes.hasValues(all.get(i))) {
                chart.line(names.get(i), all.get(i));
            }
        }
        String words = "Training figures are means over the epoch's samples, each seen just before its step;"
                + " the others are measured after the epoch.";
        Optional<Integer> best = run.summary().map(Summary::bestEpoch).filter(epoch -> epoch > 0);
        if (best.isPresent() && rows.size() > 1) {
            chart.mark(ReferenceLine.vertical(best.get(), "best epoch"));
            words += " The best epoch, %s, is the one of the %s %s %s."
                    .formatted(
                            best.get(),
                            run.monitoredDirection() == Better.HIGHER ? "highest" : "lowest",
                            ValueAxes.hasValues(validation) ? "validation" : "test",
                            run.monitored().replace('_', ' '));
        }
        String caption = words;
        add(FigurePlan.Topic.TRAINING, title, () -> chart.draw().withCaption(caption));
    }

    private void ranks() {
        int factored = rows.stream().mapToInt(row -> row.ranks().size()).max().orElse(0);
        if (factored == 0) {
            return;
        }
        LineChart chart = LineChart.of(
                "ranks-by-epoch",
                "Ranks by epoch",
                Axis.linear("epoch").whole(),
                Axis.linear("rank of the weight").whole());
        for (int layer = 0; layer < factored; layer++) {
            int index = layer;
            chart.line(
                    "layer " + (layer + 1),
                    points(row -> index < row.ranks().size() ? row.ranks().get(index) : Double.NaN));
        }
        add(
                FigurePlan.Topic.RANKS,
                "Ranks by epoch",
                () -> chart.draw().withCaption("The rank of each factored weight after every epoch."));
    }

    private void spectra() throws IOException {
        NavigableMap<Integer, NavigableMap<Integer, List<Double>>> layers =
                Spectra.read(run.path(), rows.size(), SHOWN_SPECTRA).layers();
        layers.forEach((layer, epochs) -> {
            if (layer <= MOST_LAYERS && !epochs.isEmpty()) {
                LineChart chart = LineChart.colored(
                        "spectrum-layer-" + layer,
                        "Singular values of layer " + layer,
                        Axis.linear("index, largest first"),
                        Axis.log("singular value"),
                        Axis.linear("epoch").whole());
                epochs.forEach((epoch, values) -> chart.line(
                        epoch,
                        Points.of(
                                ValueAxes.upTo(values.size()),
                                values.stream().map(v -> v > 0 ? v : Double.NaN).toList())));
                String caption = epochs.size() == rows.size()
                        ? "The spectrum after every epoch."
                        : "The spectrum after %s of %s epochs. All of them are in the run's spectrum.csv."
                                .formatted(epochs.size(), rows.size());
                add(
                        FigurePlan.Topic.RANKS,
                        "Singular values of layer " + layer,
                        () -> chart.draw().withCaption(caption));
            }
        });
        if (layers.size() > MOST_LAYERS) {
            leftOut.add("the singular values of layers %s to %s: the run's spectrum.csv has them"
                    .formatted(MOST_LAYERS + 1, layers.lastKey()));
        }
    }

    /// Adds a figure of a model's cost at evaluation against its error, by epoch, if ranks (and so the cost)
    /// change.
    private void cost() {
        long kinds = rows.stream()
                .mapToLong(HistoryRow::evaluationParameters)
                .filter(count -> count > 0)
                .distinct()
                .count();
        Points test = points(HistoryRow::test, score -> 1 - score.accuracy());
        if (kinds < 2 || !ValueAxes.hasValues(test)) {
            return;
        }
        List<Double> xs = rows.stream()
                .map(HistoryRow::evaluationParameters)
                .map(count -> count > 0 ? (double) count : Double.NaN)
                .toList();
        List<Double> ys = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            ys.add(test.y(i));
        }
        Points points = Points.of(xs, ys)
                .named(rows.stream().map(row -> "epoch " + row.epoch()).toList());
        ScatterChart chart = ScatterChart.of(
                        "error-against-memory",
                        "Test error against memory, a point each epoch",
                        Axis.linear("parameters at evaluation"),
                        ValueAxes.axis("test error", List.of(test)).percent())
                .group("epochs", points);
        add(
                FigurePlan.Topic.COST,
                "Test error against memory",
                () -> chart.draw()
                        .withCaption("Memory is the numbers in the weights at evaluation, biases not counted; four"
                                + " bytes each. An evaluation takes as many multiply-adds a sample."));
    }

    private void pace() {
        pace(
                "learning-rate-by-epoch",
                "Learning rate by epoch",
                "learning rate",
                "Of each epoch's last step.",
                HistoryRow::learningRate);
        pace(
                "seconds-by-epoch",
                "Time by epoch",
                "seconds",
                "Wall-clock time of each epoch, evaluation included.",
                HistoryRow::seconds);
    }

    private void pace(String name, String title, String label, String words, ToDoubleFunction<HistoryRow> value) {
        Points points = points(value);
        if (ValueAxes.hasValues(points)) {
            LineChart chart = LineChart.of(name, title, Axis.linear("epoch").whole(), Axis.linear(label))
                    .line(label, points);
            add(FigurePlan.Topic.PACE, title, () -> chart.draw().withCaption(words));
        }
    }

    private void add(FigurePlan.Topic topic, String title, Supplier<Figure> drawing) {
        figures.add(new FigurePlan.Planned(topic, figures.size(), title, "", List.of(run.path()), drawing));
    }

    private Points points(Function<HistoryRow, Optional<Score>> split, ToDoubleFunction<Score> value) {
        return points(row -> split.apply(row).map(value::applyAsDouble).orElse(Double.NaN));
    }

    private Points points(ToDoubleFunction<HistoryRow> value) {
        return Points.of(
                rows.stream().map(row -> (double) row.epoch()).toList(),
                rows.stream().map(value::applyAsDouble).toList());
    }
}
