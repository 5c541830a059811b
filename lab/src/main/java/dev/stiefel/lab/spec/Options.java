package dev.stiefel.lab.spec;

import static dev.stiefel.lab.spec.OptionDeclaration.channelValues;
import static dev.stiefel.lab.spec.OptionDeclaration.deviations;
import static dev.stiefel.lab.spec.OptionDeclaration.imageSize;
import static dev.stiefel.lab.spec.OptionDeclaration.layerPatterns;
import static dev.stiefel.lab.spec.OptionDeclaration.layers;
import static dev.stiefel.lab.spec.OptionDeclaration.measures;
import static dev.stiefel.lab.spec.OptionDeclaration.notNegative;
import static dev.stiefel.lab.spec.OptionDeclaration.number;
import static dev.stiefel.lab.spec.OptionDeclaration.oneOf;
import static dev.stiefel.lab.spec.OptionDeclaration.positive;
import static dev.stiefel.lab.spec.OptionDeclaration.positiveOrNone;
import static dev.stiefel.lab.spec.OptionDeclaration.rankLimits;
import static dev.stiefel.lab.spec.OptionDeclaration.ranks;
import static dev.stiefel.lab.spec.OptionDeclaration.share;
import static dev.stiefel.lab.spec.OptionDeclaration.shareAboveNone;
import static dev.stiefel.lab.spec.OptionDeclaration.text;
import static dev.stiefel.lab.spec.OptionDeclaration.wholeNumber;
import static dev.stiefel.lab.spec.OptionDeclaration.wholeNumberOr;
import static dev.stiefel.lab.spec.OptionDeclaration.word;
import static dev.stiefel.lab.spec.OptionDeclaration.yesOrNo;

import dev.stiefel.data.ValidationSplit;
import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.language.TokenizerKind;
import dev.stiefel.data.own.ImageSize;
import dev.stiefel.data.own.NumberNotation.DecimalMark;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.own.Task;
import dev.stiefel.lab.spec.OptionGroup.Inheritance;
import dev.stiefel.lab.text.NearMiss;
import dev.stiefel.lab.text.Words;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.TransformerSize.NormPlacement;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.published.Deviation;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import dev.stiefel.train.TrainSpec.Decay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// All options, in the order in which runs record them. Each declares its values, its default, the runs for which
/// it has a meaning, and its inheritance by derived runs; its value in a run comes from a [RunSpec].
///
/// An option that is added declares [OptionDeclaration#leftOutAtDefault], so that hashes of existing runs stay.
public final class Options {
    /// The fraction of a user's own samples that are the test set where nothing else is chosen.
    public static final double USUAL_TEST_FRACTION = 0.2;

    private static final int FEW = 10_000; // samples
    private static final int STEPS_OF_SMALL_TEXTS = 32; // an epoch
    private static final int LEAST_BATCH_TOKENS = 256;
    /// The choice of no words for missing values: only empty cells are missing.
    public static final String ONLY_EMPTY_CELLS = "empty-cells";

    private static final String OWN_ONLY = "is for data of your own; name a file or folder with data";
    private static final List<Option<?>> DECLARED = new ArrayList<>();

    /// The preset that the run started from, or the name of the file that describes it.
    public static final Option<String> EXPERIMENT = declare(
            OptionGroup.EXPERIMENT,
            "preset that provides the values of options not given",
            text("experiment", "NAME").byDefaultIfAny(Resolution::name));

    /// The data set.
    public static final Option<String> DATA = declare(
            OptionGroup.DATA, "data set by name, or a table, image folder, array or text", text("data", "NAME|PATH"));

    /// The target of a user's own data.
    public static final Option<String> TARGET = declareOwn(
            "target column of a table, or the file of targets or translations",
            text("target", "COLUMN|PATH")
                    .unless(run -> when(
                            ownSamples(run).equals(Optional.of(OwnSamples.IMAGES)),
                            "is not for folders of images, whose classes are the names of their folders")));

    /// The task on a user's own data: classes or values.
    public static final Option<Task> TASK =
            declareOwnSamples("kind of task; default: found by the targets", word("task", Task.class));

    /// Columns of a user's own table to leave out.
    public static final Option<String> IGNORE =
            declareOwnTable("columns of a CSV file to leave out", text("ignore", "COLUMN,…"));

    /// Columns of a user's own table that are categories although they hold numbers.
    public static final Option<String> CATEGORICAL =
            declareOwnTable("numeric columns of a CSV file that are categories", text("categorical", "COLUMN,…"));

    /// Words of a user's own table that stand for a missing value, or [#ONLY_EMPTY_CELLS].
    public static final Option<String> MISSING =
            declareOwnSamples("words that mean a missing value, instead of the usual ones", text("missing", "WORD,…"));

    /// The decimal mark of numbers in a user's own table.
    public static final Option<DecimalMark> DECIMAL_MARK = declareOwnSamples(
            "decimal mark of a CSV file's numbers; default: found per column", word("decimalMark", DecimalMark.class));

    /// The size of a user's own images.
    public static final Option<ImageSize> IMAGE_SIZE =
            declareOwnImages("width and height that images are scaled to, in pixels", imageSize("imageSize"));

    /// The channels of a user's own images.
    public static final Option<ImageChannels> IMAGE_CHANNELS = declareOwnImages(
            "channels of images; default: grey if all images are", word("imageChannels", ImageChannels.class));

    /// The fraction of a user's own data, or of a plain text, that is the test set.
    public static final Option<Double> TEST_FRACTION = declare(
            OptionGroup.OWN_DATA,
            "fraction of the samples held out as test set",
            number("testFraction", "in (0, 1)", value -> value > 0 && value < 1)
                    .forOwnData(data -> TextDefaults.testFraction(data.facts()))
                    .shownDefault(USUAL_TEST_FRACTION)
                    .unless(run -> when(
                            !run.hasOwnFiles()
                                    && run.textKind()
                                            .filter(TextKind.PLAIN::equals)
                                            .isEmpty(),
                            OWN_ONLY))
                    .unless(run -> when(
                            run.isChosen(Options.TEST_DATA),
                            "cannot go with '%s'; give one of them",
                            run.typed(Options.TEST_DATA))));

    /// The column of the texts to translate in a user's own table of pairs.
    public static final Option<String> SOURCE = declareOwnText(
            "column of a table with the texts to translate", TextKind.PARALLEL, text("source", "COLUMN"));

    /// The column of the texts in a user's own table of texts with classes.
    public static final Option<String> TEXT =
            declareOwnText("column of a table with the texts to classify", TextKind.LABELLED, text("text", "COLUMN"));

    /// A further file of a user's own texts, for validation.
    public static final Option<String> VALIDATION_DATA =
            declareOwnText("a further file of the same kind with the validation texts", text("validationData", "PATH"));

    /// A further file of a user's own texts, for the test.
    public static final Option<String> TEST_DATA =
            declareOwnText("a further file of the same kind with the test texts", text("testData", "PATH"));

