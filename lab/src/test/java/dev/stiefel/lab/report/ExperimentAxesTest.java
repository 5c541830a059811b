package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.RunSet;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What axes are drawn as: along x, as lines, or as charts of their own.
class ExperimentAxesTest {
    @TempDir
    private Path directory;

    private int made;

    private void run(Map<String, ?> options) throws IOException {
        SyntheticRuns.run(directory.resolve("run-%03d".formatted(made++)), options, "done", 4);
    }

    private RunSet read() throws IOException {
        return RunSet.read(List.of(directory));
    }

    private ExperimentPanels panels() throws IOException {
        RunSet set = read();
        return ExperimentPanels.of("e", set.configurations(), ExperimentAxes.of(set.axes(), set.configurations()));
    }

    private List<String> lines() throws IOException {
        return panels().lines().stream()
                .map(line -> "%s|%s|%s".formatted(line.panel(), line.label(), line.xs())
                        + (line.apart().isEmpty() ? "" : line.apart()))
                .toList();
    }

    @Test
    void oneRunHasNoAxes() throws IOException {
        run(Map.of());
        assertThat(panels().x()).isEmpty();
        assertThat(lines()).containsExactly("||[0.0]");
    }

    @Test
    void widthsLieAlongXAndRanksAreLines() throws IOException {
        for (int width : new int[] {16, 8}) {
            for (int rank : new int[] {4, 2}) {
                run(Map.of("width", width, "rank", rank));
            }
        }
        assertThat(panels().x()).isEqualTo("width");
        assertThat(lines()).containsExactly("|rank 2|[8.0, 16.0]", "|rank 4|[8.0, 16.0]");
    }

    @Test
    void theAxisOfManyValuesLiesAlongX() throws IOException {
        for (int width : new int[] {16, 32}) {
            for (int rank = 1; rank < 7; rank++) {
                run(Map.of("width", width, "rank", rank));
            }
        }
        assertThat(panels().x()).isEqualTo("rank");
        assertThat(lines())
                .containsExactly(
                        "|width 16|[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]", "|width 32|[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]");
    }

    @Test
    void whatIsLeftAreChartsOfTheirOwn() throws IOException {
        for (int width : new int[] {8, 16}) {
            for (String method : List.of("bug", "parallel-bug")) {
                for (double rate : new double[] {0.1, 0.2}) {
                    for (String optimizer : List.of("adam", "sgd")) {
                        run(Map.of("width", width, "method", method, "learningRate", rate, "optimizer", optimizer));
                    }
                }
            }
        }
        assertThat(lines())
                .containsExactlyInAnyOrder(
                        "adam, learning rate 0.1|bug|[8.0, 16.0]",
                        "adam, learning rate 0.1|parallel-bug|[8.0, 16.0]",
                        "adam, learning rate 0.2|bug|[8.0, 16.0]",
                        "adam, learning rate 0.2|parallel-bug|[8.0, 16.0]",
                        "sgd, learning rate 0.1|bug|[8.0, 16.0]",
                        "sgd, learning rate 0.1|parallel-bug|[8.0, 16.0]",
                        "sgd, learning rate 0.2|bug|[8.0, 16.0]",
                        "sgd, learning rate 0.2|parallel-bug|[8.0, 16.0]");
    }

    @Test
    void anAxisThatFollowsFromAnotherIsNeitherLineNorChart() throws IOException {
        for (int width : new int[] {8, 16, 24}) {
            run(Map.of("width", width, "learningRate", 1.0 / width, "rank", width / 4));
        }
        assertThat(lines()).containsExactly("||[8.0, 16.0, 24.0]");
    }

    @Test
    void aDenseNetworkAmongRanksIsALineOfThatName() throws IOException {
        for (int width : new int[] {8, 16}) {
            run(Map.of("width", width, "rank", 2));
            run(Map.of("width", width, "rank", 4));
            run(Map.of("width", width, "method", "dense"));
        }
        assertThat(lines()).containsExactly("|dense|[8.0, 16.0]", "|rank 2|[8.0, 16.0]", "|rank 4|[8.0, 16.0]");
    }

