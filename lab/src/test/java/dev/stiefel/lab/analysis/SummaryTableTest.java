package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.report.PlainRun;
import dev.stiefel.lab.report.SyntheticRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `summary.csv` and `summary.md` against plain loops over the histories of the runs. Cells
/// have ten significant digits.
class SummaryTableTest {
    @TempDir
    private Path directory;

    @Test
    void everyCellIsWhatItsRunsComeTo() throws IOException {
        SyntheticRuns.irregular(directory, List.of(4, 8, 12, 20, 40, 60), List.of(2, 3), 3, 12);
        List<PlainRun> runs =
                PlainRun.all(directory).stream().filter(PlainRun::isDone).toList();

        List<List<String>> table =
                PlainRun.csv(SummaryTable.of(RunSet.read(List.of(directory))).csv());

        int filled = 0;
        for (List<String> row : table.subList(1, table.size())) {
            List<PlainRun> own = runs.stream()
                    .filter(run -> run.option("width").equals(PlainRun.cell(table, row, "width"))
                            && run.option("rank").equals(PlainRun.cell(table, row, "rank")))
                    .toList();
            assertThat(row.getFirst()).isEqualTo("uneven");
            assertThat(PlainRun.cell(table, row, "runs")).isEqualTo(Integer.toString(own.size()));
            for (String split : List.of("test", "train", "validation")) {
                String best = split.equals("test") ? "best_epoch_mean" : "best_%s_epoch_mean".formatted(split);
                assertMeans(table, row, "final_%s_error".formatted(split), split, own, PlainRun::last);
                assertMeans(table, row, "best_%s_error".formatted(split), split, own, PlainRun::best);
                assertCell(table, row, best, PlainRun.mean(values(split, own, PlainRun::bestEpoch)));
                assertCell(
                        table,
                        row,
                        "last10_%s_error_mean".formatted(split),
                        PlainRun.mean(values(split, own, PlainRun::lastTen)));
                assertCell(
                        table,
                        row,
                        "%s_error_at_best_validation_mean".formatted(split),
                        PlainRun.mean(values(split, own, PlainRun::atBestValidation)));
            }
            filled += own.isEmpty() ? 0 : 1;
        }
        assertThat(filled).isEqualTo(11);
        assertThat(table).hasSize(13);
        assertThat(table.getFirst()).hasSize(4 + 3 * 7).doesNotHaveDuplicates();
    }

    private static void assertMeans(
            List<List<String>> table,
            List<String> row,
            String column,
            String split,
            List<PlainRun> runs,
            BiFunction<PlainRun, String, Double> value) {
        List<Double> values = values(split, runs, value);
        assertCell(table, row, column + "_mean", PlainRun.mean(values));
        assertCell(table, row, column + "_std", PlainRun.deviation(values));
    }

    private static List<Double> values(String split, List<PlainRun> runs, BiFunction<PlainRun, String, Double> value) {
        return runs.stream().map(run -> value.apply(run, split)).toList();
    }

    private static void assertCell(List<List<String>> table, List<String> row, String column, double expected) {
        double got = PlainRun.number(table, row, column);
        if (Double.isNaN(expected)) {
            assertThat(got).as(column).isNaN();
        } else {
            assertThat(got).as("%s of %s", column, row).isCloseTo(expected, within(5.1e-10 * expected + 1e-17));
        }
    }

    @Test
    void theMarkdownHasTheSameNumbersToFourPlaces() throws IOException {
        SyntheticRuns.irregular(directory, List.of(4, 8, 20), List.of(2), 3, 4);
        SummaryTable table = SummaryTable.of(RunSet.read(List.of(directory)));

        List<String> lines = table.markdown().lines().toList();

        assertThat(lines).hasSize(2 + table.rows().size());
        assertThat(lines.getFirst()).isEqualTo("| " + String.join(" | ", table.header()) + " |");
        assertThat(lines.get(1))
                .isEqualTo("| " + "--- | ".repeat(table.header().size()).strip());
        for (int i = 0; i < table.rows().size(); i++) {
            String[] cells = lines.get(i + 2).split("\\|", -1);
            for (int k = 0; k < table.header().size(); k++) {
                String cell = cells[k + 1].strip();
                String exact = table.rows().get(i).get(k);
                if (k < 3 || exact.isEmpty()) {
                    assertThat(cell).isEqualTo(exact);
                } else {
                    assertThat(cell).matches("\\d+\\.\\d{4}");
                    assertThat(Double.parseDouble(cell)).isCloseTo(Double.parseDouble(exact), within(5.01e-5));
                }
            }
        }
    }

