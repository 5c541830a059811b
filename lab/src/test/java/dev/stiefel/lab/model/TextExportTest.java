package dev.stiefel.lab.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.io.Onnx;
import dev.stiefel.lab.session.Experiment;
import dev.stiefel.lab.session.Models;
import dev.stiefel.lab.session.RunListener;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.session.SmallRuns;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Networks for text as files for other programs, with their tokenizers beside them.
class TextExportTest {
    @TempDir
    private static Path runs;

    @TempDir
    private Path folder;

    @BeforeAll
    static void train() throws IOException {
        for (String name : List.of("numbers", "number-lines")) {
            Map<String, Object> choices = new LinkedHashMap<>(
                    Map.of("modelWidth", 16, "heads", 2, "threads", 2, "rank", 4, "decoderLayers", 1, "epochs", 1));
            choices.put("trainFraction", 0.05);
            choices.put("evaluationFraction", 0.05);
            if (name.equals("numbers")) {
                choices.put("encoderLayers", 1);
            }
            RunSession.create(Experiment.of(name, choices), runs.resolve(name), SmallRuns.DIGITS)
                    .run(RunListener.NONE);
        }
    }

    @Test
    void encoderAndDecoderDoInTwoFilesWhatTheNetworkDoesInOne() throws IOException, OrtException {
        try (Model model = Models.load(runs.resolve("numbers"))) {
            Schema.TextPair texts =
                    (Schema.TextPair) model.preparation().schema().inputs();
            Export.Written whole =
                    Export.of(model, folder.resolve("whole.onnx")).write();
            Export.Written encoder = Export.of(model, folder.resolve("encoder.onnx"))
                    .part(Export.Part.ENCODER)
                    .write();
            Export.Written decoder = Export.of(model, folder.resolve("decoder.onnx"))
                    .part(Export.Part.DECODER)
                    .ending(Onnx.Ending.LOGITS)
                    .write();

            assertThat(whole.tokenizers())
                    .containsExactly(
                            folder.resolve("whole.source.tokenizer.json"),
                            folder.resolve("whole.target.tokenizer.json"));
            assertThat(encoder.tokenizers()).containsExactly(folder.resolve("encoder.source.tokenizer.json"));
            assertThat(decoder.tokenizers()).containsExactly(folder.resolve("decoder.target.tokenizer.json"));
            assertThat(tokenizer("whole.source")).isEqualTo(texts.source());
            assertThat(tokenizer("encoder.source")).isEqualTo(texts.source());
            assertThat(tokenizer("decoder.target")).isEqualTo(texts.target());
            assertThat(encoder.parameters() + decoder.parameters()).isEqualTo(whole.parameters());
            assertThat(whole.ranks()).hasSize(16).hasSameElementsAs(List.of(4));

            int[] source = texts.source().encode("forty-two");
            int[] target = texts.target().encode("42");
            float[] logits = run("whole", Map.of("source", tokens(source), "target", tokens(target)));
            float[] memory = run("encoder", Map.of("source", tokens(source)));
            assertThat(memory).hasSize(source.length * 16);
            float[] own = run(
                    "decoder",
                    Map.of(
                            "memory",
                            OnnxTensor.createTensor(
                                    OrtEnvironment.getEnvironment(),
                                    FloatBuffer.wrap(memory),
                                    new long[] {1, source.length, 16}),
                            "target",
                            tokens(target)));
            assertThat(own).hasSize(target.length * texts.target().size()).containsExactly(logits, within(1e-5f));
        }
    }

    @Test
    void aLanguageModelHasOneTokenizer() throws IOException {
        try (Model model = Models.load(runs.resolve("number-lines"))) {
            Path file = folder.resolve("lines.onnx");
            assertThat(Export.of(model, file).write().tokenizers())
                    .containsExactly(folder.resolve("lines.tokenizer.json"));
            assertThat(new Schema.Text(tokenizer("lines")))
                    .isEqualTo(model.preparation().schema().inputs());
            Files.delete(file);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Export.of(model, file).write())
                    .withMessage(
                            "'%s' exists; nothing is ever overwritten: name another file",
                            folder.resolve("lines.tokenizer.json"));
            assertThat(file).doesNotExist();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Export.of(model, file).part(Export.Part.ENCODER))
                    .withMessage(
                            "export: a network with an encoder and a decoder has parts; got %s, which is exported as a"
                                    + " whole",
                            model.network().spec());
        }
    }

    @Test
    void partsAreOnnxAndAnEncoderHasNoSoftmax() throws IOException {
        try (Model model = Models.load(runs.resolve("numbers"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            Export.of(model, folder.resolve("m.safetensors")).part(Export.Part.DECODER))
                    .withMessage("export: a .safetensors file holds the whole network; export a part to .onnx");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Export.of(model, folder.resolve("m.onnx"))
                            .part(Export.Part.ENCODER)
                            .ending(Onnx.Ending.PROBABILITIES)
                            .write())
                    .withMessage("export: an encoder ends in rows, which have no softmax; leave it out");
        }
    }

    @Test
    void aSafetensorsFileKeepsTheTokenizers() throws IOException {
        Path file = folder.resolve("m.safetensors");
        try (Model model = Models.load(runs.resolve("numbers"))) {
            assertThat(Export.of(model, file).write().tokenizers()).isEmpty();
            try (Model again = Models.load(file)) {
                assertThat(again.preparation()).isEqualTo(model.preparation());
                assertThat(Translator.of(again).translate(List.of("forty-two")))
                        .isEqualTo(Translator.of(model).translate(List.of("forty-two")));
            }
        }
    }

    private Tokenizer tokenizer(String name) throws IOException {
        return Tokenizer.ofJson(Files.readString(folder.resolve(name + ".tokenizer.json")));
    }

    private static OnnxTensor tokens(int[] tokens) throws OrtException {
        long[] all = java.util.Arrays.stream(tokens).asLongStream().toArray();
        return OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), LongBuffer.wrap(all), new long[] {1, all.length});
    }

    private float[] run(String name, Map<String, OnnxTensor> inputs) throws OrtException {
        try (OrtSession session = OrtEnvironment.getEnvironment()
                        .createSession(folder.resolve(name + ".onnx").toString());
                OrtSession.Result result = session.run(inputs)) {
            FloatBuffer values = ((OnnxTensor) result.get("output").orElseThrow()).getFloatBuffer();
            float[] all = new float[values.remaining()];
            values.get(all);
            return all;
        }
    }
}
