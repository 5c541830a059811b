package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Cost;
import dev.stiefel.lab.model.Inspection.LayerInfo;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.CompressionFigures.Measured;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.session.Compression.Target;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.FactoredWeight;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.SmallConvNet;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.train.Method;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Kernels of trained convolutional networks are replaced by approximations in Tucker form, and such kernels by others.
class TuckerCompressionTest {
    private static final List<String> FACTORED = List.of("conv2.weight", "conv3.weight", "fc1.weight");

    /// Runs that are only read: dense, in matrix form, in Tucker form in either gauge.
    @TempDir
    static Path parents;

    @TempDir
    Path folder;

    @BeforeAll
    static void trainTheParents() throws IOException {
        train("dense", Map.of("method", "dense"));
        train("matrix", Map.of("method", "riemannian", "rank", "14-12-10"));
        train("tucker", Map.of("method", "bug", "form", "tucker", "rank", "12x9-10-8"));
        train("free", Map.of("method", "factors", "form", "tucker", "rank", "9x10-10-8"));
    }

    private static void train(String name, Map<String, ?> choices) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("epochs", 1);
        all.put("trainFraction", 0.3);
        all.put("evaluationFraction", 0.3);
        all.put("threads", 2);
        all.putAll(choices);
        RunSpec spec = Presets.of("digits-conv", all).spec();
        RunSession.create(spec, parents.resolve(name), SmallRuns.DIGITS).run(RunListener.NONE);
    }

    private static DerivedRun compress(String parent, Target target, Map<String, ?> choices) throws IOException {
        return compress(parents.resolve(parent), target, choices);
    }

    private static DerivedRun compress(Path parent, Target target, Map<String, ?> choices) throws IOException {
        return Compression.of(parent, ModelChoice.LATEST, CheckpointChoice.LATEST, target, choices, SmallRuns.DIGITS);
    }

    private static Target ranks(String text) {
        return new Target.Ranks(
                Choices.none().with("rank", text).find(Options.RANK).orElseThrow());
    }

    private static List<String> ranks(NetworkSpec network) {
        return network.factoredWeights().stream()
                .map(weight -> weight.rankText().orElseThrow())
                .toList();
    }

    private static Tensor matrix(Scope scope, Network network, String name) {
        return switch (network.parameter(name)) {
            case DenseParameter dense -> dense.value().copy(scope);
            case FactoredParameter factored -> matrix(scope, factored.weight());
        };
    }

    private static Tensor matrix(Scope scope, FactoredWeight weight) {
        return switch (weight) {
            case Factors f -> f.matrix(scope);
            case TuckerFactors f -> f.matrix(scope);
            default -> throw new AssertionError(weight);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "dense,  tucker, 0.05",
        "dense,  tucker, 0.5",
        "matrix, tucker, 0.3",
        "tucker, tucker, 0.4",
        "free,   tucker, 0.2",
        "tucker, matrix, 0.3",
        "free,   matrix, 0.4"
    })
    void aToleranceHoldsForEveryWeightWhateverItsFormWasAndBecomes(String parent, String form, double tolerance)
            throws IOException {
        Path child = folder.resolve("child");
        try (DerivedRun compression = compress(parent, new Target.Tolerance(tolerance), Map.of("form", form));
                Model before = Models.load(parents.resolve(parent));
                Scope scope = Scope.open("test")) {
            Measured after = compression.compressed().orElseThrow().after();
            compression.session(child, SmallRuns.DIGITS).run(RunListener.NONE);
            try (Model model = Models.load(child)) {
                for (String name : FACTORED) {
                    Tensor old = matrix(scope, before.network(), name);
                    double error = Ops.norm(Ops.sum(scope, matrix(scope, model.network(), name), -1, old));
                    assertThat(error / Ops.norm(old)).as(name).isLessThanOrEqualTo(tolerance + 1e-5);
                }
                WeightSpec conv3 = model.network().spec().weight("conv3.weight");
                assertThat(conv3.tucker().isPresent()).isEqualTo(form.equals("tucker"));
                assertThat(model.network().spec().weight("fc1.weight").tucker()).isEmpty();
                assertThat(model.network().gauge())
                        .isEqualTo(compression.spec().get(Options.METHOD).gauge());
                assertThat(compression.spec().networkSpec())
                        .isEqualTo(model.network().spec());
                assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).loss())
                        .isCloseTo(after.test().loss(), within(1e-4));
                assertThat(model.network().parameterCount()).isEqualTo(after.parameters());
            }
        }
        Summary summary = RunFolder.open(child).summary().orElseThrow();
        assertThat(Summary.Parameters.of(RunFolder.open(child).spec(), summary.ranks()))
                .isEqualTo(summary.parameters()); // what reports recompute
    }

    @Test
    void bothRanksOfAKernelAreChosenAndSeenEverywhere() throws IOException {
        Path child = folder.resolve("child");
        try (DerivedRun compression = compress("dense", ranks("16x8-20x30-12"), Map.of("form", "tucker"))) {
            assertThat(compression.compressed().orElseThrow().after().ranks()).containsExactly(16, 30, 12);
            compression.session(child, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        RunFolder run = RunFolder.open(child);
        assertThat(run.spec().asMap())
                .containsEntry("rank", "16x8-20x30-12")
                .containsEntry("form", "tucker")
                .containsEntry("method", "bug")
                .containsEntry("network", "small-conv")
                .doesNotContainKey("layers");
        try (Model model = Models.load(child)) {
            assertThat(model.inspect().layers())
                    .extracting(LayerInfo::rankText)
                    .containsExactly("dense", "16×8", "20×30", "12", "dense");
            assertThat(model.inspect().layers().get(1).parameters()).isEqualTo(32 * 16 + 16 * 8 + 9 * 16 * 8);
        }
        Summary summary = run.summary().orElseThrow();
        assertThat(summary.parameters().evaluation())
                .isEqualTo(9 * 16
                        + (32 * 16 + 16 * 8 + 9 * 16 * 8)
                        + (64 * 20 + 32 * 30 + 9 * 20 * 30)
                        + 12 * (64 + 256)
                        + 640);
        assertThat(Cost.of(run.spec(), summary.ranks()).forward())
                .isEqualTo(run.spec().networkSpec().weights().stream()
                        .mapToLong(WeightSpec::multiplyAdds)
                        .sum());
    }

    @Test
    void oneNumberStandsForBothRanksAsFarAsAKernelCanHaveThem() throws IOException {
        try (DerivedRun compression = compress("dense", ranks("30"), Map.of("form", "tucker"))) {
            assertThat(ranks(compression.spec().networkSpec())).containsExactly("30×16", "30×30", "30");
        }
        try (DerivedRun compression = compress("tucker", ranks("12-9-7"), Map.of())) { // it keeps its form
            assertThat(ranks(compression.spec().networkSpec())).containsExactly("12×9", "9×9", "7");
        }
        try (DerivedRun compression = compress("matrix", ranks("16"), Map.of("form", "tucker"))) {
            assertThat(ranks(compression.spec().networkSpec())).containsExactly("14×16", "12×16", "10");
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessage("compress: rank (16) must be at most 10, the rank that 'fc1' has now");
        }
        try (DerivedRun compression = compress("matrix", ranks("16-20-9"), Map.of("form", "tucker"))) {
            assertThat(ranks(compression.spec().networkSpec())).containsExactly("14×16", "12×20", "9");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.15, 0.3, 0.6})
    void aBudgetIsSharedByKernelsAndMatrices(double share) throws IOException {
        try (DerivedRun tucker = compress("dense", new Target.Budget(share), Map.of("form", "tucker"));
                Model before = Models.load(parents.resolve("dense"))) {
            Measured after = tucker.compressed().orElseThrow().after();
            long allowed = (long) (share * before.network().spec().denseParameters());
            assertThat(after.parameters()).isLessThanOrEqualTo(allowed).isGreaterThan(allowed - 600);
            assertThat(after.ranks()).allMatch(rank -> rank > 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bug", "s-only", "factors"})
    void aCompressedRunIsTrainedFurtherByTheMethodsThatTakeTheForm(String method) throws IOException {
        Path child = folder.resolve("child");
        try (DerivedRun compression = compress("dense", ranks("10x6-9x7-5"), Map.of("form", "tucker"))) {
            compression.session(child, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        try (DerivedRun finetune = Finetune.of(
                child, ModelChoice.LATEST, CheckpointChoice.LATEST, Map.of("epochs", 1, "method", method))) {
            Path further = folder.resolve("further");
            assertThat(finetune.session(further, SmallRuns.DIGITS)
                            .run(RunListener.NONE)
                            .outcome())
                    .isEqualTo(new Outcome.Finished());
            try (Model model = Models.load(further)) {
                assertThat(ranks(model.network().spec())).containsExactly("10×6", "9×7", "5");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"dense, tucker, bug", "matrix, tucker, bug", "free, tucker, factors", "tucker, matrix, bug"})
    void retrainedItResumesWithTheSameBits(String parent, String form, String method) throws IOException {
        Map<String, ?> choices = Map.of("form", form, "epochs", 1);
        Path parts = folder.resolve("parts");
        try (DerivedRun compression = compress(parent, new Target.Tolerance(0.5), choices)) {
            assertThat(compression.spec().get(Options.METHOD)).isEqualTo(Method.of(method));
            compression.session(folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
            RunSession first = compression.session(parts, SmallRuns.DIGITS);
            first.run(SmallRuns.stoppingAt(2, first));
        }
        SmallRuns.resume(parts).run(RunListener.NONE);

        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    @Test
    void aModelFileWithoutARunIsKnownByItsLayers() throws IOException {
        NetworkSpec dense = SmallConvNet.of(new Image(8, 8, 1), 10);
        NetworkSpec tucker =
                dense.withTucker(Map.of("conv2.weight", new TuckerRanks(8, 4), "conv3.weight", new TuckerRanks(8, 9)));
        for (NetworkSpec spec : List.of(dense, tucker)) {
            Path file = folder.resolve("own.safetensors");
            try (Network network =
                    Network.random(spec, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1))) {
                ModelFile.write(file, network);
            }
            try (DerivedRun compression =
                    compress(file, ranks("3x2-4-5"), Map.of("form", "tucker", "data", "digits"))) {
                assertThat(compression.spec().architecture().word()).isEqualTo("small-conv");
                assertThat(ranks(compression.spec().networkSpec())).containsExactly("3×2", "4×4", "5");
                assertThat(compression.name()).isEqualTo("own-compress");
            }
        }
        Path other = folder.resolve("other.safetensors");
        NetworkSpec unknown = NetworkSpec.images(
                8,
                8,
                1,
                x -> x.then(dev.stiefel.nn.ConvolutionSpec.conv(4, 3).relu())
                        .then(dev.stiefel.nn.ReshapeSpec.flatten())
                        .then(dev.stiefel.nn.LinearSpec.linear(10)));
        try (Network network =
                Network.random(unknown, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1))) {
            ModelFile.write(other, network);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compress(other, ranks("3"), Map.of("data", "digits")))
                .withMessage("compress: %s must be a chain of linear layers or one of the networks small-conv, lenet5,"
                                .formatted(other)
                        + " alexnet, vgg16, vgg16-wide, resnet20, resnet20-extra,"
                        + " resnet20-projections; got [8, 8, 1] → [10] (3 layers)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        dense  | 16x8      | form=tucker | rank (16x8) is for a kernel in Tucker form; 'fc1.weight' has one rank; give a number
        dense  | 16x8-4-4  |             | rank (16x8) is for a kernel in Tucker form; 'conv2.weight' has one rank; give a number
        dense  | 33x8-4-4  | form=tucker | rank (33x8) must be at most 32x8 for the kernel 'conv2.weight'
        dense  | 8x17-4-4  | form=tucker | rank (8x17) must be at most 8x16 for the kernel 'conv2.weight'
        dense  | 30x3-4-4  | form=tucker | rank (30x3) must be at most 27x3 for the kernel 'conv2.weight'
        dense  | 33-4-4    | form=tucker | rank (33) must be in [1, 32] for a [32, 144] weight
        dense  | 4-4       | form=tucker | rank must be one number, or one for each of the 3 factored layers; got 4-4
        dense  | 4         | form=tucker method=riemannian epochs=1 | form: form 'tucker' is for methods 'bug', 's-only' and 'factors'; got method 'riemannian'
        dense  | 4         | form=tucker method=parallel-bug epochs=1 | form: form 'tucker' is for methods 'bug', 's-only' and 'factors'; got method 'parallel-bug'
        dense  | 4         | form=tucker l2=0.1 epochs=1 | form: form 'tucker' has no penalties; use weight decay
        dense  | 4         | form=tucker learningRate=0.1 | 'learningRate' is for retraining; give the number of 'epochs'
        tucker | 13x9-4-4  |             | compress: rank (13×9) must be at most 12×9, the rank that 'conv2' has now
        tucker | 12x10-4-4 |             | compress: rank (12×10) must be at most 12×9, the rank that 'conv2' has now
        tucker | 13-4-4    |             | compress: rank (13) must be at most 12, the rank that 'conv2' has now
        tucker | 13-4-4    | form=matrix | compress: rank (13) must be at most 12, the rank that 'conv2' has now
        tucker | 4-4-9     |             | compress: rank (9) must be at most 8, the rank that 'fc1' has now
        matrix | 15x9-4-4  | form=tucker | compress: rank (15×9) must be at most 14×16, the rank that 'conv2' has now
        matrix | 17-4-4    | form=tucker | compress: rank (17) must be at most 16, the rank that 'conv2' has now
        """)
    void whatCannotBeIsNamed(String parent, String rank, String choices, String message) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (String each : choices == null ? new String[0] : choices.split(" ", -1)) {
            all.put(each.split("=", 2)[0], each.split("=", 2)[1]);
        }
        long owners = Scope.liveOwners();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compress(parent, ranks(rank), all))
                .withMessage(message);
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void aBudgetThatDoesNotHoldRankOneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compress("dense", new Target.Budget(0.01), Map.of("form", "tucker")))
                .withMessage(
                        "budget must be at least %.6f, the share of the output layer and rank 1 in the others; got"
                                + " 0.01",
                        (9 * 16 + (32 + 16 + 9) + (64 + 32 + 9) + (64 + 256) + 640)
                                / (9.0 * 16 + 9 * 16 * 32 + 9 * 32 * 64 + 64 * 256 + 640));
    }

    @Test
    void ranksAreReadInBothSpellings() {
        assertThat(ranks("16×8-20")).isEqualTo(ranks("16x8-20x20"));
        assertThat(LayerRanks.all(3)).hasToString("3");
    }
}
