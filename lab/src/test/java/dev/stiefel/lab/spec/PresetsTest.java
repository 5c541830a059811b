package dev.stiefel.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.io.Sha256;
import dev.stiefel.train.RankPlan;
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
            assertThat(preset.choices().find(Options.EXPERIMENT)).hasValue(preset.name());
        }
    }

    @Test
    void aBudgetGivesWayToWhatIsChosenInItsPlace() {
        assertThat(chosen("lenet5").find(Options.BUDGET)).hasValue(0.05);
        assertThat(chosen("lenet5").find(Options.TOLERANCE)).isEmpty();
        assertThat(chosen("lenet5", "rank", 8).find(Options.BUDGET)).isEmpty();
        assertThat(chosen("lenet5", "absoluteTolerance", 0.2).find(Options.BUDGET))
                .isEmpty();
        assertThat(chosen("lenet5", "toleranceStart", 0.01).find(Options.BUDGET))
                .isEmpty();
        assertThat(chosen("lenet5", "form", "tucker").find(Options.BUDGET)).isEmpty();
        assertThat(chosen("lenet5", "method", "dense").find(Options.BUDGET)).isEmpty();

        RunSpec tolerant = chosen("lenet5", "tolerance", 0.2);
        assertThat(tolerant.find(Options.BUDGET)).isEmpty();
        assertThat(tolerant.find(Options.TOLERANCE)).hasValue(0.2);
        RunSpec factors = chosen("lenet5", "method", "factors");
        assertThat(factors.find(Options.BUDGET)).isEmpty();
        assertThat(factors.get(Options.RANK)).isEqualTo(LayerRanks.all(20));
    }

    @Test
    void ranksAreHeldWhereNothingSaysThatTheyAdapt() {
        assertThat(chosen("vgg16").get(Options.RANK)).isEqualTo(LayerRanks.all(32));
        assertThat(chosen("vgg16").find(Options.TOLERANCE)).isEmpty();
        assertThat(chosen("vgg16").trainSpec().ranks()).isEqualTo(new RankPlan.Hold());
        assertThat(chosen("vgg16", "rank", 8).get(Options.RANK)).isEqualTo(LayerRanks.all(8));
        assertThat(chosen("vgg16", "method", "dense").find(Options.RANK)).isEmpty();
        for (Map.Entry<String, Object> adaptive : Map.<String, Object>of(
                        "tolerance", 0.2, "budget", 0.1, "initialRank", 20, "maxRank", 40, "adaptEvery", 100)
                .entrySet()) {
            RunSpec spec = chosen("vgg16", adaptive.getKey(), adaptive.getValue());
            assertThat(spec.find(Options.RANK)).as(adaptive.getKey()).isEmpty();
            assertThat(spec.find(Options.INITIAL_RANK)).as(adaptive.getKey()).isPresent();
        }
        assertThat(chosen("digits").find(Options.RANK)).isEmpty();
    }

    @Test
    void anOptimizerIsForThePresetsMethodAndItsRatesAreForBoth() {
        RunSpec usual = chosen("vgg16");
        assertThat(usual.get(Options.OPTIMIZER)).isEqualTo(OptimizerName.MUON);
        assertThat(usual.get(Options.LEARNING_RATE)).isLessThan(0.01);
        assertThat(chosen("vgg16", "optimizer", "muon")).isEqualTo(usual);

        assertThat(chosen("vgg16", "optimizer", "adam").get(Options.LEARNING_RATE))
                .isEqualTo(1e-3);
        assertThat(chosen("vgg16", "optimizer", "momentum").get(Options.LEARNING_RATE))
                .isEqualTo(0.2);
        for (String method : List.of("bug", "factors", "s-only")) {
            RunSpec other = chosen("vgg16", "method", method);
            assertThat(other.get(Options.OPTIMIZER)).isEqualTo(OptimizerName.MOMENTUM);
            assertThat(other.get(Options.LEARNING_RATE)).isEqualTo(0.2);
        }
        RunSpec dense = chosen("vgg16", "method", "dense");
        assertThat(dense.get(Options.OPTIMIZER)).isEqualTo(OptimizerName.MOMENTUM);
        assertThat(dense.get(Options.LEARNING_RATE)).isEqualTo(0.1);
    }

    @Test
    void aNetworkBringsWhatItsPresetSaysOfTraining() {
        RunSpec asPreset = chosen("vgg16");
        RunSpec asNetwork = chosen("cifar10", "network", "vgg16");
        for (Option<?> option : Options.all()) {
            if (option != Options.EXPERIMENT) {
                assertThat(asNetwork.find(option)).as(option.key()).isEqualTo(asPreset.find(option));
            }
        }

        RunSpec otherData = chosen("mnist", "network", "resnet20");
        assertThat(otherData.get(Options.OPTIMIZER)).isEqualTo(OptimizerName.MUON);
        assertThat(otherData.get(Options.LEARNING_RATE))
                .isEqualTo(chosen("resnet20").get(Options.LEARNING_RATE));
        assertThat(otherData.get(Options.AUGMENT)).isEqualTo(AugmentationName.NONE);
        assertThat(otherData.get(Options.VALIDATION)).isEqualTo(10_000);

        assertThat(chosen("digits", "network", "resnet20").get(Options.BATCH_SIZE))
                .as("what the preset says that a run starts from comes first")
                .isEqualTo(32);
    }

    private static RunSpec chosen(String preset) {
        return Presets.of(preset).spec();
    }

    private static RunSpec chosen(String preset, String key, Object value) {
        return Presets.of(preset, Map.of(key, value)).spec();
    }
}
