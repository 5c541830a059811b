package dev.stiefel.lab.spec;

/// The subject of an option: the heading under which help lists it, and its place in runs that are made of others.
public enum OptionGroup {
    /// The name of an experiment.
    EXPERIMENT("Experiment", Inheritance.ALWAYS_INHERITED),
    /// The data set.
    DATA("Data", Inheritance.INHERITED_UNLESS_CHOSEN),
    /// How a user's own files are read.
    OWN_DATA("Your own data (--data PATH)", Inheritance.INHERITED_UNLESS_CHOSEN),
    /// How texts are cut into tokens and samples.
    TEXT("Text", Inheritance.INHERITED_UNLESS_CHOSEN),
    /// The network and its size.
    NETWORK("Network", Inheritance.ALWAYS_INHERITED),
    /// Factored weights before the first step.
    FACTORED_WEIGHTS("Factored weights", Inheritance.DROPPED),
    /// Ranks that change in training.
    ADAPTIVE_RANKS("Adaptive ranks", Inheritance.DROPPED),
    /// How weights are trained.
    TRAINING("Training", Inheritance.RESET),
    /// The samples of the data set that are used, and how they are prepared.
    SAMPLES("Samples", Inheritance.INHERITED_UNLESS_CHOSEN),
    /// Comparison with published code.
    PUBLISHED("Comparison with published code", Inheritance.DROPPED);

    /// What becomes of an option in a run that is made of another, by fine-tuning, compressing or importing it.
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

    private final String heading;
    private final Inheritance inheritance;

    OptionGroup(String heading, Inheritance inheritance) {
        this.heading = heading;
        this.inheritance = inheritance;
    }

    /// The heading in help.
    public String heading() {
        return heading;
    }

    /// What becomes of its options in a run that is made of another, unless an option says otherwise.
    Inheritance inheritance() {
        return inheritance;
    }
}
