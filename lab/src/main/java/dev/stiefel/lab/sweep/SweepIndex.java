package dev.stiefel.lab.sweep;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Csv;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The file `index.csv`: a row per run, with its place on the axes, its status, and its results. Accuracies are
/// fractions; a cell is empty where there is nothing to say. Further measures have columns behind the others.
final class SweepIndex {
    static final String FILE = "index.csv";

    private final Path file;
    private final List<Option<?>> axes;
    private final Map<String, Row> rows = new TreeMap<>();

    /// A line without its line break, and figures of further measures by column.
    private record Row(String line, Map<String, Double> further) {}

    SweepIndex(Path folder, List<Option<?>> axes) {
        this.file = folder.resolve(FILE);
        this.axes = List.copyOf(axes);
    }

    void put(String id, RunFolder run) {
        RunSpec spec = run.spec();
        List<String> cells = new ArrayList<>();
        cells.add(id);
        axes.forEach(axis -> cells.add(value(spec, axis)));
        cells.add(value(spec, Options.SEED));
        cells.add(run.status().word());
        cells.add(run.message().orElse(""));
        Optional<Summary> summary = run.summary();
        cells.add(summary.map(each -> Integer.toString(each.epochs())).orElse(""));
        cells.add(summary.map(each -> Integer.toString(each.bestEpoch())).orElse(""));
        score(cells, summary.flatMap(Summary::train));
        score(cells, summary.flatMap(Summary::validation));
        score(cells, summary.flatMap(Summary::test));
        score(cells, summary.flatMap(each -> each.best().test()));
        cells.add(summary.map(each -> Long.toString(each.parameters().evaluation()))
                .orElse(""));
        cells.add(
                summary.map(each -> Long.toString(each.parameters().training())).orElse(""));
        cells.add(summary.map(each -> Double.toString(each.compression().evaluation()))
                .orElse(""));
        cells.add(summary.map(each -> Double.toString(each.seconds().total())).orElse(""));
        Map<String, Double> further = new LinkedHashMap<>();
        further(further, "train", summary.flatMap(Summary::train));
        further(further, "validation", summary.flatMap(Summary::validation));
        further(further, "test", summary.flatMap(Summary::test));
        further(further, "best_test", summary.flatMap(each -> each.best().test()));
        rows.put(id, new Row(Csv.line(cells), further));
    }

    private static void further(Map<String, Double> columns, String samples, Optional<Score> score) {
        score.ifPresent(each -> each.further().forEach((name, figure) -> columns.put(samples + "_" + name, figure)));
    }

    private static String value(RunSpec spec, Option<?> option) {
        return spec.written(option).map(String::valueOf).orElse("");
    }

    private static void score(List<String> cells, Optional<Score> score) {
        cells.add(score.map(each -> Double.toString(each.loss())).orElse(""));
        cells.add(score.filter(each -> !Double.isNaN(each.accuracy()))
                .map(each -> Double.toString(each.accuracy()))
                .orElse(""));
    }

    void write() throws IOException {
        List<String> header = new ArrayList<>();
        header.add("run");
        axes.forEach(axis -> header.add(axis.key()));
        header.addAll(List.of("seed", "status", "message", "epochs", "best_epoch", "train_loss", "train_accuracy"));
        header.addAll(List.of("validation_loss", "validation_accuracy", "test_loss", "test_accuracy"));
        header.addAll(List.of("best_test_loss", "best_test_accuracy", "evaluation_parameters", "training_parameters"));
        header.addAll(List.of("compression", "seconds"));
        Set<String> further = new LinkedHashSet<>();
        rows.values().forEach(row -> further.addAll(row.further().keySet()));
        header.addAll(further);
        StringBuilder text = new StringBuilder(Csv.line(header)).append('\n');
        for (Row row : rows.values()) {
            text.append(row.line());
            for (String column : further) {
                double figure = row.further().getOrDefault(column, Double.NaN);
                text.append(',').append(Double.isNaN(figure) ? "" : Double.toString(figure));
            }
            text.append('\n');
        }
        DurableFiles.writeString(file, text.toString());
    }
}