    /// The tokenizer of texts.
    public static final Option<TokenizerKind> TOKENIZER = declareText(
            "tokenizer; default: byte-pair, or character for plain text",
            word("tokenizer", TokenizerKind.class)
                    .forOwnDataIfAny(data -> data.facts().text().map(facts -> TextDefaults.tokenizer(facts.kind())))
                    .inheritance(Inheritance.ALWAYS_INHERITED));

    /// The number of tokens of each tokenizer.
    public static final Option<Integer> VOCABULARY = declareText(
            "number of tokens of each tokenizer; default: at most %s".formatted(TokenizerKind.USUAL_VOCABULARY),
            wholeNumber("vocabulary", 5, 1_000_000)
                    .inheritance(Inheritance.ALWAYS_INHERITED)
                    .unless(run -> when(
                            run.get(TOKENIZER) == TokenizerKind.CHARACTER,
                            "is for tokenizers 'byte-pair' and 'wordpiece'; tokenizer 'character' has as many as there"
                                    + " are")));

    /// Conversion of texts to lower case.
    public static final Option<Boolean> LOWER_CASE = declareText(
            "converts texts to lower case",
            yesOrNo("lowerCase").byDefault(false).inheritance(Inheritance.ALWAYS_INHERITED));

    /// The maximum number of tokens of a training text; plain texts have none.
    public static final Option<Integer> MAX_TOKENS = declareText(
            "maximum tokens of a text; longer ones are dropped or cut",
            wholeNumber("maxTokens", 2, 10_000)
                    .byDefault(TextDefaults.MAX_TOKENS)
                    .unless(run -> unlessText(run, TextKind.PARALLEL, TextKind.LABELLED)));

    /// The context length of a language model, in tokens.
    public static final Option<Integer> CONTEXT = declareText(
            "context length of a language model, in tokens",
            wholeNumber("context", 2, 100_000)
                    .byDefault(TextDefaults.CONTEXT)
                    .inheritance(Inheritance.ALWAYS_INHERITED)
                    .unless(run -> unlessText(run, TextKind.PLAIN)));

    /// The integrator.
    public static final Option<Method> METHOD = declare(
            OptionGroup.TRAINING,
            "training method of factored weights; dense: weights are not factored",
            word("method", Method.class)
                    .byDefault(Options::usualMethod)
                    .shownDefault(Method.RIEMANNIAN)
                    .check((run, method, typed) -> when(
                            run.origin().isPresent() && run.isChosen(Options.RANK) && !method.isLowRank(),
                            "%s must be one for factored weights; got %s",
                            typed,
                            method.word()))
                    .check((run, method, typed) -> when(
                            run.origin().isPresent() && !run.isChosen(Options.RANK) && method.isLowRank(),
                            "%s must be 'dense' for weights that are not factored; got %s; compress the network first",
                            typed,
                            method.word())));

    /// The ranks, fixed.
    public static final Option<LayerRanks> RANK = declare(
            OptionGroup.FACTORED_WEIGHTS,
            "fixed rank of every factored weight, or one for each",
            ranks("rank")
                    .byDefault(LayerRanks.all(50))
                    .forOwnData(_ -> LayerRanks.all(32))
                    .defaultOnlyIf(run -> !run.get(METHOD).adapts() || presetHoldsRanks(run))
                    .unless(Options::unlessFactored));

    /// The relative truncation tolerance.
    public static final Option<Double> TOLERANCE = declareAdaptive(
            "largest fraction of a weight's norm that truncation cuts off",
            share("tolerance").byDefault(0.17).unless(Options::otherTolerance));

    /// The relative truncation tolerance at the beginning.
    public static final Option<Double> TOLERANCE_START = declareAdaptive(
            "tolerance at the start, annealed until the middle of the run",
            share("toleranceStart")
                    .byDefault(0.03)
                    // A default beginning is never above the end that was asked for.
                    .fitted((run, start) -> Math.min(start, run.get(TOLERANCE)))
                    .unless(Options::otherTolerance));

    /// The absolute truncation tolerance.
    public static final Option<Double> ABSOLUTE_TOLERANCE = declareAdaptive(
            "largest norm that truncation cuts off a weight",
            notNegative("absoluteTolerance").unless(Options::otherBudget).unless(Options::relativeToleranceOnly));

    /// The share of the dense parameters that the weights may have.
    public static final Option<Double> BUDGET = declareAdaptive(
            "largest fraction of the dense network's parameters to keep",
            shareAboveNone("budget").unless(Options::relativeToleranceOnly).defaultOnlyIf(Options::mayShareBudget));

    /// The rank at the beginning.
    public static final Option<Integer> INITIAL_RANK = declareAdaptive(
            "rank at the start",
            wholeNumber("initialRank", 1, Integer.MAX_VALUE)
                    .byDefault(64)
                    .forOwnData(_ -> 32)
                    // The widest limits, if they differ: each layer is held to its own when the network is made.
                    .fitted((run, rank) -> {
                        int least = Collections.min(run.get(Options.MIN_RANK).numbers());
                        int most = run.find(Options.MAX_RANK)
                                .map(ranks -> Collections.max(ranks.numbers()))
                                .orElse(Integer.MAX_VALUE);
                        return Math.max(least, Math.min(most, rank));
                    }));

    /// The least ranks.
    public static final Option<LayerRanks> MIN_RANK = declareAdaptive(
            "smallest rank, or one for each weight", rankLimits("minRank").byDefault(LayerRanks.all(1)));

    /// The greatest ranks.
    public static final Option<LayerRanks> MAX_RANK =
            declareAdaptive("largest rank, or one for each weight", rankLimits("maxRank"));

    /// Steps from one adaptation of the ranks to the next; [RankPlan#EVERY_EPOCH] for one an
    /// epoch.
    public static final Option<Integer> ADAPT_EVERY = declareAdaptive(
            "steps between rank adaptations",
            wholeNumberOr("epoch", RankPlan.EVERY_EPOCH, "adaptEvery", 1).byDefault(RankPlan.EVERY_EPOCH));

    /// The number of steps for which new directions are tried before each adaptation of ranks; 0 for none.
    public static final Option<Integer> TRIAL_STEPS = declareAdaptive(
            "training steps of trial directions before each rank adaptation; 0: none",
            wholeNumber("trialSteps", 0, Integer.MAX_VALUE)
                    .byDefault(50)
                    .forOwnData(data -> isSmall(data) ? 10 : 50)
                    .unless(run -> when(
                            run.get(METHOD).trainsInBlocks(),
                            "is not for method '%s', whose blocks try directions",
                            run.get(METHOD).word())));

