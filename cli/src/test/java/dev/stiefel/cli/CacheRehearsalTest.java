package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheRehearsalTest {
    @Test
    void allItsCommandsSucceed(@TempDir Path folder) throws IOException {
        assertThat(CacheRehearsal.rehearse(folder, folder)).isZero();
        assertThat(folder.resolve("WIDE/checkpoint/model.safetensors")).exists();
    }
}
