package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.analysis.RunMeasure;
import dev.stiefel.lab.analysis.RunSet;
import dev.stiefel.lab.analysis.SummaryTable;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Measure.Better;
import dev.stiefel.nn.Measures;
import dev.stiefel.nn.TopAccuracy;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Evaluator;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredRunsTest {
    private static final Evaluator HALVES = new HalvesAgreement();

    @TempDir
    Path folder;

    /// No mean over rows: the lesser of the accuracies on the two halves of a set.
    private record HalvesAgreement() implements Evaluator {
        @Override
        public String name() {
            return "weaker_half";
        }

        @Override
        public double evaluate(Network network, Samples samples, Threads threads, Pool pool) {
            int half = samples.size() / 2;
            return Math.min(
                    Metrics.of(network, samples.range(0, half), threads, pool).accuracy(),
                    Metrics.of(network, samples.range(half, samples.size()), threads, pool)
                            .accuracy());
        }

        @Override
        public Better better() {
            return Better.HIGHER;
        }
    }

    private static RunSession session(Map<String, ?> choices, Path run) throws IOException {
        return RunSession.create(SmallRuns.small(choices), run, SmallRuns.DIGITS);
    }

    @Test
    void anEvaluatorsFiguresAreInHistorySummaryAndReports() throws IOException {
        Path path = folder.resolve("run");
        session(Map.of(), path).with(HALVES).run(RunListener.NONE);

        RunFolder run = RunFolder.open(path);
        for (HistoryRow row : run.history()) {
            assertThat(row.train().orElseThrow().further()).isEmpty();
            double validation = row.validation().orElseThrow().figure("weaker_half");
            assertThat(validation).isBetween(0.0, row.validation().orElseThrow().accuracy());
            assertThat(row.test().orElseThrow().further()).containsOnlyKeys("weaker_half");
        }
        assertThat(run.summary().orElseThrow().test())
                .isEqualTo(run.history().getLast().test());
        assertThat(run.directions()).isEqualTo(Map.of("weaker_half", Better.HIGHER));

        RunSet set = RunSet.read(List.of(path));
        RunMeasure test = new RunMeasure(Split.TEST, "weaker_half", Better.HIGHER);
        assertThat(set.furtherMeasures()).containsExactly(test, test.of(Split.VALIDATION));
        assertThat(set.runs().getFirst().outcome(test).best())
                .isEqualTo(run.history().stream()
                        .mapToDouble(row -> row.test().orElseThrow().figure("weaker_half"))
                        .max()
                        .orElseThrow());
        assertThat(SummaryTable.of(set).header())
                .endsWith("last10_validation_weaker_half_mean", "validation_weaker_half_at_best_validation_mean");
    }

    @Test
    void anEvaluatorDecidesTheBestEpochIfItIsMonitored() throws IOException {
        Path path = folder.resolve("run");
        Map<String, Object> choices = Map.of("monitor", "weaker_half", "earlyStopping", 2, "epochs", 40);
        session(choices, path).with(HALVES).run(RunListener.NONE);

        RunFolder run = RunFolder.open(path);
        int best = run.summary().orElseThrow().bestEpoch();
        List<HistoryRow> rows = run.history();
        List<HistoryRow> compared =
                rows.stream().filter(row -> row.epoch() > 20).toList(); // with the ranks that are asked for
        double greatest = rows.get(best - 1).validation().orElseThrow().figure("weaker_half");
        for (HistoryRow row : compared) {
            double figure = row.validation().orElseThrow().figure("weaker_half");
            assertThat(figure).isLessThanOrEqualTo(greatest);
            assertThat(row.epoch() < best && figure == greatest).isFalse();
        }
        assertThat(rows).hasSize(Math.min(40, best + 2));
        assertThatThrownBy(() -> session(choices, folder.resolve("other")).run(RunListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("monitor must be a figure that is measured, one of loss, accuracy; got 'weaker_half'");
        assertThat(folder.resolve("other")).doesNotExist();
    }

    @Test
    void aMeasureOfOnesOwnIsKnownToTheSessionAndResumesToTheSameBits() throws IOException {
        Measures known = Measures.standard().with(new TopAccuracy(2));
        Map<String, Object> choices =
                Map.of("measures", "accuracy,top_2_accuracy,perplexity", "monitor", "top_2_accuracy");
        RunSession whole =
                session(choices, folder.resolve("whole")).knowing(known).with(HALVES);
        whole.run(RunListener.NONE);
        RunSession stopped =
                session(choices, folder.resolve("stopped")).knowing(known).with(HALVES);
        stopped.run(SmallRuns.stoppingAt(4, stopped));
        RunFolder run = RunFolder.open(folder.resolve("stopped"));
        assertThat(run.spec().asMap()).containsEntry("measures", "accuracy,top_2_accuracy,perplexity");

        SmallRuns.resume(run.path()).knowing(known).with(HALVES).run(RunListener.NONE);

        assertThat(SmallRuns.bits(run.path())).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
        assertThatThrownBy(() -> session(choices, folder.resolve("other")).run(RunListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measures: unknown measure 'top_2_accuracy'; did you mean 'top_5_accuracy'?");
    }

    @Test
    void usualMeasuresAreNotInTheSpec() {
        RunSpec plain = SmallRuns.small(Map.of());
        assertThat(plain.asMap()).doesNotContainKeys("measures", "monitor");
        assertThat(SmallRuns.small(Map.of("measures", "accuracy", "monitor", "loss")))
                .isEqualTo(plain);
        assertThat(SmallRuns.small(Map.of("measures", List.of("accuracy", "perplexity")))
                        .json())
                .contains("\"measures\":\"accuracy,perplexity\"");
        assertThat(SmallRuns.small(Map.of("measures", "none")).measures().names())
                .isEmpty();
        assertThatThrownBy(() -> SmallRuns.small(Map.of("measures", "perplexity,perplexity")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measures must be 'none' or names of measures, each once, separated by commas;"
                        + " got perplexity,perplexity");
    }

    @Test
    void errorsOfValuesAreMeasuredInUnitsOfTheTargets() throws IOException {
        StringBuilder rows = new StringBuilder("x,y\n");
        for (int i = 0; i < 120; i++) {
            rows.append(i % 17)
                    .append(',')
                    .append(3.0 * (i % 17) + 0.5 * (i % 5))
                    .append('\n');
        }
        Path table = Files.writeString(folder.resolve("line.csv"), rows);
        Map<String, Object> choices = new HashMap<>(Map.of("data", table.toString(), "target", "y"));
        choices.putAll(Map.of("method", "dense", "width", 8, "epochs", 2, "threads", 1));
        choices.put("measures", List.of("root_mean_squared_error", "mean_absolute_error"));
        Path path = folder.resolve("run");
        RunSession.create(Experiment.ofData(choices), path, SmallRuns.DIGITS).run(RunListener.NONE);

        Score test = RunFolder.open(path).history().getLast().test().orElseThrow();
        assertThat(test.figure("root_mean_squared_error")).isEqualTo(Math.sqrt(test.loss()), within(1e-12));
        assertThat(test.figure("mean_absolute_error"))
                .isPositive()
                .isLessThanOrEqualTo(test.figure("root_mean_squared_error"));

        choices.put("measures", "accuracy");
        assertThatThrownBy(() -> RunSession.create(Experiment.ofData(choices), folder.resolve("b"), SmallRuns.DIGITS)
                        .run(RunListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measures: 'accuracy' is for classes; '%s' has values".formatted(table.toAbsolutePath()));
        choices.put("measures", "rmsq");
        assertThatThrownBy(() -> RunSession.create(Experiment.ofData(choices), folder.resolve("d"), SmallRuns.DIGITS)
                        .run(RunListener.NONE))
                .hasMessage("measures: unknown measure 'rmsq'; did you mean 'rmse'?");
        choices.put("measures", "rmse,mae,r2");
        assertThat(Experiment.ofData(choices).spec().asMap()).doesNotContainKey("measures");
        choices.put("measures", "none");
        assertThat(Experiment.ofData(choices).spec().asMap()).containsKey("measures");
        choices.put("monitor", "r2");
        assertThatThrownBy(() -> RunSession.create(Experiment.ofData(choices), folder.resolve("c"), SmallRuns.DIGITS)
                        .run(RunListener.NONE))
                .hasMessageStartingWith("monitor must be a figure that is measured, one of loss; got 'r2'");
    }

    @Test
    void errorsOfNumbersAreNotForClasses() {
        Map<String, Object> choices = Map.of("experiment", "digits", "measures", "r2");
        assertThatThrownBy(() -> RunSession.create(SmallRuns.small(choices), folder.resolve("run"), SmallRuns.DIGITS)
                        .run(RunListener.NONE))
                .hasMessage("measures: 'r2' is for values; 'digits' has classes");
    }

    private DerivedRun compressed(Path run, Map<String, ?> choices, Measures known) throws IOException {
        return Compression.of(
                run,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                new Compression.Target.Ranks(LayerRanks.all(2)),
                Choices.of(choices),
                known,
                SmallRuns.DIGITS);
    }

    @Test
    void compressionLeavesOutMeasuresThatAreNotInstalled() throws IOException {
        Measures known = Measures.standard().with(new TopAccuracy(2));
        Path path = folder.resolve("run");
        session(Map.of("measures", "accuracy,top_2_accuracy,perplexity"), path)
                .knowing(known)
                .run(RunListener.NONE);

        Path small = folder.resolve("small");
        try (DerivedRun compression = compressed(path, Map.of(), Measures.installed())) {
            assertThat(compression.compressed().orElseThrow().after().test().further())
                    .containsOnlyKeys("perplexity");
            compression.session(small, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        assertThat(RunFolder.open(small).status()).isEqualTo(RunStatus.DONE);
        assertThat(RunFolder.open(small).spec().measures().names())
                .containsExactly("accuracy", "top_2_accuracy", "perplexity");
        try (DerivedRun compression = compressed(path, Map.of(), known)) {
            assertThat(compression.compressed().orElseThrow().after().test().further())
                    .containsOnlyKeys("top_2_accuracy", "perplexity");
        }
    }

    @Test
    void importLeavesOutMeasuresThatAreNotInstalled() throws IOException {
        Path path = folder.resolve("run");
        session(Map.of("measures", "accuracy,top_2_accuracy"), path)
                .knowing(Measures.standard().with(new TopAccuracy(2)))
                .run(RunListener.NONE);
        Path imported = folder.resolve("imported");
        try (DerivedRun made = Import.of(path.resolve("checkpoint/model.safetensors"), Map.of())) {
            made.session(imported, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        assertThat(RunFolder.open(imported).status()).isEqualTo(RunStatus.DONE);
    }

    @Test
    void aCompressedRunThatIsRetrainedMustKnowItsMeasures() throws IOException {
        Measures known = Measures.standard().with(new TopAccuracy(2));
        Path path = folder.resolve("run");
        session(Map.of("measures", "accuracy,top_2_accuracy"), path)
                .knowing(known)
                .run(RunListener.NONE);

        assertThatThrownBy(() -> compressed(path, Map.of("epochs", 1), Measures.installed()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "compress: %s measures 'top_2_accuracy', which is not installed;"
                                + " choose other measures for the retrained run",
                        path);
        assertThatThrownBy(() -> compressed(path, Map.of("measures", "top_2_accuracy"), Measures.installed()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("measures: unknown measure 'top_2_accuracy'; did you mean 'top_5_accuracy'?");
        try (DerivedRun compression =
                compressed(path, Map.of("epochs", 1, "measures", "accuracy"), Measures.installed())) {
            compression.session(folder.resolve("plain"), SmallRuns.DIGITS).run(RunListener.NONE);
        }
        Path retrained = folder.resolve("retrained");
        try (DerivedRun compression = compressed(path, Map.of("epochs", 1), known)) {
            compression.session(retrained, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        assertThat(RunFolder.open(retrained)
                        .history()
                        .getLast()
                        .test()
                        .orElseThrow()
                        .further())
                .containsOnlyKeys("top_2_accuracy");
    }

    @Test
    void aCompressedRunMeasuresAsItsParentDid() throws IOException {
        Path path = folder.resolve("run");
        session(Map.of("measures", "accuracy,perplexity", "monitor", "perplexity"), path)
                .run(RunListener.NONE);
        try (DerivedRun compression = Compression.of(
                path,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                new Compression.Target.Ranks(LayerRanks.all(2)),
                Map.of(),
                SmallRuns.DIGITS)) {
            assertThat(compression.spec().asMap())
                    .containsEntry("measures", "accuracy,perplexity")
                    .doesNotContainKey("monitor");
            Score before = compression.compressed().orElseThrow().before().test();
            assertThat(before.figure("perplexity")).isEqualTo(Math.exp(before.loss()), within(1e-9));
            compression.session(folder.resolve("small"), SmallRuns.DIGITS).run(RunListener.NONE);
            assertThat(RunFolder.open(folder.resolve("small"))
                            .summary()
                            .orElseThrow()
                            .test())
                    .contains(compression.compressed().orElseThrow().after().test());
        }
    }
}
