package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.analysis.RunMeasure;
import dev.stiefel.lab.analysis.RunSet;
import dev.stiefel.lab.analysis.SummaryTable;
import dev.stiefel.lab.figure.Layout;
import dev.stiefel.lab.report.FigurePlan.Drawn;
import dev.stiefel.lab.report.FigurePlan.Planned;
import dev.stiefel.lab.session.RunListener;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.session.SmallRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page and the figures of a run that was trained, ranks adapting, against its files.
class RunReportTest {
    private static final int EPOCHS = 4;

    @TempDir
    private static Path directory;

    private static final Map<String, Drawn> FIGURES = new LinkedHashMap<>();
    private static Optional<PlainRun> plain = Optional.empty();
    private static String html = "";
    private static String record = "";

    @BeforeAll
    static void train() throws IOException {
        Path folder = directory.resolve("run");
        RunSession.create(SmallRuns.small(Map.of("epochs", EPOCHS, "threads", 1)), folder, SmallRuns.DIGITS)
                .run(RunListener.NONE);
        plain = Optional.of(PlainRun.read(folder));
        record = Files.readString(folder.resolve("run.json"));
        for (Planned each : Subject.read(List.of(folder), folder).plan().figures()) {
            Drawn drawn = each.draw();
            FIGURES.put(drawn.figure().name(), drawn);
        }
        html = Files.readString(Report.of(List.of(folder)).write().page());
    }

    private static PlainRun run() {
        return plain.orElseThrow();
    }

    /// A number of the record's summary, by the keys that lead to it.
    private static double summary(String... keys) {
        int at = record.indexOf("\"summary\"");
        for (String key : keys) {
            at = record.indexOf("\"" + key + "\"", at);
        }
        Matcher matcher = Pattern.compile(":\\s*([-+.0-9Ee]+)").matcher(record);
        assertThat(matcher.find(at)).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    private static void assertLines(String name, Map<String, String> columns, boolean error) {
        List<List<String>> table = PlainRun.csv(FIGURES.get(name).csv());
        assertThat(table).hasSize(1 + EPOCHS * columns.size());
        for (List<String> row : table.subList(1, table.size())) {
            double number = run().number(columns.getOrDefault(row.get(0), ""), Integer.parseInt(row.get(1)));
            double got = row.get(2).isEmpty() ? Double.NaN : Double.parseDouble(row.get(2));
            assertThat(got).as("%s %s", name, row).isEqualTo(error ? 1 - number : number);
        }
    }

    @Test
    void errorsAndLossesByEpochAreThoseOfTheHistory() {
        assertLines(
                "error-by-epoch",
                Map.of("training", "train_accuracy", "validation", "validation_accuracy", "test", "test_accuracy"),
                true);
        assertLines(
                "loss-by-epoch",
                Map.of("training", "train_loss", "validation", "validation_loss", "test", "test_loss"),
                false);
        assertLines("learning-rate-by-epoch", Map.of("learning rate", "learning_rate"), false);
        assertLines("seconds-by-epoch", Map.of("seconds", "seconds"), false);
    }

    @Test
    void ranksByEpochAreThoseOfTheHistory() {
        assertLines("ranks-by-epoch", Map.of("layer 1", "rank_1", "layer 2", "rank_2"), false);
        assertThat(run().ranks(EPOCHS)).as("ranks adapt").isNotEqualTo(run().ranks(1));
    }

    @Test
    void errorsAgainstMemoryAreAPointEachEpoch() {
        List<List<String>> table =
                PlainRun.csv(FIGURES.get("error-against-memory").csv());
        assertThat(table).hasSize(1 + EPOCHS);
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            List<String> row = table.get(epoch);
            assertThat(row.get(1)).isEqualTo("epoch " + epoch);
            assertThat(Double.parseDouble(row.get(2))).isEqualTo(run().number("evaluation_parameters", epoch));
            assertThat(Double.parseDouble(row.get(3))).isEqualTo(run().error("test", epoch));
        }
    }

    @Test
    void singularValuesAreThoseOfTheRunsOwnFile() throws IOException {
        Set<String> expected = new TreeSet<>();
        for (String line : Files.readAllLines(run().folder().resolve("spectrum.csv"))) {
            if (!line.startsWith("epoch")) {
                String[] cells = line.split(",", -1);
                expected.add("%s %s %s %s".formatted(cells[1], cells[0], cells[2], Double.valueOf(cells[3])));
            }
        }
        Set<String> drawn = new TreeSet<>();
        for (int layer = 1; layer <= 2; layer++) {
            List<List<String>> table =
                    PlainRun.csv(FIGURES.get("spectrum-layer-" + layer).csv());
            for (List<String> row : table.subList(1, table.size())) {
                drawn.add("%d %s %s %s".formatted(layer, row.get(0), row.get(1), Double.valueOf(row.get(2))));
            }
        }
        assertThat(drawn).isEqualTo(expected).isNotEmpty();
        assertThat(FIGURES.get("spectrum-layer-1").figure().caption()).isEqualTo("The spectrum after every epoch.");
    }