    /// The initial singular values of factored weights.
    public static final Option<SpectrumName> INITIAL_SPECTRUM = declare(
            OptionGroup.FACTORED_WEIGHTS,
            "initial singular values of factored weights",
            word("initialSpectrum", SpectrumName.class)
                    .byDefault(run -> run.textKind().isPresent() ? SpectrumName.DENSE : SpectrumName.GAUSSIAN)
                    .shownDefault(SpectrumName.GAUSSIAN)
                    .defaultOnlyIf(run -> run.origin().isEmpty())
                    .unless(Options::unlessFactored)
                    .unless(run -> when(
                            run.isLegacy() && !leftOut(run, Deviation.NORMAL_START),
                            "cannot go with legacy, whose initial factors are normally distributed; add legacy-without"
                                    + " normal-start")));

    /// The ratio between singular values of a decaying initial spectrum.
    public static final Option<Double> SPECTRUM_DECAY = declare(
            OptionGroup.FACTORED_WEIGHTS,
            "ratio of each singular value of a decaying spectrum to the next",
            number("spectrumDecay", "above 1 and finite", value -> value > 1 && Double.isFinite(value))
                    .byDefault(2.0)
                    .defaultOnlyIf(run -> run.find(INITIAL_SPECTRUM).isPresent())
                    .unless(Options::unlessFactored)
                    .unless(run -> run.find(INITIAL_SPECTRUM)
                            .filter(spectrum -> spectrum != SpectrumName.DECAYING)
                            .map(spectrum ->
                                    "is for initial spectrum 'decaying'; got '%s'".formatted(Words.of(spectrum)))));

    /// The kind of network.
    public static final Option<Architecture> NETWORK = declare(
            OptionGroup.NETWORK,
            "architecture of the network",
            oneOf("network", Architecture.class, Architectures.all(), Architecture::word)
                    .leftOutAtDefault(Architectures.all().getFirst())
                    .forOwnDataIfAny(data -> data.facts().text().map(facts -> Architectures.of(facts.kind())))
                    .check((run, network, typed) -> network.misfit(run.dataFacts())
                            .map(rest -> "%s '%s' %s".formatted(typed, network.word(), rest))));

    /// The width of a transformer: columns of the rows between its blocks.
    public static final Option<Integer> MODEL_WIDTH = declareTransformer(
            "width of a transformer: size of each token's vector",
            wholeNumber("modelWidth", 1, 100_000).byDefault(128));

    /// The heads of each attention of a transformer.
    public static final Option<Integer> HEADS = declareTransformer(
            "attention heads of a transformer, a divisor of its width",
            wholeNumber("heads", 1, 1_000)
                    .byDefault(run -> run.get(NETWORK).usualHeads(run.get(MODEL_WIDTH)))
                    .check((run, heads, typed) -> when(
                            run.get(MODEL_WIDTH) % heads != 0,
                            "%s must divide the model width, %s; got %s",
                            typed,
                            run.get(MODEL_WIDTH),
                            heads)));

    /// The width inside a transformer's feed-forward blocks.
    public static final Option<Integer> INNER_WIDTH = declareTransformer(
            "width inside a transformer's feed-forward blocks; default: 4 times its width",
            wholeNumber("innerWidth", 1, 1_000_000).byDefault(run -> 4 * run.get(MODEL_WIDTH)));

    /// The blocks of a transformer's encoder.
    public static final Option<Integer> ENCODER_LAYERS = declareTransformer(
            "number of blocks of a transformer's encoder",
            wholeNumber("encoderLayers", 1, 1_000)
                    .byDefault(4)
                    .unless(run -> when(!run.get(NETWORK).hasEncoder(), "is for networks with an encoder")));

    /// The blocks of a transformer's decoder.
    public static final Option<Integer> DECODER_LAYERS = declareTransformer(
            "number of blocks of a transformer's decoder",
            wholeNumber("decoderLayers", 1, 1_000)
                    .byDefault(4)
                    .unless(run -> when(!run.get(NETWORK).hasDecoder(), "is for networks with a decoder")));

    /// The dropout of a transformer.
    public static final Option<Double> DROPOUT = declareTransformer(
            "dropout of a transformer: fraction of values set to 0",
            share("dropout")
                    .byDefault(run -> run.textKind()
                            .map(kind -> kind == TextKind.PLAIN ? 0.0 : 0.1)
                            .orElse(0.0)));

    /// The placement of a transformer's layer normalization.
    public static final Option<NormPlacement> NORM = declareTransformer(
            "layer normalization before or after each part of a transformer",
            word("norm", NormPlacement.class).byDefault(NormPlacement.BEFORE));

    /// The sharing of one weight by a transformer's output layer and embedding.
    public static final Option<Boolean> TIE_OUTPUT = declareTransformer(
            "ties the output layer's weight to the embedding",
            yesOrNo("tieOutput")
                    .byDefault(
                            run -> run.textKind().filter(TextKind.PLAIN::equals).isPresent())
                    .unless(run -> when(!run.get(NETWORK).hasDecoder(), "is for networks that predict tokens")));

    /// The width of the hidden layers.
    public static final Option<Integer> WIDTH = declare(
            OptionGroup.NETWORK,
            "width of every hidden layer; default: depends on the data",
            wholeNumber("width", 1, 1_000_000)
                    .byDefault(500)
                    .forOwnData(data ->
                            TableDefaults.of(data).map(TableDefaults::width).orElse(256))
                    .defaultOnlyIf(Options::hasNoWidths)
                    .unless(Options::unlessWidths)
                    .unless(Options::allWidthsChosen));

    /// The number of hidden layers.
    public static final Option<Integer> DEPTH = declare(
            OptionGroup.NETWORK,
            "number of hidden layers; default: depends on the data",
            wholeNumber("depth", 0, 1_000)
                    .byDefault(4)
                    .forOwnData(data ->
                            TableDefaults.of(data).map(TableDefaults::depth).orElse(3))
                    .defaultOnlyIf(Options::hasNoWidths)
                    .unless(Options::unlessWidths)
                    .unless(Options::allWidthsChosen));

    /// All widths, in place of width and depth.
    public static final Option<LayerWidths> LAYERS = declare(
            OptionGroup.NETWORK,
            "all widths from inputs to outputs, instead of width and depth",
            layers("layers")
                    .unless(Options::unlessWidths)
                    .defaultOnlyIf(run -> !run.isChosen(WIDTH) && !run.isChosen(DEPTH))
                    // The samples of other data may be of another size, and have other classes.
                    .inherited((run, origin) ->
                            run.isChosen(DATA) && origin.architecture().hasWidths()
                                    ? Optional.of(origin.layers()
                                            .withOutputs(run.dataFacts().outputs()))
                                    : origin.find(Options.LAYERS)));

    /// Layers whose weights low-rank methods factor, in place of the usual ones of the network.
    public static final Option<LayerPatterns> FACTOR = declare(
            OptionGroup.NETWORK,
            "layers whose weights are factored, instead of the usual ones",
            layerPatterns("factor").unless(Options::unlessFactored));

    /// Layers among those whose weights stay dense.
    public static final Option<LayerPatterns> KEEP_DENSE = declare(
            OptionGroup.NETWORK,
            "layers to exclude from factoring; their weights stay dense",
            layerPatterns("keepDense").unless(Options::unlessFactored));

