package dev.stiefel.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSwapTest {
    private static final List<String> FILES = List.of("model", "state", "deeper/state");

    @TempDir
    private Path folder;

    private Path fresh;
    private Path current;
    private Path previous;

    @BeforeEach
    void name() {
        fresh = folder.resolve("checkpoint.new");
        current = folder.resolve("checkpoint");
        previous = folder.resolve("checkpoint.previous");
    }

    /// Ends like a killed process: before one operation, and without running what would come after it.
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /// Does what it is told until its operations are used up.
    private static final class MortalDisk implements FolderSwap.Disk {
        private final List<String> log = new ArrayList<>();
        private int left;

        MortalDisk(int operations) {
            left = operations;
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            live("rename " + from.getFileName() + " " + to.getFileName());
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path path) throws IOException {
            live("delete " + path.getFileName());
            Files.delete(path);
        }

        @Override
        public void force(Path path) {
            live("force " + path.getFileName());
        }

        private void live(String operation) {
            if (left-- == 0) {
                throw new Killed();
            }
            log.add(operation);
        }
    }

    @Test
    void theFirstSwapMakesCurrent() throws IOException {
        make(fresh, "1");

        DurableFiles.swapIn(fresh, current, previous);

        assertThat(names()).containsExactly("checkpoint");
        assertThat(content(current)).isEqualTo("1");
    }

    @Test
    void theOldFolderBecomesPreviousAndTheOneBeforeGoes() throws IOException {
        for (String generation : List.of("1", "2", "3")) {
            make(fresh, generation);
            DurableFiles.swapIn(fresh, current, previous);
        }

        assertThat(names()).containsExactly("checkpoint", "checkpoint.previous");
        assertThat(content(current)).isEqualTo("3");
        assertThat(content(previous)).isEqualTo("2");
    }

    @Test
    void everyRenameIsForcedBeforeTheNextStep() throws IOException {
        make(current, "2");
        make(previous, "1");
        make(fresh, "3");
        MortalDisk disk = new MortalDisk(Integer.MAX_VALUE);

        swap(disk).swapIn();

        String parent = "force " + folder.getFileName();
        assertThat(disk.log.subList(0, 5))
                .containsExactlyInAnyOrder(
                        "force model", "force state", "force state", "force deeper", "force checkpoint.new");
        assertThat(disk.log.subList(5, 13))
                .containsExactly(
                        "rename checkpoint.new checkpoint.new.complete",
                        parent,
                        "rename checkpoint.previous checkpoint.previous.outgoing",
                        parent,
                        "rename checkpoint checkpoint.previous",
                        parent,
                        "rename checkpoint.new.complete checkpoint",
                        parent);
        assertThat(disk.log.subList(13, disk.log.size())).hasSize(5).allMatch(step -> step.startsWith("delete "));
    }

    @Test
    void aCrashAnywhereLeavesAWholeFolderThatRecoveryFinds() throws IOException {
        for (Start start : Start.values()) {
            int operations = 0;
            while (killedAfter(operations, start)) {
                assertSomethingWhole(start);
                swap(new MortalDisk(Integer.MAX_VALUE)).recover();
                assertRecovered(start);
                operations++;
            }
            assertThat(content(current)).isEqualTo("3");
            assertThat(operations).isGreaterThan(8);
        }
    }

    @Test
    void aCrashDuringRecoveryIsRecoveredToo() throws IOException {
        for (Start start : Start.values()) {
            for (int operations = 0; killedAfter(operations, start); operations++) {
                boolean killed = true;
                for (int later = 0; killed; later++) {
                    int most = later;
                    killedAfter(operations, start);
                    killed = kill(() -> swap(new MortalDisk(most)).recover());
                    assertSomethingWhole(start);
                    swap(new MortalDisk(Integer.MAX_VALUE)).recover();
                    assertRecovered(start);
                }
            }
        }
    }

    @Test
    void theNextSwapFinishesAnInterruptedOne() throws IOException {
        for (int operations = 0; killedAfter(operations, Start.BOTH); operations++) {
            DurableFiles.deleteTree(fresh);
            make(fresh, "4");

            DurableFiles.swapIn(fresh, current, previous);

            assertThat(names()).containsExactly("checkpoint", "checkpoint.previous");
            assertThat(content(current)).isEqualTo("4");
            assertThat(content(previous)).isIn("2", "3");
        }
    }

    @Test
    void recoveryWithoutACrashChangesNothing() throws IOException {
        DurableFiles.recover(fresh, current, previous);
        assertThat(names()).isEmpty();

        make(current, "2");
        make(previous, "1");
        make(fresh, "half");
        DurableFiles.recover(fresh, current, previous);

        assertThat(names()).containsExactly("checkpoint", "checkpoint.new", "checkpoint.previous");
        assertThat(content(current)).isEqualTo("2");
        assertThat(content(previous)).isEqualTo("1");
    }

    @Test
    void recoveryPutsPreviousInThePlaceOfAMissingFolder() throws IOException {
        make(previous, "1");

        DurableFiles.recover(fresh, current, previous);

        assertThat(names()).containsExactly("checkpoint");
        assertThat(content(current)).isEqualTo("1");
    }

    // ---- helpers ----

    /// What was there before the swap.
    private enum Start {
        NOTHING,
        CURRENT,
        BOTH
    }

    private interface Step {
        void run() throws IOException;
    }

    /// Starts over, swaps, and says whether the swap was cut off.
    private boolean killedAfter(int operations, Start start) throws IOException {
        for (String name : names()) {
            DurableFiles.deleteTree(folder.resolve(name));
        }
        if (start == Start.BOTH) {
            make(previous, "1");
        }
        if (start != Start.NOTHING) {
            make(current, "2");
        }
        make(fresh, "3");
        return kill(() -> swap(new MortalDisk(operations)).swapIn());
    }

    private static boolean kill(Step step) throws IOException {
        try {
            step.run();
            return false;
        } catch (Killed _) {
            return true;
        }
    }

    private FolderSwap swap(FolderSwap.Disk disk) {
        return new FolderSwap(disk, fresh, current, previous);
    }

    private void assertSomethingWhole(Start start) throws IOException {
        List<String> whole = new ArrayList<>();
        for (Path path : List.of(current, previous, folder.resolve("checkpoint.new.complete"))) {
            if (Files.exists(path)) {
                whole.add(content(path));
            }
        }
        if (start != Start.NOTHING) {
            assertThat(whole).containsAnyOf("2", "3");
        }
    }

    private void assertRecovered(Start start) throws IOException {
        if (start == Start.NOTHING && Files.exists(fresh)) {
            assertThat(names()).containsExactly("checkpoint.new"); // never complete, and nothing was there before
            return;
        }
        assertThat(names()).isSubsetOf("checkpoint", "checkpoint.new", "checkpoint.previous");
        boolean swapped = !Files.exists(fresh);
        assertThat(content(current)).isEqualTo(swapped ? "3" : "2");
        if (start == Start.BOTH || (swapped && start == Start.CURRENT)) {
            assertThat(content(previous)).isEqualTo(swapped ? "2" : "1");
        }
    }

    private static void make(Path path, String generation) throws IOException {
        for (String name : FILES) {
            Path file = path.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, generation);
        }
    }

    /// The generation that all of a folder's files belong to.
    private static String content(Path path) throws IOException {
        String generation = Files.readString(path.resolve(FILES.getFirst()));
        for (String name : FILES) {
            assertThat(path.resolve(name)).hasContent(generation);
        }
        return generation;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
