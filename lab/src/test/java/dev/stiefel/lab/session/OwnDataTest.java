package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.stiefel.data.Splits;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.own.Task;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.CoefficientOfDetermination;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.model.Preparation;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.OptimizerName;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.nn.MeanAbsoluteError;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables of a user's own become runs, and the runs answer for raw rows.
class OwnDataTest {
    @TempDir
    Path folder;

    /// A price that depends on an area and a town, some areas missing, one row broken.
    private Path houses() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        StringBuilder text = new StringBuilder("area,town,price\n");
        for (int i = 0; i < 600; i++) {
            double area = 50 + 100 * random.nextDouble();
            boolean bonn = random.nextBoolean();
            double price = 1000 * (bonn ? 3 : 2) * area + 1000 * random.nextGaussian();
            String shown = i % 50 == 7 ? "" : String.format(Locale.ROOT, "%.2f", area);
            text.append(String.format(Locale.ROOT, "%s,%s,%.0f%n", shown, bonn ? "Bonn" : "Aachen", price));
        }
        return Files.writeString(folder.resolve("houses.csv"), text.append("wide,Bonn,10\n"));
    }

    /// Three clouds of points.
    private Path points() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        StringBuilder text = new StringBuilder("x;y;kind\n");
        for (int i = 0; i < 300; i++) {
            int kind = i % 3;
            text.append(String.format(
                    Locale.ROOT,
                    "%.3f;%.3f;%s%n",
                    4 * kind + random.nextGaussian(),
                    -3 * kind + random.nextGaussian(),
                    List.of("red", "green", "blue").get(kind)));
        }
        return Files.writeString(folder.resolve("points.csv"), text);
    }

    private static Map<String, Object> choices(Path data, String target, Map<String, ?> more) {
        Map<String, Object> all =
                new HashMap<>(Map.of("data", data.toString(), "target", target, "width", 24, "depth", 2, "threads", 1));
        all.putAll(more);
        return all;
    }

    private Path trained(Path data, String target, Map<String, ?> more) throws IOException {
        Experiment experiment = Experiment.ofData(choices(data, target, more));
        Path run = folder.resolve("run-" + experiment.name());
        RunSession.create(experiment, run, SmallRuns.DIGITS).run(RunListener.NONE);
        return run;
    }

    @Test
    void aTableOfPricesTrainsANetworkThatTellsThemInTheirUnits() throws IOException {
        Path run = trained(houses(), "price", Map.of("epochs", 20));

        try (Model model = Models.load(run)) {
            Metrics test = model.evaluate(Split.TEST, SmallRuns.DIGITS);
            Prediction bonn = model.predictRow(Map.of("area", "100", "town", "Bonn"));
            Prediction aachen = model.predictRow(Map.of("area", "100", "town", "Aachen"));

            assertThat(test.accuracy()).isNaN();
            assertThat(model.rootMeanSquaredError(test).orElseThrow()).isBetween(500.0, 25_000.0);
            Experiment again = Experiment.ofData(choices(houses(), "price", Map.of("epochs", 20)));
            requireErrorsOf(
                    model,
                    test,
                    again.ownData().orElseThrow().splits(again.spec()).test());
            Score kept =
                    RunFolder.open(run).record().summary().orElseThrow().test().orElseThrow();
            assertThat(kept.further()).isEqualTo(test.measures());
            assertThat(Files.readString(run.resolve(RunRecord.FILE)))
                    .doesNotContain("NaN")
                    .doesNotContain("accuracy");
            assertThat(value(bonn)).isCloseTo(300_000, within(30_000.0));
            assertThat(value(aachen)).isCloseTo(200_000, within(30_000.0));
        }
        assertThat(RunFolder.open(run).history()).hasSize(20);
    }

    /// RMSE and MAE are errors in the unit of prices, and R² compares them with the spread of the test set's own
    /// prices.
    private static void requireErrorsOf(Model model, Metrics test, Samples samples) {
        double unit = model.preparation().targets().orElseThrow().copyDeviations()[0];
        EvaluationSpec absolute = new EvaluationSpec(List.of(new MeanAbsoluteError()), List.of(), EvaluationSpec.LOSS);
        double[] targets;
        try (Scope scope = Scope.open("targets")) {
            int[] all = IntStream.range(0, samples.size()).toArray();
            targets = ((Targets.Values) samples.targets(scope, DType.FLOAT64, all, 0, all.length))
                    .values()
                    .toDoubles();
        }
        double mean = Arrays.stream(targets).average().orElseThrow();
        double variance = Arrays.stream(targets)
                .map(target -> (target - mean) * (target - mean))
                .average()
                .orElseThrow();

        assertThat(test.figure("rmse")).isCloseTo(unit * Math.sqrt(test.loss()), withinPercentage(1e-6));
        assertThat(test.figure("mae"))
                .isCloseTo(
                        unit * model.evaluate(samples, absolute, 1).figure("mean_absolute_error"),
                        withinPercentage(1e-6));
        assertThat(test.figure("r2")).isCloseTo(1 - test.loss() / variance, within(1e-6));
        try (Threads threads = Threads.of(1);
                Pool pool = new Pool()) {
            assertThat(new CoefficientOfDetermination().evaluate(model.network(), samples, threads, pool))
                    .as("without the loss")
                    .isCloseTo(test.figure("r2"), within(1e-9));
        }
    }

    @Test
    void whatWasFoundByReadingIsTheSpecsAndComesBackFromTheRun() throws IOException {
        Experiment experiment = Experiment.ofData(choices(houses(), "price", Map.of("epochs", 1)));
        RunSpec spec = experiment.spec();

        assertThat(spec.dataFacts())
                .isEqualTo(new DataFacts(folder.resolve("houses.csv").toString(), 3, 1, Task.REGRESSION, 480));
        assertThat(spec.get(Options.STANDARDIZE)).isTrue();
        assertThat(spec.get(Options.VALIDATION)).isEqualTo(48);
        assertThat(spec.layers()).hasToString("3-24-24-1");
        assertThat(experiment.name()).isEqualTo("houses");
        assertThat(experiment.ownData().orElseThrow().remarks().getFirst())
                .isEqualTo("1 of 601 rows were left out; the first is line 602:"
                        + " column 'area' must be a number; got 'wide'");
        assertThat(RunSpec.read(Json.parse(Json.text(spec.toJson())))).isEqualTo(spec);
    }

    @Test
    void defaultsOfTablesDependOnTheNumberOfSamples() throws IOException {
        RunSpec few = tableOf(500, Map.of());
        assertThat(few.layers()).hasToString("1-128-1");
        assertThat(few.get(Options.BATCH_SIZE)).isEqualTo(16);
        assertThat(few.get(Options.EPOCHS)).isEqualTo(120);
        assertThat(few.get(Options.OPTIMIZER)).isEqualTo(OptimizerName.ADAMW);
        assertThat(few.get(Options.LEARNING_RATE)).isEqualTo(0.003);
        assertThat(few.get(Options.WEIGHT_DECAY)).isEqualTo(2);
        assertThat(tableOf(500, Map.of("task", "classification")).get(Options.WEIGHT_DECAY))
                .isEqualTo(1_500.0 / 400);
        assertThat(tableOf(200, Map.of("task", "classification")).get(Options.WEIGHT_DECAY))
                .isEqualTo(4);

        RunSpec some = tableOf(2_000, Map.of());
        assertThat(some.layers()).hasToString("1-128-128-1");
        assertThat(some.get(Options.WEIGHT_DECAY)).isEqualTo(1_500.0 / 1_600);

        RunSpec many = tableOf(12_500, Map.of());
        assertThat(many.layers()).hasToString("1-256-256-256-1");
        assertThat(many.get(Options.EPOCHS)).isEqualTo(60);
        assertThat(many.get(Options.OPTIMIZER)).isEqualTo(OptimizerName.MOMENTUM);

        RunSpec chosen = tableOf(500, Map.of("optimizer", "momentum", "depth", 3));
        assertThat(chosen.layers()).hasToString("1-128-128-128-1");
        assertThat(chosen.get(Options.LEARNING_RATE)).isEqualTo(0.2);
        assertThat(chosen.get(Options.WEIGHT_DECAY)).isEqualTo(0.005);
    }

    private RunSpec tableOf(int rows, Map<String, ?> more) throws IOException {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int i = 0; i < rows; i++) {
            text.append(i % 97).append(',').append(0.5 + 2 * (i % 97)).append('\n');
        }
        Map<String, Object> all = new HashMap<>(Map.of("target", "y"));
        all.put("data", Files.writeString(folder.resolve("rows.csv"), text).toString());
        all.putAll(more);
        return Experiment.ofData(all).spec();
    }

    @Test
    void classesAreToldByTheirNames() throws IOException {
        Path run = trained(points(), "kind", Map.of("epochs", 20));

        try (Model model = Models.load(run)) {
            assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).accuracy()).isGreaterThan(0.9);
            assertThat(model.predictRow(Map.of("x", "0", "y", "0")))
                    .isInstanceOfSatisfying(Prediction.OfClass.class, told -> {
                        assertThat(told.name()).isEqualTo("red");
                        assertThat(told.probabilities()).containsOnlyKeys("blue", "green", "red");
                        assertThat(told.probabilities().values().stream()
                                        .mapToDouble(Double::doubleValue)
                                        .sum())
                                .isCloseTo(1, within(1e-6));
                    });
        }
    }

    @Test
    void aFileThatIsSortedByClassHoldsOutSomeOfEach() throws IOException {
        StringBuilder text = new StringBuilder("x,kind\n");
        for (int i = 0; i < 200; i++) {
            text.append(i).append(i < 100 ? ",low\n" : ",high\n");
        }
        Path sorted = Files.writeString(folder.resolve("sorted.csv"), text);
        Experiment experiment = Experiment.ofData(choices(sorted, "kind", Map.of("validation", 20)));

        Splits splits = experiment.ownData().orElseThrow().splits(experiment.spec());

        int[] labels = splits.validation().orElseThrow().copyLabels();
        assertThat(labels).hasSize(20);
        assertThat(IntStream.of(labels).filter(label -> label == 0).count()).isBetween(9L, 11L);
        assertThat(splits.train().size()).isEqualTo(140);
    }

    @Test
    void aCsvOfRawRowsIsToldRowByRowAsSingleRowsAre() throws IOException {
        Path run = trained(points(), "kind", Map.of("epochs", 2));
        Path rows = Files.writeString(folder.resolve("new.csv"), "y,x\n0,0\n-3,4\n-6,8\n");

        try (Model model = Models.load(run)) {
            List<Prediction> told = model.predictCsv(rows);

            assertThat(told).hasSize(3);
            Prediction alone = model.predictRow(Map.of("x", "4", "y", "-3"));
            double together = probability(told.get(1));
            assertThat(probability(alone)).isCloseTo(together, within(1e-5));
        }
    }

    private static double probability(Prediction prediction) {
        Prediction.OfClass best = (Prediction.OfClass) prediction;
        return best.probabilities().getOrDefault(best.name(), Double.NaN);
    }

    @Test
    void aModelsFileAloneKnowsColumnsAndUnits() throws IOException {
        Path run = trained(houses(), "price", Map.of("epochs", 2));
        Path file = folder.resolve("alone.safetensors");
        Files.copy(run.resolve("checkpoint/model.safetensors"), file);
        DurableFiles.deleteTree(run);
        Files.delete(folder.resolve("houses.csv"));

        try (Model model = Models.load(file)) {
            assertThat(model.preparation().schema().inputs()).isInstanceOf(Schema.Table.class);
            assertThat(model.predictRow(Map.of("area", "100", "town", "Bonn"))).isInstanceOf(Prediction.OfValues.class);
        }
    }

    @Test
    void filesThatHaveChangedSinceAreNotEvaluatedAsIfTheyHadNot() throws IOException {
        Path data = points();
        Path run = trained(data, "kind", Map.of("epochs", 1));
        Files.writeString(data, Files.readString(data).replace("red", "pink"));

        try (Model model = Models.load(run)) {
            assertThatThrownBy(() -> model.evaluate(Split.TEST, SmallRuns.DIGITS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("evaluate: data set '%s' is not the one that run", data);
        }
    }

    @Test
    void aRunOnATableIsFinetunedAndCompressedLikeAnyOther() throws IOException {
        Path run = trained(points(), "kind", Map.of("epochs", 2));

        Path tuned = folder.resolve("tuned");
        try (DerivedRun finetune = Finetune.of(run, ModelChoice.LATEST, CheckpointChoice.LATEST, Map.of("epochs", 1))) {
            finetune.session(tuned, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        Path small = folder.resolve("small");
        try (DerivedRun compression = Compression.of(
                run,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                new Compression.Target.Ranks(LayerRanks.all(1)),
                Map.of(),
                SmallRuns.DIGITS)) {
            compression.session(small, SmallRuns.DIGITS).run(RunListener.NONE);
        }

        for (Path child : List.of(tuned, small)) {
            try (Model model = Models.load(child)) {
                assertThat(model.predictRow(Map.of("x", "0", "y", "0"))).isInstanceOf(Prediction.OfClass.class);
            }
        }
    }

    @Test
    void whatIsForOwnDataIsRefusedElsewhere() throws IOException {
        assertThatThrownBy(() -> Presets.of("digits", Map.of("target", "price")))
                .hasMessage("'target' is for data of your own; name a file or folder with data");
        Path data = houses();
        assertThatThrownBy(() -> Experiment.ofData(choices(data, "price", Map.of("labelNoise", 0.1))))
                .hasMessage("'labelNoise' is for classes; '%s' has values".formatted(data));
        assertThatThrownBy(() -> Experiment.ofData(choices(data, "price", Map.of("standardize", false, "epochs", 1)))
                        .ownData()
                        .orElseThrow()
                        .splits(Experiment.ofData(choices(data, "price", Map.of("standardize", false)))
                                .spec()))
                .hasMessage("standardize must be true for '%s', in which numbers are missing".formatted(data));
        assertThatThrownBy(() -> Experiment.ofData(choices(data, "cost", Map.of())))
                .hasMessageContaining("'cost'");
        assertThatThrownBy(() -> Experiment.ofData(choices(data, "price", Map.of("imageSize", "8"))))
                .hasMessage("'imageSize' is for folders of images; data '%s' is a table".formatted(data));
    }

    @Test
    void aCatalogueRunKnowsItsImagesAndItsStandardization() throws IOException {
        Path run = folder.resolve("digits");
        RunSession.create(SmallRuns.small(Map.of("standardize", true)), run, SmallRuns.DIGITS)
                .run(RunListener.NONE);

        try (Model model = Models.load(run)) {
            Preparation preparation = model.preparation();
            assertThat(preparation.schema().inputs()).isEqualTo(new Schema.Image(8, 8, 1));
            assertThat(preparation.inputs().orElseThrow().width()).isEqualTo(64);
            float[] dark = new float[64];
            List<float[]> both = model.predict(List.of(dark, dark));
            assertThat(both.get(0)).containsExactly(both.get(1));
            float[] alone = model.predict(dark);
            for (int i = 0; i < 10; i++) {
                assertThat(alone[i]).isCloseTo(both.get(0)[i], within(1e-5f));
            }
        }
    }

    private static double value(Prediction prediction) {
        return ((Prediction.OfValues) prediction).values().firstEntry().getValue();
    }
}
