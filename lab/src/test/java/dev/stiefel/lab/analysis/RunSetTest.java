package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.analysis.ParetoFront.Point;
import dev.stiefel.lab.analysis.ParetoFront.Price;
import dev.stiefel.lab.published.LogImport;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sets of runs as they are found: sound, damaged and mixed.
class RunSetTest {
    private static final String EXPERIMENT = "DLRT(Rank1-9)TestDim20ep3batch256lr1e-3";

    @TempDir
    private Path directory;

    private Path set;

    /// Ranks 2 and 4, two runs each; rank 4 is better from its second epoch on.
    @BeforeEach
    void importFourRuns() throws IOException {
        for (int run = 1; run <= 2; run++) {
            log(run, 2, 0.50 + run / 100.0, 0.60 + run / 100.0, 0.70 - run / 100.0);
            log(run, 4, 0.40 + run / 100.0, 0.80 + run / 100.0, 0.75);
        }
        set = LogImport.of(directory.resolve("logs"))
                .into(directory.resolve("set"))
                .folder();
    }

    @Test
    void runsAreGroupedByEverythingButTheirSeed() throws IOException {
        RunSet read = RunSet.read(List.of(set));
        assertThat(read.runs()).hasSize(4);
        assertThat(read.axes()).isEqualTo(List.of(Options.RANK));
        assertThat(read.configurations()).extracting(Configuration::label).containsExactly("rank 2", "rank 4");
        assertThat(read.configurations()).allSatisfy(each -> {
            assertThat(each.name()).isEqualTo(EXPERIMENT);
            assertThat(each.runs()).hasSize(2);
            assertThat(each.epochs()).isEqualTo(3);
        });
        assertThat(read.missing()).isEmpty();
        assertThat(read.remarks())
                .containsExactly("training figures of imported runs are those of an epoch's last mini-batch");
        assertThat(read.configurations()
                        .getFirst()
                        .statistics(RunMeasure.TEST_ERROR, 1)
                        .mean())
                .isCloseTo(0.485, within(1e-12));
    }

    @Test
    void outcomesAreLastBestAndEarlyStopped() throws IOException {
        RunSet read = RunSet.read(List.of(set));
        RunOutcome outcome =
                read.configurations().getLast().outcomes(RunMeasure.TEST_ERROR).getFirst();
        assertThat(outcome.last()).isEqualTo(0.25);
        assertThat(outcome.best()).isCloseTo(0.19, within(1e-12));
        assertThat(outcome.bestEpoch()).isEqualTo(2);
        assertThat(outcome.last10()).isCloseTo((0.59 + 0.19 + 0.25) / 3, within(1e-12));
        assertThat(outcome.bestValidationEpoch()).isEqualTo(2);
        assertThat(outcome.atBestValidation()).isCloseTo(0.19, within(1e-12));
    }

    @Test
    void theSummaryHasTheAgreedColumns() throws IOException {
        SummaryTable table = SummaryTable.of(RunSet.read(List.of(set)));
        assertThat(table.header().subList(0, 10))
                .containsExactly(
                        "configuration",
                        "rank",
                        "runs",
                        "final_test_error_mean",
                        "final_test_error_std",
                        "best_test_error_mean",
                        "best_test_error_std",
                        "best_epoch_mean",
                        "last10_test_error_mean",
                        "test_error_at_best_validation_mean");
        assertThat(table.header()).contains("final_train_error_mean", "final_validation_error_std");
        assertThat(table.rows().getFirst().subList(0, 5))
                .containsExactly(EXPERIMENT, "2", "2", "0.315", "0.007071067812");
        assertThat(table.csv().lines()).hasSize(3);
        assertThat(table.markdown().lines().toList().get(2)).startsWith("| " + EXPERIMENT + " | 2 | 2 | 0.3150 | ");
    }

    @Test
    void oneRunHasNoDeviation() throws IOException {
        Path run = set.resolve("runs").resolve(EXPERIMENT).resolve("Run1/002");
        RunSet read = RunSet.read(List.of(run));
        assertThat(read.axes()).isEmpty();
        SummaryTable table = SummaryTable.of(read);
        assertThat(table.rows().getFirst().subList(0, 4)).containsExactly(EXPERIMENT, "1", "0.31", "");
    }

