package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.data.own.Schema;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.io.Safetensors;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.CompressionFigures;
import dev.stiefel.lab.record.InitialWeights;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.OptimizerName;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.train.Method;
import dev.stiefel.train.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs that are made of runs on texts: fine-tuned, compressed, imported, resumed and measured again.
class DerivedTextRunsTest {
    private static final DataSets NO_SETS = SmallRuns.DIGITS;

    @TempDir
    Path folder;

    private Path words;
    private Path others;
    private Path reviews;
    private Path song;

    @BeforeEach
    void writeTexts() throws IOException {
        words = pairs("words.tsv", 0, 60, 'a');
        others = pairs("others.tsv", 0, 50, 'c'); // which also has letters that the first has not
        reviews = reviews("reviews.csv", List.of("good", "bad"));
        song = Files.writeString(folder.resolve("song.txt"), "la lo lu. ".repeat(150));
    }

    private Path pairs(String name, int from, int to, char first) throws IOException {
        List<String> lines = new ArrayList<>(List.of("low\tcapital"));
        IntStream.range(from, to).forEach(i -> {
            String word = "" + (char) (first + i % 5) + (char) (first + i / 5 % 5) + (char) (first + i / 25 % 5);
            lines.add(word + "\t" + word.toUpperCase(Locale.ROOT));
        });
        return Files.write(folder.resolve(name), lines);
    }

    private Path reviews(String name, List<String> classes) throws IOException {
        List<String> lines = new ArrayList<>(List.of("review,verdict"));
        IntStream.range(0, 60).forEach(i -> {
            String verdict = classes.get(i % classes.size());
            lines.add("it is %s number %d,%s".formatted(verdict, i, verdict));
        });
        return Files.write(folder.resolve(name), lines);
    }

    private static Map<String, Object> with(Map<String, ?> some, Map<String, ?> more) {
        Map<String, Object> all = new LinkedHashMap<>(some);
        all.putAll(more);
        return all;
    }

    private static final Map<String, Object> SMALL = Map.of(
            "modelWidth",
            16,
            "heads",
            2,
            "threads",
            2,
            "warmUp",
            2,
            "epochs",
            2,
            "tokenizer",
            "character",
            "dropout",
            0);

    private Map<String, Object> ofWords(Map<String, ?> more) {
        Map<String, Object> columns = Map.of("data", words.toString(), "source", "low", "target", "capital");
        Map<String, Object> sizes = Map.of("encoderLayers", 1, "decoderLayers", 1, "batchTokens", 100);
        return with(with(with(SMALL, columns), sizes), more);
    }

    private Map<String, Object> ofReviews(Map<String, ?> more) {
        Map<String, Object> columns = Map.of("data", reviews.toString(), "text", "review", "target", "verdict");
        return with(with(with(SMALL, columns), Map.of("encoderLayers", 1, "batchTokens", 400)), more);
    }

    private Map<String, Object> ofSong(Map<String, ?> more) {
        Map<String, Object> sizes = Map.of("decoderLayers", 1, "context", 16, "batchTokens", 400);
        return with(with(with(SMALL, Map.of("data", song.toString())), sizes), more);
    }

    private Path trained(Map<String, ?> choices, String name) throws IOException {
        Path run = folder.resolve(name);
        RunSession.create(Experiment.ofData(choices), run, NO_SETS).run(RunListener.NONE);
        return run;
    }

    private static DerivedRun finetuned(Path run, Map<String, ?> choices) throws IOException {
        return Finetune.of(run, ModelChoice.LATEST, CheckpointChoice.LATEST, choices);
    }

    private static Schema schema(Path run) throws IOException {
        try (Model model = Models.load(run)) {
            return model.preparation().schema();
        }
    }

    // ---- fine-tuning ----

    @Test
    void aTranslatorIsTrainedFurtherOnItsTexts() throws IOException {
        Path run = trained(ofWords(Map.of("rank", 4)), "run");
        RunSpec before = RunFolder.open(run).spec();
        Path further = folder.resolve("further");
        try (DerivedRun finetune = finetuned(run, Map.of("epochs", 3, "threads", 2))) {
            RunSpec spec = finetune.spec();
            assertThat(spec.networkSpec()).isEqualTo(before.networkSpec());
            assertThat(spec.dataFacts()).isEqualTo(before.dataFacts());
            assertThat(spec.get(Options.METHOD)).isEqualTo(Method.RIEMANNIAN);
            assertThat(spec.get(Options.OPTIMIZER)).isEqualTo(OptimizerName.MUON);
            assertThat(spec.get(Options.LEARNING_RATE)).isEqualTo(before.get(Options.LEARNING_RATE) / 10);
            assertThat(spec.get(Options.BATCH_TOKENS)).isEqualTo(100);
            assertThat(finetune.remarks()).isEmpty();
            finetune.session(further, NO_SETS).run(RunListener.NONE);
        }
        assertThat(schema(further)).isEqualTo(schema(run));
        try (Model model = Models.load(further);
                Model first = Models.load(run)) {
            double loss = model.evaluate(Split.TRAIN, NO_SETS).loss();
            assertThat(loss).isLessThan(first.evaluate(Split.TRAIN, NO_SETS).loss());
        }
    }

