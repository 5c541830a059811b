package dev.stiefel.lab.spec;

import dev.stiefel.data.Sampling;
import dev.stiefel.data.Scaling;
import dev.stiefel.data.SplitSpec;
import dev.stiefel.data.ValidationSplit;
import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.vision.DataSetInfo;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.integrator.Penalty;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.ConvolutionSpec;
import dev.stiefel.nn.Measures;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.ParameterGroups.Group;
import dev.stiefel.published.Deviation;
import dev.stiefel.published.KerasAdam;
import dev.stiefel.published.PublishedStart;
import dev.stiefel.published.PublishedTraining;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Evaluator;
import dev.stiefel.train.ImageAugmentation;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import dev.stiefel.train.RankPlan.Adapt;
import dev.stiefel.train.RankPlan.Adapt.Measure;
import dev.stiefel.train.TrainSpec;
import dev.stiefel.train.TrainSpec.DenseTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// A run, wholly described: a value for every option that means something to it. With equal specs two runs
/// have the same bits.
///
/// Made from choices and defaults by `Experiment` and [Presets]; runs keep theirs in
/// `run.json`.
///
/// ```java
/// RunSpec spec = Presets.of("mnist", Map.of("rank", 20, "epochs", 5)).spec();
/// ```
///
/// Hidden layers are factored (unless the method is dense) and have ReLU, the output layer is dense, and in
/// networks for images the first layer with a weight. A layer
/// that is smaller than the initial rank starts with all the rank it can have.
public final class RunSpec {
    /// Asked only for what is known of data sets, so that its folder does not matter.
    private static final DataSets CATALOGUE = DataSets.in(Path.of("."));

    private static final String OWN_DATA = "ownData";

    private final Map<Option<?>, Object> values;
    private final Optional<DataFacts> ownData;

    /// The part of a run that says which data is read, and how; all else is missing.
    ///
    /// @param choices of which those count that [Options#ofReading] lists
    public static RunSpec ofData(Choices choices) {
        Map<Option<?>, Object> values = new LinkedHashMap<>();
        Options.ofReading().forEach(option -> choices.find(option).ifPresent(value -> values.put(option, value)));
        return new RunSpec(values, Optional.empty());
    }

    /// @param ownData facts found by reading data that is not known by name
    RunSpec(Map<Option<?>, Object> values, Optional<DataFacts> ownData) {
        Map<Option<?>, Object> said = new LinkedHashMap<>(values);
        said.entrySet()
                .removeIf(entry -> entry.getKey()
                        .leftOutAt()
                        .filter(entry.getValue()::equals)
                        .isPresent());
        this.values = Collections.unmodifiableMap(said);
        this.ownData = ownData;
    }

    /// A spec as `run.json` has it.
    public static RunSpec read(ObjectNode json) throws IOException {
        try {
            Map<Option<?>, Object> values = new LinkedHashMap<>();
            for (Map.Entry<String, ?> entry : json.properties()) {
                if (!entry.getKey().equals(OWN_DATA)) {
                    Option<?> option = Options.of(entry.getKey());
                    values.put(option, option.parse(entry.getKey(), Json.plain(json.get(entry.getKey()))));
                }
            }
            Optional<DataFacts> ownData = json.has(OWN_DATA)
                    ? Optional.of(
                            DataFacts.read(Json.textField(json, Options.DATA.key()), Json.objectField(json, OWN_DATA)))
                    : Optional.empty();
            RunSpec spec = new RunSpec(values, ownData);
            spec.requireSizes(Choices.none());
            spec.networkSpec();
            if (spec.isTrained()) {
                spec.trainSpec();
            }
            spec.splitSpec();
            return spec;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IOException("spec: " + e.getMessage(), e);
        }
    }