    /// The form of factored kernels; left out where it is the usual one.
    public static final Option<KernelForm> FORM = declare(
            OptionGroup.NETWORK,
            "form of factored kernels of convolutions",
            word("form", KernelForm.class)
                    .leftOutAtDefault(KernelForm.MATRIX)
                    .unless(Options::unlessFactored)
                    .unless(run -> when(
                            run.get(NETWORK).hasWidths(),
                            "is for networks with convolutions; network '%s' has none",
                            run.get(NETWORK).word()))
                    .check((run, form, typed) -> form == KernelForm.MATRIX ? Optional.empty() : noTucker(run, typed)));

    /// The optimizer.
    public static final Option<OptimizerName> OPTIMIZER = declare(
            OptionGroup.TRAINING,
            "optimizer",
            word("optimizer", OptimizerName.class)
                    .byDefault(run -> run.origin()
                            .flatMap(origin -> origin.find(Options.OPTIMIZER))
                            .filter(optimizer -> optimizer.goesWith(run.get(METHOD)))
                            .orElseGet(() -> usualOptimizer(run)))
                    .forOwnDataIfAny(data ->
                            TableDefaults.of(data).flatMap(TableDefaults::adamw).map(_ -> OptimizerName.ADAMW))
                    .shownDefault(OptimizerName.MOMENTUM)
                    .presetOnlyIf(Options::hasMethodOfPreset)
                    .check((run, optimizer, _) -> optimizer.misfit(run.get(METHOD)))
                    .check((run, optimizer, _) -> when(
                            optimizer == OptimizerName.MUON && run.isLegacy(),
                            "optimizer 'muon' cannot go with legacy: the published scripts do not have it")));

    /// The highest learning rate.
    public static final Option<Double> LEARNING_RATE = declare(
            OptionGroup.TRAINING,
            "highest learning rate; default: depends on optimizer and method",
            positive("learningRate").byDefault(Options::usualLearningRate).presetOnlyIf(Options::hasOptimizerOfPreset));

    /// The share of the velocity that momentum and Muon keep in a step.
    public static final Option<Double> MOMENTUM = declare(
            OptionGroup.TRAINING,
            "fraction of the velocity kept in a step; default: depends on optimizer",
            share("momentum")
                    .byDefault(Options::usualMomentum)
                    .presetOnlyIf(Options::hasOptimizerOfPreset)
                    .unless(run -> when(
                            !run.get(OPTIMIZER).hasMomentum()
                                    && run.find(Options.DENSE_OPTIMIZER)
                                            .filter(OptimizerName::hasMomentum)
                                            .isEmpty(),
                            "is for optimizers 'momentum' and 'muon'; got optimizer '%s'",
                            Words.of(run.get(OPTIMIZER)))));

    /// The optimizer of the parameters that are not factored.
    public static final Option<OptimizerName> DENSE_OPTIMIZER = declare(
            OptionGroup.TRAINING,
            "optimizer of unfactored parameters; default: --optimizer, or adamw with muon",
            word("denseOptimizer", OptimizerName.class)
                    .byDefaultIfAny(run -> run.get(OPTIMIZER) == OptimizerName.MUON
                            ? Optional.of(OptimizerName.ADAMW)
                            : Optional.empty())
                    .presetOnlyIf(Options::hasOptimizerOfPreset)
                    .unless(Options::unlessBesideFactored)
                    .check((run, _, typed) -> when(
                            run.isChosen(Options.DENSE_OPTIMIZER) && run.isLegacy(),
                            "'%s' cannot go with legacy, which has one optimizer",
                            typed))
                    .check((run, optimizer, typed) -> when(
                            optimizer == OptimizerName.ADAM && run.get(Options.WEIGHT_DECAY) > 0,
                            "%s: optimizer 'adam' has no weight decay; use optimizer 'adamw'",
                            typed))
                    .check((run, optimizer, typed) -> when(
                            optimizer == OptimizerName.MUON && !run.get(METHOD).isLowRank(),
                            "%s: optimizer 'muon' is for matrices, and method 'dense' trains vectors with this one;"
                                    + " use another",
                            typed)));

    /// The highest learning rate of the parameters that are not factored.
    public static final Option<Double> DENSE_LEARNING_RATE = declare(
            OptionGroup.TRAINING,
            "highest learning rate of unfactored parameters; default: depends on their optimizer",
            positive("denseLearningRate")
                    .byDefaultIfAny(Options::usualDenseLearningRate)
                    .presetOnlyIf(Options::hasOptimizerOfPreset)
                    .unless(Options::unlessBesideFactored)
                    .check((run, _, typed) -> when(
                            run.isChosen(Options.DENSE_LEARNING_RATE) && run.isLegacy(),
                            "'%s' cannot go with legacy, which has one learning rate",
                            typed)));

    /// The schedule of the learning rate.
    public static final Option<Decay> SCHEDULE = declare(
            OptionGroup.TRAINING,
            "learning-rate schedule",
            word("schedule", Decay.class).byDefault(Decay.COSINE));

    /// Steps over which the learning rate rises first.
    public static final Option<Integer> WARM_UP = declare(
            OptionGroup.TRAINING,
            "learning-rate warm-up, in steps; default: depends on the data",
            wholeNumber("warmUp", 0, Integer.MAX_VALUE)
                    .byDefault(run -> run.origin().isPresent() ? 0 : 200) // nothing trained is random
                    .forOwnData(data -> isSmall(data) ? 50 : data.facts().text().isPresent() ? 100 : 200));

    /// The norm that gradients are scaled down to; infinity for none.
    public static final Option<Double> CLIP_NORM = declare(
            OptionGroup.TRAINING,
            "largest gradient norm; larger gradients are scaled down to it",
            positiveOrNone("clipNorm").byDefault(1.0));

    /// The decoupled weight decay.
    public static final Option<Double> WEIGHT_DECAY = declare(
            OptionGroup.TRAINING,
            "decoupled weight decay, scaled by the learning rate; default: depends on optimizer",
            notNegative("weightDecay")
                    .byDefault(Options::usualWeightDecay)
                    .presetOnlyIf(Options::hasOptimizerOfPreset)
                    .check((run, decay, typed) -> when(
                            run.isChosen(Options.WEIGHT_DECAY) && decay > 0 && run.get(OPTIMIZER) == OptimizerName.ADAM,
                            "%s: optimizer 'adam' has none; use optimizer 'adamw'",
                            typed)));

    /// The share of a class's weight in the training loss that goes to all classes alike; 0 for none.
    public static final Option<Double> LABEL_SMOOTHING = declare(
            OptionGroup.TRAINING,
            "label smoothing: fraction of each target spread over all classes",
            share("labelSmoothing")
                    .leftOutAtDefault(0.0)
                    .unless(run -> when(run.task() != Task.CLASSIFICATION, "is for classes; targets are numbers")));

