package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.CompressionFigures;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.session.Compression.Target;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.train.Method;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Trained weights are replaced by their best factors.
class CompressionTest {
    /// Runs of 64-20-20-10 networks that are only read: dense, factored at rank 6, in the free gauge at rank 5.
    @TempDir
    static Path parents;

    @TempDir
    Path folder;

    @BeforeAll
    static void trainTheParents() throws IOException {
        for (Map<String, ?> choices : List.of(
                Map.of("method", "dense", "epochs", 10),
                Map.of("method", "bug", "rank", 6),
                Map.of("method", "factors", "rank", 5))) {
            Path run = parents.resolve(String.valueOf(choices.get("method")));
            RunSession.create(SmallRuns.small(choices), run, SmallRuns.DIGITS).run(RunListener.NONE);
        }
    }

    private static DerivedRun compress(String parent, Target target, Map<String, ?> choices) throws IOException {
        return Compression.of(
                parents.resolve(parent),
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                target,
                choices,
                SmallRuns.DIGITS);
    }

    private static Target ranks(int... ranks) {
        return new Target.Ranks(
                new LayerRanks(Arrays.stream(ranks).mapToObj(TuckerRanks::of).toList()));
    }

    /// Each weight's distance from the one before is the norm of the singular values left out (Eckart & Young).
    @ParameterizedTest
    @ValueSource(strings = {"dense", "bug", "factors"})
    void theFactorsAreTheBestOfTheirRank(String parent) throws IOException {
        try (DerivedRun compression = compress(parent, ranks(4, 3), Map.of());
                Model before = Models.load(parents.resolve(parent));
                Scope scope = Scope.open("test")) {
            compression.session(folder.resolve("child"), SmallRuns.DIGITS).run(RunListener.NONE);
            try (Model after = Models.load(folder.resolve("child"))) {
                assertThat(after.network().ranks()).containsExactly(4, 3);
                for (int i = 0; i < 2; i++) {
                    Tensor old = matrix(scope, before.network(), i);
                    List<Double> sigma = Svd.of(scope, old).sigma();
                    double tail =
                            sigma.stream().skip(after.network().ranks().get(i)).reduce(0.0, Math::hypot);
                    double error = Ops.norm(Ops.sum(scope, matrix(scope, after.network(), i), -1, old));
                    assertThat(error).isEqualTo(tail, within(1e-5 * sigma.getFirst()));
                }
                assertThat(after.network().tensors().get("layers.2.weight").toFloats())
                        .isEqualTo(before.network()
                                .tensors()
                                .get("layers.2.weight")
                                .toFloats());
                assertThat(after.network().tensors().get("layers.1.bias").toFloats())
                        .isEqualTo(
                                before.network().tensors().get("layers.1.bias").toFloats());
            }
        }
    }

    @Test
    void atFullRankNothingIsLost() throws IOException {
        try (DerivedRun compression = compress("dense", new Target.Tolerance(0), Map.of())) {
            CompressionFigures.Measured before =
                    compression.compressed().orElseThrow().before();
            CompressionFigures.Measured after =
                    compression.compressed().orElseThrow().after();
            assertThat(after.ranks()).containsExactly(20, 20);
            assertThat(after.test().loss()).isEqualTo(before.test().loss(), within(1e-5));
            assertThat(before.parameters()).isEqualTo(64 * 20 + 20 * 20 + 200);
            assertThat(before.ranks()).isEmpty();
            assertThat(after.parameters()).isEqualTo(20 * 84 + 20 * 40 + 200);
        }
    }

