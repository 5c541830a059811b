package dev.stiefel.lab.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.stiefel.io.Npy;
import dev.stiefel.io.Safetensors;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.session.Models;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The models are beside the script that made them with PyTorch and NumPy, and that computed their outputs:
/// `foreign/make.py`.
class ForeignModelsTest {
    private static final Path FOREIGN = Path.of("src/test/resources/dev/stiefel/lab/published/foreign");

    @TempDir
    private Path folder;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({
        "mlp.safetensors, 64-20-15-10, 1e-6",
        "no-bias-double.safetensors, 64-20-15-10, 1e-6",
        "float16.safetensors, 64-64-64-64-64-64-64-64-64-64-10, 1e-6",
        "bfloat16.safetensors, 64-64-64-64-64-64-64-64-64-64-10, 1e-6",
        "fixed, 64-12-9-10, 1e-5",
        "adaptive, 64-12-10, 1e-5",
        "dense-first, 64-12-10, 1e-6"
    })
    void aModelOfAnotherProgramComputesWhatItComputedThere(String name, String layers, float tolerance)
            throws IOException {
        Tensor inputs = Npy.read(FOREIGN.resolve("inputs.npy"), scope);
        float[] expected = Npy.readFloats(FOREIGN.resolve(name.replace(".safetensors", "") + ".npy"));

        try (Model model = Models.load(FOREIGN.resolve(name))) {
            assertThat(model.network().spec()).hasToString(layers);
            assertThat(model.network().predict(scope, inputs).toFloats()).containsExactly(expected, within(tolerance));
            assertThat(model.spec()).isEmpty();
            assertThat(model.sha256()).matches("[0-9a-f]{64}");
        }
    }

    @Test
    void publishedFactorsKeepTheirRanksAndBecomeOrthonormal() throws IOException {
        try (Model model = Models.load(FOREIGN.resolve("fixed"))) {
            assertThat(model.network().ranks()).containsExactly(5, 3);
            assertThat(model.network().factors()).allMatch(factors -> factors.gauge() == Gauge.ORTHONORMAL);
            Tensor theirs = Npy.read(FOREIGN.resolve("fixed/aux_U0.npy"), scope);
            assertThat(model.network().factors().getFirst().V().toFloats())
                    .containsExactly(theirs.toFloats()); // which was orthonormal already
        }
    }

    @Test
    void theChecksumOfAFolderIsOfTheFilesThatWereRead() throws IOException {
        Path copy = copyOf("fixed");
        String before = sha256(copy);
        Files.writeString(copy.resolve("notes.txt"), "ignored");
        Files.delete(copy.resolve("k0.npy"));
        assertThat(sha256(copy)).isEqualTo(before);

        Npy.write(copy.resolve("b0.npy"), scope.zeros(DType.FLOAT32, 12));
        assertThat(sha256(copy)).isNotEqualTo(before);
    }

    static Stream<Arguments> noChains() {
        return Stream.of(
                arguments(Map.of(), "it holds no tensors"),
                arguments(
                        Map.of("conv.weight", new int[] {4, 1, 3, 3}),
                        "a linear layer [classes, in] is missing, which all networks for images end with"),
                arguments(
                        Map.of("1.weight", new int[] {8}),
                        "tensor '1.weight' is a vector, as of a normalization (LayerNorm, GroupNorm) or PReLU; only"
                                + " chains of linear layers with ReLU between can be read"),
                arguments(
                        Map.of("0.weight", new int[] {2, 3}, "0.bias", new int[] {2, 1}),
                        "tensor '0.bias' must be a vector [out]; got [2, 1]; without convolutions only chains of"
                                + " linear layers can be read"),
                arguments(
                        Map.of("0.weight", new int[] {2, 3}, "1.running_mean", new int[] {2}),
                        "tensor '1.running_mean' is of a batch normalization, which chains of linear layers do not"
                                + " have; fold it into the layer before it: weight · scale / √(variance + eps), (bias −"
                                + " mean) · scale / √(variance + eps) + shift"),
                arguments(
                        Map.of("layers.0.weight.U", new int[] {2, 1}),
                        "tensor 'layers.0.weight.U' is none of a chain of linear layers, whose names end in .weight and"
                                + " .bias"),
                arguments(
                        Map.of("0.weight", new int[] {2, 3}, "2.weight", new int[] {5, 4}),
                        "tensor '2.weight' must be [out, 2] to follow '0.weight'; got [5, 4]; layers are taken in the"
                                + " order of their names"),
                arguments(
                        Map.of("0.weight", new int[] {2, 3}, "0.bias", new int[] {3}),
                        "tensor '0.bias' must be [2], as '0.weight' has rows; got [3]"),
                arguments(
                        Map.of("0.weight", new int[] {2, 3}, "0.bias", new int[] {2}, "1.weight", new int[] {2, 2}),
                        "tensor '1.bias' is missing: all layers must have a bias, or none"),
                arguments(Map.of("0.bias", new int[] {2}), "tensor '0.weight' is missing"),
                arguments(Map.of("bias", new int[] {2}), "tensor 'weight' is missing"),
                arguments(Map.of("0.weight", new int[] {0, 3}), "tensor '0.weight' is empty: [0, 3]"),
                arguments(
                        Map.of("fc1.weight", new int[] {2, 3}, "fc01.weight", new int[] {2, 2}),
                        "claim the same place"),
                arguments(
                        Map.of("a\nb", new int[] {1}),
                        "tensor 'a b' is none of a chain of linear layers, whose names end in .weight and .bias"));
    }