    /// The strength of the L1 penalty; 0 for none.
    public static final Option<Double> L1 = declare(
            OptionGroup.TRAINING,
            "L1 penalty on singular values, or on entries of dense weights",
            notNegative("l1").byDefault(0.0));

    /// The strength of the L2 penalty; 0 for none.
    public static final Option<Double> L2 = declare(
            OptionGroup.TRAINING, "L2 penalty on all weights", notNegative("l2").byDefault(0.0));

    /// The strength of the penalty on the condition of cores; 0 for none.
    public static final Option<Double> CONDITION_PENALTY = declare(
            OptionGroup.TRAINING,
            "penalty on uneven singular values of factored weights",
            notNegative("conditionPenalty")
                    .byDefault(0.0)
                    .unless(run -> when(
                            !run.get(METHOD).isLowRank() || run.get(METHOD).gauge() == Gauge.FREE,
                            "is for orthonormal factors; method '%s' has none",
                            run.get(METHOD).word())));

    /// The number of epochs.
    public static final Option<Integer> EPOCHS = declare(
            OptionGroup.TRAINING,
            "passes over the training set; default: depends on the data",
            wholeNumber("epochs", 1, 1_000_000)
                    .byDefault(10)
                    .forOwnData(data -> TableDefaults.of(data)
                            .map(TableDefaults::epochs)
                            .orElse(data.facts().text().isPresent() ? 10 : 30)));

    /// Samples a step.
    public static final Option<Integer> BATCH_SIZE = declare(
            OptionGroup.TRAINING,
            "samples per step; default: depends on the data",
            wholeNumber("batchSize", 1, Integer.MAX_VALUE)
                    .byDefault(128)
                    .forOwnData(Options::usualBatch)
                    .unless(run -> when(run.textKind().isPresent(), "is not for text; use batch-tokens"))
                    .inheritance(Inheritance.INHERITED_UNLESS_CHOSEN)
                    // A run that was not trained has none.
                    .inherited((run, origin) ->
                            origin.find(Options.BATCH_SIZE).or(() -> run.own().map(Options::usualBatch))));

    /// Tokens a step.
    public static final Option<Integer> BATCH_TOKENS = declare(
            OptionGroup.TRAINING,
            "tokens per step, in texts and translations; default: depends on data",
            wholeNumber("batchTokens", 1, Integer.MAX_VALUE)
                    .byDefault(Options::usualBatchTokens)
                    .unless(Options::unlessText)
                    .inheritance(Inheritance.INHERITED_UNLESS_CHOSEN));

    /// The seed of everything random.
    public static final Option<Long> SEED = declare(
            OptionGroup.SAMPLES,
            "seed of all random numbers",
            OptionDeclaration.seed("seed").byDefault(0L));

    /// The number of threads; results depend on it by rounding.
    public static final Option<Integer> THREADS = declare(
            OptionGroup.TRAINING,
            "number of threads (it affects rounding of results); default: all cores",
            wholeNumber("threads", 1, 1024).byDefault(_ -> Math.min(Threads.available(), 1024)));

    /// The share of the training samples that is used.
    public static final Option<Double> TRAIN_FRACTION = declare(
            OptionGroup.SAMPLES,
            "fraction of the training samples used",
            shareAboveNone("trainFraction").byDefault(1.0));

    /// The share of the validation and test samples that is used.
    public static final Option<Double> EVALUATION_FRACTION = declare(
            OptionGroup.SAMPLES,
            "fraction of the validation and test samples used",
            shareAboveNone("evaluationFraction").byDefault(1.0));

    /// The share of the training labels that is redrawn.
    public static final Option<Double> LABEL_NOISE = declare(
            OptionGroup.SAMPLES,
            "fraction of training labels replaced by random other classes",
            number("labelNoise", "in [0, 1]", value -> value >= 0 && value <= 1)
                    .byDefault(0.0)
                    .check((run, noise, typed) ->
                            when(run.textKind().isPresent() && noise > 0, "'%s' is not for text", typed))
                    .check((run, noise, typed) -> run.regressionData()
                            .filter(_ -> run.isChosen(Options.LABEL_NOISE) && noise > 0)
                            .map(data -> "'%s' is for classes; '%s' has values".formatted(typed, data.name()))));

    /// The number of training samples used for validation.
    public static final Option<Integer> VALIDATION = declare(
            OptionGroup.SAMPLES,
            "number of training samples used for validation; 0: none",
            wholeNumber("validation", 0, Integer.MAX_VALUE)
                    .byDefault(0)
                    .forOwnData(Options::usualValidation)
                    .inherited((run, origin) ->
                            run.own().map(Options::usualValidation).or(() -> origin.find(Options.VALIDATION)))
                    .check((run, count, typed) -> run.ownFacts()
                            .filter(data -> data.validation() > 0 && data.validation() != count)
                            .map(data -> "'%s' must be %s, the number of images in the validation folder of %s; got %s"
                                    .formatted(typed, data.validation(), data.name(), count))));

    /// The choice of those samples, held out or also trained on.
    public static final Option<ValidationSplit> VALIDATION_SPLIT = declare(
            OptionGroup.SAMPLES,
            "validation samples: the last, drawn at random, or inside training set",
            word("validationSplit", ValidationSplit.class)
                    .byDefault(ValidationSplit.HELD_OUT)
                    .unless(run -> when(
                            run.textKind().isPresent(), "is not for text, whose last samples are used for validation"))
                    .unless(run -> when(
                            run.ownFacts().filter(data -> data.validation() > 0).isPresent(),
                            "is not for a folder with validation images of its own"))
                    .unless(run -> when(
                            run.get(VALIDATION) == 0, "needs validation samples; choose how many with validation")));

    /// Standardization of inputs.
    public static final Option<Boolean> STANDARDIZE = declare(
            OptionGroup.SAMPLES,
            "scales every input value to mean 0 and standard deviation 1",
            yesOrNo("standardize")
                    .byDefault(false)
                    .forOwnData(data -> data.schema().inputs() instanceof Schema.Table
                            || data.schema().inputs() instanceof Schema.Vector)
                    .unless(run -> when(
                            run.textKind().isPresent()
                                    && run.chosen(Options.STANDARDIZE).orElse(false),
                            "is not for text"))
                    .fitted((run, value) -> value
                            && !run.chosen(Options.NORMALIZE).orElse(false)
                            && !run.isChosen(Options.CHANNEL_MEANS)));

    /// Normalization of image channels.
    public static final Option<Boolean> NORMALIZE = declare(
            OptionGroup.SAMPLES,
            "scales every channel of images to mean 0, standard deviation 1",
            yesOrNo("normalize")
                    .leftOutAtDefault(false)
                    .fitted((run, value) -> value && !run.get(STANDARDIZE) && !run.isChosen(Options.CHANNEL_MEANS))
                    .unless(Options::unlessImages)
                    .check((run, value, typed) -> when(
                            value && run.get(STANDARDIZE),
                            "'%s' cannot go with '%s'; give one of them",
                            typed,
                            run.typed(STANDARDIZE))));