    @Test
    void theFrontIsWhatNoOtherPointBeats() throws IOException {
        List<Configuration> all = RunSet.read(List.of(set)).configurations();
        List<Point> rain = ParetoFront.rain(all, RunMeasure.TEST_ERROR, Price.PARAMETERS);
        assertThat(rain).hasSize(6);
        ParetoFront front = ParetoFront.of(rain);
        assertThat(front.points()).hasSize(2);
        assertThat(front.points().getFirst().cost()).isEqualTo(2 * (784 + 20) + 3 * 2 * (20 + 20) + 20 * 10);
        assertThat(front.points().getFirst().epoch()).isEqualTo(3);
        assertThat(front.points().getLast().epoch()).isEqualTo(2);
        List<Point> training = ParetoFront.rain(all, RunMeasure.TEST_ERROR, Price.TRAINING);
        assertThat(training.get(1).cost()).isCloseTo(2 * training.get(0).cost(), within(1.0));
        assertThat(ParetoFront.of(List.of(
                                new Point(1, 0.5, all.getFirst(), 1),
                                new Point(2, 0.5, all.getFirst(), 2),
                                new Point(3, Double.NaN, all.getFirst(), 3)))
                        .points())
                .hasSize(1);
    }

    @Test
    void aSweepIsReadWithItsAxes() throws IOException {
        Path sweep = Files.createDirectories(directory.resolve("sweep"));
        Files.writeString(sweep.resolve("sweep.json"), """
            {"format": 1, "name": "small", "spec": {"axes": {"rank": [2, 4], "bogus": [1]}}}
            """);
        Files.move(set.resolve("runs").resolve(EXPERIMENT).resolve("Run1"), sweep.resolve("runs"));
        Files.createDirectory(sweep.resolve("runs/empty"));

        RunSet read = RunSet.read(List.of(sweep));

        assertThat(read.axes()).isEqualTo(List.of(Options.RANK));
        assertThat(read.remarks())
                .contains(
                        "%s: the axis 'bogus' is left out: it is no option".formatted(sweep.resolve("sweep.json")),
                        "'%s' is not a run: it has no run.json".formatted(sweep.resolve("runs/empty")));
    }

    @Test
    void whatIsUnreadableIsARemarkAndTheRestGoesOn() throws IOException {
        Path runs = set.resolve("runs").resolve(EXPERIMENT);
        Files.writeString(runs.resolve("Run1/002/run.json"), "{");
        Files.delete(runs.resolve("Run1/004/history.csv"));
        change(runs.resolve("Run2/002/run.json"), "\"done\"", "\"diverged\",\n  \"message\" : \"loss NaN\"");

        RunSet read = RunSet.read(List.of(set));

        assertThat(read.runs()).hasSize(3);
        assertThat(read.usable()).hasSize(1);
        assertThat(read.configurations()).extracting(Configuration::label).containsExactly("rank 4");
        assertThat(read.fruitless()).extracting(Configuration::label).containsExactly("rank 2");
        assertThat(read.missing()).extracting(Configuration::axes).isEqualTo(List.of(Map.of(Options.RANK, 2)));
        assertThat(SummaryTable.of(read).rows().getLast().subList(1, 4)).containsExactly("2", "0", "");
        assertThat(read.remarks())
                .contains(
                        "cannot read %s: it is not valid JSON: it ends too early; the file is truncated"
                                .formatted(runs.resolve("Run1/002/run.json")),
                        "cannot read %s: it does not exist".formatted(runs.resolve("Run1/004/history.csv")),
                        "1 run is left out of statistics (diverged): %s/Run2/002 (loss NaN)".formatted(EXPERIMENT),
                        "1 run is left out of statistics (nothing was measured): %s/Run1/004".formatted(EXPERIMENT));
    }

