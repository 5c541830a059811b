package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.report.PlainRun;
import dev.stiefel.lab.report.SyntheticRuns;
import dev.stiefel.nn.Measure.Better;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What single runs came to, with all that may be missing of them.
class RunOutcomeTest {
    private static final double NONE = Double.NaN;

    @TempDir
    private Path directory;

    private RecordedRun read(List<String> rows) throws IOException {
        SyntheticRuns.imported(directory.resolve("run"), Map.of(), "logs", 1, rows);
        return RunSet.read(List.of(directory)).runs().getFirst();
    }

    /// Logs of 40 epochs, of which a third of the rows and a third of the cells are missing.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void outcomesAreThoseOfPlainLoopsWhateverIsMissing(int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> rows = new ArrayList<>();
        for (int epoch = 1; epoch <= 40; epoch++) {
            if (random.nextInt(3) > 0) {
                rows.add(SyntheticRuns.row(epoch, maybe(random), maybe(random), maybe(random), 100, 5, 5));
            }
        }
        RecordedRun run = read(rows);
        PlainRun plain = PlainRun.read(directory.resolve("run"));

        assertThat(run.epochs()).isEqualTo(plain.epochs());
        for (Split split : Split.values()) {
            String word = split == Split.TRAIN ? "train" : split == Split.TEST ? "test" : "validation";
            RunMeasure error = RunMeasure.error(split);
            RunMeasure loss = RunMeasure.loss(split);
            for (int epoch = 0; epoch <= 41; epoch++) {
                assertSame(run.value(error, epoch), plain.error(word, epoch));
                assertSame(run.value(loss, epoch), plain.number(word + "_loss", epoch));
            }
            RunOutcome outcome = run.outcome(error);
            assertSame(outcome.last(), plain.last(word));
            assertSame(outcome.best(), plain.best(word));
            assertSame(outcome.last10(), plain.lastTen(word));
            assertSame(outcome.atBestValidation(), plain.atBestValidation(word));
            assertThat((double) outcome.bestEpoch()).isEqualTo(plain.bestEpoch(word));
            assertThat((double) outcome.bestValidationEpoch()).isEqualTo(plain.bestEpoch("validation"));
        }
    }

    private static double maybe(SplittableRandom random) {
        return random.nextInt(3) == 0 ? NONE : random.nextInt(20) / 20.0; // ties are likely
    }

    private static void assertSame(double got, double expected) {
        if (Double.isNaN(expected)) {
            assertThat(got).isNaN();
        } else {
            assertThat(got).isCloseTo(expected, within(1e-15));
        }
    }

    @Test
    void ofEqualErrorsTheFirstIsTheBest() throws IOException {
        RecordedRun run = read(rows(0.5, 0.2, 0.4, 0.2));
        assertThat(run.outcome(RunMeasure.TEST_ERROR).bestEpoch()).isEqualTo(2);
    }

    @Test
    void theLastTenAreAsManyAsThereAre() throws IOException {
        assertThat(read(rows(0.3, 0.1)).outcome(RunMeasure.TEST_ERROR).last10()).isCloseTo(0.2, within(1e-15));
        double[] twelve = {9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        assertThat(read(rows(twelve)).outcome(RunMeasure.TEST_ERROR).last10()).isCloseTo(5.5, within(1e-12));
    }

    @Test
    void aRunWithoutRowsHasNoOutcome() throws IOException {
        RecordedRun run = read(List.of());
        assertThat(run.epochs()).isZero();
        assertThat(run.isUsable()).isFalse();
        RunOutcome outcome = run.outcome(RunMeasure.TEST_ERROR);
        assertThat(outcome.last()).isNaN();
        assertThat(outcome.best()).isNaN();
        assertThat(outcome.last10()).isNaN();
        assertThat(outcome.bestEpoch()).isZero();
        assertThat(outcome.bestValidationEpoch()).isZero();
        assertThat(run.trainingCompute(1)).isNaN();
        assertThat(run.cost(1)).isEmpty();
        assertThat(run.ranks(1)).isEmpty();
        assertThat(run.parameters(1)).isEqualTo(-1);
    }

    /// What a diverged run has measured is neither the best nor the last of anything.
    @Test
    void infiniteAndUndefinedNumbersAreMissing() throws IOException {
        RecordedRun run = read(List.of(
                "1,0.1,0.9,0.1,0.9,0.1,0.9,0.1,1,100,5,5", "2,NaN,0.1,Infinity,NaN,-Infinity,Infinity,0.1,1,100,5,5"));
        assertThat(run.value(RunMeasure.TRAIN_LOSS, 2)).isNaN();
        assertThat(run.value(RunMeasure.TEST_LOSS, 2)).isNaN();
        assertThat(run.value(RunMeasure.TEST_ERROR, 2)).isNaN();
        assertThat(run.value(RunMeasure.VALIDATION_ERROR, 2)).isNaN();
        assertThat(run.outcome(RunMeasure.TEST_LOSS).best()).isEqualTo(0.1);
        assertThat(run.outcome(RunMeasure.TEST_LOSS).last()).isNaN();
    }

    /// Where there are no classes, the lowest validation loss decides.
    @Test
    void regressionStopsAtTheLowestValidationLoss() throws IOException {
        RecordedRun run =
                read(List.of("1,9,,5,,30,,0.1,1,100,5,5", "2,8,,4,,20,,0.1,1,100,5,5", "3,7,,6,,10,,0.1,1,100,5,5"));
        RunOutcome outcome = run.outcome(RunMeasure.TEST_LOSS);
        assertThat(outcome.bestValidationEpoch()).isEqualTo(2);
        assertThat(outcome.atBestValidation()).isEqualTo(20);
        assertThat(outcome.best()).isEqualTo(10);
        assertThat(run.has(RunMeasure.TEST_ERROR)).isFalse();
        assertThat(run.outcome(RunMeasure.TEST_ERROR).bestEpoch()).isZero();
    }

    @Test
    void everyMeasureIsOfASplitAndANameAndHasWords() {
        for (Split split : Split.values()) {
            assertThat(RunMeasure.error(split).label()).isEqualTo(split.word() + " error");
            assertThat(RunMeasure.loss(split).column()).isEqualTo(split.word() + "_loss");
            assertThat(RunMeasure.TEST_ERROR.of(split)).isEqualTo(RunMeasure.error(split));
        }
        RunMeasure further = new RunMeasure(Split.TEST, "top_5_accuracy", Better.HIGHER);
        assertThat(further.label()).isEqualTo("test top 5 accuracy");
        assertThat(further.isFurther()).isTrue();
        assertThat(RunMeasure.TEST_ERROR.isFurther() || RunMeasure.TEST_LOSS.isFurther())
                .isFalse();
    }

    // ---- what is read ----

    @Test
    void aMissingEpochOfARunOfOursIsARemarkAndNotAGap() throws IOException {
        SyntheticRuns.run(
                directory.resolve("run"),
                Map.of(),
                "done",
                "",
                List.of(
                        SyntheticRuns.row(1, 0.1, 0.1, 0.1, 100, 5, 5),
                        SyntheticRuns.row(3, 0.1, 0.1, 0.1, 100, 5, 5)));
        RunSet set = RunSet.read(List.of(directory));
        assertThat(set.usable()).isEmpty();
        assertThat(set.remarks().getFirst()).endsWith("history.csv: row 2 is of epoch 3");
    }

    @Test
    void cellsThatAreMissingAreCountedByMeasure() throws IOException {
        SyntheticRuns.run(
                directory.resolve("run"),
                Map.of(),
                "done",
                "",
                List.of(
                        SyntheticRuns.row(1, 0.1, NONE, 0.1, 100, 5, 5),
                        SyntheticRuns.row(2, 0.1, 0.2, NONE, 100, 5, 5),
                        SyntheticRuns.row(3, NONE, NONE, 0.1, 100, 5, 5)));
        assertThat(RunSet.read(List.of(directory)).remarks())
                .containsExactly(
                        "run 'run': train loss is missing after 1 of 3 epochs",
                        "run 'run': train error is missing after 1 of 3 epochs",
                        "run 'run': validation loss is missing after 2 of 3 epochs",
                        "run 'run': validation error is missing after 2 of 3 epochs",
                        "run 'run': test loss is missing after 1 of 3 epochs",
                        "run 'run': test error is missing after 1 of 3 epochs");
    }

    @Test
    void whatIsKnownOfARunIsRead() throws IOException {
        SyntheticRuns.run(
                directory.resolve("a/b"), Map.of("width", 32, "seed", 7), "failed", "the <roof> fell in", rows(0.5));
        RecordedRun run = RunSet.read(List.of(directory)).runs().getFirst();
        assertThat(run.name()).isEqualTo("a/b").hasToString(run.toString());
        assertThat(run.folder()).isEqualTo(directory.resolve("a/b"));
        assertThat(run.message()).contains("the <roof> fell in");
        assertThat(run.versions()).containsEntry("stiefel", "0.1.0");
        assertThat(run.dataSha256()).containsOnlyKeys("digits-images-idx3-ubyte");
        assertThat(run.isImported()).isFalse();
        assertThat(run.isUsable()).isFalse();
        assertThat(run.summary()).isEmpty();
        assertThat(run.spec().asMap()).containsEntry("width", 32);
    }

    @Test
    void hiddenFoldersAndFilesBesideRunsAreNotRead() throws IOException {
        SyntheticRuns.run(directory.resolve("run"), Map.of(), "done", "", rows(0.5));
        SyntheticRuns.run(directory.resolve(".trash/run"), Map.of(), "done", "", rows(0.5));
        Files.writeString(directory.resolve("notes.txt"), "x");
        Files.createDirectories(directory.resolve("run/checkpoint/run.json"));
        assertThat(RunSet.read(List.of(directory)).runs()).hasSize(1);
    }

    @Test
    void aSweepWithoutRunsOrWithADamagedSpecIsSaid() throws IOException {
        SyntheticRuns.run(directory.resolve("one/runs/r"), Map.of(), "done", "", rows(0.5));
        Files.writeString(directory.resolve("one/sweep.json"), "{\"name\": 3, ");
        Files.createDirectories(directory.resolve("two"));
        Files.writeString(directory.resolve("two/sweep.json"), "{\"name\": \"two\"}");
        RunSet set = RunSet.read(List.of(directory));
        assertThat(set.runs()).hasSize(1);
        assertThat(set.remarks().getFirst())
                .startsWith("cannot read " + directory.resolve("one/sweep.json"))
                .endsWith("; its runs are read all the same");
        assertThat(set.remarks()).contains("sweep '%s' has no runs yet".formatted(directory.resolve("two")));
        assertThat(set.configurations().getFirst().name()).isEqualTo("one");
    }

    @Test
    void problemsOfAnImportAreCounted() throws IOException {
        SyntheticRuns.imported(directory.resolve("runs/E/Run1/001"), Map.of(), "E", 1, rows(0.5));
        Files.writeString(directory.resolve("import.json"), "{\"problems\": 1234}");
        RunSet set = RunSet.read(List.of(directory));
        assertThat(set.remarks())
                .contains("imported logs '%s' have 1,234 problems, listed in %s"
                        .formatted(directory, directory.resolve("problems.csv")));
        assertThat(set.runs().getFirst().name()).isEqualTo("E/Run1/001");
        Files.writeString(directory.resolve("import.json"), "{}");
        assertThat(RunSet.read(List.of(directory)).remarks().getFirst())
                .isEqualTo("cannot read %s: the key 'problems' is missing; its runs are read all the same"
                        .formatted(directory.resolve("import.json")));
    }

    private static List<String> rows(double... errors) {
        List<String> rows = new ArrayList<>();
        for (double error : errors) {
            rows.add(SyntheticRuns.row(rows.size() + 1, error, error, error, 100, 5, 5));
        }
        return rows;
    }
}