    @Test
    void theBestEpochIsTheOneOfTheLowestValidationLoss() {
        int best = 1;
        for (int epoch = 2; epoch <= EPOCHS; epoch++) {
            if (run().number("validation_loss", epoch) < run().number("validation_loss", best)) {
                best = epoch;
            }
        }
        assertThat(summary("bestEpoch")).isEqualTo(best);
        assertThat(FIGURES.get("error-by-epoch").figure().caption())
                .contains("The best epoch, %d, is the one of the lowest validation loss.".formatted(best));
        assertThat(html).contains("test, best epoch (%d)".formatted(best));
    }

    @Test
    void theTableOfThePageHasLossesAndErrorsOfTheLastAndTheBestEpoch() {
        int best = (int) summary("bestEpoch");
        assertRow("training, epoch " + EPOCHS, "train", EPOCHS);
        assertRow("validation, epoch " + EPOCHS, "validation", EPOCHS);
        assertRow("test, epoch " + EPOCHS, "test", EPOCHS);
        assertRow("validation, best epoch (%d)".formatted(best), "validation", best);
        assertRow("test, best epoch (%d)".formatted(best), "test", best);
    }

    private static void assertRow(String name, String split, int epoch) {
        Matcher row = Pattern.compile(Pattern.quote(name)
                        + "</th><td class=\"number\" data-value=\"([^\"]+)\">([^<]+)</td>"
                        + "<td class=\"number\" data-value=\"([^\"]+)\">([^<]+)</td>")
                .matcher(html);
        assertThat(row.find()).as(name).isTrue();
        double loss = run().number(split + "_loss", epoch);
        double error = run().error(split, epoch);
        assertThat(Double.parseDouble(row.group(1))).isEqualTo(loss);
        assertThat(Double.parseDouble(row.group(2))).isCloseTo(loss, within(6e-4 * Math.max(1, loss)));
        assertThat(Double.parseDouble(row.group(3))).isEqualTo(error);
        assertThat(row.group(4)).isEqualTo(String.format(Locale.ROOT, "%.2f %%", 100 * error));
    }

    @Test
    void sizesAreThoseOfTheNetworksShapes() {
        List<Integer> ranks = run().ranks(EPOCHS);
        long dense = 64 * 20 + 20 * 20 + 20 * 10;
        long kept = ranks.get(0) * (64L + 20) + ranks.get(1) * 40L + 200;
        assertThat(run().number("evaluation_parameters", EPOCHS)).isEqualTo((double) kept);
        double saved = Math.max(0, 1 - (double) kept / dense);
        assertThat(html)
                .contains("Its ranks are %d %d: %,d of %,d parameters are kept, %s less."
                        .formatted(
                                ranks.get(0),
                                ranks.get(1),
                                kept,
                                dense,
                                String.format(Locale.ROOT, "%.2f %%", 100 * saved)))
                .contains("%,d of %,d (%s saved)"
                        .formatted(kept, dense, String.format(Locale.ROOT, "%.2f %%", 100 * saved)));
    }

    @Test
    void theRecordAndTheHistoryAreReadOnce(@TempDir Path copies) throws IOException {
        Path folder = Files.createDirectory(copies.resolve("run"));
        for (String file : List.of("run.json", "history.csv", "spectrum.csv")) {
            Files.copy(run().folder().resolve(file), folder.resolve(file));
        }
        RunSet set = RunSet.read(List.of(folder));
        SummaryTable table = SummaryTable.of(set);
        Subject subject = Subject.read(List.of(folder), folder);

        Files.delete(folder.resolve("run.json"));
        Files.delete(folder.resolve("history.csv"));

        assertThat(subject.summaryCsv()).isEqualTo(table.csv());
        assertThat(subject.summaryMarkdown()).isEqualTo(table.markdown());
        assertThat(subject.missing()).isEmpty();
        assertThat(set.runs().getFirst().value(RunMeasure.TEST_ERROR, EPOCHS))
                .isEqualTo(1 - run().number("test_accuracy", EPOCHS));
    }

    @Test
    void allIsLegibleAndEverythingThatTheRunHasIsThere() {
        List<String> problems = new ArrayList<>();
        FIGURES.values().forEach(each -> problems.addAll(Layout.problems(each.figure())));
        assertThat(problems).isEmpty();
        assertThat(PageTest.nesting(html)).isEmpty();
        assertThat(FIGURES.keySet()).hasSize(8);
        FIGURES.keySet().forEach(name -> assertThat(html).contains("id=\"shown-" + name + "\""));
        assertThat(html).contains("Nothing: every run that was found is in this report.");
    }
}