    /// The value of an option.
    ///
    /// @throws IllegalStateException if it means nothing to this run (see [#find])
    public <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new IllegalStateException("this run has no '%s'".formatted(option.key())));
    }

    /// The value of an option; empty if it means nothing to this run, as a rank does to a
    /// dense one.
    public <T> Optional<T> find(Option<T> option) {
        return Optional.ofNullable(values.get(option)).map(option::cast).or(option::leftOutAt);
    }

    /// Returns whether it is trained at all; else it has no options that say how, and only keeps the weights that
    /// it starts with, as a network does that was compressed and not retrained.
    public boolean isTrained() {
        return find(Options.EPOCHS).isPresent() || find(Options.OPTIMIZER).isPresent();
    }

    /// All values by key, as JSON and YAML hold them: texts, numbers and truth values. Options that came later
    /// than runs that have been recorded are left out at their defaults, so that hashes of this stay.
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        values.forEach((option, value) -> map.put(option.key(), option.write(value)));
        return map;
    }

    /// The value of an option as JSON and YAML hold it, also where [#asMap] leaves it out; empty if the option
    /// means nothing to this run.
    public Optional<Object> written(Option<?> option) {
        Optional<?> value = option == Options.MEASURES && isTrained() ? Optional.of(measures()) : find(option);
        return value.map(option::write);
    }

    /// All of it as a JSON object on one line, for [#ofJson].
    public String json() {
        return Json.compact(toJson());
    }

    /// The spec that [#json] wrote.
    ///
    /// @throws IOException saying what is wrong with it
    public static RunSpec ofJson(String json) throws IOException {
        return read(Json.parse(json));
    }

    /// The object in `run.json` and in a model's metadata.
    public ObjectNode toJson() {
        ObjectNode json = Json.object(asMap());
        ownData.ifPresent(facts -> json.set(OWN_DATA, facts.toJson()));
        return json;
    }

    /// Its values of some options, as if they were chosen.
    public Choices choices(List<Option<?>> options) {
        Choices choices = Choices.none();
        for (Option<?> option : options) {
            choices = withValue(choices, option);
        }
        return choices;
    }

    private <T> Choices withValue(Choices choices, Option<T> option) {
        return find(option).map(value -> choices.with(option, value)).orElse(choices);
    }

    /// The same with some of its options only.
    public RunSpec only(List<Option<?>> options) {
        Map<Option<?>, Object> kept = new LinkedHashMap<>(values);
        kept.keySet().retainAll(options);
        return new RunSpec(kept, ownData);
    }

    /// The same for another number of epochs.
    ///
    /// @throws IllegalStateException if it is not trained ([#isTrained])
    public RunSpec withEpochs(int epochs) {
        get(Options.EPOCHS);
        Map<Option<?>, Object> changed = new LinkedHashMap<>(values);
        changed.put(Options.EPOCHS, epochs);
        return new RunSpec(changed, ownData);
    }

    /// The same with another path of its data.
    ///
    /// @param option whose value is a path
    public RunSpec withPath(Option<String> option, String path) {
        Map<Option<?>, Object> changed = new LinkedHashMap<>(values);
        changed.put(option, path);
        return new RunSpec(changed, ownData);
    }

    /// The facts of its data.
    public DataFacts dataFacts() {
        return ownData.orElseGet(() -> catalogued(get(Options.DATA)));
    }

    /// The facts of a data set that is known by name.
    static DataFacts catalogued(String name) {
        return DataFacts.of(CATALOGUE.info(name));
    }

    /// The description of its data set, if that is known by name.
    public Optional<DataSetInfo> catalogued() {
        return ownData.isPresent() ? Optional.empty() : Optional.of(CATALOGUE.info(get(Options.DATA)));
    }

    /// The facts found by reading a user's own data; empty for a data set that is known by name.
    public Optional<DataFacts> ownData() {
        return ownData;
    }

    /// Returns whether its network predicts the next token of texts.
    public boolean predictsTokens() {
        return ownData.flatMap(DataFacts::text)
                .filter(text -> text.kind() != TextKind.LABELLED)
                .isPresent();
    }

    /// The widths from inputs to outputs.
    public LayerWidths layers() {
        return find(Options.LAYERS).orElseGet(() -> {
            List<Integer> widths = new ArrayList<>();
            widths.add(dataFacts().inputs());
            widths.addAll(Collections.nCopies(get(Options.DEPTH), get(Options.WIDTH)));
            widths.add(dataFacts().outputs());
            return new LayerWidths(widths);
        });
    }

    /// The kind of network.
    public Architecture architecture() {
        return get(Options.NETWORK);
    }

    /// The network's title in texts: its widths, or its kind if that determines all.
    public String networkTitle() {
        return architecture().hasWidths() ? layers().toString() : architecture().word();
    }

    /// The network before the first step, without its weights.
    public NetworkSpec networkSpec() {
        NetworkSpec dense = architecture().dense(this);
        List<WeightSpec> factored = factorable(dense);
        Optional<List<TuckerRanks>> ranks = initialRanks(factored.size());
        if (ranks.isEmpty()) {
            return dense;
        }
        Map<String, OptionalInt> changed = new LinkedHashMap<>();
        Map<String, TuckerRanks> kernels = new LinkedHashMap<>();
        Set<String> inTuckerForm =
                find(Options.FORM).orElse(KernelForm.MATRIX) == KernelForm.TUCKER ? kernels(dense) : Set.of();
        for (int i = 0; i < factored.size(); i++) {
            WeightSpec weight = factored.get(i);
            TuckerRanks both = ranks.get().get(i);
            if (inTuckerForm.contains(weight.name())) {
                kernels.put(weight.name(), both);
                continue;
            }
            int most = Math.min(weight.rows(), weight.columns());
            changed.put(weight.name(), OptionalInt.of(Math.min(both.larger(), most)));
        }
        return dense.withRanks(changed).withTucker(kernels);
    }

    /// The same with these ranks. One of a kernel in Tucker form stands for both unless it is the larger one of
    /// those that this says.
    ///
    /// @param ranks one a factored weight; none for a dense network
    /// @throws IllegalArgumentException if the network has other factored layers, or cannot have such ranks
    public NetworkSpec networkSpec(List<Integer> ranks) {
        NetworkSpec network = networkSpec();
        return network.ranks().equals(ranks) ? network : network.withRanks(ranks);
    }

    /// Names of the kernels that see more than one pixel: others are matrices in any form.
    private static Set<String> kernels(NetworkSpec network) {
        return network.nodes().stream()
                .filter(node -> node.layer() instanceof ConvolutionSpec layer
                        && layer.window().size() > 1)
                .flatMap(node -> node.layer().parameters(network.inputShapes(node)).stream()
                        .map(kept -> node.name() + "." + kept.name()))
                .collect(Collectors.toSet());
    }

    /// The weights of a network of this run's kind that low-rank methods factor, in the order of the network.
    ///
    /// @param network dense or factored
    public List<WeightSpec> factorable(NetworkSpec network) {
        List<WeightSpec> all = network.weights();
        List<WeightSpec> some = find(Options.FACTOR)
                .map(patterns -> patterns.among(Options.FACTOR.flag(), all))
                .orElseGet(() -> architecture().factored(network).stream()
                        .map(network::weight)
                        .toList());
        Optional<LayerPatterns> dense = find(Options.KEEP_DENSE);
        if (dense.isEmpty()) {
            return some;
        }
        dense.get().among(Options.KEEP_DENSE.flag(), all); // names that there are
        return some.stream().filter(weight -> !dense.get().match(weight)).toList();
    }

    /// One a factored weight, whatever its size; empty if all are dense.
    private Optional<List<TuckerRanks>> initialRanks(int layers) {
        Optional<LayerRanks> fixed = find(Options.RANK);
        if (fixed.isPresent() || find(Options.INITIAL_RANK).isEmpty()) {
            return fixed.map(ranks -> ranks.each(Options.RANK.key(), layers));
        }
        List<Integer> least = get(Options.MIN_RANK).eachNumber(Options.MIN_RANK.key(), layers);
        List<Integer> most = find(Options.MAX_RANK)
                .orElse(LayerRanks.all(RankLimits.UNLIMITED))
                .eachNumber(Options.MAX_RANK.key(), layers);
        List<TuckerRanks> ranks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            ranks.add(TuckerRanks.of(Math.clamp(get(Options.INITIAL_RANK), least.get(i), most.get(i))));
        }
        return Optional.of(ranks);
    }

    /// The network before the first step. Close it.
    public Network network() {
        Method method = get(Options.METHOD);
        NetworkSpec spec = networkSpec();
        Rng rng = Rng.seeded(get(Options.SEED)).forPurpose("initial weights");
        if (deviations().contains(Deviation.NORMAL_START)) {
            return PublishedStart.network(spec, DType.FLOAT32, Deviation.START, rng);
        }
        Spectrum spectrum = find(Options.INITIAL_SPECTRUM)
                .orElse(SpectrumName.GAUSSIAN) // dense weights have no use for it
                .with(find(Options.SPECTRUM_DECAY).orElse(2.0));
        return Network.random(spec, DType.FLOAT32, method.gauge(), spectrum, rng);
    }

    /// The specification of the training.
    ///
    /// @throws IllegalStateException if it is not ([#isTrained])
    public TrainSpec trainSpec() {
        TrainSpec spec = new TrainSpec(
                get(Options.METHOD),
                rankPlan(),
                optimizer(),
                get(Options.LEARNING_RATE),
                get(Options.SCHEDULE),
                get(Options.WARM_UP),
                get(Options.CLIP_NORM),
                get(Options.WEIGHT_DECAY),
                penalties(),
                get(Options.EPOCHS),
                find(Options.BATCH_SIZE).orElse(1), // texts have tokens of a batch
                get(Options.SEED),
                get(Options.THREADS),
                get(Options.EARLY_STOPPING));
        TrainSpec own = spec.withDense(denseTraining())
                .withLabelSmoothing(find(Options.LABEL_SMOOTHING).orElse(0.0));
        Optional<Integer> tokens = find(Options.BATCH_TOKENS);
        return PublishedTraining.with(tokens.map(own::withBatchTokens).orElse(own), deviations());
    }

    /// The measures besides the loss, and the figure that decides the best epoch.
    ///
    /// @param known the available measures
    /// @param evaluators asked for at the end of an epoch; specs do not name them, but may monitor one
    /// @throws IllegalArgumentException if a measure is not known or does not apply to the data, or the
    ///     monitored figure is not measured
    public EvaluationSpec evaluation(Measures known, List<Evaluator> evaluators) {
        return measures().evaluation(known, evaluators, find(Options.MONITOR).orElse(EvaluationSpec.LOSS), dataFacts());
    }

    /// The measures of a network that is no longer trained: unknown ones are left out.
    ///
    /// @param known the available measures
    public EvaluationSpec evaluationAmong(Measures known) {
        return measures().among(known);
    }

    /// Names of what is measured beside the loss.
    public MeasureNames measures() {
        return find(Options.MEASURES)
                .orElseGet(() -> MeasureNames.usual(dataFacts().task()));
    }

    /// The deviations of the published code that it reproduces.
    Set<Deviation> deviations() {
        return find(Options.LEGACY).orElse(false)
                ? Deviation.allBut(
                        find(Options.LEGACY_WITHOUT).map(Deviations::all).orElse(Deviation.none()))
                : Deviation.none();
    }

    private Optimizer optimizer() {
        OptimizerName name = get(Options.OPTIMIZER);
        return name.isAdam() && deviations().contains(Deviation.ADAM_EPSILON)
                ? new KerasAdam()
                : name.with(find(Options.MOMENTUM).orElse(0.0));
    }

    private DenseTraining denseTraining() {
        double momentum = find(Options.MOMENTUM).orElse(0.0);
        return new DenseTraining(
                find(Options.DENSE_OPTIMIZER).map(name -> name.with(momentum)),
                find(Options.DENSE_LEARNING_RATE).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                tables().stream().toList());
    }

    /// The embeddings and the output layer of a dense transformer whose matrices have an optimizer for matrices:
    /// they are trained like the vectors.
    private Optional<Group> tables() {
        Optional<OptimizerName> others = find(Options.DENSE_OPTIMIZER);
        if (!architecture().isTransformer() || get(Options.METHOD).isLowRank() || others.isEmpty()) {
            return Optional.empty();
        }
        Set<String> inner =
                factorable(networkSpec()).stream().map(WeightSpec::name).collect(Collectors.toSet());
        double rate = get(Options.LEARNING_RATE);
        return Optional.of(new Group(
                "tables",
                parameter -> parameter.isMatrix() && !inner.contains(parameter.name()),
                others.get().with(find(Options.MOMENTUM).orElse(0.0)),
                find(Options.DENSE_LEARNING_RATE).orElse(rate) / rate));
    }

    /// The share of training labels that become wrong: a draw from all classes leaves some as
    /// they are.
    private double labelNoise() {
        double share = get(Options.LABEL_NOISE);
        return deviations().contains(Deviation.KEPT_LABELS)
                ? share * (1 - 1.0 / dataFacts().outputs())
                : share;
    }

    /// The split into training, validation and test samples.
    public SplitSpec splitSpec() {
        return new SplitSpec(
                get(Options.VALIDATION),
                get(Options.TRAIN_FRACTION),
                get(Options.EVALUATION_FRACTION),
                labelNoise(),
                scaling(),
                get(Options.SEED),
                deviations().contains(Deviation.FIRST_SAMPLES) ? Sampling.FIRST : Sampling.STRATIFIED,
                find(Options.VALIDATION_SPLIT).orElse(ValidationSplit.HELD_OUT),
                augmentation());
    }

    private Optional<ImageAugmentation> augmentation() {
        AugmentationName name = get(Options.AUGMENT);
        if (name == AugmentationName.NONE) {
            return Optional.empty();
        }
        int padding = name.crops() ? get(Options.CROP_PADDING) : 0;
        Rng rng = Rng.seeded(get(Options.SEED)).forPurpose("augmentation");
        return Optional.of(new ImageAugmentation(image(Options.AUGMENT), name.flips(), padding, rng.seed()));
    }

    private Scaling scaling() {
        Optional<ChannelValues> means = find(Options.CHANNEL_MEANS);
        if (means.isPresent()) {
            return new Scaling.NormalizedBy(
                    means.get().values(), get(Options.CHANNEL_DEVIATIONS).values());
        }
        if (get(Options.NORMALIZE)) {
            return new Scaling.Normalized(image(Options.NORMALIZE).channels());
        }
        return get(Options.STANDARDIZE) ? Scaling.STANDARDIZED : Scaling.NONE;
    }

    /// The shape of the samples, which an option needs to be images.
    private Image image(Option<?> option) {
        return dataFacts()
                .image()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is for images; data '%s' has none"
                        .formatted(option.key(), dataFacts().name())));
    }

    private List<Penalty> penalties() {
        List<Penalty> penalties = new ArrayList<>();
        strength(Options.L1).ifPresent(each -> penalties.add(new Penalty.L1(each)));
        strength(Options.L2).ifPresent(each -> penalties.add(new Penalty.L2(each)));
        strength(Options.CONDITION_PENALTY).ifPresent(each -> penalties.add(new Penalty.Condition(each)));
        return penalties;
    }

    private Optional<Double> strength(Option<Double> penalty) {
        return find(penalty).filter(strength -> strength > 0);
    }

    private RankPlan rankPlan() {
        RankPlan plan = judgingPlan();
        int trial = find(Options.TRIAL_STEPS).orElse(0);
        return trial > 0 ? new RankPlan.Trying(plan, trial) : plan;
    }

    private RankPlan judgingPlan() {
        Optional<Double> relative = find(Options.TOLERANCE);
        Optional<Double> absolute = find(Options.ABSOLUTE_TOLERANCE);
        Optional<Double> share = find(Options.BUDGET);
        if (share.isPresent()) {
            return RankPlan.budget(networkSpec(), share.get(), rankLimits(), get(Options.ADAPT_EVERY));
        }
        if (relative.isEmpty() && absolute.isEmpty()) {
            return new RankPlan.Hold();
        }
        double end = relative.or(() -> absolute).orElseThrow();
        return new Adapt(
                relative.isPresent() ? Measure.RELATIVE : Measure.ABSOLUTE,
                find(Options.TOLERANCE_START).orElse(end),
                end,
                rankLimits(),
                get(Options.ADAPT_EVERY));
    }

    private RankLimits rankLimits() {
        return new RankLimits(
                find(Options.MIN_RANK).map(LayerRanks::numbers).orElse(List.of(1)),
                find(Options.MAX_RANK).map(LayerRanks::numbers).orElse(List.of(RankLimits.UNLIMITED)));
    }

    /// Checks what depends on the data set and the layers' sizes.
    ///
    /// @param chosen by the user: ranks that he chose must fit every layer
    void requireSizes(Choices chosen) {
        NetworkSpec network = architecture().dense(this);
        DataFacts data = dataFacts();
        int validation = get(Options.VALIDATION);
        if (validation >= data.trainSize()) {
            throw new IllegalArgumentException("validation must be less than the %s training samples; got %s"
                    .formatted(data.trainSize(), validation));
        }
        if (find(Options.EARLY_STOPPING).orElse(0) > 0 && validation == 0) {
            throw new IllegalArgumentException("%s needs validation samples; choose how many with validation"
                    .formatted(chosen.typed(Options.EARLY_STOPPING)));
        }
        if (get(Options.METHOD).isLowRank()) {
            List<WeightSpec> factored = factorable(network);
            if (factored.isEmpty()) {
                throw new IllegalArgumentException(
                        "method '%s' needs a layer to factor; got network %s; use method 'dense'"
                                .formatted(get(Options.METHOD).word(), network));
            }
            requireLimits(chosen, factored.size());
            requirePairs(chosen.typed(Options.RANK), factored);
            requireRanks(Options.RANK, find(Options.RANK), chosen, factored);
            requireRanks(Options.INITIAL_RANK, find(Options.INITIAL_RANK).map(LayerRanks::all), chosen, factored);
            requireRanks(Options.MIN_RANK, find(Options.MIN_RANK), chosen, factored);
        }
    }

    private void requireLimits(Choices chosen, int weights) {
        LayerRanks least = find(Options.MIN_RANK).orElse(LayerRanks.all(1));
        LayerRanks most = find(Options.MAX_RANK).orElse(LayerRanks.all(RankLimits.UNLIMITED));
        List<Integer> leastEach = least.eachNumber(chosen.typed(Options.MIN_RANK), weights);
        List<Integer> mostEach = most.eachNumber(chosen.typed(Options.MAX_RANK), weights);
        Optional<Integer> initial = chosen.find(Options.INITIAL_RANK);
        for (int i = 0; i < weights; i++) {
            int from = leastEach.get(i);
            int to = mostEach.get(i);
            if (to < from) {
                throw new IllegalArgumentException("%s must be at least min-rank (%s); got %s"
                        .formatted(chosen.typed(Options.MAX_RANK), least, most));
            }
            if (initial.filter(rank -> rank < from || rank > to).isPresent()) {
                throw new IllegalArgumentException("%s must be between min-rank and max-rank; got %s"
                        .formatted(chosen.typed(Options.INITIAL_RANK), initial.get()));
            }
        }
    }

    /// Pairs of ranks are for kernels in Tucker form, which must be able to have them.
    private void requirePairs(String typed, List<WeightSpec> factored) {
        List<TuckerRanks> each = find(Options.RANK)
                .map(ranks -> ranks.each(typed, factored.size()))
                .orElse(List.of());
        for (int i = 0; i < each.size(); i++) {
            TuckerRanks asked = each.get(i);
            if (!LayerRanks.differ(asked)) {
                continue;
            }
            String name = factored.get(i).name();
            TuckerRanks most = networkSpec()
                    .weight(name)
                    .tucker()
                    .map(TuckerKernel::ranks)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "%s (%s) is for a kernel in Tucker form; '%s' has one rank; give a number"
                                    .formatted(typed, LayerRanks.text(asked), name)));
            if (!most.equals(asked)) {
                throw new IllegalArgumentException("%s (%s) must be at most %s for the kernel '%s'"
                        .formatted(typed, LayerRanks.text(asked), LayerRanks.text(most), name));
            }
        }
    }

    private static void requireRanks(
            Option<?> option, Optional<LayerRanks> ranks, Choices chosen, List<WeightSpec> factored) {
        if (ranks.isEmpty()) {
            return;
        }
        String typed = chosen.typed(option);
        List<Integer> each = ranks.get().eachNumber(typed, factored.size());
        for (int i = 0; i < each.size(); i++) {
            int out = factored.get(i).rows();
            int in = factored.get(i).columns();
            if (chosen.has(option) && each.get(i) > Math.min(in, out)) {
                throw new IllegalArgumentException("%s (%s) must be in [1, %s] for a [%s, %s] weight"
                        .formatted(typed, each.get(i), Math.min(in, out), out, in));
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RunSpec spec && values.equals(spec.values) && ownData.equals(spec.ownData);
    }

    @Override
    public int hashCode() {
        return 31 * values.hashCode() + ownData.hashCode();
    }

    @Override
    public String toString() {
        return asMap().toString();
    }
}
