package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunPlaceTest {
    @TempDir
    private Path folder;

    @Test
    void runsThatBeginAtOnceHaveFoldersOfTheirOwn() throws IOException {
        Path runs = folder.resolve("runs");
        try (RunPlace first = RunPlace.free(runs, "a");
                RunPlace second = RunPlace.free(runs, "a");
                RunPlace third = RunPlace.free(runs, "a")) {
            assertThat(first.path()).isEqualTo(runs.resolve("a"));
            assertThat(second.path()).isEqualTo(runs.resolve("a-2"));
            assertThat(third.path()).isEqualTo(runs.resolve("a-3"));
            Files.writeString(second.path().resolve("run.json"), "{}");
        }
        assertThat(runs.resolve("a-2")).exists();
        assertThat(runs.resolve("a")).doesNotExist();
        assertThat(runs.resolve("a-3")).doesNotExist();
    }

    @Test
    void nothingIsLeftWhereNoRunCame() throws IOException {
        RunPlace.free(folder.resolve("runs"), "a").close();
        assertThat(folder).isEmptyDirectory();
    }
}
