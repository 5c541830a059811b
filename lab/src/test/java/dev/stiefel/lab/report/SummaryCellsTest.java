package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.analysis.RunSet;
import dev.stiefel.lab.analysis.SummaryTable;
import dev.stiefel.lab.report.PageTable.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The summary as a page shows it, against the numbers of `summary.csv`.
class SummaryCellsTest {
    @TempDir
    private Path directory;

    private SummaryTable read() throws IOException {
        return SummaryTable.of(RunSet.read(List.of(directory)));
    }

    @Test
    void errorsAreInPercentWithTheirDeviations() throws IOException {
        SyntheticRuns.irregular(directory, List.of(4, 8, 12, 40), List.of(2, 3), 3, 5);
        SummaryTable table = read();
        List<List<String>> csv = PlainRun.csv(table.csv());

        PageTable cells = SummaryCells.of(table);

        assertThat(cells.header())
                .containsExactly(
                        "width",
                        "rank",
                        "runs",
                        "final test error",
                        "best test error",
                        "best epoch",
                        "last10 test error",
                        "test error at best validation",
                        "final train error",
                        "best train error",
                        "best train epoch",
                        "last10 train error",
                        "train error at best validation",
                        "final validation error",
                        "best validation error",
                        "best validation epoch",
                        "last10 validation error",
                        "validation error at best validation");
        assertThat(cells.rows()).hasSameSizeAs(table.rows());
        for (int i = 0; i < cells.rows().size(); i++) {
            List<String> numbers = csv.get(i + 1);
            for (int k = 3; k < cells.header().size(); k++) {
                String column = cells.header().get(k).replace(' ', '_');
                Cell cell = cells.rows().get(i).get(k);
                double mean = PlainRun.number(csv, numbers, column + "_mean");
                double deviation = csv.getFirst().contains(column + "_std")
                        ? PlainRun.number(csv, numbers, column + "_std")
                        : Double.NaN;
                if (Double.isNaN(mean)) {
                    assertThat(cell.shown()).isEmpty();
                    continue;
                }
                assertThat(cell.value()).isEqualTo(mean);
                if (column.contains("error")) {
                    assertThat(cell.shown())
                            .isEqualTo(
                                    Double.isNaN(deviation)
                                            ? String.format(Locale.ROOT, "%.2f %%", 100 * mean)
                                            : String.format(
                                                    Locale.ROOT, "%.2f ± %.2f %%", 100 * mean, 100 * deviation));
                }
            }
        }
    }

    @Test
    void columnsThatSayNothingAreLeftOut() throws IOException {
        SyntheticRuns.run(directory.resolve("one"), Map.of(), "done", "", List.of("1,0.5,,,,,,0.1,1,100,5,5"));
        PageTable one = SummaryCells.of(read());
        assertThat(one.header()).containsExactly("runs");
        assertThat(one.rows()).hasSize(1);
        SyntheticRuns.run(
                directory.resolve("two"), Map.of("experiment", "other"), "done", "", List.of("1,1,,,,,,0.1,1,100,5,5"));
        assertThat(SummaryCells.of(read()).header()).containsExactly("configuration", "runs");
    }

    @Test
    void namesOfAxesAreNotGroupedAndOrderedAsNumbers() throws IOException {
        for (int width : new int[] {1000, 123_456}) {
            SyntheticRuns.run(
                    directory.resolve("w" + width),
                    Map.of("width", width, "learningRate", 1.0 / width),
                    "done",
                    "",
                    List.of(SyntheticRuns.row(1, 0.5, 0.5, 0.5, 100, 5, 5)));
        }
        PageTable cells = SummaryCells.of(read());
        assertThat(cells.rows()).extracting(row -> row.getFirst().shown()).containsExactly("1000", "123456");
        assertThat(cells.rows()).extracting(row -> row.getFirst().value()).containsExactly(1000.0, 123_456.0);
    }
}
