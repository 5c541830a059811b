package dev.stiefel.lab.spec;

import dev.stiefel.data.ValidationSplit;
import dev.stiefel.data.own.Task;
import dev.stiefel.lab.text.NearMiss;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import dev.stiefel.train.TrainSpec.Decay;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything about a run that can be chosen, in the order in which runs record it. What is
/// chosen where
/// nothing is said is in [Presets].
public final class Options {
    /// The preset that the run started from, or the name of the file that describes it.
    public static final Option<String> EXPERIMENT = Option.text("experiment", "NAME", "the preset to start from");

    /// The data set.
    public static final Option<String> DATA = Option.text(
            "data",
            "NAME|PATH",
            "the data set, or your own: a CSV file, a folder of images by class, or a .npy file of inputs");

    /// Of a user's own data: what is to be told.
    public static final Option<String> TARGET = Option.text(
            "target", "COLUMN|PATH", "of your own data: the column to be told, or the .npy file of targets");

    /// Of a user's own data: what is to be told of a sample.
    public static final Option<Task> TASK =
            Option.word("task", Task.class, "of your own data: what to tell, if not what the targets suggest");

    /// Of a user's own table: columns that are left out.
    public static final Option<String> IGNORE =
            Option.text("ignore", "COLUMN,…", "of your own table: columns to leave out");

    /// Of a user's own table: columns that are categories although they hold numbers.
    public static final Option<String> CATEGORICAL =
            Option.text("categorical", "COLUMN,…", "of your own table: columns whose numbers are names of categories");

    /// Of a user's own images: their size.
    public static final Option<Integer> IMAGE_SIZE =
            Option.wholeNumber("imageSize", 1, 512, "of your own images: the rows and columns they are scaled to");

    /// Of a user's own data: the share that tests.
    public static final Option<Double> TEST_FRACTION = Option.number(
            "testFraction",
            "in (0, 1)",
            value -> value > 0 && value < 1,
            "of your own data: the share of the samples that tests");

    /// The integrator.
    public static final Option<Method> METHOD =
            Option.word("method", Method.class, "how weights are factored and moved; dense: not factored");

    /// The ranks, fixed.
    public static final Option<LayerRanks> RANK =
            Option.ranks("rank", "the rank of every factored weight, or one for each of them, fixed");

    /// The relative truncation tolerance.
    public static final Option<Double> TOLERANCE = Option.number(
            "tolerance",
            "in [0, 1)",
            value -> value >= 0 && value < 1,
            "ranks adapt: the share of a weight's norm that may be cut off");

    /// The relative truncation tolerance at the beginning.
    public static final Option<Double> TOLERANCE_START = Option.number(
            "toleranceStart",
            "in [0, 1)",
            value -> value >= 0 && value < 1,
            "the tolerance at the beginning, reached from there by the middle of the run");

    /// The absolute truncation tolerance.
    public static final Option<Double> ABSOLUTE_TOLERANCE = Option.number(
            "absoluteTolerance",
            "at least 0 and finite",
            value -> value >= 0 && Double.isFinite(value),
            "ranks adapt: the norm that may be cut off a weight");

    /// The share of the dense parameters that the weights may have.
    public static final Option<Double> BUDGET = Option.number(
            "budget",
            "in (0, 1]",
            value -> value > 0 && value <= 1,
            "ranks adapt: the share of the dense network's parameters that all weights together may have");

    /// The rank at the beginning.
    public static final Option<Integer> INITIAL_RANK =
            Option.wholeNumber("initialRank", 1, Integer.MAX_VALUE, "the rank that adaptive ranks start from");

    /// The least ranks.
    public static final Option<LayerRanks> MIN_RANK = Option.ranks("minRank", "no rank adapts to less");

    /// The greatest ranks.
    public static final Option<LayerRanks> MAX_RANK = Option.ranks("maxRank", "no rank adapts to more");

    /// Steps from one adaptation of the ranks to the next; [RankPlan#EVERY_EPOCH] for one an
    /// epoch.
    public static final Option<Integer> ADAPT_EVERY = Option.wholeNumberOr(
            "epoch", RankPlan.EVERY_EPOCH, "adaptEvery", 1, "steps from one adaptation of the ranks to the next");

    /// How many steps before ranks are adapted new directions are added, to be tried; 0 for
    /// none.
    public static final Option<Integer> TRIAL_STEPS = Option.wholeNumber(
            "trialSteps",
            0,
            Integer.MAX_VALUE,
            "steps that new directions have to grow before ranks are adapted; 0: none are tried");

    /// The singular values that factored weights start with.
    public static final Option<SpectrumName> INITIAL_SPECTRUM =
            Option.word("initialSpectrum", SpectrumName.class, "the singular values that factored weights start with");

