package dev.stiefel.lab.spec;

/// Subject of an option, which decides how a run that is made of another inherits it.
///
/// Help texts list options by [HelpSection].
public enum OptionGroup {
    /// The name of an experiment.
    EXPERIMENT(Inheritance.ALWAYS_INHERITED),
    /// The data set.
    DATA(Inheritance.INHERITED_UNLESS_CHOSEN),
    /// The reading of a user's own files.
    OWN_DATA(Inheritance.INHERITED_UNLESS_CHOSEN),
    /// The cutting of texts into tokens and samples.
    TEXT(Inheritance.INHERITED_UNLESS_CHOSEN),
    /// The network and its size.
    NETWORK(Inheritance.ALWAYS_INHERITED),
    /// Factored weights before the first step.
    FACTORED_WEIGHTS(Inheritance.DROPPED),
    /// Ranks that change in training.
    ADAPTIVE_RANKS(Inheritance.DROPPED),
    /// The training of weights.
    TRAINING(Inheritance.RESET),
    /// The samples of the data set that are used, and how they are prepared.
    SAMPLES(Inheritance.INHERITED_UNLESS_CHOSEN),
    /// Comparison with published code.
    PUBLISHED(Inheritance.DROPPED);

    /// Inheritance of an option by a run that is made of another, by fine-tuning, compressing or importing it.
    public enum Inheritance {
        /// The new run takes it over, unless it is chosen.
        INHERITED_UNLESS_CHOSEN,
        /// The new run takes it over, and it cannot be chosen.
        ALWAYS_INHERITED,
        /// The new run does not take it over, and it may be chosen for retraining.
        RESET,
        /// The new run does not have it.
        DROPPED
    }

    private final Inheritance inheritance;

    OptionGroup(Inheritance inheritance) {
        this.inheritance = inheritance;
    }

    /// The inheritance of its options, unless an option declares another.
    Inheritance inheritance() {
        return inheritance;
    }
}
