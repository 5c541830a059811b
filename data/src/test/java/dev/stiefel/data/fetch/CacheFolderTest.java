package dev.stiefel.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CacheFolderTest {
    private static final Path HOME = Path.of("/home/ada");

    @Test
    void stiefelHomeComesFirst() {
        Map<String, String> both = Map.of("STIEFEL_HOME", "/data/stiefel", "XDG_CACHE_HOME", "/cache");

        assertThat(CacheFolder.of(both, HOME)).isEqualTo(Path.of("/data/stiefel"));
        assertThat(CacheFolder.of(Map.of("STIEFEL_HOME", "here/../there"), HOME))
                .isEqualTo(Path.of("there").toAbsolutePath());
    }

    @Test
    void theUsersCacheFolderIsNext() {
        assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "/cache"), HOME)).isEqualTo(Path.of("/cache/stiefel"));
    }

    @Test
    void unsetEmptyAndRelativeOnesLeaveTheHomeFolder() {
        Path standard = Path.of("/home/ada/.cache/stiefel");

        assertThat(CacheFolder.of(Map.of(), HOME)).isEqualTo(standard);
        assertThat(CacheFolder.of(Map.of("STIEFEL_HOME", "", "XDG_CACHE_HOME", " "), HOME))
                .isEqualTo(standard);
        assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "cache"), HOME)).isEqualTo(standard);
    }

    @Test
    void theStandardOneIsAbsolute() {
        assertThat(CacheFolder.standard()).isAbsolute();
    }
}
