package dev.stiefel.lab.model;

import static dev.stiefel.nn.LinearSpec.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.session.Models;
import dev.stiefel.lab.session.SmallRuns;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A network that is no chain, through what the lab does with a model file.
class GraphModelTest {
    private static final NetworkSpec RESIDUAL = NetworkSpec.vectors(64, x -> {
        x = x.then("in", linear(24).rank(8).relu());
        x = x.then("block", linear(24).rank(5).relu()).plus(x);
        return x.then("again", linear(24).tiedTo("block.weight")).plus(x).then("out", linear(10));
    });

    @TempDir
    private Path folder;

    private Path file() throws IOException {
        Path file = folder.resolve("residual.safetensors");
        try (Network network = network()) {
            ModelFile.write(file, network);
        }
        return file;
    }

    private static Network network() {
        return Network.random(RESIDUAL, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1));
    }

    @Test
    void itIsInspectedWeightByWeight() throws IOException {
        try (Model model = Models.load(file());
                Network own = network()) {
            assertThat(model.network().spec()).isEqualTo(RESIDUAL);
            Inspection inspection = model.inspect();
            assertThat(inspection.layers())
                    .extracting(Inspection.LayerInfo::name)
                    .containsExactly("in", "block", "out");
            assertThat(inspection.layers())
                    .extracting(Inspection.LayerInfo::rank)
                    .containsExactly(OptionalInt.of(8), OptionalInt.of(5), OptionalInt.empty());
            assertThat(inspection.layers().get(1).singularValues())
                    .isEqualTo(((Factors) own.factoredParameters().get(1).weight()).singularValues());
            assertThat(inspection.parameters()).isEqualTo(8 * (24 + 64) + 5 * 48 + 240);
            assertThat(inspection.compression()).isEqualTo(1 - (8 * 88 + 5 * 48 + 240) / (24.0 * 64 + 24 * 24 + 240));
        }
    }

    @Test
    void itIsEvaluatedAndPredictsAsTheNetworkDoes() throws IOException {
        Samples test = SmallRuns.DIGITS.load("digits").test();
        float[] sample = new float[64];
        test.copyInput(3, sample, 0);
        try (Model model = Models.load(file());
                Network own = network();
                Threads threads = Threads.of(1);
                Pool pool = new Pool()) {
            assertThat(model.evaluate(test, 1)).isEqualTo(Metrics.of(own, test, threads, pool));
            float[] one = model.predict(sample);
            float[] many = model.predict(List.of(sample, sample)).get(1);
            for (int j = 0; j < 10; j++) {
                assertThat(one[j]).isCloseTo(many[j], within(1e-5f));
            }
        }
    }

    @Test
    void aLayerAndALossOfAnInstalledProviderAreReadBack() throws IOException {
        NetworkSpec spec = NetworkSpec.vectors(
                        3, x -> x.then(linear(4).rank(2)).then("shift", new OwnTypes.ShiftSpec(0.5)))
                .withLoss(new OwnTypes.Half(2));
        Path file = folder.resolve("own.safetensors");
        try (Network own =
                Network.random(spec, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(2))) {
            ModelFile.write(file, own);
        }
        try (Model model = Models.load(file)) {
            assertThat(model.network().spec()).isEqualTo(spec);
        }
    }

    @Test
    void itIsExportedToOnnxAndBackIntoItsOwnFormat() throws IOException {
        try (Model model = Models.load(file())) {
            Export.of(model, folder.resolve("model.onnx")).write();
            Export.of(model, folder.resolve("copy.safetensors")).write();
        }
        assertThat(Files.size(folder.resolve("model.onnx"))).isPositive();
        try (Model copy = Models.load(folder.resolve("copy.safetensors"))) {
            assertThat(copy.network().spec()).isEqualTo(RESIDUAL);
        }
    }
}