    /// The means that channels of images are normalized with, in place of those of the training samples.
    public static final Option<ChannelValues> CHANNEL_MEANS = declare(
            OptionGroup.SAMPLES,
            "means for normalizing image channels, instead of the samples' own",
            channelValues("channelMeans", "finite", Double::isFinite)
                    .unless(Options::unlessImages)
                    .unless(run -> otherScaling(run, STANDARDIZE).or(() -> otherScaling(run, NORMALIZE)))
                    .check((run, _, typed) -> when(
                            run.isChosen(Options.CHANNEL_MEANS) && !run.isChosen(Options.CHANNEL_DEVIATIONS),
                            "%s: deviations are needed as well; give channel-deviations, too",
                            typed))
                    .check(Options::notOneEach));

    /// The standard deviations for normalizing image channels.
    public static final Option<ChannelValues> CHANNEL_DEVIATIONS = declare(
            OptionGroup.SAMPLES,
            "deviations for normalizing image channels, instead of the samples' own",
            channelValues("channelDeviations", "above 0 and finite", value -> value > 0)
                    .unless(Options::unlessImages)
                    .unless(run ->
                            when(run.find(CHANNEL_MEANS).isEmpty(), "needs means as well; give channel-means, too"))
                    .check(Options::notOneEach));

    /// The augmentation of training images.
    public static final Option<AugmentationName> AUGMENT = declare(
            OptionGroup.SAMPLES,
            "data augmentation: random changes of training images in every epoch",
            word("augment", AugmentationName.class)
                    .leftOutAtDefault(AugmentationName.NONE)
                    .unless(Options::unlessImages));

    /// The border of zeros around images before random crops.
    public static final Option<Integer> CROP_PADDING = declare(
            OptionGroup.SAMPLES,
            "border of zeros around images before random crops, in pixels",
            wholeNumber("cropPadding", 1, 512)
                    .byDefault(4)
                    .unless(Options::unlessImages)
                    .unless(run -> when(
                            !run.get(AUGMENT).crops(),
                            "is for augment 'crop' and 'crop-flip'; got augment '%s'",
                            Words.of(run.get(AUGMENT)))));

    /// Epochs without a better validation loss after which the run ends; 0 for never.
    public static final Option<Integer> EARLY_STOPPING = declare(
            OptionGroup.TRAINING,
            "epochs without improvement before training stops; 0: never stops early",
            wholeNumber("earlyStopping", 0, Integer.MAX_VALUE).byDefault(0));

    /// Figures beside the loss; left out where they are the usual ([MeasureNames#usual]).
    public static final Option<MeasureNames> MEASURES = declare(
            OptionGroup.TRAINING,
            "measures besides the loss; default: accuracy, or rmse,mae,r2 for numbers",
            measures("measures")
                    .inheritance(Inheritance.INHERITED_UNLESS_CHOSEN)
                    .inherited((run, origin) ->
                            run.task() == origin.dataFacts().task() ? origin.find(Options.MEASURES) : Optional.empty())
                    .leftOutIf((run, names) -> names.equals(MeasureNames.usual(run.task()))));

    /// The figure that says which epoch is the best; left out where it is the loss.
    public static final Option<String> MONITOR = declare(
            OptionGroup.TRAINING,
            "figure that decides the best epoch and early stopping",
            text("monitor", "NAME").leftOutAtDefault(EvaluationSpec.LOSS));

    /// Reproduction of the published code.
    public static final Option<Boolean> LEGACY = declare(
            OptionGroup.PUBLISHED,
            "reproduces the published code of arXiv 2205.13571",
            yesOrNo("legacy")
                    .unless(run ->
                            run.regressionData().map(data -> "is for classes; '%s' has values".formatted(data.name())))
                    .check((run, legacy, typed) -> when(
                            legacy && run.get(METHOD) != Method.BUG && run.get(METHOD) != Method.DENSE,
                            "'%s' is for methods 'bug' and 'dense', which were published; got method '%s'",
                            typed,
                            run.get(METHOD).word())));

    /// Deviations of the published code that are corrected all the same.
    public static final Option<Deviations> LEGACY_WITHOUT = declare(
            OptionGroup.PUBLISHED,
            "with --legacy: deviations of the published code to correct",
            deviations("legacyWithout").unless(run -> when(!run.isLegacy(), "is for legacy runs; give legacy, too")));

    private static final List<Option<?>> ALL = List.copyOf(DECLARED);

    private Options() {}

    /// All options, in the order in which runs record them.
    public static List<Option<?>> all() {
        return ALL;
    }

    /// The options of some groups, in the order in which runs record them.
    public static List<Option<?>> in(OptionGroup... groups) {
        return those(option -> Arrays.asList(groups).contains(option.group()));
    }

    /// Options that decide what is read of a user's own files: with equal values of these the same is read.
    public static List<Option<?>> ofReading() {
        return those(option -> option == DATA || option == SEED || option.group() == OptionGroup.OWN_DATA);
    }

    /// The same of texts, which are encoded when they are read.
    public static List<Option<?>> ofReadingText() {
        return those(
                option -> ofReading().contains(option) || option == VALIDATION || option.group() == OptionGroup.TEXT);
    }

    /// Options that a derived run takes over from its origin.
    public static List<Option<?>> inherited() {
        return those(Option::isInherited);
    }

    /// Options that may be chosen for a run that trains another's network further.
    public static List<Option<?>> ofRetraining() {
        return those(option -> option.inheritance() == Inheritance.INHERITED_UNLESS_CHOSEN
                || option.inheritance() == Inheritance.RESET);
    }

