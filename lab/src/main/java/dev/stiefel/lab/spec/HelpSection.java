package dev.stiefel.lab.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A section of the help texts: a heading and the options below it, the most used ones first.
///
/// The order of sections and options concerns readers only; [Options] declares options in the order in which runs
/// record them.
public enum HelpSection {
    /// The run itself; help lists these options among those of the command, without a heading.
    RUN("Run", Options.EPOCHS, Options.SEED, Options.THREADS),
    /// The data set, or how a user's own files are read.
    DATA(
            "Data, and how your own files are read",
            Options.DATA,
            Options.TARGET,
            Options.TEXT,
            Options.SOURCE,
            Options.IMAGE_SIZE,
            Options.IGNORE,
            Options.CATEGORICAL,
            Options.TASK,
            Options.TEST_FRACTION,
            Options.TEST_DATA,
            Options.VALIDATION_DATA,
            Options.IMAGE_CHANNELS),
    /// The training method and the ranks of factored weights.
    RANKS(
            "Method and ranks",
            Options.RANK,
            Options.METHOD,
            Options.TOLERANCE,
            Options.BUDGET,
            Options.INITIAL_RANK,
            Options.MAX_RANK,
            Options.MIN_RANK),
    /// The optimizer and its steps.
    OPTIMIZER(
            "Optimizer",
            Options.LEARNING_RATE,
            Options.BATCH_SIZE,
            Options.BATCH_TOKENS,
            Options.OPTIMIZER,
            Options.SCHEDULE,
            Options.WARM_UP,
            Options.WEIGHT_DECAY,
            Options.MOMENTUM,
            Options.LABEL_SMOOTHING,
            Options.CLIP_NORM),
    /// The network and its size.
    NETWORK(
            "Network",
            Options.NETWORK,
            Options.WIDTH,
            Options.DEPTH,
            Options.LAYERS,
            Options.FACTOR,
            Options.KEEP_DENSE,
            Options.FORM),
    /// Tokenizers, and the size of transformers.
    TEXT(
            "Text and transformers",
            Options.TOKENIZER,
            Options.VOCABULARY,
            Options.LOWER_CASE,
            Options.MAX_TOKENS,
            Options.MODEL_WIDTH,
            Options.ENCODER_LAYERS,
            Options.DECODER_LAYERS,
            Options.HEADS,
            Options.INNER_WIDTH,
            Options.DROPOUT),
    /// Scaling of inputs, and variation of training images.
    PREPARATION(
            "Preparation of samples",
            Options.STANDARDIZE,
            Options.NORMALIZE,
            Options.AUGMENT,
            Options.CROP_PADDING,
            Options.CHANNEL_MEANS,
            Options.CHANNEL_DEVIATIONS),
    /// Validation, early stopping and measures.
    EVALUATION(
            "Validation and early stopping",
            Options.VALIDATION,
            Options.EARLY_STOPPING,
            Options.MONITOR,
            Options.MEASURES),
    /// Options that few users need.
    RARE(
            "Rarely needed",
            Options.TRAIN_FRACTION,
            Options.EVALUATION_FRACTION,
            Options.VALIDATION_SPLIT,
            Options.LABEL_NOISE,
            Options.MISSING,
            Options.DECIMAL_MARK,
            Options.CONTEXT,
            Options.NORM,
            Options.TIE_OUTPUT,
            Options.TOLERANCE_START,
            Options.ABSOLUTE_TOLERANCE,
            Options.ADAPT_EVERY,
            Options.TRIAL_STEPS,
            Options.INITIAL_SPECTRUM,
            Options.SPECTRUM_DECAY,
            Options.DENSE_OPTIMIZER,
            Options.DENSE_LEARNING_RATE,
            Options.L1,
            Options.L2,
            Options.CONDITION_PENALTY),
    /// Comparison with published code.
    PUBLISHED("Comparison with published code", Options.LEGACY, Options.LEGACY_WITHOUT);

    private final String heading;

    @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of constants
    private final List<Option<?>> options;

    HelpSection(String heading, Option<?>... options) {
        this.heading = heading;
        this.options = List.of(options);
    }

    /// The heading.
    public String heading() {
        return heading;
    }

    /// All options of this section, in their order.
    public List<Option<?>> options() {
        return options;
    }

    /// Some options, sorted by their sections and their order there. Options without a section are left out: they
    /// are arguments.
    public static List<Option<?>> sorted(List<Option<?>> some) {
        return Arrays.stream(values())
                .flatMap(section -> section.options.stream())
                .filter(some::contains)
                .toList();
    }

    /// The section of an option, if it is one that help lists.
    public static Optional<HelpSection> of(Option<?> option) {
        return Arrays.stream(values())
                .filter(section -> section.options.contains(option))
                .findFirst();
    }
}