    @Test
    void unequalEpochsAreSaid() throws IOException {
        Path history = set.resolve("runs").resolve(EXPERIMENT).resolve("Run1/002/history.csv");
        List<String> lines = Files.readAllLines(history);
        Files.write(history, lines.subList(0, 3));

        RunSet read = RunSet.read(List.of(set));

        assertThat(read.remarks())
                .contains(EXPERIMENT + ", rank 2: runs have from 2 to 3 epochs; the last of each is its final one");
        assertThat(read.configurations()
                        .getFirst()
                        .statistics(RunMeasure.TEST_ERROR, 3)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aNaNInTheMiddleIsMissingAndSaid() throws IOException {
        Path run = set.resolve("runs").resolve(EXPERIMENT).resolve("Run1/002");
        change(run.resolve("history.csv"), ",0.61,", ",NaN,");
        change(run.resolve("run.json"), "\"imported\"", "\"ignored\"");

        RunSet read = RunSet.read(List.of(set));

        assertThat(read.remarks())
                .contains("run '%s/Run1/002': test error is missing after 1 of 3 epochs".formatted(EXPERIMENT));
        RecordedRun damaged = read.runs().getFirst();
        assertThat(damaged.value(RunMeasure.TEST_ERROR, 2)).isNaN();
        assertThat(damaged.value(RunMeasure.TEST_ERROR, 4)).isNaN();
        assertThat(damaged.outcome(RunMeasure.TEST_ERROR).last()).isCloseTo(0.31, within(1e-12));
    }

    @Test
    void rowsThatAreNoneAreARemark() throws IOException {
        Path history = set.resolve("runs").resolve(EXPERIMENT).resolve("Run1/002/history.csv");
        Files.writeString(history, "epoch,train_loss\n1,0.5\n");

        assertThat(RunSet.read(List.of(set)).remarks())
                .contains("cannot read %s: a row must have at least 10 cells; got '1,0.5'".formatted(history));
    }

    @Test
    void epochsThatDoNotRiseAreARemark() throws IOException {
        Path history = set.resolve("runs").resolve(EXPERIMENT).resolve("Run1/002/history.csv");
        List<String> lines = Files.readAllLines(history);
        Files.write(history, List.of(lines.get(0), lines.get(2), lines.get(1)));

        assertThat(RunSet.read(List.of(set)).remarks())
                .contains("cannot read %s: epochs must rise; got 1 after 2".formatted(history));
    }

    @Test
    void pathsGivenTwiceCountOnce() throws IOException {
        assertThat(RunSet.read(List.of(set, set, set.resolve("runs"))).runs()).hasSize(4);
    }

    @Test
    void nothingToReadIsSaidInOneLine() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path file = Files.createFile(directory.resolve("file"));
        Path broken = Files.createDirectory(directory.resolve("broken"));
        Files.writeString(broken.resolve("run.json"), "[]");
        assertThatThrownBy(() -> RunSet.read(List.of()))
                .hasMessage("no runs were given; name a run, a sweep or a folder of them");
        assertThatThrownBy(() -> RunSet.read(List.of(directory.resolve("nowhere"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is nothing at '%s'", directory.resolve("nowhere"));
        assertThatThrownBy(() -> RunSet.read(List.of(file))).hasMessage("'%s' is not a run: a run is a folder", file);
        assertThatThrownBy(() -> RunSet.read(List.of(empty))).hasMessage("there are no runs in '%s'", empty);
        assertThatThrownBy(() -> RunSet.read(List.of(broken)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot read %s: it holds no JSON object", broken.resolve("run.json"));
        assertThatThrownBy(() -> RunSet.read(List.of(broken, empty)))
                .hasMessage(
                        "none of 2 runs can be read; the first: cannot read %s: it holds no JSON object",
                        broken.resolve("run.json"));
    }

    private static void change(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private void log(int run, int rank, double... accuracies) throws IOException {
        StringBuilder text =
                new StringBuilder("loss_train;acc_train;loss_val;acc_val;loss_test;acc_test;rank1;rank2;rank3\n");
        for (double accuracy : accuracies) {
            text.append("0.5;0.9;%s;%s;0.5;%s;%5$d;%5$d;%5$d;%5$d%n"
                    .formatted(1 - accuracy, accuracy, Double.toString(Math.round(accuracy * 100) / 100.0), "", rank));
        }
        Path folder = directory.resolve("logs/%s/Run%d/historyLogs".formatted(EXPERIMENT, run));
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("history_%03d_.csv".formatted(rank)), text);
    }
}