    @Test
    void tokenizersAreKeptOnOtherTexts() throws IOException {
        Path run = trained(ofWords(Map.of("rank", 4)), "run");
        Path other = folder.resolve("other");
        Map<String, Object> choices =
                Map.of("data", others.toString(), "source", "low", "target", "capital", "epochs", 2, "threads", 2);
        try (DerivedRun finetune = finetuned(run, choices)) {
            assertThat(finetune.spec().dataFacts().trainSize()).isEqualTo(40);
            assertThat(finetune.spec().get(Options.VALIDATION)).isEqualTo(4);
            RunSession session = finetune.session(other, NO_SETS);
            session.run(SmallRuns.stopping(session));
        }
        assertThat(RunFolder.open(other).status()).isEqualTo(RunStatus.INTERRUPTED);
        assertThat(ModelFile.preparation(other.resolve(InitialWeights.FILE))
                        .orElseThrow()
                        .schema())
                .isEqualTo(schema(run));
        SmallRuns.resume(other).run(RunListener.NONE);
        assertThat(schema(other)).isEqualTo(schema(run));

        Path whole = folder.resolve("whole");
        try (DerivedRun finetune = finetuned(run, choices)) {
            finetune.session(whole, NO_SETS).run(RunListener.NONE);
        }
        assertThat(SmallRuns.bits(other)).isEqualTo(SmallRuns.bits(whole));
        try (Model model = Models.load(other)) { // whose tokenizer has not all the letters
            assertThat(model.evaluate(Split.TEST, NO_SETS).loss()).isPositive();
            assertThat(model.bleu(Split.TEST, 1, NO_SETS).score()).isNotNegative();
        }
        Path again = folder.resolve("again"); // of a run that was made of a run
        try (DerivedRun finetune = finetuned(other, Map.of("epochs", 1, "threads", 2))) {
            finetune.session(again, NO_SETS).run(RunListener.NONE);
        }
        assertThat(schema(again)).isEqualTo(schema(run));
    }

