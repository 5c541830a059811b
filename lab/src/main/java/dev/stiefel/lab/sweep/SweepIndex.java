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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `index.csv`: a row a run, with its place on the axes, where it stands, and what it has come
/// to. Accuracies are fractions; a cell is empty where there is nothing to say.
final class SweepIndex {
    static final String FILE = "index.csv";

    private final Path file;
    private final List<Option<?>> axes;
    private final Map<String, String> rows = new TreeMap<>();

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
        rows.put(id, line(cells));
    }

    private static String value(RunSpec spec, Option<?> option) {
        return String.valueOf(spec.asMap().getOrDefault(option.key(), ""));
    }

    private static void score(List<String> cells, Optional<Score> score) {
        cells.add(score.map(each -> Double.toString(each.loss())).orElse(""));
        cells.add(score.filter(each -> !Double.isNaN(each.accuracy()))
                .map(each -> Double.toString(each.accuracy()))
                .orElse(""));
    }

    private static String line(List<String> cells) {
        return Csv.line(cells) + '\n';
    }

    void write() throws IOException {
        List<String> header = new ArrayList<>();
        header.add("run");
        axes.forEach(axis -> header.add(axis.key()));
        header.addAll(List.of("seed", "status", "message", "epochs", "best_epoch", "train_loss", "train_accuracy"));
        header.addAll(List.of("validation_loss", "validation_accuracy", "test_loss", "test_accuracy"));
        header.addAll(List.of("best_test_loss", "best_test_accuracy", "evaluation_parameters", "training_parameters"));
        header.addAll(List.of("compression", "seconds"));
        StringBuilder text = new StringBuilder(line(header));
        rows.values().forEach(text::append);
        DurableFiles.writeString(file, text.toString());
    }
}
