package dev.stiefel.lab.model;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.stiefel.io.Safetensors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What users take for models, and what they are told.
final class ForeignFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        4747554603000000 | a GGUF file, whose weights are quantized for llama.cpp
        80025d71002e | a pickle, as torch.save writes; save the state dict with safetensors.torch.save_file
        80049503000000 | a pickle, as torch.save writes
        934e554d505901007600 | one NumPy array; weights of the published code are a folder of such files
        894844460d0a1a0a00 | an HDF5 file, as Keras writes
        08081207707974 6f7263683a | an ONNX model, which can be written but not read
        1f8b080000000000 | a gzip archive; unpack it
        1c00000054464c3314002000 | a TensorFlow Lite model
        89504e470d0a1a0a | a PNG image
        7f454c4602010100 | a program
        """)
    void filesAreKnownByTheirFirstBytes(String hex, String meaning) throws IOException {
        refused(Files.write(folder.resolve("model"), HexFormat.of().parseHex(hex.replace(" ", ""))), meaning);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        version https://git-lfs.github.com/spec/v1 | a Git LFS pointer, which stands for the file; fetch that with git lfs pull
        <!DOCTYPE html><title>Sign in</title> | an HTML page; download the file itself
        <html lang="en"> | an HTML page; download the file itself
        {"metadata": {}, "weight_map": {"0.weight": "model-00002-of-00002.safetensors", "0.bias": "model-00001-of-00002.safetensors"}} | the index of a model in several files, model-00001-of-00002.safetensors, model-00002-of-00002.safetensors; join the parts
        {"hidden_size": 8} | a JSON file
        layers: 3 | a text file
        """)
    void textsAreKnownByTheirBeginning(String text, String meaning) throws IOException {
        refused(Files.writeString(folder.resolve("model.safetensors"), text + "\n"), meaning);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        model/data.pkl | a zip archive, as torch.save writes; save the state dict with safetensors.torch.save_file
        arr_0.npy | a NumPy archive (.npz); save its arrays with safetensors.numpy.save_file
        config.json | a Keras archive; save its weights
        mlp.safetensors | a zip archive; unpack it, and name the file in it
        """)
    void archivesAreKnownByWhatTheyHold(String name, String meaning) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(new byte[100]);
            zip.closeEntry();
        }
        refused(Files.write(folder.resolve("model.safetensors"), bytes.toByteArray()), meaning);
    }

    @Test
    void aTarIsKnownByItsHeader() throws IOException {
        byte[] tar = new byte[512];
        tar[0] = 'm';
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        refused(Files.write(folder.resolve("model.tar"), tar), "a tar archive; unpack it, and name the file in it");
    }

    @Test
    void aPartOfAModelIsNoModel() throws IOException {
        Path file = folder.resolve("model-00001-of-00003.safetensors");
        save(file, Map.of("0.weight", new int[] {2, 3}));
        refused(file, "part 1 of 3 of a model; join the parts: load each of 'model-*.safetensors'");
        Path whole = folder.resolve("model-00001-of-00001.safetensors");
        save(whole, Map.of("0.weight", new int[] {2, 3}));
        ModelFile.read(whole).close();
    }

    @Test
    void aFileThatIsCutOffIsNamedAsBefore() throws IOException {
        Path file = folder.resolve("model.safetensors");
        save(file, Map.of("0.weight", new int[] {2, 3}));
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 90));
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(file))
                .withMessageContaining("the file is truncated");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        base_model.model.0.lora_A.weight | adapters (LoRA) are no network; merge them into their model first, with peft's merge_and_unload(), and save its state dict; got 'base_model.model.0.lora_A.weight'
        unet.down.lora_up.weight | adapters (LoRA) are no network
        0.hada_w1_a | adapters (LoRA) are no network
        0.qweight | weights are quantized; save the state dict of the model before it was quantized; got '0.qweight'
        rnn.weight_ih_l0 | recurrent layers cannot be read; linear layers and networks for images can; got 'rnn.weight_ih_l0'
        0.weight_g | weights are in parts (weight or spectral normalization, or pruning); remove that first
        0.parametrizations.weight.original0 | weights are in parts
        optimizer.state.0.exp_avg | it holds an optimizer's state; save the state dict of the model alone
        ema.0.weight | it holds a second copy of the weights, an average; save the state dict of the model alone
        embedding.weight | got an embedding, 'embedding.weight'
        layer.attn.weight | got a transformer, which has 'layer.attn.weight'
        """)
    void tensorsOfOtherNetworksAreNamed(String name, String problem) throws IOException {
        Path file = folder.resolve("model.safetensors");
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put("z.weight", new int[] {2, 3});
        shapes.put(name, new int[] {3, 3});
        save(file, shapes);
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(file))
                .withMessageStartingWith("cannot read %s: ", file)
                .withMessageContaining(problem);
    }

    @Test
    void aLinearLayerMayBeCalledAnEmbedding() throws IOException {
        Path file = folder.resolve("model.safetensors");
        save(file, Map.of("embed.weight", new int[] {2, 3}, "embed.bias", new int[] {2}));
        ModelFile.read(file).close();
    }

    private static void save(Path file, Map<String, int[]> shapes) throws IOException {
        try (Scope scope = Scope.open("test")) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            shapes.forEach((name, shape) -> tensors.put(name, scope.zeros(DType.FLOAT32, shape)));
            Safetensors.write(file, tensors, Map.of());
        }
    }

    private static void refused(Path file, String meaning) {
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> ModelFile.read(file))
                .withMessageStartingWith("cannot read %s: it is %s".formatted(file, meaning));
    }
}
