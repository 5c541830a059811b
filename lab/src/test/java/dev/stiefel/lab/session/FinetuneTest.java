package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.InitialWeights;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.train.Method;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.RankPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A trained run trains on with the ranks that it found.
class FinetuneTest {
    /// Runs that are only read: one whose ranks adapted, one in the free gauge.
    @TempDir
    static Path parents;

    @TempDir
    Path folder;

    @BeforeAll
    static void trainTheParents() throws IOException {
        RunSpec adaptive = SmallRuns.small(Map.of("tolerance", 0.3, "toleranceStart", 0.3, "seed", 4, "batchSize", 16));
        RunSession.create(adaptive, parents.resolve("adaptive"), SmallRuns.DIGITS)
                .run(RunListener.NONE);
        RunSpec free = SmallRuns.small(Map.of("method", "factors", "rank", "5-4", "optimizer", "adam"));
        RunSession.create(free, parents.resolve("free"), SmallRuns.DIGITS).run(RunListener.NONE);
        RunSpec dense = SmallRuns.small(Map.of("method", "dense"));
        RunSession.create(dense, parents.resolve("dense"), SmallRuns.DIGITS).run(RunListener.NONE);
    }

    private static DerivedRun finetune(String parent, Map<String, ?> choices) throws IOException {
        return Finetune.of(parents.resolve(parent), ModelChoice.LATEST, CheckpointChoice.LATEST, choices);
    }

    static Stream<Method> lowRankMethods() {
        return Stream.of(Method.values()).filter(Method::isLowRank);
    }

    @Test
    void whatIsNotChosenIsTheParentsAndItsRanksAreHeld() throws IOException {
        RunFolder parent = RunFolder.open(parents.resolve("adaptive"));
        List<Integer> ranks = parent.summary().orElseThrow().ranks();
        assertThat(ranks).hasSize(2).isNotEqualTo(List.of(20, 20)); // they have adapted

        try (DerivedRun finetune = finetune("adaptive", Map.of("epochs", 2))) {
            RunSpec spec = finetune.spec();
            for (Option<?> option : Options.inherited()) {
                assertThat(spec.find(option))
                        .as(option.key())
                        .isEqualTo(parent.spec().find(option));
            }
            assertThat(spec.get(Options.RANK)).isEqualTo(LayerRanks.of(ranks));
            assertThat(spec.trainSpec().ranks()).isInstanceOf(RankPlan.Hold.class);
            assertThat(spec.get(Options.METHOD)).isEqualTo(Method.RIEMANNIAN);
            assertThat(spec.get(Options.LEARNING_RATE)).isEqualTo(parent.spec().get(Options.LEARNING_RATE) / 10);
            assertThat(spec.get(Options.EPOCHS)).isEqualTo(2);
            assertThat(spec.asMap()).doesNotContainKeys("tolerance", "initialRank", "initialSpectrum");
            assertThat(RunSpec.read(Json.object(spec.asMap()))).isEqualTo(spec);
            assertThat(finetune.name()).isEqualTo("digits-finetune");
        }
    }