    @ParameterizedTest
    @MethodSource("noChains")
    void whatIsNoChainOfLinearLayersIsNamed(Map<String, int[]> shapes, String reason) throws IOException {
        Path file = folder.resolve("model.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> tensors.put(name, scope.zeros(DType.FLOAT32, shape)));
        Safetensors.write(file, tensors, Map.of());

        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(file))
                .withMessageStartingWith(
                        "cannot read %s: without the metadata key 'stiefel' it must be a state dict of PyTorch: ", file)
                .withMessageEndingWith(reason);
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Tensor weight = scope.zeros(DType.FLOAT32, 2, 30_000);
        weight.set(1, 7, Double.NaN);
        Safetensors.write(file, Map.of("0.weight", weight), Map.of());
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(file))
                .withMessageEndingWith("tensor '0.weight': its numbers must be finite; element 30007 is NaN");

        Tensor huge = scope.zeros(DType.FLOAT64, 1, 1);
        huge.set(0, 0, 1e300);
        Safetensors.write(file, Map.of("weight", huge), Map.of());
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(file))
                .withMessageEndingWith("tensor 'weight': its numbers must be finite; element 0 is Infinity");

        try (Model own = Models.load(FOREIGN.resolve("mlp.safetensors"))) {
            own.network().dense().flat().clear();
            own.network().dense().get("layers.2.weight").value().set(3, 1, Double.NEGATIVE_INFINITY);
            ModelFile.write(file, own.network());
        }
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(file))
                .withMessage(
                        "cannot read %s: tensor 'layers.2.weight': its numbers must be finite; element 46 is -Infinity",
                        file);

        Path published = copyOf("fixed");
        Tensor bias = scope.zeros(DType.FLOAT32, 12);
        bias.slice(0, 1, 12).set(0, 4, Double.NaN);
        Npy.write(published.resolve("b0.npy"), bias);
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> Models.load(published))
                .withMessage(
                        "cannot read %s: tensor 'b0.npy': its numbers must be finite; element 4 is NaN", published);
    }

    /// What is done to a folder of published weights.
    interface Damage {
        void to(Path folder, Scope scope) throws IOException;
    }

    static Stream<Arguments> damagedFolders() {
        return Stream.of(
                damaged("fixed", "aux_Vt0.npy: it does not exist", delete("aux_Vt0")),
                damaged("fixed", "aux_U0.npy: it does not exist", delete("aux_U0")),
                damaged("fixed", "s1.npy: it does not exist", delete("s1")),
                damaged("fixed", "b1.npy: it does not exist", delete("b1")),
                damaged("fixed", "b_out.npy: it does not exist", delete("b_out")),
                damaged(
                        "fixed",
                        ": layer 0 is missing: there is no aux_U0.npy, w0.npy or w_0.npy, but a layer 1",
                        delete("aux_U0", "s0", "aux_Vt0")),
                damaged("fixed", ": layer 1 is there twice: as ", put("w1", 12, 9)),
                damaged(
                        "fixed",
                        "aux_U1.npy: it must be [12, …] to follow the layer before it; got [13, 3]",
                        put("aux_U1", 13, 3)),
                damaged(
                        "fixed",
                        "w_out.npy: it must be [9, …] to follow the layer before it; got [8, 10]",
                        put("w_out", 8, 10)),
                damaged("fixed", "s0.npy: it must be [5, 5] or [10, 10]; got [5, 6]", put("s0", 5, 6)),
                damaged(
                        "fixed",
                        "aux_U0.npy: it must be a rank in [1, 12] for 64 inputs and 12 outputs; got [64, 13]",
                        put("aux_U0", 64, 13)),
                damaged(
                        "fixed",
                        "aux_U0.npy: it must be a rank in [1, 12] for 64 inputs and 12 outputs; got [64, 0]",
                        put("aux_U0", 64, 0)),
                damaged("fixed", "b0.npy: it must be a vector; got [12, 1]", put("b0", 12, 1)),
                damaged("fixed", "s0.npy: it must be a matrix; got [25]", put("s0", 25)),
                damaged("fixed", "b_out.npy: it must be [10], as w_out.npy has columns; got [9]", put("b_out", 9)),
                damaged("dense-first", "w0.npy: it must be [in, out], at least 1 each; got [0, 12]", put("w0", 0, 12)),
                damaged(
                        "cut",
                        "aux_Vt0.npy: it must be [5, 12]; got [10, 5]; rank-adaptive layers of the published code"
                                + " were saved without most columns, which cannot be recovered",
                        (_, _) -> {}),
                damaged(
                        "fixed",
                        "s0.npy: the file is empty",
                        (folder, _) -> Files.write(folder.resolve("s0.npy"), new byte[0])),
                damaged("fixed", "s0.npy: it is a folder", (folder, _) -> {
                    Files.delete(folder.resolve("s0.npy"));
                    Files.createDirectory(folder.resolve("s0.npy"));
                }),
                damaged("fixed", "s0.npy: it is not a regular file", (folder, _) -> {
                    Files.delete(folder.resolve("s0.npy"));
                    Files.createSymbolicLink(folder.resolve("s0.npy"), Path.of("/dev/zero"));
                }));
    }

    private static Arguments damaged(String model, String message, Damage damage) {
        return arguments(model, message, damage);
    }

    private static Damage delete(String... names) {
        return (folder, _) -> {
            for (String name : names) {
                Files.delete(folder.resolve(name + ".npy"));
            }
        };
    }

    private static Damage put(String name, int... shape) {
        return (folder, scope) -> Npy.write(folder.resolve(name + ".npy"), scope.zeros(DType.FLOAT32, shape));
    }

    @ParameterizedTest
    @MethodSource("damagedFolders")
    void whatIsWrongWithAFolderIsNamed(String name, String message, Damage damage) throws IOException {
        Path copy = copyOf(name);
        damage.to(copy, scope);

        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> Models.load(copy))
                .withMessageStartingWith("cannot read " + copy)
                .withMessageContaining(message);
        if (Files.isSymbolicLink(copy.resolve("s0.npy"))) {
            Files.delete(copy.resolve("s0.npy")); // JUnit warns of links out of the folder
        }
    }

    @Test
    void aFolderWithoutAFirstLayerIsNoModel() throws IOException {
        Files.createDirectory(folder.resolve("some"));
        Files.createFile(folder.resolve("some/x.npy"));

        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> Models.load(folder.resolve("some")))
                .withMessage("'%s' is not a run: it has no run.json", folder.resolve("some"));
    }

    @Test
    void layersAreTakenInNaturalOrderWhateverTheFilesOrder() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<String> names = List.of("fc2", "fc10", "fc1", "out");
        int[][] shapes = {{4, 5}, {3, 4}, {5, 6}, {2, 3}};
        for (int i = 0; i < shapes.length; i++) {
            Tensor weight = scope.zeros(DType.FLOAT32, shapes[i]);
            Rng.seeded(i).fillNormal(weight, 1);
            tensors.put(names.get(i) + ".weight", weight);
        }
        Safetensors.write(file, tensors, Map.of("format", "pt"));

        try (Model model = Models.load(file)) {
            assertThat(model.network().spec()).hasToString("6-5-4-3-2");
        }
    }

    private static String sha256(Path path) throws IOException {
        try (Model model = Models.load(path)) {
            return model.sha256();
        }
    }

    private Path copyOf(String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        try (Stream<Path> files = Files.list(FOREIGN.resolve(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }
}
