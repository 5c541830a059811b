package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.report.PlainRun;
import dev.stiefel.lab.report.SyntheticRuns;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// A sweep's files: its index, merged folders, and what workers say. The runs are not trained.
class SweepFilesTest {
    private static final String NASTY = "loss NaN, \"last\" 0.3\nsecond line; <a> \uD83D\uDE80";

    @TempDir
    private Path directory;

    private Path run(Path sweep, String id, String status, double error) throws IOException {
        Path folder = sweep.resolve("runs").resolve(id);
        SyntheticRuns.run(
                folder,
                Map.of("width", 8, "seed", Integer.parseInt(id, 16)),
                status,
                status.equals("done") ? "" : NASTY,
                List.of(SyntheticRuns.row(1, error, error, error, 500, 5, 5)));
        return folder;
    }

    private Path sweep(String folder, String name) throws IOException {
        Path sweep = directory.resolve(folder);
        Files.createDirectories(sweep.resolve("runs"));
        Files.writeString(
                sweep.resolve("sweep.json"),
                "{\"format\": 1, \"name\": \"%s\", \"command\": \"c\", \"spec\": {\"name\": \"%s\", \"runs\": 2}}"
                        .formatted(name, name));
        return sweep;
    }

    private static String id(int number) {
        return "%016x".formatted(number);
    }

    // ---- index.csv ----

    @Test
    void theIndexQuotesWhatNeedsItAndHasARowARun() throws IOException {
        Path sweep = sweep("s", "s");
        SweepIndex index = new SweepIndex(sweep, List.of(Options.WIDTH, Options.METHOD, Options.TOLERANCE));
        for (int i = 3; i > 0; i--) {
            index.put(id(i), RunFolder.open(run(sweep, id(i), i == 2 ? "diverged" : "done", 0.5)));
        }
        index.put(id(2), RunFolder.open(run(sweep, id(2), "failed", 0.5)));
        index.write();

        List<List<String>> table = PlainRun.csv(Files.readString(sweep.resolve("index.csv")));

        assertThat(table).hasSize(4).allSatisfy(row -> assertThat(row).hasSameSizeAs(table.getFirst()));
        assertThat(table.stream().map(List::getFirst)).containsExactly("run", id(1), id(2), id(3));
        List<String> failed = table.get(2);
        assertThat(failed.subList(1, 7)).containsExactly("8", "bug", "", "2", "failed", NASTY);
        assertThat(failed.subList(7, failed.size())).containsOnly("");
        assertThat(table.getFirst()).doesNotHaveDuplicates().contains("best_test_accuracy", "compression", "seconds");
    }

    @Test
    void theIndexHasTheNumbersOfTheRunsSummaries() throws IOException {
        Path sweep = sweep("s", "s");
        Path run = run(sweep, id(1), "done", 0.5);
        Path record = run.resolve("run.json");
        String text = Files.readString(record).stripTrailing();
        Files.writeString(record, text.substring(0, text.length() - 1) + """
            , "summary": {"epochs": 7, "bestEpoch": 3,
              "train": {"loss": 0.125, "accuracy": 0.9}, "validation": {"loss": 0.25, "accuracy": "NaN"},
              "test": {"loss": "Infinity", "accuracy": 0.75}, "best": {"test": {"loss": 0.5, "accuracy": 0.8}},
              "ranks": [2, 2], "parameters": {"dense": 1000, "evaluation": 200, "training": 300},
              "compression": {"evaluation": 0.8, "training": 0.7}, "seconds": {"total": 1.5}, "peakMemoryBytes": 5}}
            """);
        SweepIndex index = new SweepIndex(sweep, List.of());
        index.put(id(1), RunFolder.open(run));
        index.write();

        List<List<String>> table = PlainRun.csv(Files.readString(sweep.resolve("index.csv")));

        List<String> row = table.get(1);
        assertThat(PlainRun.cell(table, row, "epochs")).isEqualTo("7");
        assertThat(PlainRun.cell(table, row, "best_epoch")).isEqualTo("3");
        assertThat(PlainRun.cell(table, row, "train_loss")).isEqualTo("0.125");
        assertThat(PlainRun.cell(table, row, "train_accuracy")).isEqualTo("0.9");
        assertThat(PlainRun.cell(table, row, "validation_loss")).isEqualTo("0.25");
        assertThat(PlainRun.cell(table, row, "validation_accuracy")).isEmpty();
        assertThat(PlainRun.cell(table, row, "test_loss")).isEqualTo("Infinity");
        assertThat(PlainRun.cell(table, row, "test_accuracy")).isEqualTo("0.75");
        assertThat(PlainRun.cell(table, row, "best_test_loss")).isEqualTo("0.5");
        assertThat(PlainRun.cell(table, row, "evaluation_parameters")).isEqualTo("200");
        assertThat(PlainRun.cell(table, row, "training_parameters")).isEqualTo("300");
        assertThat(PlainRun.cell(table, row, "compression")).isEqualTo("0.8");
        assertThat(PlainRun.cell(table, row, "seconds")).isEqualTo("1.5");
    }

