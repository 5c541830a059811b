package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
    private static final String SMALL = """
        name: small
        base: { experiment: digits, depth: 2, epochs: 2, trainFraction: 0.05, evaluationFraction: 0.3, warmUp: 3 }
        axes: { method: [bug], rank: [2], width: [8, 10] }
        """;

    @TempDir
    Path folder;

    private static SweepPlan plan(String yaml) throws IOException {
        return SweepPlan.of(SweepSpec.parse("test.yaml", "test", yaml.getBytes(StandardCharsets.UTF_8)));
    }

    private SweepResult run(String yaml, Path out, SweepSettings.Retry retry) throws IOException {
        return new Sweep(plan(yaml), out, new SweepSettings(1, retry, folder, Optional.empty())).run();
    }

    private SweepResult run(String yaml, Path out) throws IOException {
        return run(yaml, out, SweepSettings.Retry.NONE);
    }

    private static Map<String, String> started(Path out) throws IOException {
        Map<String, String> started = new HashMap<>();
        for (String line :
                Files.readAllLines(out.resolve("index.csv")).stream().skip(1).toList()) {
            String id = line.substring(0, line.indexOf(','));
            started.put(
                    id,
                    Files.getLastModifiedTime(out.resolve("runs/" + id + "/run.json"))
                            .toString());
        }
        return started;
    }

    @Test
    void widenedItRunsOnlyWhatIsNew() throws IOException {
        Path out = folder.resolve("out");
        run(SMALL, out);
        Map<String, String> before = started(out);

        SweepResult result = run(SMALL.replace("[8, 10]", "[8, 10, 12]"), out);

        assertThat(result.ending()).isEqualTo(SweepResult.Ending.COMPLETE);
        assertThat(result.progress().before()).isEqualTo(2);
        assertThat(started(out)).hasSize(3).containsAllEntriesOf(before);
        assertThat(Files.readString(out.resolve("sweep.json"))).contains("12");
    }

    @Test
    void whatAWorkersJvmPrintsIsKeptAndStopsNothing() throws IOException, InterruptedException {
        Path spec = folder.resolve("printing.yaml");
        Files.writeString(spec, SMALL);
        Path out = folder.resolve("out");

        // To standard output, where workers speak.
        Process sweep = SweptProcess.start(spec, out, folder.resolve("output"), "-Xlog:gc+init=info:stdout");

        assertThat(sweep.waitFor()).isZero();
        assertThat(Files.readString(out.resolve("index.csv")))
                .contains(",done,")
                .doesNotContain(",failed,");
        assertThat(Files.readString(out.resolve("workers.log"))).contains("[gc,init]");
    }

    @Test
    void aRunThatHasEndedMeanwhileStaysAsItIs() throws IOException {
        Path out = folder.resolve("out");
        run(SMALL, out);
        Map<String, String> before = started(out);
        PlannedRun ended = plan(SMALL).runs().getFirst();
        Path path = out.resolve("runs").resolve(ended.id()).toAbsolutePath();

        // As after a worker that died with its run done and nothing said.
        try (WorkerProcess worker = WorkerProcess.start(
                new SweepSettings(1, SweepSettings.Retry.NONE, folder, Optional.empty()), folder.resolve("log"))) {
            assertThat(worker.give(new WorkerTask(path, ended.spec()))).isTrue();
            assertThat(worker.next()).contains(new WorkerMessage.Ended(RunStatus.DONE, ""));
        }

        assertThat(started(out)).isEqualTo(before);
    }

    @Test
    void aRunThatDivergesIsRecordedAndStopsNoOther() throws IOException {
        Path out = folder.resolve("out");
        String yaml = SMALL.replace("width: [8, 10]", "width: [8], learningRate: [0.1, 1e30]")
                .replace("warmUp: 3", "warmUp: 0, optimizer: sgd, clipNorm: none");

        SweepResult result = run(yaml, out);

        assertThat(result.ending()).isEqualTo(SweepResult.Ending.COMPLETE);
        assertThat(result.progress().done()).isEqualTo(1);
        assertThat(result.progress().diverged()).isEqualTo(1);
        assertThat(result.problems()).singleElement().asString().contains("diverged: ", "learningRate=1");
        assertThat(Files.readString(out.resolve("index.csv"))).contains(",diverged,");
    }

    @Test
    void aRunThatHasFailedIsLeftUnlessItIsToBeRetried() throws IOException {
        Path out = folder.resolve("out");
        SweepPlan plan = plan(SMALL);
        PlannedRun first = plan.runs().getFirst();
        RunFolder.recordFailure(out.resolve("runs").resolve(first.id()), first.spec(), "the roof fell in");

        SweepResult left = run(SMALL, out);

        assertThat(left.progress().failed()).isEqualTo(1);
        assertThat(left.problems()).singleElement().asString().endsWith("failed: the roof fell in");

        SweepResult retried = run(SMALL, out, SweepSettings.Retry.FAILED);

        assertThat(retried.progress().failed()).isZero();
        assertThat(retried.progress().done()).isEqualTo(2);
        assertThat(RunFolder.open(out.resolve("runs").resolve(first.id())).status())
                .isEqualTo(RunStatus.DONE);
    }

    @Test
    void aRunFolderThatCannotBeReadIsSetAsideAndMadeAgain() throws IOException {
        Path out = folder.resolve("out");
        run(SMALL, out);
        String id = plan(SMALL).runs().getFirst().id();
        Files.writeString(out.resolve("runs/" + id + "/run.json"), "{\"status\": \"do");

        SweepResult result = run(SMALL, out);

        assertThat(result.progress().done()).isEqualTo(2);
        assertThat(out.resolve("runs/damaged-" + id + "/run.json")).exists();
    }

    @Test
    void aSecondProcessIsToldWhoHoldsTheFolder() throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        try (SweepFolder held = SweepFolder.hold(out, "small")) {
            assertThat(held.path()).isEqualTo(out);
            assertThatThrownBy(() -> run(SMALL, out))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(
                            "sweep '.*out' is being run by process %d on .*, since .*; let it end, or stop it"
                                    .formatted(ProcessHandle.current().pid()));
            // Having refused one, this process holds the folder still.
            Path spec = folder.resolve("small.yaml");
            Files.writeString(spec, SMALL);
            assertThat(SweptProcess.start(spec, out, folder.resolve("output")).waitFor())
                    .isNotZero();
        }
        assertThat(run(SMALL, out).progress().done()).isEqualTo(2);
    }

    @Test
    void anotherSweepsFolderIsRefused() throws IOException {
        Path out = folder.resolve("out");
        run(SMALL, out);
        assertThatThrownBy(() -> run(SMALL.replace("name: small", "name: other"), out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'%s' holds sweep 'small', not 'other'; name another folder with --out".formatted(out));
        Path photos = Files.createDirectories(folder.resolve("photos"));
        Files.writeString(photos.resolve("cat.jpg"), "a cat");
        assertThatThrownBy(() -> run(SMALL, photos))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(("'%s' holds something other than a sweep; name another folder with" + " --out")
                        .formatted(photos));
    }

    @Test
    void whatNoRunCanHaveEndsTheSweepAndFailsNoRun() throws IOException {
        Path out = folder.resolve("out");
        Path table = folder.resolve("table.csv");
        Files.writeString(table, "a,b\n" + "1,x\n2,y\n3,x\n4,y\n".repeat(20));
        String yaml =
                "base: { data: '%s', target: b, epochs: 1, method: dense }\naxes: { width: [4, 5] }".formatted(table);
        SweepPlan plan = plan(yaml);
        Files.delete(table);

        Sweep sweep = new Sweep(plan, out, new SweepSettings(1, SweepSettings.Retry.NONE, folder, Optional.empty()));

        assertThatThrownBy(sweep::run).isInstanceOf(IOException.class).hasMessageContaining("table.csv");
        assertThat(Files.readAllLines(out.resolve("index.csv"))).hasSize(1);
    }

    @Test
    void mergedFoldersHoldAllRunsAndConflictsAreNamed() throws IOException {
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        run(SMALL, a);
        run(SMALL.replace("[8, 10]", "[10, 12]"), b);

        SweepMerge merged = SweepMerge.of(folder.resolve("all"), List.of(a, b));

        assertThat(merged.runs()).isEqualTo(3);
        assertThat(merged.duplicates()).isEqualTo(1);
        assertThat(Files.readAllLines(merged.folder().resolve("index.csv"))).hasSize(4);

        String id = plan(SMALL.replace("[8, 10]", "[10]")).runs().getFirst().id();
        Path history = b.resolve("runs/" + id + "/history.csv");
        Files.writeString(history, Files.readString(history).replaceFirst("\n1,[^,]*", "\n1,9.75"));
        Path out = folder.resolve("conflict");
        assertThatThrownBy(() -> SweepMerge.of(out, List.of(a, b)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("merge: run %s has come to different results in '%s' and '%s'; remove one of them"
                        .formatted(id, a.resolve("runs/" + id), b.resolve("runs/" + id)));
        assertThat(out).doesNotExist();
        assertThatThrownBy(() -> SweepMerge.of(a, List.of(b))).hasMessageContaining("exists");
        assertThatThrownBy(() -> SweepMerge.of(out, List.of(folder))).hasMessageContaining("cannot read");
    }

    @Test
    void anEstimateCountsOnlyWhatIsLeft() throws IOException {
        Path out = folder.resolve("out");
        SweepSettings settings = new SweepSettings(1, SweepSettings.Retry.NONE, folder, Optional.empty());
        SweepEstimate whole = SweepEstimate.of(plan(SMALL), out, settings);
        assertThat(whole.runs()).isEqualTo(2);
        assertThat(whole.time()).isPositive();
        assertThat(whole.bytes()).isBetween(5_000L, 500_000L);
        assertThat(out).doesNotExist();
        run(SMALL, out);
        assertThat(SweepEstimate.of(plan(SMALL), out, settings).runs()).isZero();
    }
}
