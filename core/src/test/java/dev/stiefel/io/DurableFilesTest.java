package dev.stiefel.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("run.json");
    }

    @Test
    void aFileIsMadeAndReplaced() throws IOException {
        DurableFiles.write(file, new byte[] {1, 2, 3});
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});

        DurableFiles.writeString(file, "größe");
        assertThat(file).hasContent("größe");
        assertThat(names()).containsExactly("run.json");
    }

    @Test
    void theOldContentStandsUntilTheNewIsWhole() throws IOException {
        Files.writeString(file, "old");

        DurableFiles.write(file, channel -> {
            DurableFiles.writeFully(channel, ByteBuffer.wrap(new byte[] {'n', 'e', 'w'}));
            assertThat(file).hasContent("old");
            assertThat(names()).hasSize(2);
        });

        assertThat(file).hasContent("new");
        assertThat(names()).containsExactly("run.json");
    }

    @Test
    void aFailureLeavesTheOldFileAndNoTemporaryOne() throws IOException {
        Files.writeString(file, "old");

        assertThatIOException()
                .isThrownBy(() -> DurableFiles.write(file, channel -> {
                    DurableFiles.writeFully(channel, ByteBuffer.wrap(new byte[100]));
                    throw new IOException("No space left on device");
                }))
                .withMessage("cannot write " + file + ": No space left on device");

        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("run.json");
    }

    @Test
    void anInterruptedThreadLeavesTheOldFile() throws IOException {
        Files.writeString(file, "old");

        Thread.currentThread().interrupt();
        try {
            assertThatIOException()
                    .isThrownBy(() -> DurableFiles.writeString(file, "new"))
                    .withMessage("cannot write " + file + ": the thread was interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("run.json");
    }

    @Test
    void whereNoFileCanBeIsNamed() throws IOException {
        Path missing = folder.resolve("missing");
        assertThatIOException()
                .isThrownBy(() -> DurableFiles.writeString(missing.resolve("x"), ""))
                .withMessage("cannot write " + missing.resolve("x") + ": " + missing + " does not exist");

        Files.writeString(file, "old");
        assertThatIOException()
                .isThrownBy(() -> DurableFiles.writeString(file.resolve("x"), ""))
                .withMessage("cannot write " + file.resolve("x") + ": " + file + " is not a folder");

        assertThatIOException()
                .isThrownBy(() -> DurableFiles.writeString(folder, ""))
                .withMessage("cannot write " + folder + ": it is a folder");

        String tooLong = "n".repeat(300);
        assertThatIOException()
                .isThrownBy(() -> DurableFiles.writeString(folder.resolve(tooLong), ""))
                .withMessageStartingWith("cannot write " + folder.resolve(tooLong) + ": ");
        assertThat(names()).containsExactly("run.json");
    }

    @Test
    void leftoversOfDeadWritersGoWithTheNextWrite() throws IOException {
        long own = ProcessHandle.current().pid();
        long alive = ProcessHandle.allProcesses()
                .mapToLong(ProcessHandle::pid)
                .filter(pid -> pid != own)
                .findFirst()
                .orElse(own);
        String ofALivingProcess = ".run.json." + alive + "-1.tmp";
        for (String name : List.of(
                ".run.json." + own + "-999999.tmp",
                ".run.json.999999999999-1.tmp",
                ".other.json.999999999999-1.tmp",
                ".run.json.x-1.tmp",
                ofALivingProcess)) {
            Files.writeString(folder.resolve(name), "half");
        }

        DurableFiles.writeString(file, "new");

        assertThat(names()).contains(".other.json.999999999999-1.tmp", ".run.json.x-1.tmp", "run.json");
        assertThat(names()).doesNotContain(".run.json." + own + "-999999.tmp", ".run.json.999999999999-1.tmp");
        if (alive != own) {
            assertThat(names()).contains(ofALivingProcess);
        }
    }

    @Test
    void writersOfOneFileNeverMixTheirContents() throws Exception {
        try (ExecutorService writers = Executors.newFixedThreadPool(4)) {
            List<Future<?>> writes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String content = Integer.toString(i).repeat(10_000 + i);
                writes.add(writers.submit(() -> {
                    DurableFiles.writeString(file, content);
                    return content;
                }));
            }
            List<Object> contents = new ArrayList<>();
            for (Future<?> write : writes) {
                contents.add(write.get());
            }
            assertThat(contents).contains(Files.readString(file));
        }
        assertThat(names()).containsExactly("run.json");
    }

    @Test
    void aRelativePathLiesInTheWorkingFolder() throws IOException {
        Path relative = Path.of("durable-files-test.tmp");
        try {
            DurableFiles.writeString(relative, "here");
            assertThat(relative).hasContent("here");
        } finally {
            Files.deleteIfExists(relative);
        }
    }

    @Test
    void checksumsAreThoseOfTheStandard() throws IOException {
        Files.writeString(file, "abc");
        assertThat(DurableFiles.sha256(file))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

        Files.write(file, new byte[0]);
        assertThat(DurableFiles.sha256(file))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

        Path missing = folder.resolve("missing");
        assertThatIOException()
                .isThrownBy(() -> DurableFiles.sha256(missing))
                .withMessage("cannot read " + missing + ": it does not exist");
    }

    @Test
    void aTreeIsDeletedWithoutFollowingLinks() throws IOException {
        Path kept = Files.createDirectories(folder.resolve("kept"));
        Files.writeString(kept.resolve("x"), "kept");
        Path tree =
                Files.createDirectories(folder.resolve("tree/a/b")).getParent().getParent();
        Files.writeString(tree.resolve("a/b/x"), "gone");
        Files.createSymbolicLink(tree.resolve("link"), kept);

        DurableFiles.deleteTree(tree);
        DurableFiles.deleteTree(tree);

        assertThat(names()).containsExactly("kept");
        assertThat(kept.resolve("x")).hasContent("kept");
    }

    @Test
    void filesAndFoldersAreForced() throws IOException {
        Files.writeString(file, "x");
        DurableFiles.force(file);
        DurableFiles.force(folder);

        Path missing = folder.resolve("missing");
        assertThatIOException()
                .isThrownBy(() -> DurableFiles.force(missing))
                .withMessage("cannot write " + missing + ": it does not exist");
    }

    @Test
    void aSwapNeedsAFolderBesideTheOther() {
        Path fresh = folder.resolve("fresh");
        Path current = folder.resolve("current");
        Path previous = folder.resolve("previous");

        assertThatIOException()
                .isThrownBy(() -> DurableFiles.swapIn(fresh, current, previous))
                .withMessage("cannot write " + current + ": " + fresh + " does not exist");
        Path elsewhere = fresh.resolve("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurableFiles.swapIn(elsewhere, current, previous))
                .withMessage("swap: the three folders must lie in one; got %s, %s and %s"
                        .formatted(elsewhere, current, previous));
        assertThatIllegalArgumentException().isThrownBy(() -> DurableFiles.recover(fresh, current, elsewhere));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