    /// The option that a user means by a key (`learningRate`) or flag (`learning-rate`).
    ///
    /// @throws IllegalArgumentException if there is none, with the nearest one
    public static Option<?> of(String typed) {
        return ALL.stream()
                .filter(option -> option.key().equals(typed) || option.flag().equals(typed))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(unknown(typed)));
    }

    private static String unknown(String typed) {
        Optional<String> near = NearMiss.question(
                typed,
                ALL.stream()
                        .map(option -> typed.contains("-") ? option.flag() : option.key())
                        .toList());
        return "unknown option '%s'%s".formatted(typed.replaceAll("\\p{Cntrl}", "?"), near.orElse(""));
    }

    private static List<Option<?>> those(Predicate<Option<?>> condition) {
        return ALL.stream().filter(condition).toList();
    }

    private static <T> Option<T> declare(OptionGroup group, String description, OptionDeclaration<T> declared) {
        Option<T> option = new Option<>(declared, group, description);
        DECLARED.add(option);
        return option;
    }

    private static <T> Option<T> declareOwn(String description, OptionDeclaration<T> declared) {
        return declare(OptionGroup.OWN_DATA, description, declared.unless(run -> when(!run.hasOwnFiles(), OWN_ONLY)));
    }

    /// An option of a user's own tables, arrays and images.
    private static <T> Option<T> declareOwnSamples(String description, OptionDeclaration<T> declared) {
        return declareOwn(
                description,
                declared.unless(run ->
                        run.textKind().map(kind -> "is not for text; data '%s' is %s".formatted(run.get(DATA), kind))));
    }

    /// An option of a user's own tables.
    private static <T> Option<T> declareOwnTable(String description, OptionDeclaration<T> declared) {
        return declareOwnSamples(
                description, declared.unless(run -> unlessOwn(run, OwnSamples.TABLE, "is for tables")));
    }

    /// An option of a user's own images.
    private static <T> Option<T> declareOwnImages(String description, OptionDeclaration<T> declared) {
        return declareOwnSamples(
                description, declared.unless(run -> unlessOwn(run, OwnSamples.IMAGES, "is for folders of images")));
    }

    private static Optional<String> unlessOwn(Resolution run, OwnSamples wanted, String rule) {
        return ownSamples(run)
                .filter(kind -> kind != wanted)
                .map(kind -> "%s; data '%s' is %s".formatted(rule, run.get(DATA), kind.words()));
    }

    /// The kind of a user's own samples that are no texts.
    private static Optional<OwnSamples> ownSamples(Resolution run) {
        return run.hasOwnFiles() && run.textKind().isEmpty()
                ? Optional.of(OwnSamples.of(run.dataFacts()))
                : Optional.empty();
    }

    /// An option of a user's own texts.
    private static <T> Option<T> declareOwnText(String description, OptionDeclaration<T> declared) {
        return declareOwn(description, declared.unless(Options::unlessText));
    }

    /// An option of a user's own texts of one kind.
    private static <T> Option<T> declareOwnText(String description, TextKind kind, OptionDeclaration<T> declared) {
        return declareOwn(description, declared.unless(run -> unlessText(run, kind)));
    }

    /// An option of texts. The rules that all of them share are checked before its own.
    private static <T> Option<T> declareText(String description, OptionDeclaration<T> declared) {
        declared.meaningless.addFirst(Options::unlessText);
        return declare(OptionGroup.TEXT, description, declared);
    }

    /// An option of transformers. The rules that all of them share are checked before its own.
    private static <T> Option<T> declareTransformer(String description, OptionDeclaration<T> declared) {
        declared.meaningless.addFirst(run -> when(
                !run.get(NETWORK).isTransformer(),
                "is for transformers; network '%s' is none",
                run.get(NETWORK).word()));
        return declare(OptionGroup.NETWORK, description, declared);
    }

    private static Optional<String> unlessText(Resolution run) {
        return unlessText(run, TextKind.values());
    }

    private static Optional<String> unlessText(Resolution run, TextKind... kinds) {
        Optional<TextKind> kind = run.textKind();
        return when(
                kind.filter(Arrays.asList(kinds)::contains).isEmpty(),
                "is for %s; data '%s' is %s",
                kinds.length == TextKind.values().length ? "text" : words(kinds),
                run.get(DATA),
                kind.map(TextKind::toString).orElse("none"));
    }

    private static String words(TextKind... kinds) {
        return Arrays.stream(kinds).map(TextKind::toString).collect(Collectors.joining(" and "));
    }

    /// An option of ranks that adapt. The rules that all of them share are checked before its own.
    private static <T> Option<T> declareAdaptive(String description, OptionDeclaration<T> declared) {
        declared.meaningless.addFirst(Options::unlessAdaptive);
        return declare(OptionGroup.ADAPTIVE_RANKS, description, declared);
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be one more dependency
    private static Optional<String> when(boolean holds, String message, Object... parts) {
        return holds ? Optional.of(message.formatted(parts)) : Optional.empty();
    }

    private static Optional<String> unlessFactored(Resolution run) {
        return when(run.get(METHOD) == Method.DENSE, "is for factored weights; method 'dense' has none");
    }

    private static Optional<String> unlessAdaptive(Resolution run) {
        return unlessFactored(run)
                .or(() -> when(
                        run.isChosen(RANK) || presetHoldsRanks(run),
                        "is for ranks that adapt; got '%s', which fixes them",
                        run.typed(RANK)))
                .or(() -> when(
                        !run.get(METHOD).adapts(),
                        "is for ranks that adapt; method '%s' cannot; give a rank",
                        run.get(METHOD).word()));
    }

    /// Returns whether ranks are those of a preset, which says a rank and nothing of ranks that adapt; nor did
    /// the user. Transformers have fixed ranks, too: Muon keeps all singular values large, so that tolerances cut
    /// off little.
    private static boolean presetHoldsRanks(Resolution run) {
        return (run.ofPreset(RANK).isPresent() || run.textKind().isPresent())
                && in(OptionGroup.ADAPTIVE_RANKS).stream()
                        .noneMatch(option ->
                                run.isChosen(option) || run.ofPreset(option).isPresent());
    }

    private static Optional<String> unlessBesideFactored(Resolution run) {
        OptimizerName optimizer = run.get(OPTIMIZER);
        return when(
                optimizer != OptimizerName.MUON && !run.get(METHOD).isLowRank(),
                "is for parameters beside factored ones; method 'dense' with optimizer '%s' has none",
                Words.of(optimizer));
    }

    /// A preset's optimizer is for its method: others take the usual one.
    private static boolean hasMethodOfPreset(Resolution run) {
        return run.get(METHOD) == run.ofPreset(METHOD).orElse(Method.RIEMANNIAN);
    }

    /// A preset's learning rates are for its optimizer and method.
    private static boolean hasOptimizerOfPreset(Resolution run) {
        return hasMethodOfPreset(run)
                && run.get(OPTIMIZER) == run.ofPreset(OPTIMIZER).orElse(OptimizerName.MOMENTUM);
    }

    /// The method of the run that this one is made of, if this run can continue with it. May be asked before the
    /// form is known.
    private static Method usualMethod(Resolution run) {
        if (run.origin().isPresent() && !run.isChosen(RANK)) { // none of the weights that are there is factored
            return Method.DENSE;
        }
        boolean tucker = run.chosen(Options.FORM).equals(Optional.of(KernelForm.TUCKER));
        return run.origin()
                .map(origin -> origin.get(METHOD))
                .filter(Method::isLowRank)
                .filter(method -> !tucker || takesTucker(method))
                .orElse(tucker ? Method.BUG : Method.RIEMANNIAN);
    }

    private static boolean takesTucker(Method method) {
        return method == Method.BUG || method == Method.S_ONLY || method == Method.FACTORS;
    }

    /// Methods, rank rules and penalties that are made for the matrix form.
    private static Optional<String> noTucker(Resolution run, String typed) {
        Method method = run.get(METHOD);
        return when(
                        !takesTucker(method),
                        "%s: form 'tucker' is for methods 'bug', 's-only' and 'factors'; got method '%s'",
                        typed,
                        method.word())
                .or(() -> when(
                        run.find(BUDGET).isPresent(),
                        "%s: form 'tucker' cannot share a budget; use a tolerance or a rank",
                        typed))
                .or(() -> when(
                        run.get(Options.L1) > 0
                                || run.get(Options.L2) > 0
                                || run.find(Options.CONDITION_PENALTY).orElse(0.0) > 0,
                        "%s: form 'tucker' has no penalties; use weight decay",
                        typed))
                .or(() -> when(run.isLegacy(), "%s: form 'tucker' cannot go with legacy", typed));
    }

    private static Optional<String> otherBudget(Resolution run) {
        return when(run.find(BUDGET).isPresent(), "cannot go with '%s'; give one of them", run.typed(Options.BUDGET));
    }

    /// Returns whether a preset's budget fits what was chosen.
    private static boolean mayShareBudget(Resolution run) {
        return !run.isChosen(TOLERANCE)
                && !run.isChosen(TOLERANCE_START)
                && !run.isChosen(ABSOLUTE_TOLERANCE)
                && !run.chosen(FORM).equals(Optional.of(KernelForm.TUCKER));
    }

    private static Optional<String> otherTolerance(Resolution run) {
        return otherBudget(run)
                .or(() -> when(
                        run.isChosen(ABSOLUTE_TOLERANCE),
                        "cannot go with '%s'; give one of them",
                        run.typed(ABSOLUTE_TOLERANCE)));
    }

    private static Optional<String> relativeToleranceOnly(Resolution run) {
        return when(run.isLegacy(), "cannot go with legacy, whose tolerance is relative; use tolerance");
    }

    private static Optional<String> otherScaling(Resolution run, Option<Boolean> scaling) {
        return when(run.chosen(scaling).orElse(false), "cannot go with '%s'; give one of them", run.typed(scaling));
    }

    private static Optional<String> notOneEach(Resolution run, ChannelValues values, String typed) {
        int channels = run.image()
                .map(SampleShape.Image::channels)
                .orElse(values.values().size());
        return when(
                values.values().size() != channels,
                "%s must be a number for each of the %s channels of data '%s'; got %s",
                typed,
                channels,
                run.get(DATA),
                values);
    }

    private static Optional<String> unlessImages(Resolution run) {
        return when(run.image().isEmpty(), "is for images; data '%s' has none", run.get(DATA));
    }

    private static boolean leftOut(Resolution run, Deviation deviation) {
        return run.chosen(LEGACY_WITHOUT)
                .filter(left -> left.all().contains(deviation))
                .isPresent();
    }

    private static Optional<String> unlessWidths(Resolution run) {
        Architecture network = run.get(NETWORK);
        return when(
                !network.hasWidths(),
                network.isTransformer()
                        ? "is for network 'mlp'; got '%s', whose size is model-width and layers"
                        : "is for network 'mlp'; got '%s', whose size is fixed",
                network.word());
    }

    private static boolean hasNoWidths(Resolution run) {
        return run.find(LAYERS).isEmpty();
    }

    private static Optional<String> allWidthsChosen(Resolution run) {
        return when(run.isChosen(LAYERS), "cannot go with '%s', which gives all widths", run.typed(LAYERS));
    }

    private static OptimizerName usualOptimizer(Resolution run) {
        if (run.textKind().isEmpty()) {
            return OptimizerName.MOMENTUM;
        }
        return OptimizerName.MUON.goesWith(run.get(METHOD)) ? OptimizerName.MUON : OptimizerName.ADAMW;
    }

    private static double usualLearningRate(Resolution run) {
        return usualLearningRate(run, run.get(OPTIMIZER));
    }

    /// Steps are a tenth as long where a network is trained further.
    private static double usualLearningRate(Resolution run, OptimizerName optimizer) {
        double rate = switch (optimizer) {
            case SGD, MOMENTUM -> run.get(METHOD) == Method.DENSE ? 0.1 : 0.2;
            case ADAM, ADAMW ->
                adamwOfTable(run).map(TableDefaults.AdamW::learningRate).orElse(1e-3);
            case MUON -> isFactoredText(run) ? 2e-2 : 1e-2;
        };
        return run.origin().isPresent() ? rate / 10 : rate;
    }

    private static double usualMomentum(Resolution run) {
        OptimizerName optimizer = run.get(OPTIMIZER);
        return optimizer == OptimizerName.MUON && isFactoredText(run) ? 0.9 : optimizer.usualMomentum();
    }

    private static boolean isFactoredText(Resolution run) {
        return run.textKind().isPresent() && run.get(METHOD).isLowRank();
    }

    /// Another optimizer has its own usual rate. Adam takes longer steps beside Muon.
    private static Optional<Double> usualDenseLearningRate(Resolution run) {
        OptimizerName optimizer = run.get(OPTIMIZER);
        return run.find(DENSE_OPTIMIZER)
                .filter(dense -> dense != optimizer)
                .map(dense -> optimizer == OptimizerName.MUON && dense.isAdam()
                        ? usualAdamRateBesideMuon(run)
                        : usualLearningRate(run, dense));
    }

    private static double usualAdamRateBesideMuon(Resolution run) {
        boolean isFurther = run.origin().isPresent();
        if (run.textKind().isPresent()) {
            return isFurther ? 2e-3 : 2e-2;
        }
        return isFurther ? 3e-4 : 3e-3;
    }

    private static double usualWeightDecay(Resolution run) {
        return switch (run.get(OPTIMIZER)) {
            case ADAM -> 0;
            case ADAMW ->
                adamwOfTable(run).map(TableDefaults.AdamW::weightDecay).orElse(1e-2);
            case MUON -> 0.1;
            case SGD, MOMENTUM -> run.get(METHOD) == Method.DENSE ? 2e-3 : 5e-3;
        };
    }

    private static Optional<TableDefaults.AdamW> adamwOfTable(Resolution run) {
        return run.own().flatMap(TableDefaults::of).flatMap(TableDefaults::adamw);
    }

    private static int usualValidation(DataDescription data) {
        return data.facts()
                .text()
                .map(TextFacts::validation)
                .orElseGet(() -> data.facts().validation() > 0
                        ? data.facts().validation()
                        : data.facts().trainSize() / 10);
    }

    private static int usualBatch(DataDescription data) {
        return TableDefaults.of(data).map(TableDefaults::batchSize).orElse(isSmall(data) ? 32 : 128);
    }

    /// Small texts have smaller batches, so that an epoch has some steps.
    private static int usualBatchTokens(Resolution run) {
        int usual = run.textKind().filter(TextKind.PLAIN::equals).isPresent() ? 2048 : 4096;
        long share =
                run.ownFacts().flatMap(DataFacts::text).map(TextFacts::tokens).orElse(Long.MAX_VALUE)
                        / STEPS_OF_SMALL_TEXTS;
        return Math.clamp(share, LEAST_BATCH_TOKENS, usual);
    }

    private static boolean isSmall(DataDescription data) {
        return data.facts().trainSize() < FEW;
    }
}
