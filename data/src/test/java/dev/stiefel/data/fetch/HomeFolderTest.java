package dev.stiefel.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeFolderTest {
    @TempDir
    private Path folder;

    @Test
    void homeComesBeforeWhatTheSystemSays() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path other = Files.createDirectory(folder.resolve("other"));
        assertThat(HomeFolder.of(Map.of("HOME", home.toString()), other.toString(), folder))
                .isEqualTo(home);
        assertThat(HomeFolder.of(Map.of(), other.toString(), folder)).isEqualTo(other);
    }

    @Test
    void aUserWithoutAHomeHasOneAmongTemporaryFiles() throws Exception {
        Path found = HomeFolder.of(Map.of(), "?", folder);
        assertThat(found).isDirectory().hasParent(folder);
        assertThat(found.getFileName().toString()).startsWith("stiefel-").doesNotContain("?");
        assertThat(HomeFolder.of(Map.of("HOME", folder.resolve("none").toString()), "/", folder))
                .isEqualTo(found);
        assertThat(HomeFolder.of(Map.of("STIEFEL_HOME", "/data/own"), "?", folder))
                .isEqualTo(Path.of("/data/own"));
    }

    @Test
    void withoutAnyFolderTheMessageAsksForOne() {
        assertThatThrownBy(() -> HomeFolder.of(Map.of(), "?", folder.resolve("none")))
                .hasMessageContaining("there is no home folder")
                .hasMessageContaining("STIEFEL_HOME");
    }
}