    /// How fast a decaying initial spectrum falls.
    public static final Option<Double> SPECTRUM_DECAY = Option.number(
            "spectrumDecay",
            "above 1 and finite",
            value -> value > 1 && Double.isFinite(value),
            "how many times smaller each singular value of a decaying initial spectrum is than the one before");

    /// The width of the hidden layers.
    public static final Option<Integer> WIDTH =
            Option.wholeNumber("width", 1, 1_000_000, "the width of every hidden layer");

    /// The number of hidden layers.
    public static final Option<Integer> DEPTH = Option.wholeNumber("depth", 0, 1_000, "hidden layers");

    /// All widths, in place of width and depth.
    public static final Option<LayerWidths> LAYERS =
            Option.layers("layers", "all widths from inputs to outputs, in place of width and depth");

    /// The optimizer.
    public static final Option<OptimizerName> OPTIMIZER =
            Option.word("optimizer", OptimizerName.class, "what makes directions of gradients");

    /// The optimizer of the parameters that are not factored.
    public static final Option<OptimizerName> DENSE_OPTIMIZER = Option.word(
            "denseOptimizer",
            OptimizerName.class,
            "optimizer of the parameters that are not factored; default: as the others");

    /// The highest learning rate of the parameters that are not factored.
    public static final Option<Double> DENSE_LEARNING_RATE = Option.number(
            "denseLearningRate",
            "above 0 and finite",
            value -> value > 0 && Double.isFinite(value),
            "highest learning rate of the parameters that are not factored; default: as the others");

    /// The highest learning rate.
    public static final Option<Double> LEARNING_RATE = Option.number(
            "learningRate",
            "above 0 and finite",
            value -> value > 0 && Double.isFinite(value),
            "the highest learning rate");

    /// The share of the velocity that momentum and Muon keep in a step.
    public static final Option<Double> MOMENTUM = Option.number(
            "momentum", "in [0, 1)", value -> value >= 0 && value < 1, "the share of the velocity kept in a step");

    /// How the learning rate falls.
    public static final Option<Decay> SCHEDULE =
            Option.word("schedule", Decay.class, "how the learning rate falls over the run");

    /// Steps over which the learning rate rises first.
    public static final Option<Integer> WARM_UP =
            Option.wholeNumber("warmUp", 0, Integer.MAX_VALUE, "steps over which the learning rate first rises");

    /// The norm that gradients are scaled down to; infinity for none.
    public static final Option<Double> CLIP_NORM = Option.numberOrNone(
            "clipNorm",
            "above 0 and finite",
            value -> value > 0 && Double.isFinite(value),
            "the norm that larger gradients are scaled down to");

    /// The decoupled weight decay.
    public static final Option<Double> WEIGHT_DECAY = Option.number(
            "weightDecay",
            "at least 0 and finite",
            value -> value >= 0 && Double.isFinite(value),
            "decoupled: each step takes this times the learning rate off the weights");

    /// The strength of the L1 penalty; 0 for none.
    public static final Option<Double> L1 = Option.number(
            "l1",
            "at least 0 and finite",
            value -> value >= 0 && Double.isFinite(value),
            "adds this times the sum of singular values (of absolute values in dense weights) to the loss");

    /// The strength of the L2 penalty; 0 for none.
    public static final Option<Double> L2 = Option.number(
            "l2",
            "at least 0 and finite",
            value -> value >= 0 && Double.isFinite(value),
            "adds this times the squared norm of every weight to the loss");

    /// The strength of the penalty on the condition of cores; 0 for none.
    public static final Option<Double> CONDITION_PENALTY = Option.number(
            "conditionPenalty",
            "at least 0 and finite",
            value -> value >= 0 && Double.isFinite(value),
            "adds this times the unevenness of the singular values of every factored weight to the loss");

    /// The number of epochs.
    public static final Option<Integer> EPOCHS =
            Option.wholeNumber("epochs", 1, 1_000_000, "times that all training samples are seen");

    /// Samples a step.
    public static final Option<Integer> BATCH_SIZE =
            Option.wholeNumber("batchSize", 1, Integer.MAX_VALUE, "samples a step");

    /// Decides everything random.
    public static final Option<Long> SEED = Option.seed("seed", "decides everything random");

    /// The number of threads; results depend on it by rounding.
    public static final Option<Integer> THREADS =
            Option.wholeNumber("threads", 1, 1024, "threads; results depend on their number by rounding");

    /// The share of the training samples that is used.
    public static final Option<Double> TRAIN_FRACTION = Option.number(
            "trainFraction", "in (0, 1]", value -> value > 0 && value <= 1, "share of the training samples used");