    @Test
    void aToleranceIsOfEachWeight() throws IOException {
        try (DerivedRun compression = compress("dense", new Target.Tolerance(0.4), Map.of());
                Model before = Models.load(parents.resolve("dense"));
                Scope scope = Scope.open("test")) {
            for (int i = 0; i < 2; i++) {
                List<Double> sigma =
                        Svd.of(scope, matrix(scope, before.network(), i)).sigma();
                double allowed = 0.4 * sigma.stream().reduce(0.0, Math::hypot);
                int rank =
                        compression.compressed().orElseThrow().after().ranks().get(i);
                assertThat(sigma.stream().skip(rank).reduce(0.0, Math::hypot)).isLessThanOrEqualTo(allowed);
                assertThat(sigma.stream().skip(rank - 1).reduce(0.0, Math::hypot))
                        .isGreaterThan(allowed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5, 0.9})
    void aBudgetIsOfTheWholeNetwork(double share) throws IOException {
        try (DerivedRun compression = compress("dense", new Target.Budget(share), Map.of())) {
            long allowed = (long) (share * 1880);
            assertThat(compression.compressed().orElseThrow().after().parameters())
                    .isLessThanOrEqualTo(allowed)
                    .isGreaterThan(allowed - 84); // or another direction would have fitted
        }
    }

    @Test
    void withoutEpochsTheRunIsDoneAndSaysWhatItHasCost() throws IOException {
        Map<String, String> before = FinetuneTest.everything(parents);
        Path child = folder.resolve("child");
        try (DerivedRun compression = compress("dense", ranks(5), Map.of())) {
            RunResult result = compression.session(child, SmallRuns.DIGITS).run(RunListener.NONE);

            RunFolder run = RunFolder.open(child);
            assertThat(run.status()).isEqualTo(RunStatus.DONE);
            assertThat(run.history()).isEmpty();
            assertThat(run.compressed()).isEqualTo(compression.compressed());
            assertThat(run.parent())
                    .contains(new Parent(
                            Parent.Command.COMPRESS,
                            parents.resolve("dense").toString(),
                            "model.safetensors",
                            DurableFiles.sha256(parents.resolve("dense/checkpoint/model.safetensors"))));
            Summary summary = run.summary().orElseThrow();
            assertThat(summary).isEqualTo(result.summary());
            assertThat(summary.epochs()).isZero();
            assertThat(summary.train()).isEmpty();
            assertThat(summary.ranks()).containsExactly(5, 5);
            assertThat(summary.test())
                    .contains(compression.compressed().orElseThrow().after().test());
            assertThat(summary.validation())
                    .isEqualTo(compression.compressed().orElseThrow().after().validation());
            assertThat(summary.parameters().evaluation()).isEqualTo(5 * 84 + 5 * 40 + 200);
            assertThat(run.spec().isTrained()).isFalse();
            assertThat(run.spec().asMap())
                    .containsEntry("rank", 5)
                    .containsEntry("method", "riemannian")
                    .doesNotContainKeys("epochs", "learningRate", "optimizer");
        }
        assertThat(FinetuneTest.everything(parents)).isEqualTo(before);
        try (Model latest = Models.load(child);
                Model best = Models.load(child, ModelChoice.BEST, CheckpointChoice.LATEST)) {
            double loss = RunFolder.open(child)
                    .summary()
                    .orElseThrow()
                    .test()
                    .orElseThrow()
                    .loss();
            assertThat(latest.evaluate(Split.TEST, SmallRuns.DIGITS).loss()).isEqualTo(loss);
            assertThat(best.evaluate(Split.TEST, SmallRuns.DIGITS).loss()).isEqualTo(loss);
            assertThat(latest.inspect().layers()).hasSize(3);
        }
        assertThatThrownBy(() -> SmallRuns.resume(child))
                .hasMessage("resume: run '%s' is done (0 epochs)".formatted(child));
        try (DerivedRun finetune =
                Finetune.of(child, ModelChoice.LATEST, CheckpointChoice.LATEST, Map.of("epochs", 1))) {
            assertThat(finetune.spec().get(Options.BATCH_SIZE)).isEqualTo(32);
            assertThat(finetune.session(folder.resolve("grandchild"), SmallRuns.DIGITS)
                            .run(RunListener.NONE)
                            .outcome())
                    .isEqualTo(new Outcome.Finished());
        }
    }

    static Stream<Arguments> methods() {
        return Stream.of("riemannian", "bug", "factors")
                .flatMap(method -> Stream.of("dense", "factors").map(parent -> Arguments.of(method, parent)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void withEpochsItIsRetrainedAtTheseRanksAndResumes(String method, String parent) throws IOException {
        Map<String, ?> choices = Map.of("epochs", 2, "method", method);
        Path parts = folder.resolve("parts");
        try (DerivedRun compression = compress(parent, ranks(3, 2), choices)) {
            compression.session(folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
            RunSession first = compression.session(parts, SmallRuns.DIGITS);
            first.run(SmallRuns.stoppingAt(2, first));
        }
        Summary atStop = RunFolder.open(parts).summary().orElseThrow();
        assertThat(atStop.epochs()).isZero();
        assertThat(atStop.test())
                .isEqualTo(RunFolder.open(parts)
                        .compressed()
                        .map(each -> each.after().test()));

        SmallRuns.resume(parts).run(RunListener.NONE);

        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
        Summary summary = RunFolder.open(parts).summary().orElseThrow();
        assertThat(summary.epochs()).isEqualTo(2);
        assertThat(summary.ranks()).containsExactly(3, 2);
        try (Model model = Models.load(parts)) {
            assertThat(model.network().factors())
                    .extracting(Factors::gauge)
                    .containsOnly(Method.of(method).gauge());
        }
    }

    /// As a kill leaves it: the run is there, its checkpoint is not.
    @Test
    void killedBeforeItIsDoneItCanBeDoneFromItsOwnCopy() throws IOException {
        Path killed = folder.resolve("killed");
        try (DerivedRun compression = compress("dense", ranks(5), Map.of())) {
            compression.session(folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
            compression.session(killed, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        for (String name : List.of("checkpoint", "history.csv", "spectrum.csv")) {
            DurableFiles.deleteTree(killed.resolve(name));
        }
        RunRecord record = RunRecord.read(killed);
        record.with(RunStatus.RUNNING, record.message()).write(killed);

        SmallRuns.resume(killed).run(RunListener.NONE);

        assertThat(SmallRuns.bits(killed)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    @Test
    void aModelFileIsCompressedTooAndOneWithoutARunNeedsItsData() throws IOException {
        Path ofRun = parents.resolve("dense/checkpoint/model.safetensors");
        try (DerivedRun compression = Compression.of(
                        ofRun, ModelChoice.LATEST, CheckpointChoice.LATEST, ranks(5), Map.of(), SmallRuns.DIGITS);
                DerivedRun same = compress("dense", ranks(5), Map.of())) {
            assertThat(compression.compressed().orElseThrow())
                    .isEqualTo(same.compressed().orElseThrow());
            assertThat(compression.parent().path()).isEqualTo(ofRun.toString());
        }
        Path own = folder.resolve("own.safetensors");
        try (Network network = Network.builder(64)
                .dense(12, Activation.RELU)
                .dense(10, Activation.IDENTITY)
                .build(Rng.seeded(1))) {
            ModelFile.write(own, network);
        }
        assertThatThrownBy(() -> Compression.of(
                                own, ModelChoice.LATEST, CheckpointChoice.LATEST, ranks(5), Map.of(), SmallRuns.DIGITS)
                        .close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("%s does not record the data of its training; name the data set with data".formatted(own));
        try (DerivedRun compression = Compression.of(
                own,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                ranks(5),
                Map.of("data", "digits", "validation", 100),
                SmallRuns.DIGITS)) {
            assertThat(compression.spec().layers()).hasToString("64-12-10");
            assertThat(compression.spec().get(Options.VALIDATION)).isEqualTo(100);
            assertThat(compression.name()).isEqualTo("own-compress");
            compression.session(folder.resolve("child"), SmallRuns.DIGITS).run(RunListener.NONE);
        }
        assertThat(RunFolder.open(folder.resolve("child")).status()).isEqualTo(RunStatus.DONE);
    }

    @Test
    void aNetworkThatRunsCannotDescribeIsRefused() throws IOException {
        Path own = folder.resolve("own.safetensors");
        try (Network network = Network.builder(64)
                .dense(12, Activation.TANH)
                .dense(10, Activation.IDENTITY)
                .build(Rng.seeded(1))) {
            ModelFile.write(own, network);
        }
        assertThatThrownBy(() -> Compression.of(
                                own,
                                ModelChoice.LATEST,
                                CheckpointChoice.LATEST,
                                ranks(5),
                                Map.of("data", "digits"),
                                SmallRuns.DIGITS)
                        .close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(("compress: %s must be a 64-12-10 network of ReLU layers and a linear output layer, for"
                                + " softmax cross-entropy; got 64-12-10, or other activations or another loss")
                        .formatted(own));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("dense", ranks(21), Map.of(), "rank (21) must be in [1, 20] for a [20, 64] weight"),
                Arguments.of(
                        "dense",
                        ranks(3, 3, 3),
                        Map.of(),
                        "rank must be one number, or one for each of the 2 factored layers; got 3-3-3"),
                Arguments.of(
                        "bug",
                        ranks(6, 7),
                        Map.of(),
                        "compress: rank (7) must be at most 6, the rank that 'layers.1' has now"),
                Arguments.of(
                        "dense",
                        new Target.Budget(0.1),
                        Map.of(),
                        "budget must be at least 0.172340, the share of the output layer and rank 1 in the others; got"
                                + " 0.1"),
                Arguments.of(
                        "dense",
                        ranks(3),
                        Map.of("learning-rate", 0.1),
                        "'learning-rate' is for retraining; give the number of 'epochs'"),
                Arguments.of(
                        "dense",
                        ranks(3),
                        Map.of("rank", 3),
                        "'rank' cannot be chosen: the existing network determines it"),
                Arguments.of(
                        "dense",
                        ranks(3),
                        Map.of("method", "dense", "epochs", 1),
                        "method must be one for factored weights; got dense"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void whatCannotBeIsNamed(String parent, Target target, Map<String, ?> choices, String message) {
        long owners = Scope.liveOwners();
        assertThatThrownBy(
                        () -> compress(parent, target, new HashMap<>(choices)).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void targetsHaveTheirRanges() {
        assertThatThrownBy(() -> new Target.Tolerance(1)).hasMessage("tolerance must be in [0, 1); got 1.0");
        assertThatThrownBy(() -> new Target.Budget(0)).hasMessage("budget must be in (0, 1]; got 0.0");
        assertThatThrownBy(() -> new Target.Budget(1.5)).hasMessage("budget must be in (0, 1]; got 1.5");
    }

    private static Tensor matrix(Scope scope, Network network, int layer) {
        return switch (network.parameter("layers." + layer + ".weight")) {
            case DenseParameter dense -> dense.value().copy(scope);
            case FactoredParameter factored -> ((Factors) factored.weight()).matrix(scope);
        };
    }
}
