package dev.stiefel.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.data.Sampling;
import dev.stiefel.data.Scaling;
import dev.stiefel.data.SplitSpec;
import dev.stiefel.data.ValidationSplit;
import dev.stiefel.integrator.Penalty;
import dev.stiefel.lab.session.Experiment;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.model.Network;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Muon;
import dev.stiefel.optim.ParameterGroups;
import dev.stiefel.published.Deviation;
import dev.stiefel.published.KerasAdam;
import dev.stiefel.published.PublishedTraining;
import dev.stiefel.train.ImageAugmentation;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import dev.stiefel.train.RankPlan.Adapt;
import dev.stiefel.train.RankPlan.Adapt.Measure;
import dev.stiefel.train.TrainSpec;
import dev.stiefel.train.TrainSpec.Decay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/// From what a user chose to a whole spec.
class RunSpecTest {
    @TempDir
    Path folder;

    static List<String> presets() {
        return Presets.all().stream()
                .filter(preset -> !preset.isOfText())
                .map(Preset::name)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPresetIsAWholeSpecForEveryMethodAndOptimizer(String preset) throws IOException {
        for (Method method : Method.values()) {
            for (OptimizerName optimizer : OptimizerName.values()) {
                if (optimizer == OptimizerName.MUON && method != Method.RIEMANNIAN && method != Method.DENSE) {
                    continue;
                }
                RunSpec spec = Presets.of(preset, Map.of("method", method.word(), "optimizer", Words.of(optimizer)))
                        .spec();

                assertThat(spec.trainSpec().method()).isEqualTo(method);
                assertThat(spec.networkSpec().inputValues())
                        .isEqualTo(spec.dataFacts().inputs());
                assertThat(spec.splitSpec().validation()).isEqualTo(spec.get(Options.VALIDATION));
                assertThat(RunSpec.read(Json.parse(Json.text(spec.toJson())))).isEqualTo(spec);
            }
        }
    }

    @Test
    void choicesBecomeNetworkTrainingAndSplit() {
        RunSpec spec = Presets.of(
                        "digits",
                        Map.ofEntries(
                                Map.entry("method", "bug"),
                                Map.entry("tolerance", "0.2"),
                                Map.entry("tolerance-start", 0.1),
                                Map.entry("initialRank", 7),
                                Map.entry("min-rank", 2),
                                Map.entry("maxRank", 9),
                                Map.entry("adapt-every", 5),
                                Map.entry("trial-steps", 3),
                                Map.entry("layers", List.of(64, 30, 20, 10)),
                                Map.entry("optimizer", "adamw"),
                                Map.entry("learning-rate", "2e-3"),
                                Map.entry("schedule", "step"),
                                Map.entry("warm-up", 4),
                                Map.entry("clip-norm", "none"),
                                Map.entry("weight-decay", 0.5),
                                Map.entry("l1", 1e-4),
                                Map.entry("l2", "0.01"),
                                Map.entry("condition-penalty", 0.1),
                                Map.entry("epochs", "6"),
                                Map.entry("batch-size", 17),
                                Map.entry("seed", -3),
                                Map.entry("threads", 2),
                                Map.entry("train-fraction", 0.5),
                                Map.entry("evaluation-fraction", 0.25),
                                Map.entry("label-noise", 1),
                                Map.entry("validation", 100),
                                Map.entry("standardize", true),
                                Map.entry("early-stopping", 3)))
                .spec();

        assertThat(spec.trainSpec())
                .isEqualTo(new TrainSpec(
                        Method.BUG,
                        new RankPlan.Trying(new Adapt(Measure.RELATIVE, 0.1, 0.2, RankLimits.of(2, 9), 5), 3),
                        new Adam(),
                        2e-3,
                        Decay.STEP,
                        4,
                        Double.POSITIVE_INFINITY,
                        0.5,
                        List.of(new Penalty.L1(1e-4), new Penalty.L2(0.01), new Penalty.Condition(0.1)),
                        6,
                        17,
                        -3,
                        2,
                        3));
        assertThat(spec.splitSpec()).isEqualTo(new SplitSpec(100, 0.5, 0.25, 1, Scaling.STANDARDIZED, -3));
        assertThat(spec.networkSpec()).hasToString("64-30-20-10");
        assertThat(spec.networkSpec().weights())
                .extracting(WeightSpec::rank)
                .containsExactly(OptionalInt.of(7), OptionalInt.of(7), OptionalInt.empty());
        assertThat(spec.asMap()).containsEntry("clipNorm", "none").containsEntry("layers", "64-30-20-10");
    }

    @Test
    void whatASpecLeavesOutAtItsDefaultIsWrittenWhereItIsAskedFor() {
        RunSpec spec = Presets.of("digits", Map.of()).spec();
        assertThat(spec.asMap()).doesNotContainKeys("monitor", "network", "measures");
        assertThat(spec.written(Options.MONITOR)).contains("loss");
        assertThat(spec.written(Options.NETWORK)).contains("mlp");
        assertThat(spec.written(Options.MEASURES)).contains("accuracy");
        assertThat(spec.written(Options.TARGET)).isEmpty();
    }

    @Test
    void listsOfNamesAreJoinedByCommasAndListsOfNumbersByDashes() {
        assertThat(Options.IGNORE.parse("ignore", List.of("Age", "Name"))).isEqualTo("Age,Name");
        assertThat(Options.RANK.parse("rank", List.of(5, 10))).hasToString("5-10");
    }

    @Test
    void aRunMadeOfAMuonRunByAnotherMethodHasTheUsualOptimizer() {
        RunSpec origin = Presets.of("digits", Map.of("optimizer", "muon")).spec();
        RunSpec made = Resolution.retrained(
                origin, LayerRanks.all(8), Choices.of(Map.of("method", "factors")), Optional.empty());
        assertThat(made.get(Options.OPTIMIZER)).isEqualTo(OptimizerName.MOMENTUM);
    }

    @Test
    void muonTrainsTheFactoredWeightsAndAdamTheRest() {
        RunSpec spec = Presets.of("digits", Map.of("optimizer", "muon")).spec();
        assertThat(spec.trainSpec().optimizer()).isEqualTo(new Muon(0.95));
        assertThat(spec.trainSpec().parameterGroups())
                .isEqualTo(new ParameterGroups(new Muon(0.95), new Adam(), 3e-3 / 1e-2, List.of()));
        assertThat(Presets.of("digits", Map.of("optimizer", "muon", "method", "dense"))
                        .spec()
                        .trainSpec()
                        .parameterGroups()
                        .groups())
                .hasSize(1);
        RunSpec apart = Presets.of("digits", Map.of("dense-optimizer", "adamw", "dense-learning-rate", 1e-3))
                .spec();
        assertThat(apart.trainSpec().parameterGroups())
                .isEqualTo(new ParameterGroups(new Momentum(0.9), new Adam(), 1e-3 / 0.2, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "momentum, adam, riemannian, 0.001",
        "momentum, adamw, riemannian, 0.001",
        "adamw, momentum, riemannian, 0.2",
        "adamw, sgd, bug, 0.2",
        "muon, sgd, riemannian, 0.2",
        "muon, momentum, dense, 0.1",
        "muon, adam, riemannian, 0.003",
        "muon, adamw, riemannian, 0.003",
    })
    void anotherOptimizerOfDenseParametersHasItsOwnUsualLearningRate(
            String optimizer, String dense, String method, double rate) {
        Map<String, Object> choices = new HashMap<>(Map.of("optimizer", optimizer, "dense-optimizer", dense));
        choices.putAll(Map.of("method", method, "learning-rate", 0.5, "weight-decay", 0));
        RunSpec spec = Presets.of("digits", choices).spec();
        assertThat(spec.get(Options.DENSE_LEARNING_RATE)).isEqualTo(rate);
        choices.put("dense-learning-rate", 0.25);
        assertThat(Presets.of("digits", choices).spec().get(Options.DENSE_LEARNING_RATE))
                .isEqualTo(0.25);
    }

    @Test
    void aNetworkThatIsTrainedFurtherHasATenthOfTheUsualDenseLearningRate() {
        RunSpec origin = Presets.of("digits", Map.of("rank", 4)).spec();
        Choices other = Choices.of(Map.of("dense-optimizer", "adamw"));
        assertThat(Resolution.retrained(origin, LayerRanks.all(4), other, Optional.empty())
                        .get(Options.DENSE_LEARNING_RATE))
                .isEqualTo(1e-3 / 10);
        Choices muon = Choices.of(Map.of("optimizer", "muon"));
        assertThat(Resolution.retrained(origin, LayerRanks.all(4), muon, Optional.empty())
                        .get(Options.DENSE_LEARNING_RATE))
                .isEqualTo(3e-4);
    }

    @Test
    void theSameOptimizerOfDenseParametersHasTheSameLearningRate() {
        RunSpec spec = Presets.of("digits", Map.of("optimizer", "adamw", "dense-optimizer", "adamw"))
                .spec();
        assertThat(spec.find(Options.DENSE_LEARNING_RATE)).isEmpty();
    }

    @Test
    void aRunThatWasRecordedWithoutADenseLearningRateKeepsTheOneThatItHad() throws IOException {
        RunSpec spec = Presets.of("digits", Map.of("dense-optimizer", "adamw")).spec();
        assertThat(spec.trainSpec().parameterGroups().denseRate()).isEqualTo(1e-3 / 0.2);
        ObjectNode recorded = spec.toJson();
        recorded.remove("denseLearningRate");
        RunSpec read = RunSpec.read(recorded);
        assertThat(read.asMap()).doesNotContainKey("denseLearningRate");
        assertThat(read.trainSpec().parameterGroups())
                .isEqualTo(new ParameterGroups(new Momentum(0.9), new Adam(), 1, List.of()));
    }

    @Test
    void aRunWithOneOptimizerSaysNothingOfAnother() {
        assertThat(Presets.of("mnist", Map.of()).spec().asMap())
                .doesNotContainKeys("denseOptimizer", "denseLearningRate");
    }

    @Test
    void legacyStartsFromWhatThePublishedScriptsDo() {
        RunSpec spec = Presets.of("mnist", Map.of("legacy", true)).spec();

        assertThat(spec.trainSpec())
                .isEqualTo(PublishedTraining.with(
                        new TrainSpec(
                                Method.BUG,
                                new Adapt(Measure.RELATIVE, 0.09, 0.09, RankLimits.of(2, 350), 1),
                                new KerasAdam(),
                                1e-3,
                                Decay.CONSTANT,
                                0,
                                Double.POSITIVE_INFINITY,
                                0,
                                List.of(),
                                250,
                                256,
                                0,
                                spec.get(Options.THREADS),
                                0),
                        Deviation.all()));
        assertThat(spec.asMap())
                .containsEntry("legacy", true)
                .containsEntry("initialRank", 150)
                .containsEntry("validation", 10_000)
                .doesNotContainKeys("initialSpectrum", "legacyWithout", "momentum");
        assertThat(Presets.of("mnist", Map.of("legacy", true, "tolerance", 0.3))
                        .spec()
                        .asMap())
                .containsEntry("toleranceStart", 0.3);
        assertThat(Presets.of("mnist", Map.of()).spec().asMap()).doesNotContainKey("legacy");
    }

    @Test
    void legacyGoesWithWhatElseIsChosen() {
        RunSpec spec = Presets.of(
                        "mnist", Map.of("legacy", true, "rank", 20, "epochs", 3, "optimizer", "momentum", "warm-up", 7))
                .spec();

        assertThat(spec.trainSpec().ranks()).isEqualTo(new RankPlan.Hold());
        assertThat(spec.trainSpec().optimizer()).isEqualTo(new Momentum(0.9));
        assertThat(spec.trainSpec().epochs()).isEqualTo(3);
        assertThat(spec.trainSpec().warmUp()).isEqualTo(7);
        assertThat(spec.deviations()).isEqualTo(Deviation.all());
    }

    @Test
    void whatLegacyIsWithoutIsDoneCorrectly() {
        RunSpec spec = Presets.of(
                        "mnist",
                        Map.of(
                                "legacy",
                                true,
                                "legacy-without",
                                "short-tail, normal-start,adam-epsilon",
                                "initialSpectrum",
                                "flat"))
                .spec();

        assertThat(spec.deviations())
                .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(
                        EnumSet.of(Deviation.SHORT_TAIL, Deviation.NORMAL_START, Deviation.ADAM_EPSILON)));
        assertThat(spec.trainSpec().optimizer()).isEqualTo(new Adam());
        assertThat(spec.asMap())
                .containsEntry("legacyWithout", "normal-start,adam-epsilon,short-tail")
                .containsEntry("initialSpectrum", "flat");
        try (Network network = spec.network()) {
            assertThat(network.factors().getFirst().singularValues().getFirst())
                    .isEqualTo(Math.sqrt(2.0 * 500 / 150), within(1e-3));
        }
    }

    /// Of labels that are drawn from all ten classes, a tenth stays as it is; and shares are
    /// first samples.
    @Test
    void legacyUsesTheFirstSamplesAndKeepsSomeNoisyLabels() {
        Map<String, Object> choices =
                Map.of("labelNoise", 0.2, "trainFraction", 0.1, "validation", 10_000, "legacy", true);
        assertThat(Presets.of("mnist", choices).spec().splitSpec())
                .isEqualTo(
                        new SplitSpec(10_000, 0.1, 1, 0.2 * (1 - 0.1), Scaling.NONE, 0).withSampling(Sampling.FIRST));
        Map<String, Object> without = new LinkedHashMap<>(choices);
        without.put("legacyWithout", "kept-labels,first-samples");
        assertThat(Presets.of("mnist", without).spec().splitSpec())
                .isEqualTo(new SplitSpec(10_000, 0.1, 1, 0.2, Scaling.NONE, 0));
    }

    @Test
    void samplesThatValidateMayTrainAsWell() {
        RunSpec inside =
                Presets.of("mnist", Map.of("validation-split", "inside")).spec();

        assertThat(inside.splitSpec().validationSplit()).isEqualTo(ValidationSplit.INSIDE);
        assertThat(inside.asMap()).containsEntry("validationSplit", "inside");
        assertThat(Presets.of("mnist").spec().asMap()).containsEntry("validationSplit", "held-out");
        assertThat(Presets.of("mnist", Map.of("validation", 0)).spec().asMap()).doesNotContainKey("validationSplit");
    }

    /// As runs were recorded before there was a choice.
    @Test
    void aRecordedRunThatDoesNotSayHoldsValidationSamplesOut() throws IOException {
        Map<String, Object> recorded =
                new LinkedHashMap<>(Presets.of("mnist").spec().asMap());
        recorded.remove("validationSplit");

        assertThat(RunSpec.read(Json.object(recorded)).splitSpec().validationSplit())
                .isEqualTo(ValidationSplit.HELD_OUT);
    }

    @Test
    void aLegacyNetworkStartsAlmostAsTheZeroMap() {
        try (Network network =
                Presets.of("mnist", Map.of("legacy", true, "rank", 10)).spec().network()) {
            assertThat(network.factors())
                    .allSatisfy(
                            each -> assertThat(each.singularValues().getFirst()).isLessThan(0.5));
        }
    }

    @Test
    void aRankFixesRanksInPlaceOfTheTolerance() {
        RunSpec spec = Presets.of("mnist", Map.of("rank", 20)).spec();

        assertThat(spec.trainSpec().ranks()).isEqualTo(new RankPlan.Hold());
        assertThat(spec.asMap())
                .containsEntry("rank", 20)
                .doesNotContainKeys("tolerance", "toleranceStart", "initialRank", "minRank", "adaptEvery");
    }

    @Test
    void ranksMayBeOneALayerInTextsAndInLists() throws IOException {
        RunSpec spec = Presets.of("mnist", Map.of("rank", "35-53-51-46")).spec();

        assertThat(spec.networkSpec().weights())
                .extracting(WeightSpec::rank)
                .containsExactly(
                        OptionalInt.of(35),
                        OptionalInt.of(53),
                        OptionalInt.of(51),
                        OptionalInt.of(46),
                        OptionalInt.empty());
        assertThat(spec.asMap()).containsEntry("rank", "35-53-51-46");
        assertThat(RunSpec.read(Json.object(spec.asMap()))).isEqualTo(spec);
        assertThat(Presets.of("mnist", Map.of("rank", List.of(35, 53, 51, 46))).spec())
                .isEqualTo(spec);
        assertThat(Presets.of("mnist", Map.of("rank", List.of(35))).spec().asMap())
                .containsEntry("rank", 35);
    }

    @Test
    void aBudgetFallsFromWhatTheNetworkHasToItsShareOfTheDenseWeights() {
        RunSpec spec = Presets.of(
                        "mnist", Map.of("budget", 0.1, "initial-rank", 100, "min-rank", "10-2-2-2", "trial-steps", 0))
                .spec();

        // dense 784·500 + 3·500·500 + 500·10; factored at first 100·(1284 + 3·1000)
        assertThat(spec.trainSpec().ranks())
                .isEqualTo(new RankPlan.Budget(
                        428_400,
                        114_700 - 5_000,
                        new RankLimits(List.of(10, 2, 2, 2), List.of(RankLimits.UNLIMITED)),
                        RankPlan.EVERY_EPOCH));
        assertThat(spec.asMap()).containsEntry("budget", 0.1).doesNotContainKeys("tolerance", "toleranceStart");
    }

    @Test
    void limitsMayBeOneALayerAndHoldTheRanksAtTheBeginningToo() {
        RunSpec spec = Presets.of(
                        "mnist", Map.of("minRank", List.of(1, 70, 1, 1), "max-rank", "40-80-50-60", "tolerance", 0.1))
                .spec();

        assertThat(spec.networkSpec().weights())
                .extracting(WeightSpec::rank)
                .containsExactly(
                        OptionalInt.of(40),
                        OptionalInt.of(70),
                        OptionalInt.of(50),
                        OptionalInt.of(60),
                        OptionalInt.empty());
        RankLimits limits = new RankLimits(List.of(1, 70, 1, 1), List.of(40, 80, 50, 60));
        assertThat(spec.trainSpec().ranks().limits()).isEqualTo(limits);
        assertThat(spec.asMap()).containsEntry("minRank", "1-70-1-1").containsEntry("maxRank", "40-80-50-60");
    }

    @Test
    void anAbsoluteToleranceTakesThePlaceOfTheRelativeOne() {
        RunSpec spec = Presets.of("mnist", Map.of("absolute-tolerance", 3, "trial-steps", 0))
                .spec();

        assertThat(spec.trainSpec().ranks())
                .isEqualTo(new Adapt(Measure.ABSOLUTE, 3, 3, RankLimits.NONE, RankPlan.EVERY_EPOCH));
    }

    @Test
    void aDefaultBeginningIsNeverAboveTheToleranceAskedFor() {
        assertThat(Presets.of("mnist", Map.of("tolerance", 0.001)).spec().get(Options.TOLERANCE_START))
                .isEqualTo(0.001);
    }

    @Test
    void aDefaultInitialRankGivesWayToSmallLayersAndToLimits() {
        int usual = Presets.of("mnist").spec().get(Options.INITIAL_RANK);
        assertThat(Presets.of("mnist", Map.of("layers", "784-500-20-10"))
                        .spec()
                        .networkSpec()
                        .weights())
                .extracting(WeightSpec::rank)
                .containsExactly(OptionalInt.of(usual), OptionalInt.of(20), OptionalInt.empty());
        assertThat(Presets.of("mnist", Map.of("max-rank", 8)).spec().get(Options.INITIAL_RANK))
                .isEqualTo(8);
        assertThat(Presets.of("mnist", Map.of("min-rank", 300)).spec().get(Options.INITIAL_RANK))
                .isEqualTo(300);
    }

    @Test
    void denseNetworksHaveNoRanksAndDefaultsOfTheirOwn() {
        RunSpec spec = Presets.of("mnist", Map.of("method", "dense")).spec();

        assertThat(spec.networkSpec().weights()).extracting(WeightSpec::rank).containsOnly(OptionalInt.empty());
        assertThat(spec.asMap())
                .doesNotContainKeys("rank", "tolerance", "initialRank", "initialSpectrum", "adaptEvery");
    }

    @Test
    void momentumIsChosenWithItsOptimizerOnly() {
        assertThat(Presets.of("mnist", Map.of("momentum", 0.5))
                        .spec()
                        .trainSpec()
                        .optimizer())
                .isEqualTo(new Momentum(0.5));
        assertThat(Presets.of("mnist", Map.of("optimizer", "adam")).spec().asMap())
                .doesNotContainKey("momentum")
                .containsEntry("weightDecay", 0.0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        learning-rat=1                  | unknown option 'learning-rat'; did you mean 'learning-rate'?
        learningRat=1                   | unknown option 'learningRat'; did you mean 'learningRate'?
        epoch=1                         | unknown option 'epoch'; did you mean 'epochs'?
        zzz=1                           | unknown option 'zzz'
        budget=0                        | budget must be in (0, 1]; got 0
        budget=0.1;tolerance=0.1        | 'tolerance' cannot go with 'budget'; give one of them
        budget=0.1;absolute-tolerance=1 | 'absolute-tolerance' cannot go with 'budget'; give one of them
        budget=0.1;rank=5               | 'budget' is for ranks that adapt; got 'rank', which fixes them
        method=serial-bug               | method must be one of riemannian, bug, parallel-bug, s-only, backward-corrected, projector-splitting, factors, dense; got serial-bug
        learning-rate=0                 | learning-rate must be above 0 and finite; got 0
        learning-rate=NaN               | learning-rate must be above 0 and finite; got NaN
        learning-rate=1e999             | learning-rate must be above 0 and finite; got 1e999
        learningRate=-1                 | learningRate must be above 0 and finite; got -1
        tolerance=1                     | tolerance must be in [0, 1); got 1
        tolerance=-0.1                  | tolerance must be in [0, 1); got -0.1
        tolerance-start=1.5             | tolerance-start must be in [0, 1); got 1.5
        absolute-tolerance=-1           | absolute-tolerance must be at least 0 and finite; got -1
        rank=0                          | rank must be a whole number, at least 1, or one per factored layer, separated by dashes; got 0
        rank=2.5                        | rank must be a whole number, at least 1, or one per factored layer, separated by dashes; got 2.5
        rank=5-0-5-5                    | rank must be a whole number, at least 1, or one per factored layer, separated by dashes; got 5-0-5-5
        rank=5-6-7                      | rank must be one number, or one for each of the 4 factored layers; got 5-6-7
        rank=5-6-7;layers=784-50-10     | rank must be one number, or one for each of the 1 factored layers; got 5-6-7
        rank=50-501-50-50               | rank (501) must be in [1, 500] for a [500, 500] weight
        min-rank=5-6                    | min-rank must be one number, or one for each of the 4 factored layers; got 5-6
        max-rank=5-6                    | max-rank must be one number, or one for each of the 4 factored layers; got 5-6
        min-rank=1-9-1-1;max-rank=8     | max-rank must be at least min-rank (1-9-1-1); got 8
        initial-rank=9;max-rank=9-9-8-9 | initial-rank must be between min-rank and max-rank; got 9
        rank=501                        | rank (501) must be in [1, 500] for a [500, 784] weight
        rank=65;layers=784-500-64-10    | rank (65) must be in [1, 64] for a [64, 500] weight
        initial-rank=501                | initial-rank (501) must be in [1, 500] for a [500, 784] weight
        min-rank=501;initial-rank=501   | initial-rank (501) must be in [1, 500] for a [500, 784] weight
        min-rank=501                    | min-rank (501) must be in [1, 500] for a [500, 784] weight
        min-rank=5;max-rank=4           | max-rank must be at least min-rank (5); got 4
        initial-rank=9;max-rank=4       | initial-rank must be between min-rank and max-rank; got 9
        adapt-every=0                   | adapt-every must be 'epoch' or a whole number, at least 1; got 0
        adapt-every=never               | adapt-every must be 'epoch' or a whole number, at least 1; got never
        rank=5;tolerance=0.1            | 'tolerance' is for ranks that adapt; got 'rank', which fixes them
        rank=5;adapt-every=3            | 'adapt-every' is for ranks that adapt; got 'rank', which fixes them
        tolerance=0.1;absoluteTolerance=1 | 'tolerance' cannot go with 'absoluteTolerance'; give one of them
        method=factors;tolerance=0.1    | 'tolerance' is for ranks that adapt; method 'factors' cannot; give a rank
        method=dense;rank=5             | 'rank' is for factored weights; method 'dense' has none
        method=dense;initial-rank=5     | 'initial-rank' is for factored weights; method 'dense' has none
        method=dense;initial-spectrum=flat | 'initial-spectrum' is for factored weights; method 'dense' has none
        spectrum-decay=10               | 'spectrum-decay' is for initial spectrum 'decaying'; got 'gaussian'
        initial-spectrum=decaying;spectrum-decay=1 | spectrum-decay must be above 1 and finite; got 1
        method=dense;spectrum-decay=3   | 'spectrum-decay' is for factored weights; method 'dense' has none
        initial-spectrum=round          | initial-spectrum must be one of gaussian, flat, decaying, dense; got round
        width=0                         | width must be a whole number, in [1, 1000000]; got 0
        depth=0                         | method 'riemannian' needs a layer to factor; got network 784-10; use method 'dense'
        depth=-1                        | depth must be a whole number, in [0, 1000]; got -1
        layers=784-0-10                 | layers must be two or more widths, at least 1 each, separated by dashes; got 784-0-10
        layers=700-50-10                | layers must begin with 784 and end with 10 for data set 'mnist'; got 700-50-10
        network=mpl                     | network must be one of mlp, small-conv, lenet5, alexnet, vgg16, vgg16-wide, resnet20, resnet20-extra, resnet20-projections, transformer, language-model, text-classifier; got mpl
        layers=784-50-10;width=4        | 'width' cannot go with 'layers', which gives all widths
        optimizer=rmsprop               | optimizer must be one of sgd, momentum, adam, adamw, muon; got rmsprop
        optimizer=muon;method=bug       | optimizer 'muon' is for methods 'riemannian' and 'dense'; got 'bug'; use another optimizer
        optimizer=muon;method=dense;legacy=true | optimizer 'muon' cannot go with legacy: the published scripts do not have it
        method=dense;dense-optimizer=adam | 'dense-optimizer' is for parameters beside factored ones; method 'dense' with optimizer 'momentum' has none
        dense-optimizer=adam            | dense-optimizer: optimizer 'adam' has no weight decay; use optimizer 'adamw'
        optimizer=adam;momentum=0.9     | 'momentum' is for optimizers 'momentum' and 'muon'; got optimizer 'adam'
        optimizer=adam;weight-decay=0.1 | weight-decay: optimizer 'adam' has none; use optimizer 'adamw'
        momentum=1                      | momentum must be in [0, 1); got 1
        schedule=linear                 | schedule must be one of constant, cosine, step, inverse-sqrt; got linear
        warm-up=-1                      | warm-up must be a whole number, at least 0; got -1
        clip-norm=0                     | clip-norm must be 'none' or above 0 and finite; got 0
        weight-decay=-1                 | weight-decay must be at least 0 and finite; got -1
        l1=-1                           | l1 must be at least 0 and finite; got -1
        l2=Infinity                     | l2 must be at least 0 and finite; got Infinity
        method=factors;condition-penalty=1 | 'condition-penalty' is for orthonormal factors; method 'factors' has none
        method=dense;condition-penalty=1 | 'condition-penalty' is for orthonormal factors; method 'dense' has none
        epochs=0                        | epochs must be a whole number, in [1, 1000000]; got 0
        epochs=ten                      | epochs must be a whole number, in [1, 1000000]; got ten
        batch-size=0                    | batch-size must be a whole number, at least 1; got 0
        batch-size=99999999999          | batch-size must be a whole number, at least 1; got 99999999999
        seed=1.5                        | seed must be a whole number; got 1.5
        threads=0                       | threads must be a whole number, in [1, 1024]; got 0
        train-fraction=0                | train-fraction must be in (0, 1]; got 0
        evaluation-fraction=1.1         | evaluation-fraction must be in (0, 1]; got 1.1
        label-noise=2                   | label-noise must be in [0, 1]; got 2
        validation=60000                | validation must be less than the 60000 training samples; got 60000
        validation=0;early-stopping=2   | early-stopping needs validation samples; choose how many with validation
        validation-split=outside        | validation-split must be one of held-out, drawn, inside; got outside
        validation=0;validation-split=inside | 'validation-split' needs validation samples; choose how many with validation
        legacy=true;method=riemannian   | 'legacy' is for methods 'bug' and 'dense', which were published; got method 'riemannian'
        legacy=true;method=factors      | 'legacy' is for methods 'bug' and 'dense', which were published; got method 'factors'
        legacy=true;absolute-tolerance=1 | 'absolute-tolerance' cannot go with legacy, whose tolerance is relative; use tolerance
        legacy=true;initial-spectrum=flat | 'initial-spectrum' cannot go with legacy, whose initial factors are normally distributed; add legacy-without normal-start
        legacy=yes                      | legacy must be true or false; got yes
        legacy-without=short-tail       | 'legacy-without' is for legacy runs; give legacy, too
        legacy=true;legacy-without=warm | legacy-without must be one or more, separated by commas, of normal-start, shared-adam, stale-moments, adam-epsilon, wrong-transpose, short-tail, last-batch-figures, kept-labels, first-samples; got warm
        normalize=true;standardize=true | 'normalize' cannot go with 'standardize'; give one of them
        crop-padding=2                  | 'crop-padding' is for augment 'crop' and 'crop-flip'; got augment 'none'
        augment=flip;crop-padding=2     | 'crop-padding' is for augment 'crop' and 'crop-flip'; got augment 'flip'
        augment=crop;crop-padding=0     | crop-padding must be a whole number, in [1, 512]; got 0
        augment=rotate                  | augment must be one of none, flip, crop, crop-flip; got rotate
        standardize=maybe               | standardize must be true or false; got maybe
        learning-rate=1;learningRate=2  | 'learning-rate' and 'learningRate' are one option; give it once
        data=mnits                      | data set 'mnits' is not known; there are cifar10, cifar100, digits, fashion-mnist, mnist, tiny-imagenet
        """)
    void whatIsNotAllowedIsNamed(String choices, String message) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String choice : choices.split(";", -1)) {
            all.put(choice.substring(0, choice.indexOf('=')), choice.substring(choice.indexOf('=') + 1));
        }

        assertThatThrownBy(() -> Presets.of("mnist", all))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void imagesAreNormalizedAndVariedOnlyIfAsked() throws IOException {
        RunSpec plain = Presets.of("digits").spec();
        RunSpec spec = Presets.of("digits", Map.of("normalize", true, "augment", "crop-flip"))
                .spec();

        assertThat(plain.asMap()).doesNotContainKeys("normalize", "augment", "cropPadding");
        assertThat(plain.splitSpec().augmentation()).isEmpty();
        assertThat(Presets.of("digits", Map.of("normalize", false, "augment", "none"))
                        .spec())
                .isEqualTo(plain);
        assertThat(spec.splitSpec().scaling()).isEqualTo(new Scaling.Normalized(1));
        assertThat(spec.splitSpec().augmentation()).hasValueSatisfying(augmentation -> {
            assertThat(augmentation.image()).isEqualTo(new SampleShape.Image(8, 8, 1));
            assertThat(augmentation.padding()).isEqualTo(4);
            assertThat(augmentation.flips()).isEqualTo(ImageAugmentation.Flips.HORIZONTAL);
        });
        assertThat(spec.asMap()).containsEntry("cropPadding", 4);
        assertThat(RunSpec.read(spec.toJson())).isEqualTo(spec);
        assertThat(Presets.of("digits", Map.of("augment", "flip"))
                        .spec()
                        .splitSpec()
                        .augmentation())
                .hasValueSatisfying(
                        augmentation -> assertThat(augmentation.padding()).isZero());
    }

    @Test
    void channelsAreNormalizedWithTheNumbersThatAreGiven() throws IOException {
        RunSpec spec = Presets.of("digits", Map.of("channel-means", "0.3", "channelDeviations", List.of(0.25)))
                .spec();

        assertThat(spec.splitSpec().scaling()).isEqualTo(new Scaling.NormalizedBy(List.of(0.3), List.of(0.25)));
        assertThat(spec.asMap()).containsEntry("channelMeans", "0.3").doesNotContainKey("normalize");
        assertThat(RunSpec.read(spec.toJson())).isEqualTo(spec);
        assertThat(Presets.of("digits").spec().asMap()).doesNotContainKeys("channelMeans", "channelDeviations");
    }

    @Test
    void aRunMadeOfAnotherIsScaledLikeItUnlessChosen() {
        RunSpec origin = Presets.of("digits", Map.of("channel-means", 0.3, "channel-deviations", 0.25, "rank", 4))
                .spec();
        assertThat(retrained(origin, Map.of()).splitSpec().scaling())
                .isEqualTo(origin.splitSpec().scaling());
        assertThat(retrained(origin, Map.of("normalize", true)).splitSpec().scaling())
                .isEqualTo(new Scaling.Normalized(1));
        assertThat(retrained(origin, Map.of("standardize", true)).splitSpec().scaling())
                .isEqualTo(Scaling.STANDARDIZED);
        RunSpec normalized =
                Presets.of("digits", Map.of("normalize", true, "rank", 4)).spec();
        assertThat(retrained(normalized, Map.of("channel-means", 0, "channel-deviations", 1))
                        .splitSpec()
                        .scaling())
                .isEqualTo(new Scaling.NormalizedBy(List.of(0.0), List.of(1.0)));
    }

    private static RunSpec retrained(RunSpec origin, Map<String, ?> choices) {
        return Resolution.retrained(origin, LayerRanks.all(4), Choices.of(choices), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        channelMeans=0.5                        | channelMeans: deviations are needed as well; give channel-deviations, too
        channelDeviations=0.5                   | 'channelDeviations' needs means as well; give channel-means, too
        channelMeans=0;channelDeviations=0      | channelDeviations must be a number for each channel, above 0 and finite, separated by commas; got 0
        channelMeans=0,0,0;channelDeviations=1  | channelMeans must be a number for each of the 1 channels of data 'digits'; got 0.0,0.0,0.0
        channelMeans=0;channelDeviations=1,1    | channelDeviations must be a number for each of the 1 channels of data 'digits'; got 1.0,1.0
        channelMeans=1e39;channelDeviations=1   | channelMeans must be a number for each channel, finite, separated by commas; got 1e39
        channelMeans=a;channelDeviations=1      | channelMeans must be a number for each channel, finite, separated by commas; got a
        channelMeans=0;channelDeviations=1;standardize=true | 'channelMeans' cannot go with 'standardize'; give one of them
        imageChannels=grey                      | 'imageChannels' is for data of your own; name a file or folder with data
        imageChannels=3                         | imageChannels must be one of grey, colour; got 3
        """)
    void numbersOfChannelsThatDoNotFitAreRefused(String choices, String message) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String choice : choices.split(";", -1)) {
            all.put(choice.substring(0, choice.indexOf('=')), choice.substring(choice.indexOf('=') + 1));
        }
        assertThatThrownBy(() -> Presets.of("digits", all)).hasMessage(message);
    }

