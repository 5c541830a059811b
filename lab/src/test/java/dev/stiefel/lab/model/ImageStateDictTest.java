package dev.stiefel.lab.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.io.Npy;
import dev.stiefel.io.Safetensors;
import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.lab.spec.Architectures;
import dev.stiefel.model.Network;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.Window.Extent;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// State dicts of networks for images compute what PyTorch computed with them, or are refused by the name of a tensor.
class ImageStateDictTest {
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

    private static Architecture architecture(String word) {
        return Architectures.all().stream()
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "lenet5-numbered, lenet5",
        "lenet5-named, lenet5",
        "alexnet-numbered, alexnet",
        "vgg16-numbered, vgg16",
        "vgg16-features, vgg16",
        "vgg16-64, vgg16",
        "vgg16-wide-numbered, vgg16-wide",
        "vgg16-wide-features, vgg16-wide",
        "resnet20-options, resnet20",
        "resnet20-projections, resnet20-projections",
        "resnet20-extra, resnet20-extra"
    })
    void aNetworkIsRecognizedAndComputesWhatPyTorchComputes(String name, String word) throws IOException {
        TorchFixture fixture = TorchFixture.of(name);
        NetworkHint hint = new NetworkHint(
                Optional.empty(),
                word.startsWith("resnet")
                        ? Optional.of(new Extent(
                                fixture.image().height(), fixture.image().width()))
                        : Optional.empty());

        try (Network network = StateDict.network(fixture.tensors(scope), hint).network()) {
            assertThat(Architectures.of(network.spec())).contains(architecture(word));
            assertThat(network.spec().inputs().getFirst().shape()).isEqualTo(fixture.image());
            assertThat(outputs(network, fixture.image())).containsExactly(fixture.outputs(), within(1e-4f));
        }
    }

    @Test
    void aFileOfPyTorchIsReadWithItsCounters() throws IOException {
        Path file = TorchFixture.FOLDER.resolve("small-conv.safetensors");
        try (Network network = ModelFile.read(file)) {
            assertThat(Architectures.of(network.spec())).contains(architecture("small-conv"));
            assertThat(outputs(network, new Image(8, 8, 1)))
                    .containsExactly(Npy.readFloats(TorchFixture.FOLDER.resolve("small-conv.npy")), within(1e-4f));
        }
    }

    @Test
    void numbersInDoublePrecisionAreRead() throws IOException {
        TorchFixture fixture = TorchFixture.of("lenet5-numbered");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        fixture.tensors(scope).forEach((name, tensor) -> {
            Tensor wide = scope.uninitialized(DType.FLOAT64, fixture.shapes().get(name));
            wide.write(0, tensor.toDoubles(), 0, (int) tensor.size());
            tensors.put(name, wide);
        });
        try (Network network = StateDict.network(tensors, NetworkHint.NONE).network()) {
            assertThat(outputs(network, fixture.image())).containsExactly(fixture.outputs(), within(1e-4f));
        }
    }

    @Test
    void biasesMayBeMissingAltogether() throws IOException {
        Map<String, Tensor> tensors = TorchFixture.of("lenet5-numbered").tensors(scope);
        tensors.keySet().removeIf(name -> name.endsWith(".bias"));
        try (Network network = StateDict.network(tensors, NetworkHint.NONE).network()) {
            assertThat(network.tensors().get("conv1.bias").toFloats()).containsOnly(0);
            assertThat(network.tensors().get("fc2.bias").toFloats()).containsOnly(0);
        }
    }

    private float[] outputs(Network network, Image image) {
        return network.predict(scope, List.of(TorchFixture.inputs(scope, image)))
                .values()
                .toFloats();
    }

    /// Changes: `-NAME` without this tensor, `NAME` with one of this shape.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        resnet20-options | -module.layer1.1.bn2.running_var | tensor 'module.layer1.1.bn2.running_var' is missing: batch normalizations have .weight, .bias, .running_mean and .running_var
        resnet20-options | -module.layer2.1.conv2.weight | tensor 'module.layer2.1.conv2.weight' is missing: it is 'stage2.block2.conv2' of network 'resnet20'
        resnet20-options | -module.conv1.weight | tensor 'module.conv1.weight' is missing: it is 'conv1' of network 'resnet20'
        resnet20-options | -module.linear.weight | tensor 'module.linear.weight' is missing
        resnet20-options | -module.linear.weight -module.linear.bias | a linear layer [classes, in] is missing, which all networks for images end with
        resnet20-options | module.layer1.0.alpha 1 | tensor 'module.layer1.0.alpha' is none of a convolution, a batch normalization or a linear layer, whose names end in .weight, .bias, .running_mean and .running_var
        resnet20-options | module.layer1.3.conv1.weight 16 16 3 3 | tensor 'module.layer1.3.conv1.weight' has no place in network 'resnet20'
        resnet20-options | module.layer1.0.se.weight 4 16 | tensor 'module.layer1.0.se.weight' must be [10, 64], as 'fc' of network 'resnet20' for images [32, 32, 3]; got [4, 16]
        resnet20-options | module.conv1.weight 64 3 7 7 | tensor 'module.conv1.weight' must be [16, 3, 3, 3], as 'conv1' of network 'resnet20' for images [32, 32, 3]; got [64, 3, 7, 7]
        resnet20-projections | conv1.weight 64 3 7 7 layer4.0.conv1.weight 9 9 3 3 layer4.0.conv2.weight 9 9 3 3 | tensor 'conv1.weight', [64, 3, 7, 7], is the first kernel of none of the networks small-conv, lenet5, alexnet, vgg16, vgg16-wide, resnet20, resnet20-extra, resnet20-projections
        resnet20-options | module.layer3.0.conv1.weight 64 32 1 1 | tensor 'module.layer3.0.conv1.weight' must be [64, 32, 3, 3], as 'stage3.block1.conv1' of network 'resnet20' for images [32, 32, 3]; got [64, 32, 1, 1]
        resnet20-options | module.bn1.bias 17 | tensor 'module.bn1.bias' must be [16], as 'norm1' of network 'resnet20' for images [32, 32, 3]; got [17]
        resnet20-options | module.bn1.bias 16 1 | tensor 'module.bn1.bias' must be [16], as 'norm1' of network 'resnet20' for images [32, 32, 3]; got [16, 1]
        resnet20-options | module.stem.weight 16 3 3 3 3 | tensor 'module.stem.weight' must be [out, in, height, width] of a convolution or [out, in] of a linear layer; got [16, 3, 3, 3, 3]
        resnet20-options | module.linear.bias 0 | tensor 'module.linear.bias' is empty: [0]
        resnet20-projections | -layer2.0.downsample.1.running_mean -layer2.0.downsample.1.running_var | tensor 'layer2.0.downsample.1.running_mean' is missing: batch normalizations have .weight, .bias, .running_mean and .running_var
        resnet20-projections | -layer2.0.downsample.0.weight | tensor 'layer2.0.downsample.0.weight' is missing: it is 'stage2.block1.projection' of network 'resnet20-projections'
        vgg16-features | -features.7.weight -features.7.bias | tensor 'features.8.weight' is of a batch normalization; network 'vgg16' has a convolution there, 'conv2_1' [128, 64, 3, 3]
        vgg16-features | -features.1.weight -features.1.bias -features.1.running_mean -features.1.running_var | tensor 'features.3.weight' is of a convolution; network 'vgg16' has a batch normalization there, 'norm1_1' [64]
        vgg16-features | features.44.weight 512 512 3 3 | tensor 'features.44.weight' has no place in network 'vgg16'
        vgg16-features | -features.41.weight -features.41.bias -features.41.running_mean -features.41.running_var | a batch normalization is missing: network 'vgg16' has one more, 'norm5_3' [512]
        vgg16-64 | classifier.1.weight 5 2049 | tensor 'classifier.1.weight' must be [5, 512], as 'fc' of network 'vgg16' for images [32, 32, 3]; got [5, 2049]
        lenet5-numbered | -3.bias | tensor '3.bias' is missing: all layers must have a bias, or none
        lenet5-numbered | 9.weight 10 400 | tensor '9.weight' must be [10, 500], as 'fc2' of network 'lenet5' for images [28, 28, 1]; got [10, 400]
        lenet5-named | conv01.weight 20 3 5 5 | tensors 'conv1.weight' and 'conv01.weight' claim the same place
        """)
    void whatIsNotUnderstoodIsNamed(String fixture, String changes, String message) throws IOException {
        Map<String, int[]> shapes = TorchFixture.of(fixture).shapes();
        for (String change : changes.split(" (?=[-a-z]|[0-9]+[.])", -1)) {
            String[] words = change.split(" ", -1);
            if (change.startsWith("-")) {
                assertThat(shapes.remove(change.substring(1))).isNotNull();
            } else {
                shapes.put(
                        words[0],
                        Arrays.stream(words).skip(1).mapToInt(Integer::parseInt).toArray());
            }
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> tensors.put(name, scope.zeros(DType.FLOAT32, shape)));
        assertThatIOException()
                .isThrownBy(() ->
                        StateDict.network(tensors, NetworkHint.NONE).network().close())
                .withMessage("%s", message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        resnet20-projections | resnet20 | 32 | tensor 'layer2.0.downsample.0.weight' has no place in network 'resnet20'
        resnet20-options | resnet20-projections | 32 | tensor 'module.layer2.0.downsample.0.weight' is missing: it is 'stage2.block1.projection' of network 'resnet20-projections'
        lenet5-numbered | lenet5 | 32 | tensor '7.weight' must be [500, 1250], as 'fc1' of network 'lenet5' for images [32, 32, 1]; got [500, 800], which is for images of 28 × 28 pixels
        lenet5-numbered | lenet5 | 12 | it is network 'lenet5', which cannot take images of 12 × 12 pixels: network: layer 'conv2': convolution: a window of 5 × 5 pixels must fit an image of 4 × 4
        lenet5-numbered | mlp | 28 | network 'mlp' has no convolutions; the file has
        lenet5-numbered | alexnet | 28 | tensor '0.weight' must be [64, 1, 3, 3], as 'conv1' of network 'alexnet' for images [28, 28, 1]; got [20, 1, 5, 5]
        """)
    void whatIsNotTheNetworkThatWasNamedIsRefused(String fixture, String word, int size, String message)
            throws IOException {
        Map<String, Tensor> tensors = TorchFixture.of(fixture).tensors(scope);
        NetworkHint hint = new NetworkHint(Optional.of(architecture(word)), Optional.of(Extent.square(size)));
        assertThatIOException()
                .isThrownBy(() -> StateDict.network(tensors, hint).network().close())
                .withMessage("%s", message);
    }

    @Test
    void aLinearFileIsNoNetworkForImages() throws IOException {
        Map<String, Tensor> tensors = Map.of("0.weight", scope.zeros(DType.FLOAT32, 10, 64));
        NetworkHint hint = new NetworkHint(Optional.of(architecture("vgg16")), Optional.empty());
        assertThatIOException()
                .isThrownBy(() -> StateDict.network(tensors, hint).network().close())
                .withMessage("network 'vgg16' has convolutions; the file has no kernel [out, in, height, width]");
    }

    @Test
    void numbersThatCannotBeAreRefused() throws IOException {
        Path source = TorchFixture.FOLDER.resolve("small-conv.safetensors");
        Path file = folder.resolve("model.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>(
                Safetensors.read(source, scope, StateDict::isRead).tensors());

        tensors.get("1.running_var").write(3, new float[] {-0.5f}, 0, 1);
        Safetensors.write(file, tensors, Map.of());
        refused(file, "tensor '1.running_var' must be at least 0; element 3 is -0.5");

        tensors.get("1.running_var").write(3, new float[] {Float.NaN}, 0, 1);
        Safetensors.write(file, tensors, Map.of());
        refused(file, "tensor '1.running_var': its numbers must be finite; element 3 is NaN");

        tensors.get("1.running_var").write(3, new float[] {1}, 0, 1);
        tensors.get("3.weight").write(1000, new float[] {Float.POSITIVE_INFINITY}, 0, 1);
        Safetensors.write(file, tensors, Map.of());
        refused(file, "tensor '3.weight': its numbers must be finite; element 1000 is Infinity");

        Tensor huge = scope.zeros(DType.FLOAT64, 64, 256);
        huge.write(7, new double[] {1e300}, 0, 1);
        tensors.get("3.weight").write(1000, new float[] {0}, 0, 1);
        tensors.put("12.weight", huge);
        Safetensors.write(file, tensors, Map.of());
        refused(file, "tensor '12.weight': its numbers must be finite; element 193 is Infinity"); // channels last

        tensors.put("12.weight", scope.zeros(DType.FLOAT32, 64, 256));
        tensors.get("0.bias").write(2, new float[] {Float.NaN}, 0, 1);
        Safetensors.write(file, tensors, Map.of());
        refused(file, "tensor '1.running_mean': its numbers must be finite; element 2 is NaN");
    }

    private static void refused(Path file, String message) {
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(file))
                .withMessage(
                        "cannot read %s: without the metadata key 'stiefel' it must be a state dict of PyTorch: %s",
                        file, message);
    }

    @Test
    void whatTorchSaveWritesIsRefused() throws IOException {
        Path zip = Files.write(folder.resolve("a.pt"), new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0, 0});
        Path pickle = Files.write(folder.resolve("b.pth"), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 'l'});

        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(zip))
                .withMessage(
                        "cannot read %s: it is a zip archive, as torch.save writes; save the state dict with"
                                + " safetensors.torch.save_file",
                        zip);
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(pickle))
                .withMessageStartingWith("cannot read %s: it is a pickle, as torch.save writes", pickle);
    }
}
