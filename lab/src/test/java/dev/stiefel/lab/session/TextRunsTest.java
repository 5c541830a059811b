package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.data.Splits;
import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.language.TokenizerKind;
import dev.stiefel.data.own.Schema;
import dev.stiefel.lab.data.InvalidDataException;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.model.TextGenerator;
import dev.stiefel.lab.model.Translator;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.spec.OptimizerName;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import dev.stiefel.model.SequenceSampler.Sampling;
import dev.stiefel.train.Method;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs on texts, from the options to what a model writes.
class TextRunsTest {
    private static final Map<String, Object> SMALL =
            Map.of("modelWidth", 16, "heads", 2, "threads", 2, "rank", 4, "warmUp", 5, "maxTokens", 40);

    @TempDir
    Path folder;

    private static Map<String, Object> small(Map<String, ?> more) {
        Map<String, Object> all = new LinkedHashMap<>(SMALL);
        all.putAll(more);
        return all;
    }

    /// A tiny network on a share of the numbers.
    private static Map<String, Object> numbers(Map<String, ?> more) {
        Map<String, Object> all = new LinkedHashMap<>(SMALL);
        all.putAll(Map.of(
                "encoderLayers", 1, "decoderLayers", 1, "epochs", 2, "trainFraction", 0.1, "evaluationFraction", 0.1));
        all.putAll(more);
        return all;
    }

    private static Model trained(Experiment experiment, Path run) throws IOException {
        RunSession.create(experiment, run, SmallRuns.DIGITS).run(RunListener.NONE);
        return Models.load(run);
    }

    /// Pairs in which the target says the letters of the source in capitals.
    private Path pairs(String name, int from, int to) throws IOException {
        List<String> lines = new ArrayList<>(List.of("low\tcapital"));
        IntStream.range(from, to).forEach(i -> {
            String word = letters(i);
            lines.add(word + "\t" + word.toUpperCase(java.util.Locale.ROOT));
        });
        return Files.write(folder.resolve(name), lines);
    }

    private static String letters(int i) {
        return "%c%c %c".formatted('a' + i % 5, 'a' + i / 5 % 5, 'a' + i / 25 % 5);
    }

    // ---- specs ----

    @ParameterizedTest
    @CsvSource({"numbers", "number-lines"})
    void aTextPresetIsAWholeSpecForEveryMethodAndOptimizer(String preset) throws IOException {
        for (Method method : Method.values()) {
            for (OptimizerName optimizer : OptimizerName.values()) {
                if (optimizer == OptimizerName.MUON && method != Method.RIEMANNIAN && method != Method.DENSE) {
                    continue;
                }
                Map<String, Object> choices =
                        numbers(Map.of("method", method.word(), "optimizer", Words.of(optimizer)));
                if (preset.equals("number-lines")) {
                    choices.remove("encoderLayers");
                    choices.remove("maxTokens");
                }
                if (method == Method.DENSE) {
                    choices.remove("rank");
                }
                RunSpec spec = Experiment.of(preset, choices).spec();
                assertThat(spec.trainSpec().method()).isEqualTo(method);
                assertThat(spec.trainSpec().batchTokens()).isPresent();
                assertThat(RunSpec.read(Json.parse(Json.text(spec.toJson())))).isEqualTo(spec);
            }
        }
    }