    @Test
    void anUnknownPresetNamesTheNearest() {
        assertThatThrownBy(() -> Experiment.of("mnits", Map.of()))
                .hasMessage("there is no preset 'mnits'; did you mean 'mnist'?");
        assertThatThrownBy(() -> Presets.of("imagenet"))
                .hasMessage("there is no preset 'imagenet'; there are alexnet, cifar10, cifar100, digits, digits-conv,"
                        + " fashion-mnist, lenet5, mnist, number-lines, numbers, resnet20, shakespeare,"
                        + " tiny-imagenet, translation, vgg16");
        assertThatThrownBy(() -> Experiment.of("none.yaml", Map.of())).hasMessage("there is no file 'none.yaml'");
    }

    @Test
    void aFileStartsFromThePresetItNamesAndFlagsComeOnTop() throws IOException {
        Path file = Files.writeString(folder.resolve("wide.yaml"), """
            experiment: digits   # where it starts
            width: 100
            initialRank: 10
            clipNorm: none
            learningRate: 5e-2
            """);

        Experiment experiment = Experiment.of(file.toString(), Map.of("initial-rank", 12));

        assertThat(experiment.name()).isEqualTo("wide");
        assertThat(experiment.spec())
                .isEqualTo(Presets.of(
                                "digits",
                                Map.of("width", 100, "initialRank", 12, "clipNorm", "none", "learningRate", 0.05))
                        .spec());
    }

    @Test
    void aFileWithoutAPresetNamesItsData() throws IOException {
        Path file = Files.writeString(folder.resolve("own.yml"), "data: digits\nlayers: 64-20-10\nrank: 3\n");

        RunSpec spec = Experiment.of(file.toString(), Map.of()).spec();

        assertThat(spec.get(Options.EXPERIMENT)).isEqualTo("own");
        assertThat(spec.get(Options.VALIDATION)).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        width: 10            | : data: a data set is needed, such as 'data: mnist'
        experiment: mnits    | : there is no preset 'mnits'; did you mean 'mnist'?
        data: digits\\nwidt: 4 | : unknown option 'widt'; did you mean 'width'?
        data: digits\\nepochs: [1, 2] | : epochs must be a whole number, in [1, 1000000]; got 1,2
        data: digits\\nepochs:        | : epochs must be a whole number, in [1, 1000000]; got nothing
        - 1                  | must be a mapping from options to values, such as 'width: 100'
        width: [1            | is not valid YAML
        width: 1\\nwidth: 2   | is not valid YAML
        """)
    void aFileThatSaysSomethingElseIsNamed(String content, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), content.replace("\\n", "\n"));

        assertThatThrownBy(() -> Experiment.of(file.toString(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
