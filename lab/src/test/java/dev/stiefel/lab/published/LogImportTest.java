package dev.stiefel.lab.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What becomes of logs, sound and damaged.
class LogImportTest {
    private static final String EXPERIMENT = "TestDim1-500ep3batch256lr1e-3Noise20Dataset10";
    private static final String HEADER = "loss_train;acc_train;loss_val;acc_val;loss_test;acc_test;rank1;rank2;rank3\n";
    private static final String A = "2.5;0.1;2.4;0.11;2.3;0.12;50;50;50;50\n";
    private static final String B = "1.5;0.2;1.4;0.21;1.3;0.22;50;50;50;50\n";
    private static final String C = "0.5;0.3;0.4;0.31;0.3;0.32;50;50;50;50\n";
    private static final String LOG = EXPERIMENT + "/Run1/historyLogs/history_050_.csv";

    @TempDir
    private Path directory;

    @Test
    void aSoundLogBecomesARunLikeAnyOther() throws IOException {
        log(EXPERIMENT, 3, "050", HEADER + A + B + C);

        LogImport.Outcome outcome = imported();

        assertThat(outcome.files()).isEqualTo(1);
        assertThat(outcome.problems()).isZero();
        RunFolder run = RunFolder.open(directory.resolve("out/runs/" + EXPERIMENT + "/Run3/050"));
        assertThat(run.status()).isEqualTo(RunStatus.DONE);
        assertThat(run.message()).isEmpty();
        assertThat(run.imported().orElseThrow().configuration()).isEqualTo(EXPERIMENT);
        assertThat(run.imported().orElseThrow().run()).isEqualTo(3);
        assertThat(run.spec().asMap())
                .containsAllEntriesOf(Map.of(
                        "method",
                        "dense",
                        "width",
                        50,
                        "depth",
                        4,
                        "optimizer",
                        "adam",
                        "learningRate",
                        0.001,
                        "labelNoise",
                        0.2,
                        "trainFraction",
                        0.1,
                        "epochs",
                        3,
                        "legacy",
                        true))
                .containsEntry("seed", 3L);
        assertThat(run.history()).hasSize(3);
        HistoryRow last = run.history().getLast();
        assertThat(last.test().orElseThrow().accuracy()).isEqualTo(0.32);
        assertThat(last.seconds()).isNaN();
        assertThat(last.evaluationParameters()).isEqualTo(784 * 50 + 3 * 50 * 50 + 50 * 10);
        assertThat(run.summary().orElseThrow().bestEpoch()).isEqualTo(3);
    }

    @Test
    void aRunWithoutWeightsSaysSoWhereTheyAreNeeded() throws IOException {
        log(EXPERIMENT, 1, "050", HEADER + A + B + C);
        imported();
        Path path = directory.resolve("out/runs/" + EXPERIMENT + "/Run1/050");
        RunFolder run = RunFolder.open(path);

        assertThatThrownBy(() -> run.model(ModelChoice.LATEST, CheckpointChoice.LATEST))
                .isInstanceOf(InvalidRunException.class)
                .hasMessage("run '%s' has no weights: it was imported from logs; 'report' can read it", path);
    }