    @Test
    void namesWithBarsLinesAndCommasStayInTheirCells() throws IOException {
        String name = "a|b, \"c\"\nd <e>";
        SyntheticRuns.imported(directory.resolve("run"), Map.of(), name, 1, rows(0.5));

        SummaryTable table = SummaryTable.of(RunSet.read(List.of(directory)));

        assertThat(PlainRun.csv(table.csv()).get(1).getFirst()).isEqualTo(name);
        assertThat(table.markdown().lines().toList()).hasSize(3);
        assertThat(table.markdown().lines().toList().get(2)).startsWith("| a\\|b, \"c\" d <e> | 1 | 0.5000 |");
    }

    @Test
    void aRunWithNoEpochHasARowAndNoNumbers() throws IOException {
        SyntheticRuns.run(directory.resolve("none"), Map.of("width", 8), "done", "", List.of());
        SyntheticRuns.run(directory.resolve("one"), Map.of("width", 9), "done", "", rows(0.25));

        SummaryTable table = SummaryTable.of(RunSet.read(List.of(directory)));

        assertThat(table.rows().getFirst().subList(0, 5)).containsExactly("digits", "9", "1", "0.25", "");
        assertThat(table.rows().getLast().subList(0, 3)).containsExactly("digits", "8", "0");
        assertThat(table.rows().getLast().subList(3, table.header().size())).containsOnly("");
    }

    /// Only losses: what would be an error is empty, and no column of another split is there.
    @Test
    void runsThatTellNumbersHaveNoErrors() throws IOException {
        SyntheticRuns.run(directory.resolve("run"), Map.of(), "done", "", List.of("1,2.5,,2.6,,2.7,,0.1,1.0,100,5,5"));

        SummaryTable table = SummaryTable.of(RunSet.read(List.of(directory)));

        assertThat(table.header()).hasSize(2 + 7);
        assertThat(table.rows().getFirst().subList(2, 9)).containsOnly("");
    }

    @Test
    void numbersAreNeverWrittenWithAnExponent() throws IOException {
        List<String> rows = new ArrayList<>();
        rows.add("1,0.1,1,0.1,1,0.1,0.99999999999,0.1,1,100,5,5");
        SyntheticRuns.run(directory.resolve("run"), Map.of(), "done", "", rows);

        SummaryTable table = SummaryTable.of(RunSet.read(List.of(directory)));

        assertThat(table.rows().getFirst().get(2))
                .startsWith("0.0000000000100000")
                .doesNotContain("E");
        assertThat(table.rows().getFirst()).contains("0");
    }

    @Test
    void axesThatAreWordsAreWrittenAsTheyAre() throws IOException {
        SyntheticRuns.run(directory.resolve("a"), Map.of("method", "dense"), "done", "", rows(0.5));
        SyntheticRuns.run(directory.resolve("b"), Map.of("method", "parallel-bug"), "done", "", rows(0.25));
        Files.createDirectories(directory.resolve(".hidden"));

        SummaryTable table = SummaryTable.of(RunSet.read(List.of(directory)));

        assertThat(table.header().get(1)).isEqualTo("rank");
        assertThat(table.rows()).extracting(row -> row.get(1)).containsExactly("", "5");
    }

    private static List<String> rows(double error) {
        return List.of(SyntheticRuns.row(1, error, error, error, 500, 5, 5));
    }
}
