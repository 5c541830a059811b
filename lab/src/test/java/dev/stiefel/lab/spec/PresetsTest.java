package dev.stiefel.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The presets and their files.
class PresetsTest {
    private static final Path FOLDER = Path.of("src/main/resources/dev/stiefel/lab/spec/presets");

    /// Choices beside method and optimizer, by the names that the resource has.
    private static final Map<String, Map<String, Object>> VARIANTS = Map.of(
            "plain", Map.of(),
            "rank", Map.of("rank", 5),
            "legacy", Map.of("legacy", true),
            "tolerance", Map.of("tolerance", 0.01),
            "budget", Map.of("budget", 0.1),
            "small", Map.of("depth", 2, "width", 30));

    /// The resource was written by the version before presets were files. The hashes are names of sweeps' runs.
    @Test
    void presetsMeanWhatTheyMeantBeforeTheyWereFiles() throws IOException {
        List<String> expected = new ArrayList<>();
        try (InputStream in = PresetsTest.class.getResourceAsStream("preset-hashes.txt")) {
            assertThat(in).isNotNull();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(expected::add);
        }
        List<String> found = new ArrayList<>();
        for (String line : expected) {
            String[] parts = line.split(" ", -1);
            Map<String, Object> choices = new TreeMap<>(VARIANTS.get(parts[3]));
            choices.putAll(Map.of("method", parts[1], "optimizer", parts[2], "threads", 1));
            RunSpec spec = Presets.of(parts[0], choices).spec();
            byte[] text = (new TreeMap<>(spec.asMap()) + " ").getBytes(StandardCharsets.UTF_8);
            found.add(String.join(
                    " ", parts[0], parts[1], parts[2], parts[3], Sha256.of(text).substring(0, 16)));
        }
        assertThat(expected).hasSizeGreaterThan(400);
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void theIndexListsTheFiles() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".yaml"))
                            .map(name -> name.replace(".yaml", ""))
                            .sorted())
                    .containsExactlyElementsOf(Presets.names());
        }
    }

    @Test
    void everyPresetIsDescribedByItsFirstLine() {
        for (Preset preset : Presets.all()) {
            assertThat(preset.description()).matches("(a |[A-Z]).*").doesNotContain("#");
            assertThat(preset.spec().get(Options.EXPERIMENT)).isEqualTo(preset.name());
        }
    }
}
