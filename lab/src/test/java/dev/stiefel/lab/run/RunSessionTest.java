package dev.stiefel.lab.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunSessionTest {
    @TempDir
    Path folder;

    @Test
    void aRunOfDigitsEndsDoneWithASummary() throws IOException {
        RunSpec spec = Presets.of("digits", Map.of("epochs", 2, "threads", 1)).spec();
        Path run = folder.resolve("run");

        RunResult result = RunSession.create(spec, run, DataSets.in(folder)).run(RunListener.NONE);

        assertThat(result.outcome()).isEqualTo(new Outcome.Finished());
        assertThat(RunFolder.open(run).status()).isEqualTo(RunStatus.DONE);
        assertThat(RunFolder.open(run).spec()).isEqualTo(spec);
        assertThat(RunFolder.open(run).summary()).contains(result.summary());
    }
}