    // ---- merging ----

    /// Which of two runs of one id is kept, whichever comes first; `clash`: neither.
    @ParameterizedTest
    @CsvSource({
        "done, done, done, equal",
        "done, failed, done, different",
        "done, diverged, done, different",
        "done, interrupted, done, different",
        "done, running, done, different",
        "diverged, interrupted, diverged, different",
        "failed, running, failed, different",
        "diverged, diverged, diverged, equal",
        "done, done, clash, different",
        "diverged, diverged, clash, different",
        "diverged, failed, clash, different"
    })
    void ofTwoRunsTheOneThatHasEndedIsKept(String one, String other, String kept, String results) throws IOException {
        Path a = sweep("a", "s");
        Path b = sweep("b", "s");
        run(a, id(1), one, 0.25);
        run(b, id(1), other, results.equals("equal") ? 0.25 : 0.5);
        run(b, id(2), "done", 0.125);
        for (List<Path> order : List.of(List.of(a, b), List.of(b, a))) {
            Path out = directory.resolve("out-" + order.getFirst().getFileName());
            if (kept.equals("clash")) {
                assertThatThrownBy(() -> SweepMerge.of(out, order))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("merge: run %s has come to different results in '%s' and '%s'; remove one of them"
                                .formatted(
                                        id(1),
                                        order.getFirst().resolve("runs").resolve(id(1)),
                                        order.getLast().resolve("runs").resolve(id(1))));
                assertThat(out).doesNotExist();
            } else {
                SweepMerge merged = SweepMerge.of(out, order);
                assertThat(merged).isEqualTo(new SweepMerge(out, 2, 1));
                assertThat(RunFolder.open(out.resolve("runs").resolve(id(1)))
                                .status()
                                .word())
                        .isEqualTo(kept);
                double error = PlainRun.read(out.resolve("runs").resolve(id(1))).last("test");
                assertThat(error).isEqualTo(0.25);
            }
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(each -> each.getFileName().toString())).noneMatch(name -> name.startsWith("."));
        }
    }

    @Test
    void secondsThatDifferAreNoDifference() throws IOException {
        Path a = sweep("a", "s");
        Path b = sweep("b", "s");
        run(a, id(1), "done", 0.25);
        Path history = run(b, id(1), "done", 0.25).resolve("history.csv");
        Files.writeString(history, Files.readString(history).replace(",0.001,0.5,", ",0.001,77.5,"));
        assertThat(SweepMerge.of(directory.resolve("out"), List.of(a, b)).duplicates())
                .isEqualTo(1);
        Files.writeString(history, Files.readString(history).replace(",0.001,77.5,", ",0.002,77.5,"));
        assertThatThrownBy(() -> SweepMerge.of(directory.resolve("out2"), List.of(a, b)))
                .hasMessageContaining("different results");
    }

    @Test
    void allFilesOfARunComeAlongButNoHiddenOnes() throws IOException {
        Path a = sweep("a", "s");
        Path run = run(a, id(1), "done", 0.25);
        Files.createDirectories(run.resolve("checkpoint"));
        Files.writeString(run.resolve("checkpoint/model"), "weights");
        Files.writeString(run.resolve(".lock"), "");
        run(a, id(2), "interrupted", 0.5);
        Files.createDirectories(a.resolve("runs/damaged-" + id(3)));
        Files.createDirectories(a.resolve("runs/" + id(4)));
        Path out = directory.resolve("deep/er/out");

        SweepMerge merged = SweepMerge.of(out, List.of(a));

        assertThat(merged.runs()).isEqualTo(2);
        assertThat(merged.duplicates()).isZero();
        assertThat(out.resolve("runs").resolve(id(1)).resolve("checkpoint/model"))
                .hasContent("weights");
        assertThat(out.resolve("runs").resolve(id(1)).resolve(".lock")).doesNotExist();
        try (Stream<Path> runs = Files.list(out.resolve("runs"))) {
            assertThat(runs).hasSize(2);
        }
        List<List<String>> index = PlainRun.csv(Files.readString(out.resolve("index.csv")));
        assertThat(index.stream().map(List::getFirst)).containsExactly("run", id(1), id(2));
        assertThat(index.getFirst().get(1))
                .as("what varies but the seed: nothing")
                .isEqualTo("seed");
    }

    @Test
    void aMergedSweepKnowsTheSpecsThatItWasMadeOf() throws IOException {
        Path a = sweep("a", "s");
        Path b = sweep("b", "s");
        Path c = sweep("c", "s");
        run(a, id(1), "done", 0.25);
        Path wide = run(b, id(2), "done", 0.25).resolve("run.json");
        Files.writeString(wide, Files.readString(wide).replace("\"width\": 8", "\"width\": 16"));
        Files.writeString(
                b.resolve("sweep.json"),
                Files.readString(b.resolve("sweep.json")).replace("2}", "5}"));

        SweepMerge.of(directory.resolve("same"), List.of(a, c));
        SweepMerge.of(directory.resolve("all"), List.of(a, b, c));

        ObjectNode same = Json.parse(Files.readString(directory.resolve("same/sweep.json")));
        assertThat(same.get("spec").get("runs").intValue()).isEqualTo(2);
        ObjectNode all = Json.parse(Files.readString(directory.resolve("all/sweep.json")));
        assertThat(all.get("name").stringValue()).isEqualTo("s");
        assertThat(all.get("spec").get("merged")).hasSize(2);
        assertThat(all.get("command").stringValue())
                .isEqualTo("stiefel merge %s %s %s %s".formatted(directory.resolve("all"), a, b, c));
        assertThat(Files.readAllLines(directory.resolve("all/index.csv")).getFirst())
                .startsWith("run,width,seed,");
        assertThat(SweepMerge.of(directory.resolve("again"), List.of(directory.resolve("all"), a))
                        .runs())
                .isEqualTo(2);
    }

    @Test
    void whatIsNoSweepOrAnotherIsRefused() throws IOException {
        Path a = sweep("a", "one");
        Path b = sweep("b", "two");
        Path out = directory.resolve("out");
        assertThatThrownBy(() -> SweepMerge.of(out, List.of())).hasMessage("merge: at least one sweep is needed");
        assertThatThrownBy(() -> SweepMerge.of(a, List.of(b)))
                .hasMessage("'%s' exists; nothing is ever overwritten: name another folder".formatted(a));
        assertThatThrownBy(() -> SweepMerge.of(out, List.of(directory.resolve("no"))))
                .hasMessage("there is no sweep at '%s'".formatted(directory.resolve("no")));
        assertThatThrownBy(() -> SweepMerge.of(out, List.of(a, b)))
                .hasMessage("merge: '%s' holds sweep 'one', '%s' holds 'two'; only folders of one sweep go together"
                        .formatted(a, b));
        Path damaged = run(a, id(1), "done", 0.5).resolve("run.json");
        Files.writeString(damaged, "{");
        assertThatThrownBy(() -> SweepMerge.of(out, List.of(a)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot read " + damaged);
        assertThat(out).doesNotExist();
    }

    // ---- the folder ----

    @Test
    void aFolderFitsIfItIsNewEmptyOrOfTheSameSweep() throws IOException {
        Path empty = Files.createDirectories(directory.resolve("empty"));
        Path hidden = Files.createDirectories(directory.resolve("hidden"));
        Files.writeString(hidden.resolve(".DS_Store"), "");
        Files.createDirectories(hidden.resolve("runs"));
        for (Path fits : List.of(empty, hidden, directory.resolve("new"), sweep("s", "x"))) {
            SweepFolder.requireFit(fits, "x");
            try (SweepFolder held = SweepFolder.hold(fits, "x")) {
                assertThat(held.run("id")).isEqualTo(fits.resolve("runs/id"));
                assertThat(held.opened("id")).isEmpty();
            }
            assertThat(fits.resolve(".holder")).doesNotExist();
        }
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> SweepFolder.requireFit(file, "x"))
                .hasMessage("'%s' is a file; a sweep is a folder".formatted(file));
        Files.writeString(directory.resolve("s/sweep.json"), "{\"nam");
        assertThatThrownBy(() -> SweepFolder.requireFit(directory.resolve("s"), "x"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot read " + directory.resolve("s/sweep.json"));
    }

    @Test
    void aRunThatCannotBeReadIsSetAsideInPlaceOfOneThatWas() throws IOException {
        Path sweep = sweep("s", "s");
        for (String damage : List.of("{", "[]")) {
            Path run = run(sweep, id(1), "done", 0.5);
            Files.writeString(run.resolve("run.json"), damage);
            try (SweepFolder held = SweepFolder.hold(sweep, "s")) {
                assertThat(held.opened(id(1))).isEmpty();
            }
            assertThat(run).doesNotExist();
            assertThat(sweep.resolve("runs/damaged-" + id(1)).resolve("run.json"))
                    .hasContent(damage);
        }
    }

    @Test
    void runsHaveEndedUnlessTheyGoOn() {
        List<RunStatus> ended = new ArrayList<>();
        for (RunStatus status : RunStatus.values()) {
            if (SweepFolder.isEnded(status)) {
                ended.add(status);
            }
        }
        assertThat(ended).containsExactlyInAnyOrder(RunStatus.DONE, RunStatus.DIVERGED, RunStatus.FAILED);
        SweepProgress progress =
                new SweepProgress(9, 3, 2, 1, 0, List.of(), Optional.empty(), Optional.empty(), Duration.ZERO);
        assertThat(progress.ended()).isEqualTo(6);
    }

    // ---- what workers say ----

    @Test
    void whatAWorkerSaysIsALineThatIsReadAsItWasSaid() throws IOException {
        for (WorkerMessage message : List.of(
                new WorkerMessage.Started(0),
                new WorkerMessage.Epoch(1_000_000),
                new WorkerMessage.Unavailable(NASTY),
                new WorkerMessage.Ended(RunStatus.DONE, ""),
                new WorkerMessage.Ended(RunStatus.DIVERGED, NASTY),
                new WorkerMessage.Ended(RunStatus.FAILED, "\u0001{\"epoch\": 3}"),
                new WorkerMessage.Ended(RunStatus.INTERRUPTED, " "))) {
            String line = message.line();
            assertThat(line).startsWith(WorkerMessage.MARK).doesNotContain("\n", "\r");
            assertThat(WorkerMessage.read(line)).isEqualTo(message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0001",
                "\u0001{",
                "\u0001[1]",
                "\u0001{\"epoch\": \"x\"}",
                "\u0001{\"ended\": \"gone\"}",
                "\u0001{}"
            })
    void whatIsNoneOfItsWordsIsAnError(String line) {
        assertThatThrownBy(() -> WorkerMessage.read(line)).isInstanceOf(IOException.class);
    }

    @Test
    void aTaskIsALine() throws IOException {
        PlannedRun run = SweepPlan.of(SweepSpec.parse(
                        "s",
                        "s",
                        "base: {experiment: digits, method: bug, rank: 3-2, depth: 2}"
                                .getBytes(StandardCharsets.UTF_8)))
                .runs()
                .getFirst();
        WorkerTask task = new WorkerTask(directory.resolve("a \"b\"\u00e4"), run.spec());
        assertThat(task.line()).doesNotContain("\n");
        assertThat(WorkerTask.read(task.line())).isEqualTo(task);
    }

    // ---- stopping ----

    @Test
    void aSweepThatIsStoppedGoesOnWhereItWas() throws IOException {
        SweepPlan plan = SweepPlan.of(SweepSpec.parse("s", "s", """
            base: { experiment: digits, depth: 1, epochs: 2, trainFraction: 0.05, evaluationFraction: 0.1, warmUp: 0 }
            axes: { method: [dense], width: [4, 5] }
            """.getBytes(StandardCharsets.UTF_8)));
        SweepSettings settings = new SweepSettings(1, SweepSettings.Retry.NONE, directory, Optional.empty());
        Path out = directory.resolve("out");
        Sweep stopped = new Sweep(plan, out, settings);
        stopped.requestStop();

        SweepResult first = stopped.run();
        SweepResult second = new Sweep(plan, out, settings).run();

        assertThat(first.ending()).isEqualTo(SweepResult.Ending.STOPPED);
        assertThat(first.progress().ended()).isLessThan(2);
        assertThat(second.ending()).isEqualTo(SweepResult.Ending.COMPLETE);
        assertThat(second.progress().done()).isEqualTo(2);
        assertThat(second.problems()).isEmpty();
        List<List<String>> index = PlainRun.csv(Files.readString(out.resolve("index.csv")));
        assertThat(index).hasSize(3);
        for (List<String> row : index.subList(1, 3)) {
            PlainRun run = PlainRun.read(out.resolve("runs").resolve(row.getFirst()));
            assertThat(PlainRun.cell(index, row, "status")).isEqualTo("done");
            assertThat(PlainRun.cell(index, row, "epochs")).isEqualTo(Integer.toString(run.epochs()));
            assertThat(PlainRun.number(index, row, "test_loss")).isEqualTo(run.number("test_loss", run.epochs()));
            assertThat(PlainRun.number(index, row, "test_accuracy"))
                    .isEqualTo(run.number("test_accuracy", run.epochs()));
            assertThat(PlainRun.cell(index, row, "width")).isEqualTo(run.option("width"));
        }
    }
}