    /// A log, what becomes of its epochs (their test accuracies), and the problem.
    static Stream<Arguments> quirks() {
        String twelve = A.strip();
        return Stream.of(
                Arguments.of(
                        "Windows line ends",
                        HEADER.replace("\n", "\r\n") + (A + B + C).replace("\n", "\r\n"),
                        "0.12 0.22 0.32",
                        ""),
                Arguments.of("a byte order mark", "\uFEFF" + HEADER + A + B + C, "0.12 0.22 0.32", ""),
                Arguments.of("no line break at the end", HEADER + A + B + C.strip(), "0.12 0.22 0.32", ""),
                Arguments.of(
                        "a date",
                        HEADER + A + B.replace("0.22", "Apr 22") + C,
                        "0.12 - 0.32",
                        "line 3: acc_test is not a number: 'Apr 22'"),
                Arguments.of(
                        "grouped digits",
                        HEADER + A + B.replace("1.3;", "13.037.384;") + C,
                        "0.12 0.22 0.32",
                        "line 3: loss_test has grouped digits: '13.037.384'"),
                Arguments.of(
                        "digits that may be grouped",
                        HEADER
                                + A
                                + B.replace("1.3;", "13.037.384;1.234;")
                                        .replace("1.4;0.21;", "")
                                        .replace("1.5;0.2;13.037.384;1.234;", "1.5;0.2;13.037.384;0.21;1.234;")
                                + C,
                        "0.12 0.22 0.32",
                        "line 3: loss_val has grouped digits: '13.037.384'; loss_test may have grouped digits, as"
                                + " others in this file do: 1.234"),
                Arguments.of(
                        "an accuracy above 1",
                        HEADER + A + B.replace("0.22", "45748") + C,
                        "0.12 - 0.32",
                        "line 3: acc_test must be in [0, 1]; got '45748'"),
                Arguments.of(
                        "a negative loss",
                        HEADER + A + B.replace("1.3;", "-1.3;") + C,
                        "0.12 0.22 0.32",
                        "line 3: loss_test must be at least 0 and finite; got '-1.3'"),
                Arguments.of(
                        "an empty cell",
                        HEADER + A + B.replace("0.22", "") + C,
                        "0.12 - 0.32",
                        "line 3: acc_test is empty"),
                Arguments.of(
                        "a NaN in the middle",
                        HEADER + A + B.replace("1.3;", "nan;") + C,
                        "0.12 0.22 0.32",
                        "line 3: loss_test is no number: nan"),
                Arguments.of(
                        "a row of too few cells",
                        HEADER + A + "1.5;0.2;1.4\n" + C,
                        "0.12 (2) 0.32",
                        "line 3: the row must have 10 cells; got 3: '1.5;0.2;1.4'"),
                Arguments.of(
                        "an empty row", HEADER + A + ";;;;;;;;;\n" + C, "0.12 (2) 0.32", "line 3: the row is empty"),
                Arguments.of(
                        "a rank that is none",
                        HEADER + A + B.replace("50\n", "x\n") + C,
                        "0.12 0.22 0.32",
                        "line 3: rank 4 must be a whole number, at least 1; got 'x'"),
                Arguments.of("missing epochs", HEADER + A + B, "0.12 0.22", "line 3: the log ends after 2 of 3 epochs"),
                Arguments.of(
                        "too many rows",
                        HEADER + A + B + C + A.replace("0.12", "0.13"),
                        "0.12 0.22 0.32 0.13",
                        "line 5: the log has 4 rows, but its experiment has 3 epochs; all are kept"),
                Arguments.of(
                        "rows that a restart repeated",
                        HEADER + A + B + B + C,
                        "0.12 0.22 0.32",
                        "line 4: 1 rows are left out: they repeat those before them"),
                Arguments.of(
                        "a run started anew",
                        HEADER + A + HEADER + A + B + C,
                        "0.12 0.22 0.32",
                        "line 2: 1 rows are left out: the run that begins at line 4 was started anew and has all 3"
                                + " epochs"),
                Arguments.of(
                        "a run that went on",
                        HEADER + A + HEADER + B + C,
                        "0.12 0.22 0.32",
                        "line 3: the header is repeated; the rows below it are read as a continuation of those above"),
                Arguments.of(
                        "no header",
                        A + B + C,
                        "0.12 0.22 0.32",
                        "line 1: there is no header; the columns are taken to be the usual ones"),
                Arguments.of("an empty file", "", "", ": the file is empty"),
                Arguments.of("only a header", HEADER, "", ""),
                Arguments.of(
                        "commas",
                        HEADER.replace(';', ',') + A.replace(';', ','),
                        "",
                        "line 1: the first line must be loss_train;acc_train;loss_val;acc_val;loss_test;acc_test;…;"
                                + " got 'loss_train,acc_train,los…'"),
                Arguments.of(
                        "another table",
                        "epoch;loss\n" + twelve + "\n",
                        "",
                        "line 1: the first line must be loss_train;acc_train;loss_val;acc_val;loss_test;acc_test;…;"
                                + " got 'epoch;loss'"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("quirks")
    void whatCanBeReadIsReadAndTheRestIsListed(String name, String log, String accuracies, String problem)
            throws IOException {
        log(EXPERIMENT, 1, "050", log);

        imported();

        RunFolder run = RunFolder.open(directory.resolve("out/runs/" + EXPERIMENT + "/Run1/050"));
        assertThat(shown(run.history())).isEqualTo(accuracies);
        assertThat(run.status()).isEqualTo(accuracies.isEmpty() ? RunStatus.FAILED : RunStatus.DONE);
        if (problem.isEmpty()) {
            assertThat(problems()).isEmpty();
        } else {
            assertThat(problems()).containsExactly(problem.startsWith("line") ? LOG + ", " + problem : LOG + problem);
        }
    }

    @Test
    void bytesThatAreNotUtf8SpoilTheirCellOnly() throws IOException {
        log(EXPERIMENT, 1, "050", "");
        byte[] bytes = (HEADER + A + B.replace("0.22", "0.2\u00E4") + C).getBytes(StandardCharsets.ISO_8859_1);
        Files.write(directory.resolve("logs").resolve(LOG), bytes);

        imported();

        assertThat(problems()).containsExactly(LOG + ", line 3: acc_test is not a number: '0.2?'");
    }

    @Test
    void aFileInUtf16IsTold() throws IOException {
        log(EXPERIMENT, 1, "050", "");
        Files.write(directory.resolve("logs").resolve(LOG), (HEADER + A).getBytes(StandardCharsets.UTF_16));

        imported();

        assertThat(problems()).containsExactly(LOG + ": the file is UTF-16; it must be UTF-8 or ASCII");
    }

    @Test
    void aLossThatIsNoNumberAtTheEndIsADivergedRun() throws IOException {
        log(EXPERIMENT, 1, "050", HEADER + A + B + "nan;0.1;nan;0.1;nan;0.1;50;50;50;50\n");

        imported();

        RunFolder run = RunFolder.open(directory.resolve("out/runs/" + EXPERIMENT + "/Run1/050"));
        assertThat(run.status()).isEqualTo(RunStatus.DIVERGED);
        assertThat(run.message()).contains("the loss is no number after epoch 3");
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFoldersNameTellsTheOptions(String name, String file, Map<String, Object> options) throws IOException {
        log(name, 1, file, HEADER + A);

        imported();

        RunFolder run = RunFolder.open(directory.resolve("out/runs/" + name + "/Run1/" + file));
        assertThat(run.spec().asMap()).containsAllEntriesOf(options);
    }

    static Stream<Arguments> names() {
        return Stream.of(
                Arguments.of(
                        "DLRT(Rank1-100)TestDim250ep250batch256lr1e-3Noise20Dataset10",
                        "007",
                        Map.of("method", "bug", "rank", 7, "width", 250)),
                Arguments.of(
                        "DLRT(Rank10)TestDim1-500ep250batch256lr1e-3Noise20",
                        "120",
                        Map.of("method", "bug", "rank", 10, "width", 120, "trainFraction", 1.0)),
                Arguments.of(
                        "weitereDim/TestDim1000ep250batch256lr1e-3Noise20Dataset10",
                        "001",
                        Map.of("method", "dense", "width", 1000)),
                Arguments.of(
                        "SGDTestDim1-500ep2000batch2048lr1e-4",
                        "050",
                        Map.of("optimizer", "sgd", "batchSize", 2048, "learningRate", 0.0001, "labelNoise", 0.0)),
                Arguments.of(
                        "TestDim1-500ep250batch256lr1e-3Noise20Dataset10L1L2Reg0-1",
                        "050",
                        Map.of("l1", 0.001, "l2", 0.001)),
                Arguments.of(
                        "TestDim1-500ep250batch256lr1e-3Noise20Dataset10L1Reg1", "050", Map.of("l1", 0.01, "l2", 0.0)),
                Arguments.of(
                        "TestDim1-500ep250batch256lr1e-3Noise20Dataset10Reg0-25",
                        "050",
                        Map.of("l1", 0.0, "l2", 0.0025)),
                Arguments.of(
                        "finishedTestsFullSet/TestDim1-500ep250batch256lr1e-3Noise20", "050", Map.of("validation", 0)));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void namesThatCannotBeReadAreListedAndNotGuessed(String name, String file, String problem) throws IOException {
        log(EXPERIMENT, 1, "050", HEADER + A + B + C);
        log(name, 1, file, HEADER + A);

        LogImport.Outcome outcome = imported();

        assertThat(outcome.runs()).isEqualTo(1);
        assertThat(problems()).containsExactly(problem);
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of(
                        "MyTest",
                        "050",
                        "MyTest: the experiment is left out: the folder's name must read like " + LogName.EXAMPLE),
                Arguments.of(
                        EXPERIMENT,
                        "501",
                        EXPERIMENT + "/Run1/historyLogs/history_501_.csv: the file is left out: the file's number must"
                                + " be in [1, 500], as the folder's name says; got 501"),
                Arguments.of(
                        EXPERIMENT,
                        "x",
                        EXPERIMENT
                                + "/Run1/historyLogs/history_x_.csv: the file's name must read like history_050_.csv;"
                                + " it is left out"),
                Arguments.of(
                        "DLRT(Rank1-9)TestDim1-9ep3batch8lr1e-3",
                        "005",
                        "DLRT(Rank1-9)TestDim1-9ep3batch8lr1e-3: the experiment is left out: the folder's name gives"
                                + " ranges of ranks and of widths, so that a file's number may be either"),
                Arguments.of(
                        "DLRT(Rank20)TestDim1-500ep3batch8lr1e-3",
                        "010",
                        "DLRT(Rank20)TestDim1-500ep3batch8lr1e-3/Run1/historyLogs/history_010_.csv: the file is left"
                                + " out: rank (20) must be in [1, 10] for a [10, 784] weight"));
    }

    @Test
    void logsThatAreNotInARunsFolderAreListed() throws IOException {
        log(EXPERIMENT, 1, "050", HEADER + A + B + C);
        Files.createDirectories(directory.resolve("logs/stray/historyLogs"));

        imported();

        assertThat(problems())
                .containsExactly("stray/historyLogs: the folder of logs must lie in a folder Run1, Run2, … of its"
                        + " experiment");
    }

    @Test
    void nothingIsWrittenOverAndNothingIsLeftBehind() throws IOException {
        log(EXPERIMENT, 1, "050", HEADER + A + B + C);
        Path out = Files.createDirectory(directory.resolve("out"));

        assertThatThrownBy(this::imported)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("import-logs: '%s' exists already; choose another folder", out);
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("logs", "out");

        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> LogImport.of(directory.resolve("logs")).into(file.resolve("new")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write %s: ", file.resolve("new"));
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("logs", "out", "file");
    }

    private LogImport.Outcome imported() throws IOException {
        return LogImport.of(directory.resolve("logs")).into(directory.resolve("out"));
    }

    private void log(String experiment, int run, String number, String content) throws IOException {
        Path folder = directory.resolve("logs/%s/Run%d/historyLogs".formatted(experiment, run));
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("history_%s_.csv".formatted(number)), content);
    }

    /// As [LogProblem] shows them; no reason in these tests has a quote.
    private List<String> problems() throws IOException {
        return Files.readAllLines(directory.resolve("out/problems.csv")).stream()
                .skip(1)
                .map(line -> {
                    String[] cells = line.split(",", 3);
                    String reason = cells[2].startsWith("\"") ? cells[2].substring(1, cells[2].length() - 1) : cells[2];
                    return new LogProblem(cells[0], cells[1].isEmpty() ? 0 : Integer.parseInt(cells[1]), reason)
                            .toString();
                })
                .toList();
    }

    /// Test accuracies; `-` for one that is missing, and the number of an epoch that is.
    private static String shown(List<HistoryRow> rows) {
        StringBuilder text = new StringBuilder();
        int epoch = 1;
        for (HistoryRow row : rows) {
            for (; epoch < row.epoch(); epoch++) {
                text.append(" (").append(epoch).append(')');
            }
            double accuracy = row.test().map(each -> each.accuracy()).orElse(Double.NaN);
            text.append(' ').append(Double.isNaN(accuracy) ? "-" : String.valueOf(accuracy));
            epoch++;
        }
        return text.toString().strip();
    }
}