    @Test
    void aPresetOfTextNeedsItsText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> dev.stiefel.lab.spec.Presets.of("numbers").spec())
                .withMessage(
                        "data: 'numbers' is text, which must be read before the network is known; use Experiment.of");
    }

    @Test
    void whatSaysHowAPresetsTextIsCutIsForItsOwnTextOnly() throws IOException {
        Map<String, Object> choices = small(Map.of(
                "data", pairs("pairs.tsv", 0, 50).toString(), "source", "low", "target", "capital", "epochs", 1));
        RunSpec spec = Experiment.of("numbers", choices).spec();
        assertThat(spec.get(Options.TOKENIZER)).isEqualTo(TokenizerKind.BYTE_PAIR);
        assertThat(spec.get(Options.ENCODER_LAYERS)).isEqualTo(2);
        assertThat(spec.get(Options.VALIDATION)).isEqualTo(4);
        assertThat(spec.dataFacts().text().orElseThrow().kind()).isEqualTo(TextKind.PARALLEL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "batchSize=32|'batchSize' is not for text; use batch-tokens",
                "width=8|'width' is for network 'mlp'; got 'transformer', whose size is model-width and layers",
                "network=language-model|network 'language-model' is for plain text; data 'numbers' is parallel text",
                "network=mlp|network 'mlp' is not for text; data 'numbers' is parallel text; use network 'transformer'",
                "network=vgg16|network 'vgg16' is not for text; data 'numbers' is parallel text; use network"
                        + " 'transformer'",
                "heads=3|heads must divide the model width, 16; got 3",
                "context=8|'context' is for plain text; data 'numbers' is parallel text",
                "source=low|'source' is for data of your own; name a file or folder with data",
                "imageSize=8|'imageSize' is not for text; data 'numbers' is parallel text",
                "testFraction=0.1|'testFraction' is for data of your own; name a file or folder with data",
                "standardize=true|'standardize' is not for text",
                "labelNoise=0.1|'labelNoise' is not for text",
                "validationSplit=drawn|'validationSplit' is not for text, whose last samples are used for validation",
                "vocabulary=9000|vocabulary: the text has pairs for 357 tokens; got 9000; ask for fewer, or give more"
                        + " text",
                "vocabulary=100|vocabulary: must have at least 260 tokens, of bytes and reserved; got 100",
            })
    void optionsThatDoNotGoWithTextAreNamed(String choice, String message) {
        String[] parts = choice.split("=", -1);
        Map<String, Object> choices = small(Map.of("data", "numbers", "tokenizer", "byte-pair"));
        choices.put(parts[0], parts[1]);
        assertThatThrownBy(() -> Experiment.ofData(choices)).hasMessage(message);
    }

    @Test
    void optionsOfTextAreForText() {
        assertThatThrownBy(() -> Experiment.of("digits", Map.of("tokenizer", "character")))
                .hasMessage("'tokenizer' is for text; data 'digits' is none");
        assertThatThrownBy(() -> Experiment.of("digits", Map.of("heads", 2)))
                .hasMessage("'heads' is for transformers; network 'mlp' is none");
        assertThatThrownBy(() -> Experiment.of("digits", Map.of("network", "transformer")))
                .hasMessage("network 'transformer' is for parallel text; data 'digits' is no text");
        assertThatThrownBy(() -> Experiment.of("digits", Map.of("batchTokens", 100)))
                .hasMessage("'batchTokens' is for text; data 'digits' is none");
    }

    // ---- translation ----

    @Test
    void aStoppedRunEndsWithTheSameBits() throws IOException {
        Experiment experiment = Experiment.of("numbers", numbers(Map.of()));
        Path whole = folder.resolve("whole");
        Path stopped = folder.resolve("stopped");
        RunSession.create(experiment, whole, SmallRuns.DIGITS).run(RunListener.NONE);
        RunSession first = RunSession.create(experiment, stopped, SmallRuns.DIGITS);
        first.run(SmallRuns.stopping(first));
        RunSession.resume(stopped, CheckpointChoice.LATEST, SmallRuns.DIGITS).run(RunListener.NONE);
        assertThat(Files.readAllBytes(stopped.resolve("checkpoint/model.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.resolve("checkpoint/model.safetensors")));
    }

    @Test
    void bleuCanBeMeasuredInEachEpoch() throws IOException {
        Experiment experiment = Experiment.of("numbers", numbers(Map.of("measures", "accuracy,bleu")));
        Path run = folder.resolve("run");
        RunResult result = RunSession.create(experiment, run, SmallRuns.DIGITS).run(RunListener.NONE);
        assertThat(result.summary().test().orElseThrow().figure("bleu")).isBetween(0.0, 100.0);
        assertThat(Files.readString(run.resolve("history.csv"))).contains("validation_bleu", "test_bleu");
        try (Model model = Models.load(run)) {
            assertThat(model.bleu(Split.TEST, 1, SmallRuns.DIGITS).score())
                    .isEqualTo(result.summary().test().orElseThrow().figure("bleu"));
        }
        assertThatThrownBy(() -> RunSession.create(
                                Experiment.of("digits", Map.of("measures", "bleu")),
                                folder.resolve("d"),
                                SmallRuns.DIGITS)
                        .run(RunListener.NONE))
                .hasMessage("measures: 'bleu' is for parallel text; data 'digits' is no text");
    }

    @Test
    void aModelFileAloneTranslates() throws IOException {
        Map<String, Object> choices = small(Map.of(
                "data", pairs("pairs.tsv", 0, 125).toString(),
                "source", "low",
                "target", "capital",
                "tokenizer", "character"));
        choices.putAll(Map.of(
                "encoderLayers", 1,
                "decoderLayers", 1,
                "modelWidth", 32,
                "dropout", 0,
                "rank", 12,
                "batchTokens", 300,
                "epochs", 40));
        Path run = folder.resolve("run");
        try (Model model = trained(Experiment.ofData(choices), run)) {
            Metrics test = model.evaluate(Split.TEST, SmallRuns.DIGITS);
            assertThat(test.accuracy()).isGreaterThan(0.9);
            assertThat(model.bleu(Split.TEST, 1, SmallRuns.DIGITS).signature()).contains("tok:13a");
        }
        Files.delete(folder.resolve("pairs.tsv"));
        Path file = Files.copy(run.resolve("checkpoint/model.safetensors"), folder.resolve("alone.safetensors"));
        try (Model model = Models.load(file)) {
            Translator translator = Translator.of(model);
            List<String> texts =
                    IntStream.range(0, 70).mapToObj(i -> letters(i * 7 % 125)).toList();
            List<String> greedy = translator.translate(texts);
            assertThat(IntStream.range(0, 70)
                            .filter(i -> greedy.get(i).equals(texts.get(i).toUpperCase(java.util.Locale.ROOT))))
                    .hasSizeGreaterThan(60);
            assertThat(translator.threads(1).translate(texts)).isEqualTo(greedy);
            assertThat(translator.beam(4).translate(List.of("", "ab c")).getFirst())
                    .isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> translator.translate(List.of("a", "a".repeat(5000))))
                    .withMessage("translate: a text must have at most 5,000 tokens; text 2 has 5,000; cut it into"
                            + " sentences");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TextGenerator.of(model))
                    .withMessage("generate: the model must be a language model, trained on plain text; it takes a text"
                            + " to translate");
        }
    }

    @Test
    void linesOfTwoFilesAndFurtherFilesAreRead() throws IOException {
        Path from = Files.write(
                folder.resolve("a.low"),
                IntStream.range(0, 40).mapToObj(TextRunsTest::letters).toList());
        Path to = Files.write(
                folder.resolve("a.capital"),
                IntStream.range(0, 40)
                        .mapToObj(i -> letters(i).toUpperCase(java.util.Locale.ROOT))
                        .toList());
        RunSpec lines = Experiment.ofData(
                        small(Map.of("data", from.toString(), "target", to.toString(), "tokenizer", "character")))
                .spec();
        assertThat(lines.dataFacts().trainSize()).isEqualTo(32);
        assertThat(lines.get(Options.VALIDATION)).isEqualTo(3);

        Map<String, Object> files = small(Map.of(
                "data",
                pairs("train.tsv", 0, 40).toString(),
                "validationData",
                pairs("val.tsv", 40, 47).toString(),
                "testData",
                pairs("test.tsv", 50, 60).toString(),
                "source",
                "low",
                "target",
                "capital",
                "tokenizer",
                "character"));
        Experiment experiment = Experiment.ofData(files);
        assertThat(experiment.spec().dataFacts().trainSize()).isEqualTo(47);
        assertThat(experiment.spec().get(Options.VALIDATION)).isEqualTo(7);
        assertThat(experiment.spec().find(Options.TEST_FRACTION)).isEmpty();
        assertThat(experiment.ownData().orElseThrow().identity().sha256()).hasSize(3);
        assertThat(experiment
                        .ownData()
                        .orElseThrow()
                        .splits(experiment.spec())
                        .test()
                        .size())
                .isEqualTo(10);
    }

    @Test
    void whatIsWrongWithAFileIsOneLine() throws IOException {
        Path broken = Files.write(folder.resolve("broken.tsv"), List.of("low\tcapital", "a\tA", "b\t"));
        Map<String, Object> choices = Map.of("data", broken.toString(), "source", "low", "target", "capital");
        assertThatThrownBy(() -> Experiment.ofData(choices))
                .isInstanceOf(InvalidDataException.class)
                .hasMessage("cannot read " + broken + ": line 3: column 'capital' must not be empty; give it a text, or"
                        + " delete the line");
        assertThatThrownBy(() -> Experiment.ofData(Map.of("data", broken.toString(), "source", "low")))
                .hasMessage("target must name the column of translations in " + broken);
    }

    // ---- language models ----

    @Test
    void aLanguageModelGoesOnWithTexts() throws IOException {
        Path text = Files.writeString(folder.resolve("song.txt"), "la lo lu. ".repeat(300));
        Map<String, Object> choices = small(Map.of("data", text.toString(), "decoderLayers", 1, "context", 16));
        choices.remove("maxTokens");
        choices.put("epochs", 30);
        choices.put("batchTokens", 256);
        try (Model model = trained(Experiment.ofData(choices), folder.resolve("run"))) {
            assertThat(model.preparation().schema().outputs()).isEqualTo(new Schema.NextToken(9 + 4 - 3));
            TextGenerator generator = TextGenerator.of(model);
            Sampling likely = new Sampling(0, OptionalInt.empty());
            assertThat(generator.generate("la lo", 60, likely, 0)).startsWith(" lu. la lo lu. la lo lu. la");
            assertThat(generator.generate("", 5, new Sampling(1, OptionalInt.of(3)), 1))
                    .hasSize(5);
            assertThat(generator.generate("la", 20, new Sampling(1, OptionalInt.empty()), 7))
                    .isEqualTo(generator.generate("la", 20, new Sampling(1, OptionalInt.empty()), 7));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> generator.generate("la z", 5, likely, 0))
                    .withMessage("prompt: all characters must be in the model's vocabulary; got 'z'");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Translator.of(model))
                    .withMessage("translate: the model must be trained on texts and their translations; it takes a"
                            + " text to continue");
        }
    }

    @Test
    void aTextThatIsTooShortIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("short.txt"), "to be, or not to be");
        assertThatThrownBy(() -> Experiment.ofData(Map.of("data", text.toString())))
                .hasMessage("plain text: must have more than 64 tokens to train on, with 0 to validate; got 17; use a"
                        + " shorter context, or validate less");
    }

    // ---- classification ----

    @Test
    void textsInTheOrderOfClassesValidateAndTrainOnAll() throws IOException {
        List<String> lines = new ArrayList<>(List.of("text,class"));
        IntStream.range(0, 200).forEach(i -> lines.add(letters(i) + "," + (i < 150 ? "a" : "b")));
        Path sorted = Files.write(folder.resolve("sorted.csv"), lines);
        Experiment experiment = Experiment.ofData(
                small(Map.of("data", sorted.toString(), "text", "text", "target", "class", "vocabulary", 265)));
        Splits splits = experiment.ownData().orElseThrow().splits(experiment.spec());
        for (Samples samples : List.of(splits.train(), splits.validation().orElseThrow(), splits.test())) {
            assertThat(Arrays.stream(samples.copyLabels()).distinct()).hasSize(2);
        }
    }

    @Test
    void aClassifierTellsClassesOfTexts() throws IOException {
        List<String> lines = new ArrayList<>(List.of("review,verdict"));
        for (int i = 0; i < 200; i++) {
            String word = letters(i);
            lines.add(i % 2 == 0 ? "\"fine, " + word + "\",good" : "awful " + word + ",bad");
        }
        Path reviews = Files.write(folder.resolve("reviews.csv"), lines);
        Map<String, Object> choices = small(Map.of(
                "data", reviews.toString(), "text", "review", "target", "verdict", "encoderLayers", 1, "epochs", 25));
        choices.put("batchTokens", 300);
        choices.put("vocabulary", 270);
        try (Model model = trained(Experiment.ofData(choices), folder.resolve("run"))) {
            assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).accuracy()).isGreaterThan(0.9);
            assertThat(model.predictText("fine, ab c")).isInstanceOfSatisfying(Prediction.OfClass.class, told -> {
                assertThat(told.name()).isEqualTo("good");
                assertThat(told.probabilities().keySet()).containsExactly("bad", "good");
            });
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.predictText(""))
                    .withMessage("predict: a text must not be empty; text 1 is");
        }
    }
}