    @ParameterizedTest
    @MethodSource("lowRankMethods")
    void everyMethodTrainsOnWithFactorsOfEitherGauge(Method method) throws IOException {
        for (String parent : List.of("adaptive", "free")) {
            Map<String, String> before = everything(parents);
            Path child = folder.resolve(parent);
            try (DerivedRun finetune = finetune(parent, Map.of("method", method.word(), "epochs", 2))) {
                RunResult result = finetune.session(child, SmallRuns.DIGITS).run(RunListener.NONE);

                assertThat(result.outcome()).isEqualTo(new Outcome.Finished());
                assertThat(result.summary().ranks())
                        .isEqualTo(RunFolder.open(parents.resolve(parent))
                                .summary()
                                .orElseThrow()
                                .ranks());
            }
            try (Model model = Models.load(child)) {
                assertThat(model.network().factors()).extracting(Factors::gauge).containsOnly(method.gauge());
                assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).loss())
                        .isEqualTo(RunFolder.open(child)
                                .summary()
                                .orElseThrow()
                                .test()
                                .orElseThrow()
                                .loss());
                assertThat(model.inspect().layers()).hasSize(3);
            }
            assertThat(everything(parents)).isEqualTo(before);
        }
    }

    @Test
    void theFirstWeightsAreTheParents() throws IOException {
        try (DerivedRun finetune = finetune("adaptive", Map.of("method", "factors", "epochs", 1));
                Model parent = Models.load(parents.resolve("adaptive"));
                Scope scope = Scope.open("test")) {
            RunSession session = finetune.session(folder.resolve("child"), SmallRuns.DIGITS);
            session.requestStop();
            session.run(RunListener.NONE);
            try (Model child = Models.load(folder.resolve("child"))) {
                List<Factors> own = child.network().factors();
                List<Factors> its = parent.network().factors();
                for (int i = 0; i < its.size(); i++) {
                    double norm = Ops.norm(its.get(i).matrix(scope));
                    assertThat(Ops.norm(Ops.sum(
                                    scope,
                                    own.get(i).matrix(scope),
                                    -1,
                                    its.get(i).matrix(scope))))
                            .isEqualTo(0, within(1e-6 * norm));
                }
                assertThat(child.network().dense().flat().toFloats())
                        .isEqualTo(parent.network().dense().flat().toFloats());
            }
        }
    }

    @Test
    void theRunNamesItsParentAndTheModelItStartedFrom() throws IOException {
        Path parent = parents.resolve("adaptive");
        for (ModelChoice model : ModelChoice.values()) {
            Path child = folder.resolve(model.file());
            try (DerivedRun finetune = Finetune.of(parent, model, CheckpointChoice.LATEST, Map.of("epochs", 1))) {
                finetune.session(child, SmallRuns.DIGITS).run(RunListener.NONE);
                assertThat(RunFolder.open(child).parent())
                        .contains(finetune.parent())
                        .contains(new Parent(
                                Parent.Command.FINETUNE,
                                parent.toString(),
                                model.file(),
                                DurableFiles.sha256(parent.resolve("checkpoint").resolve(model.file()))));
            }
        }
        assertThat(RunFolder.open(parent).parent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"riemannian", "bug", "factors"})
    void stoppedAfterEveryStepItHasTheSameBitsWithoutItsParent(String method) throws IOException {
        Path parent = folder.resolve("parent");
        RunSession.create(SmallRuns.small(Map.of("tolerance", 0.3)), parent, SmallRuns.DIGITS)
                .run(RunListener.NONE);
        Map<String, ?> choices = Map.of("method", method, "epochs", 2, "threads", 2);
        try (DerivedRun finetune = Finetune.of(parent, ModelChoice.LATEST, CheckpointChoice.LATEST, choices)) {
            finetune.session(folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
            RunSession first = finetune.session(folder.resolve("parts"), SmallRuns.DIGITS);
            first.run(SmallRuns.stopping(first));
        }
        DurableFiles.deleteTree(parent);

        assertThat(SmallRuns.resumeStepByStep(folder.resolve("parts"))).last().isEqualTo(new Outcome.Finished());
        assertThat(SmallRuns.bits(folder.resolve("parts"))).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    /// As a kill leaves it: the run is there, and no checkpoint yet.
    @Test
    void killedBeforeItsFirstCheckpointItStartsAgainFromItsOwnCopy() throws IOException {
        Path killed = folder.resolve("killed");
        try (DerivedRun finetune = finetune("adaptive", Map.of("epochs", 2))) {
            finetune.session(folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
            RunSession session = finetune.session(killed, SmallRuns.DIGITS);
            session.requestStop();
            session.run(RunListener.NONE);
        }
        for (String name : List.of("checkpoint", "history.csv", "spectrum.csv")) {
            DurableFiles.deleteTree(killed.resolve(name));
        }

        SmallRuns.resume(killed).run(RunListener.NONE);

        assertThat(SmallRuns.bits(killed)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    @Test
    void aFolderInWhichAKillLeftOnlyTheFirstWeightsIsVacant() throws IOException {
        try (DerivedRun finetune = finetune("adaptive", Map.of("epochs", 1))) {
            finetune.session(folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
            Path killed = Files.createDirectory(folder.resolve("killed"));
            Files.writeString(killed.resolve(InitialWeights.FILE), "half of");
            Files.writeString(killed.resolve("." + InitialWeights.FILE + ".1-1.tmp"), "half of");
            Files.createFile(killed.resolve(".lock"));

            finetune.session(killed, SmallRuns.DIGITS).run(RunListener.NONE);

            Files.delete(killed.resolve("." + InitialWeights.FILE + ".1-1.tmp"));
            assertThat(SmallRuns.bits(killed)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        rank=5           | 'rank' cannot be chosen: the existing network determines it
        width=5          | 'width' cannot be chosen: the existing network determines it
        layers=64-5-10   | 'layers' cannot be chosen: the existing network determines it
        initial-spectrum=flat | 'initial-spectrum' cannot be chosen: the existing network determines it
        tolerance=0.1    | 'tolerance' is for ranks that adapt; here they are fixed
        adaptEvery=5     | 'adaptEvery' is for ranks that adapt; here they are fixed
        method=dense     | method must be one for factored weights; got dense
        optimizer=adam;momentum=0.5 | 'momentum' is for optimizers 'momentum' and 'muon'; got optimizer 'adam'
        epochs=0         | epochs must be a whole number, in [1, 1000000]; got 0
        data=mnist       | layers must begin with 784 and end with 10 for data set 'mnist'; got 64-20-20-10
        epoch=3          | unknown option 'epoch'; did you mean 'epochs'?
        """)
    void whatCannotBeChosenIsNamed(String choices, String message) {
        Map<String, String> all = new TreeMap<>();
        for (String choice : choices.split(";", -1)) {
            all.put(choice.substring(0, choice.indexOf('=')), choice.substring(choice.indexOf('=') + 1));
        }
        assertThatThrownBy(() -> finetune("adaptive", all).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void whatCannotBeFineTunedIsNamed() throws IOException {
        assertThatThrownBy(() -> finetune("dense", Map.of("method", "bug")).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("method must be 'dense' for weights that are not factored; got bug; compress the network"
                        + " first");

        Path diverged = folder.resolve("diverged");
        RunSpec spec = SmallRuns.small(Map.of("learningRate", 1e30, "clipNorm", "none", "warmUp", 0, "epochs", 1));
        RunSession.create(spec, diverged, SmallRuns.DIGITS).run(RunListener.NONE);
        assertThatThrownBy(() -> Finetune.of(diverged, ModelChoice.LATEST, CheckpointChoice.LATEST, Map.of())
                        .close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("finetune: run '%s' has diverged; the model of its best epoch may do: --best"
                        .formatted(diverged));
        assertThatThrownBy(() -> Finetune.of(diverged, ModelChoice.BEST, CheckpointChoice.LATEST, Map.of())
                        .close())
                .isInstanceOf(InvalidRunException.class)
                .hasMessageContaining("there is no checkpoint");
        assertThatThrownBy(() -> finetune("nothing", Map.of()).close())
                .isInstanceOf(InvalidRunException.class)
                .hasMessage("there is no run or model at '%s'".formatted(parents.resolve("nothing")));
    }

    @Test
    void nothingIsLeftOfWhatWasOpened() throws IOException {
        long owners = Scope.liveOwners();
        finetune("adaptive", Map.of("method", "factors")).close();
        assertThatThrownBy(() -> finetune("adaptive", Map.of("rank", 3)).close())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    static Map<String, String> everything(Path folder) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(file.toString(), DurableFiles.sha256(file) + Files.getLastModifiedTime(file));
            }
        }
        return all;
    }
}