    /// A dense network has no rank, and so no place on an axis of ranks: least of all at 0.
    @Test
    void whatHasNoPlaceOnXIsApart() throws IOException {
        run(Map.of("method", "dense"));
        for (int rank : new int[] {1, 2, 4}) {
            run(Map.of("rank", rank));
        }
        ExperimentPanels panels = panels();
        assertThat(panels.x()).isEqualTo("rank");
        assertThat(panels.lines()).singleElement().satisfies(line -> {
            assertThat(line.xs()).containsExactly(1.0, 2.0, 4.0);
            assertThat(line.apart()).singleElement().satisfies(dense -> {
                assertThat(panels.axes().place(dense)).isEqualTo("dense");
                assertThat(line.all().getFirst()).isEqualTo(dense);
            });
            assertThat(line.all()).hasSize(4);
        });
    }

    @Test
    void aDenseNetworkIsDrawnNowhereAtRankZero() throws IOException {
        for (int seed = 0; seed < 2; seed++) {
            run(Map.of("method", "dense", "seed", seed));
            for (int rank = 1; rank < 7; rank++) {
                run(Map.of("rank", rank, "seed", seed));
            }
        }
        List<FigurePlan.Drawn> figures = SetSubject.read(List.of(directory), directory).plan().figures().stream()
                .map(FigurePlan.Planned::draw)
                .toList();
        assertThat(figures)
                .extracting(each -> each.figure().name())
                .contains("error-by-rank", "double-descent-by-rank", "test-error-by-rank-and-epoch-linear");
        for (FigurePlan.Drawn each : figures) {
            assertThat(each.csv()).as(each.figure().name()).doesNotContainPattern("(?m)^[^,]*,0,|rank 0|,epochs,");
            boolean dense = each.csv().contains("dense");
            boolean byRank = each.figure().name().contains("by-rank");
            assertThat(dense).as(each.figure().name()).isNotEqualTo(byRank);
            if (each.figure().name().equals("error-by-rank")) {
                assertThat(each.figure().caption()).endsWith("Not in this chart, as it has no rank: dense.");
            }
        }
    }

    @Test
    void wordsAreNeverAlongX() throws IOException {
        for (String rank : List.of("2-3", "3-4", "4-5")) {
            run(Map.of("rank", rank));
        }
        assertThat(panels().x()).isEmpty();
        assertThat(lines()).containsExactly("|rank 2-3|[0.0]", "|rank 3-4|[0.0]", "|rank 4-5|[0.0]");
    }

    @Test
    void manyValuesAreRatherChartsThanLines() throws IOException {
        for (int width : new int[] {8, 16, 24, 32, 40}) {
            for (int i = 0; i < 9; i++) {
                run(Map.of("width", width, "rank", 1 + i % 8, "learningRate", 0.1 * (1 + i), "warmUp", i % 2));
            }
        }
        ExperimentAxes axes = ExperimentAxes.of(
                List.of(Options.WIDTH, Options.LEARNING_RATE, Options.WARM_UP), read().configurations());
        assertThat(axes.x()).contains(Options.WIDTH);
    }

    @Test
    void numbersAreThoseThatAreWholeOrAreNumbers() {
        assertThat(ExperimentAxes.number(3)).hasValue(3);
        assertThat(ExperimentAxes.number(0.5)).hasValue(0.5);
        assertThat(ExperimentAxes.number("12")).hasValue(12);
        assertThat(ExperimentAxes.number("12-13")).isEmpty();
        assertThat(ExperimentAxes.number("1234567890")).isEmpty();
        assertThat(ExperimentAxes.number("-1")).isEmpty();
        assertThat(ExperimentAxes.number(null)).isEmpty();
        assertThat(ExperimentAxes.number(true)).isEmpty();
    }

    @Test
    void noConfigurationIsLostBehindAnother() throws IOException {
        for (String method : List.of("dense", "bug")) {
            for (int width : new int[] {8, 16}) {
                for (int rank = 1; rank < 7; rank++) {
                    run(Map.of("width", width, "rank", rank, "method", method));
                }
            }
        }
        List<Configuration> shown =
                panels().lines().stream().flatMap(line -> line.all().stream()).toList();
        assertThat(shown).hasSameSizeAs(read().configurations());
    }
}