    @Test
    void howTextsAreCutMayBeChosenAnew() throws IOException {
        Path run = trained(ofWords(Map.of("rank", 4)), "run");
        try (DerivedRun finetune = finetuned(run, Map.of("maxTokens", 20, "validation", 7, "seed", 3, "epochs", 1))) {
            assertThat(finetune.spec().get(Options.VALIDATION)).isEqualTo(7);
            assertThat(finetune.spec().dataFacts().text().orElseThrow().validation())
                    .isEqualTo(7);
            finetune.session(folder.resolve("further"), NO_SETS).run(RunListener.NONE);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuned(run, Map.of("vocabulary", 300)))
                .withMessage("'vocabulary' cannot be chosen: the existing network determines it");
        Path language = trained(ofSong(Map.of("rank", 4)), "language");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuned(language, Map.of("context", 8)))
                .withMessage("'context' cannot be chosen: the existing network determines it");
    }

    @Test
    void aClassifierGetsAHeadForOtherClasses() throws IOException {
        Path run = trained(ofReviews(Map.of("rank", 4)), "run");
        Path colours = reviews("colours.csv", List.of("red", "green", "blue"));
        Map<String, Object> choices =
                Map.of("data", colours.toString(), "text", "review", "target", "verdict", "epochs", 2, "threads", 2);
        Path other = folder.resolve("other");
        try (DerivedRun finetune = finetuned(run, choices)) {
            assertThat(finetune.remarks())
                    .containsExactly("the last layer, 'output', is new, with random weights: 3 outputs in place of 2");
            finetune.session(other, NO_SETS).run(RunListener.NONE);
        }
        assertThat(schema(other).inputs()).isEqualTo(schema(run).inputs());
        assertThat(schema(other).outputs()).isEqualTo(new Schema.Classes(List.of("blue", "green", "red")));
        Path tastes = reviews("tastes.csv", List.of("sweet", "sour"));
        try (DerivedRun finetune = finetuned(run, with(choices, Map.of("data", tastes.toString())))) {
            assertThat(finetune.remarks())
                    .containsExactly("the number of outputs is unchanged, though their names differ: the last layer"
                            + " is kept");
        }
    }

    @Test
    void textsOfAnotherKindAreRefused() throws IOException {
        Path run = trained(ofWords(Map.of("rank", 4, "epochs", 1)), "run");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuned(run, Map.of("data", song.toString())))
                .withMessage("finetune: the network of %s is for parallel text; data '%s' is plain text", run, song);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuned(run, Map.of("data", "digits")))
                .withMessage("finetune: the network of %s is for parallel text; data 'digits' is no text", run);
        Path digits = folder.resolve("digits");
        RunSession.create(SmallRuns.small(Map.of("epochs", 1)), digits, NO_SETS).run(RunListener.NONE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuned(digits, Map.of("data", song.toString())))
                .withMessage("finetune: the network of %s is not for text; data '%s' is plain text", digits, song);
    }

    // ---- compression ----

    @ParameterizedTest
    @CsvSource({"rank", "tolerance", "budget"})
    void aDenseTranslatorIsCompressed(String target) throws IOException {
        Path run = trained(ofWords(Map.of("method", "dense")), "run");
        Compression.Target wanted = switch (target) {
            case "rank" -> new Compression.Target.Ranks(LayerRanks.all(5));
            case "tolerance" -> new Compression.Target.Tolerance(0.8);
            default -> new Compression.Target.Budget(0.9);
        };
        Path kept = folder.resolve("kept");
        Path further = folder.resolve("further");
        try (DerivedRun compression =
                Compression.of(run, ModelChoice.LATEST, CheckpointChoice.LATEST, wanted, Map.of(), NO_SETS)) {
            requireMeasured(run, compression.compressed().orElseThrow());
            requireFactored(compression.spec());
            compression.session(kept, NO_SETS).run(RunListener.NONE);
        }
        try (Model model = Models.load(kept);
                Model dense = Models.load(run)) {
            assertThat(model.network().parameterCount())
                    .isLessThan(dense.network().parameterCount());
            assertThat(model.evaluate(Split.TEST, NO_SETS).loss())
                    .isCloseTo(
                            RunFolder.open(kept)
                                    .compressed()
                                    .orElseThrow()
                                    .after()
                                    .test()
                                    .loss(),
                            within(1e-9));
        }
        try (DerivedRun compression = Compression.of(
                run, ModelChoice.LATEST, CheckpointChoice.LATEST, wanted, Map.of("epochs", 2, "threads", 2), NO_SETS)) {
            assertThat(compression.spec().get(Options.METHOD)).isEqualTo(Method.RIEMANNIAN);
            requireFactored(compression.spec());
            compression.session(further, NO_SETS).run(RunListener.NONE);
        }
        assertThat(RunFolder.open(further).status()).isEqualTo(RunStatus.DONE);
        assertThat(schema(further)).isEqualTo(schema(run));
    }

    private static void requireMeasured(Path run, CompressionFigures figures) throws IOException {
        try (Model model = Models.load(run)) {
            Metrics test = model.evaluate(Split.TEST, NO_SETS);
            assertThat(figures.before().test().loss()).isCloseTo(test.loss(), within(1e-9));
            assertThat(figures.before().test().accuracy()).isCloseTo(test.accuracy(), within(1e-9));
            assertThat(figures.before().validation()).isPresent();
        }
    }

    private static void requireFactored(RunSpec spec) {
        NetworkSpec network = spec.networkSpec();
        Architecture architecture = spec.architecture();
        assertThat(network.factoredWeights().stream().map(WeightSpec::name))
                .containsExactlyElementsOf(architecture.factored(network));
    }

    @Test
    void networksOfEveryKindAreCompressed() throws IOException {
        for (Path run : List.of(
                trained(ofSong(Map.of("method", "dense")), "language"),
                trained(ofReviews(Map.of("method", "dense")), "classifier"),
                trained(ofWords(Map.of("rank", 8)), "factored"))) {
            Path kept = run.resolveSibling(run.getFileName() + "-small");
            try (DerivedRun compression = Compression.of(
                    run,
                    ModelChoice.LATEST,
                    CheckpointChoice.LATEST,
                    new Compression.Target.Ranks(LayerRanks.all(3)),
                    Map.of(),
                    NO_SETS)) {
                requireFactored(compression.spec());
                compression.session(kept, NO_SETS).run(RunListener.NONE);
            }
            assertThat(schema(kept)).isEqualTo(schema(run));
        }
    }

    // ---- import ----

    @Test
    void aModelFileBecomesARun() throws IOException {
        Path run = trained(ofWords(Map.of("rank", 4)), "run");
        Path file = Files.copy(run.resolve("checkpoint/model.safetensors"), folder.resolve("theirs.safetensors"));
        Path imported = folder.resolve("imported");
        try (DerivedRun made = Import.of(file, Map.of())) {
            made.session(imported, NO_SETS).run(RunListener.NONE);
        }
        requireSameScores(run, imported);

        Path moved = Files.copy(words, folder.resolve("moved.tsv"));
        Path onMoved = folder.resolve("moved");
        try (DerivedRun made =
                Import.of(file, Map.of("data", moved.toString(), "source", "low", "target", "capital"))) {
            made.session(onMoved, NO_SETS).run(RunListener.NONE);
        }
        requireSameScores(run, onMoved);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Import.of(file, Map.of("data", song.toString())))
                .withMessage("import: the network of %s is for parallel text; data '%s' is plain text", file, song);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Import.of(file, Map.of("network", "language-model")))
                .withMessage("import: network must be 'transformer', which %s holds; got 'language-model'", file);
    }

    private static void requireSameScores(Path run, Path imported) throws IOException {
        try (Model before = Models.load(run);
                Model after = Models.load(imported)) {
            assertThat(after.evaluate(Split.TEST, NO_SETS).loss())
                    .isEqualTo(before.evaluate(Split.TEST, NO_SETS).loss());
            assertThat(after.preparation()).isEqualTo(before.preparation());
        }
    }

    @Test
    void aClassifierIsNotImportedForOtherClasses() throws IOException {
        Path run = trained(ofReviews(Map.of("method", "dense", "epochs", 1)), "run");
        Path file = run.resolve("checkpoint/model.safetensors");
        Path colours = reviews("colours.csv", List.of("red", "green", "blue"));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Import.of(file, Map.of("data", colours.toString(), "text", "review", "target", "verdict")))
                .withMessage(
                        "import: data '%s' has 3 classes; the network of %s has 2; to give it other classes, fine-tune"
                                + " it: stiefel finetune %s --data %s",
                        colours, file, file, colours);
    }

    @ParameterizedTest
    @CsvSource({
        "encoder.layers.0.self_attn.in_proj_weight",
        "transformer.h.0.attn.c_attn.weight",
        "encoder.block.0.layer.0.SelfAttention.q.weight",
        "encoder.0.self.query.weight",
    })
    void aTransformerOfOtherProgramsIsRefused(String name) throws IOException {
        Path file = folder.resolve("foreign.safetensors");
        try (Scope scope = Scope.open("foreign")) {
            Tensor matrix = scope.zeros(DType.FLOAT32, 4, 4);
            Safetensors.write(file, Map.of("embedding.weight", matrix, name, matrix), Map.of());
        }
        assertThatThrownBy(() -> Import.of(file, Map.of("data", "digits")))
                .isInstanceOf(InvalidRunException.class)
                .hasMessage("cannot read " + file + ": it must be of linear layers or a network for images, or a file"
                        + " of this program; got a transformer, which has '" + name + "'");
    }

    // ---- files that change ----

    @Test
    void textsThatHaveChangedAreRefused() throws IOException {
        Path run = folder.resolve("run");
        RunSession session = RunSession.create(Experiment.ofData(ofWords(Map.of("rank", 4))), run, NO_SETS);
        session.run(SmallRuns.stopping(session));
        Files.writeString(
                words, Files.readString(words).replace("\taaa", "\tbbb").replace("AAA", "AAB"));
        String differs = ": data set '" + words + "' is not the one that run " + run
                + " was trained on; its files' checksums differ";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmallRuns.resume(run).run(RunListener.NONE))
                .withMessage("resume" + differs);
        try (Model model = Models.load(run)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.evaluate(Split.TEST, NO_SETS))
                    .withMessage("evaluate" + differs);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.bleu(Split.TEST, 1, NO_SETS))
                    .withMessage("evaluate" + differs);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuned(run, Map.of()))
                .withMessage("finetune" + differs);
        Files.move(words, folder.resolve("elsewhere.tsv"));
        String missing = ": cannot read " + words + ", the data of run " + run
                + ": it does not exist; --data-moved-to PATH says where it is now";
        assertThatThrownBy(() -> SmallRuns.resume(run).run(RunListener.NONE)).hasMessage("resume" + missing);
        try (Model model = Models.load(run)) {
            assertThatThrownBy(() -> model.evaluate(Split.TEST, NO_SETS)).hasMessage("evaluate" + missing);
            DataSets moved = NO_SETS.withMovedData(folder.resolve("elsewhere.tsv"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.evaluate(Split.TEST, moved))
                    .withMessageContaining("elsewhere.tsv' is not the one that run " + run);
        }
    }

    @Test
    void tokensCannotBeMovedByAnAttack() throws IOException {
        Path run = trained(ofWords(Map.of("rank", 4, "epochs", 1)), "run");
        Files.delete(words);
        try (Model model = Models.load(run)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.attack(Split.TEST, 0.1, NO_SETS))
                    .withMessage("attack: input values must be numbers; those of %s are tokens of" + " texts", run);
        }
    }
}
