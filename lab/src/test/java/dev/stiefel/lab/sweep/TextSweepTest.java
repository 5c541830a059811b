package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.report.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sweeps over networks for text, and pages of them.
class TextSweepTest {
    private static final String NUMBERS = """
        base: { data: numbers, tokenizer: character, modelWidth: 16, encoderLayers: 1, decoderLayers: 1, epochs: 2,
          trainFraction: 0.05, evaluationFraction: 0.05 }
        axes: { rank: [2, 4], method: [riemannian, bug] }
        seeds: [0, 1]
        """;

    @TempDir
    Path folder;

    private SweepPlan plan() throws IOException {
        return SweepPlan.of(
                SweepSpec.parse("numbers.yaml", "numbers", NUMBERS.getBytes(StandardCharsets.UTF_8)),
                DataSets.in(folder.resolve("cache")));
    }

    @Test
    void idsOfRunsDoNotChange() throws IOException {
        SweepPlan plan = plan();
        assertThat(plan.runs()).hasSize(8);
        assertThat(plan().runs()).isEqualTo(plan.runs());
        assertThat(plan.runs().getFirst().spec().ownData().orElseThrow().hashed())
                .isEqualTo("DataFacts[name=numbers, inputs=25, outputs=14, task=CLASSIFICATION, trainSize=4500,"
                        + " text=TextFacts[kind=parallel, sourceVocabulary=25, targetVocabulary=14, validation=500,"
                        + " tokens=137945]]");
    }

    @Test
    void workersTrainOnTextAndPagesTellItsPerplexity() throws IOException {
        Path out = folder.resolve("out");
        SweepSettings settings =
                new SweepSettings(2, SweepSettings.Retry.NONE, folder.resolve("cache"), Optional.empty());
        SweepResult result = new Sweep(plan(), out, settings).run();
        assertThat(result.ending()).isEqualTo(SweepResult.Ending.COMPLETE);
        assertThat(result.problems()).isEmpty();
        assertThat(result.progress().done()).isEqualTo(8);

        Report ofAll = Report.of(List.of(out));
        String page =
                Files.readString(ofAll.into(folder.resolve("report")).write().page());
        assertThat(page).contains("test perplexity");

        Path one = out.resolve("runs").resolve(plan().runs().getFirst().id());
        List<HistoryRow> rows = RunFolder.open(one).historyWithPerplexity();
        for (HistoryRow row : rows) {
            assertThat(row.test().orElseThrow().figure("perplexity"))
                    .isCloseTo(Math.exp(row.test().orElseThrow().loss()), within(1e-12));
        }
        assertThat(RunFolder.open(one).history().getFirst().test().orElseThrow().further())
                .isEmpty();
        String ofOne = Files.readString(
                Report.of(List.of(one)).into(folder.resolve("one")).write().page());
        assertThat(ofOne)
                .contains(
                        "Perplexity by epoch", "of the test tokens predicted wrongly", "over the tokens of each split");
    }
}