    /// The share of the validation and test samples that is used.
    public static final Option<Double> EVALUATION_FRACTION = Option.number(
            "evaluationFraction",
            "in (0, 1]",
            value -> value > 0 && value <= 1,
            "share of the validation and test samples used");

    /// The share of the training labels that is redrawn.
    public static final Option<Double> LABEL_NOISE = Option.number(
            "labelNoise", "in [0, 1]", value -> value >= 0 && value <= 1, "share of the training labels redrawn");

    /// How many of the last training samples validate.
    public static final Option<Integer> VALIDATION = Option.wholeNumber(
            "validation", 0, Integer.MAX_VALUE, "how many of the last training samples validate; 0: none");

    /// Whether those also train.
    public static final Option<ValidationSplit> VALIDATION_SPLIT = Option.word(
            "validationSplit",
            ValidationSplit.class,
            "whether what validates is held out, or trains as well (which published experiments on whole sets did)");

    /// Whether inputs are standardized.
    public static final Option<Boolean> STANDARDIZE =
            Option.yesOrNo("standardize", "every input value gets mean 0 and deviation 1");

    /// Epochs without a better monitored validation figure, the loss unless another is chosen, after which the
    /// run ends; 0 for never.
    public static final Option<Integer> EARLY_STOPPING = Option.wholeNumber(
            "earlyStopping",
            0,
            Integer.MAX_VALUE,
            "epochs without a better validation loss after which the run ends; 0: never");

    /// What is measured beside the loss; left out where it is the usual ([MeasureNames#usual]).
    public static final Option<MeasureNames> MEASURES =
            Option.measures("measures", "what is measured beside the loss (default: accuracy where there are classes)");

    /// The figure that says which epoch is the best; left out where it is the loss.
    public static final Option<String> MONITOR = Option.text(
            "monitor",
            "NAME",
            "figure that decides the best epoch and early stopping: loss or a measure (default: loss)");

    /// Whether the run does what the published code does.
    public static final Option<Boolean> LEGACY =
            Option.yesOrNo("legacy", "does as the published code of arXiv 2205.13571, for comparing with its curves");

    /// What it then does correctly all the same.
    public static final Option<Deviations> LEGACY_WITHOUT =
            Option.deviations("legacyWithout", "with legacy: what to do correctly all the same");

    private static final List<Option<?>> ALL = List.of(
            EXPERIMENT,
            DATA,
            TARGET,
            TASK,
            IGNORE,
            CATEGORICAL,
            IMAGE_SIZE,
            TEST_FRACTION,
            METHOD,
            RANK,
            TOLERANCE,
            TOLERANCE_START,
            ABSOLUTE_TOLERANCE,
            BUDGET,
            INITIAL_RANK,
            MIN_RANK,
            MAX_RANK,
            ADAPT_EVERY,
            TRIAL_STEPS,
            INITIAL_SPECTRUM,
            SPECTRUM_DECAY,
            WIDTH,
            DEPTH,
            LAYERS,
            OPTIMIZER,
            LEARNING_RATE,
            MOMENTUM,
            DENSE_OPTIMIZER,
            DENSE_LEARNING_RATE,
            SCHEDULE,
            WARM_UP,
            CLIP_NORM,
            WEIGHT_DECAY,
            L1,
            L2,
            CONDITION_PENALTY,
            EPOCHS,
            BATCH_SIZE,
            SEED,
            THREADS,
            TRAIN_FRACTION,
            EVALUATION_FRACTION,
            LABEL_NOISE,
            VALIDATION,
            VALIDATION_SPLIT,
            STANDARDIZE,
            EARLY_STOPPING,
            MEASURES,
            MONITOR,
            LEGACY,
            LEGACY_WITHOUT);

    private static final List<Option<?>> OF_OWN_DATA =
            List.of(TARGET, TASK, IGNORE, CATEGORICAL, IMAGE_SIZE, TEST_FRACTION);

    private Options() {}

    /// What was chosen for an option, by key or flag, as it was written.
    public static Optional<Object> chosen(Map<String, ?> choices, Option<?> option) {
        return choices.entrySet().stream()
                .filter(choice -> of(choice.getKey()) == option)
                .<Object>map(Map.Entry::getValue)
                .findFirst();
    }

    /// Those that say how a user's own data is read.
    public static List<Option<?>> ofOwnData() {
        return OF_OWN_DATA;
    }

    /// All options, in the order in which runs record them.
    public static List<Option<?>> all() {
        return ALL;
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
        Optional<String> near = NearMiss.of(
                typed,
                ALL.stream()
                        .map(option -> typed.contains("-") ? option.flag() : option.key())
                        .toList());
        return "unknown option '%s'%s"
                .formatted(
                        typed.replaceAll("\\p{Cntrl}", "?"),
                        near.map("; did you mean '%s'?"::formatted).orElse(""));
    }
}
