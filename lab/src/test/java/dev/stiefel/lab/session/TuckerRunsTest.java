package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Cost;
import dev.stiefel.lab.model.Export;
import dev.stiefel.lab.model.Inspection;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.train.Method;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs whose kernels are in Tucker form.
class TuckerRunsTest {
    @TempDir
    Path folder;

    /// Three epochs of three steps, on two threads.
    private static RunSpec small(Map<String, ?> choices) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("form", "tucker");
        all.put("epochs", 3);
        all.put("batchSize", 40);
        all.put("trainFraction", 0.08);
        all.put("evaluationFraction", 0.3);
        all.put("warmUp", 3);
        all.put("threads", 2);
        all.putAll(choices);
        return Presets.of("digits-conv", all).spec();
    }

    static Stream<Arguments> methods() {
        return Stream.of(
                        Map.of("method", "bug", "rank", 8),
                        Map.of("method", "bug", "adaptEvery", 2, "tolerance", 0.3, "initialRank", 8),
                        Map.of("method", "s-only", "rank", "9x4-5x7-6"),
                        Map.of("method", "factors", "rank", 5, "optimizer", "adamw"))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void stoppedAfterEveryStepARunHasTheSameBits(Map<String, ?> method) throws IOException {
        RunSpec spec = small(method);
        Path whole = folder.resolve("whole");
        Summary summary = RunSession.create(spec, whole, SmallRuns.DIGITS)
                .run(RunListener.NONE)
                .summary();
        assertThat(summary.parameters().evaluation())
                .isLessThan(summary.parameters().training() + 1);
        Path parts = folder.resolve("parts");

        RunSession first = RunSession.create(spec, parts, SmallRuns.DIGITS);
        first.run(SmallRuns.stopping(first));

        assertThat(SmallRuns.resumeStepByStep(parts)).last().isEqualTo(new Outcome.Finished());
        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(whole));
    }

    @Test
    void aRunIsInspectedEvaluatedTrainedFurtherAndSaved() throws IOException {
        Path run = folder.resolve("run");
        Summary summary = RunSession.create(
                        small(Map.of("method", "bug", "adaptEvery", 2, "initialRank", 8)), run, SmallRuns.DIGITS)
                .run(RunListener.NONE)
                .summary();
        Path file = folder.resolve("model.safetensors");
        float[] pixels = new float[64];
        pixels[20] = 1;
        Metrics inRun;
        float[] answer;
        try (Model model = Models.load(run)) {
            Inspection inspection = model.inspect();
            assertThat(inspection.parameters()).isEqualTo(summary.parameters().evaluation());
            assertThat(inspection.layers().get(1).rankText()).matches("\\d+×\\d+");
            assertThat(inspection.layers().get(1).singularValues())
                    .hasSize(inspection.layers().get(1).rank().orElseThrow());
            assertThat(inspection.layers().get(3).rankText()).matches("\\d+");
            assertThat(summary.ranks())
                    .isEqualTo(inspection.layers().subList(1, 4).stream()
                            .map(each -> each.rank().orElseThrow())
                            .toList());
            inRun = model.evaluate(Split.TEST, SmallRuns.DIGITS);
            answer = model.predict(pixels);
            assertThat(model.predict(List.of(pixels)).getFirst()).containsExactly(answer, offset(1e-5f));
            Export.of(model, file).write();
        }
        try (Model saved = Models.load(file)) {
            assertThat(saved.evaluate(Split.TEST, SmallRuns.DIGITS)).isEqualTo(inRun);
            assertThat(saved.predict(pixels)).containsExactly(answer);
        }
        try (DerivedRun finetune = Finetune.of(run, ModelChoice.LATEST, CheckpointChoice.LATEST, Map.of("epochs", 1))) {
            assertThat(finetune.spec().get(Options.FORM)).hasToString("TUCKER");
            Summary further = finetune.session(folder.resolve("further"), SmallRuns.DIGITS)
                    .run(RunListener.NONE)
                    .summary();
            assertThat(further.ranks()).isEqualTo(summary.ranks());
            assertThat(further.parameters().evaluation())
                    .isEqualTo(summary.parameters().evaluation());
        }
        try (DerivedRun compressed = Compression.of(
                run,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                new Compression.Target.Ranks(LayerRanks.all(2)),
                Map.of(),
                SmallRuns.DIGITS)) {
            assertThat(compressed.spec().networkSpec().factoredWeights())
                    .extracting(weight -> weight.rankText().orElseThrow())
                    .containsExactly("2×2", "2×2", "2");
        }
    }

    @Test
    void theUsualMethodIsOneThatTakesTheForm() {
        assertThat(small(Map.of()).get(Options.METHOD)).isEqualTo(Method.BUG);
        assertThat(small(Map.of("form", "matrix")).get(Options.METHOD)).isEqualTo(Method.RIEMANNIAN);
    }

    @Test
    void bothRanksOfAKernelMayBeChosen() {
        RunSpec spec = small(Map.of("method", "bug", "rank", "16x8-24x30-10"));
        assertThat(spec.networkSpec().weights().stream()
                        .map(each -> each.rankText().orElse("dense")))
                .containsExactly("dense", "16×8", "24×30", "10", "dense");
        assertThat(spec.asMap()).containsEntry("rank", "16x8-24x30-10");
        // Reported are the larger ones, of which the run knows both; of others it does not.
        assertThat(Cost.of(spec, List.of(16, 30, 10)).forward())
                .isEqualTo(spec.networkSpec().weights().stream()
                        .mapToLong(WeightSpec::multiplyAdds)
                        .sum())
                .isLessThan(Cost.of(spec, List.of(15, 30, 10)).forward());
    }

    @Test
    void kernelsOfSeveralPixelsHaveTheFormAndCostWhatTheirFactorsDo() {
        RunSpec spec = small(Map.of("method", "bug", "rank", 8));
        List<WeightSpec> weights = spec.networkSpec().weights();
        assertThat(weights.stream().map(each -> each.rankText().orElse("dense")))
                .containsExactly("dense", "8×8", "8×8", "8", "dense");
        RunSpec matrix = small(Map.of("method", "bug", "rank", 8, "form", "matrix"));
        assertThat(spec.toJson().toString()).contains("\"form\":\"tucker\"");
        assertThat(matrix.toJson().toString()).doesNotContain("form\":");
        Cost tucker = Cost.of(spec, List.of(8, 8, 8));
        assertThat(tucker.forward())
                .isEqualTo(weights.stream().mapToLong(WeightSpec::multiplyAdds).sum())
                .isLessThan(Cost.of(matrix, List.of(8, 8, 8)).forward());
        assertThat(tucker.training()).isGreaterThan(3 * tucker.forward());
        assertThat(tucker.bases()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        digits      | method=bug | 'form' is for networks with convolutions; network 'mlp' has none
        digits-conv | method=riemannian | form: form 'tucker' is for methods 'bug', 's-only' and 'factors'; got method 'riemannian'
        digits-conv | method=dense | 'form' is for factored weights; method 'dense' has none
        digits-conv | method=bug budget=0.5 | form: form 'tucker' cannot share a budget; use a tolerance or a rank
        digits-conv | method=bug minRank=2x3 | minRank must be a whole number, at least 1, or one per factored layer, separated by dashes; got 2x3
        digits-conv | method=bug rank=0x3 | rank must be a whole number, at least 1, or one per factored layer, separated by dashes; got 0x3
        digits-conv | method=bug rank=8x3x2 | rank must be a whole number, at least 1, or one per factored layer, separated by dashes; got 8x3x2
        digits-conv | method=bug rank=8x9999999999 | rank must be a whole number, at least 1, or one per factored layer, separated by dashes; got 8x9999999999
        digits-conv | method=bug l2=0.5 | form: form 'tucker' has no penalties; use weight decay
        """)
    void whatDoesNotFitIsRefused(String preset, String choices, String message) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("form", "tucker");
        for (String each : choices.split(" ", -1)) {
            all.put(each.split("=", 2)[0], each.split("=", 2)[1]);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Presets.of(preset, all))
                .withMessage(message);
    }
}
