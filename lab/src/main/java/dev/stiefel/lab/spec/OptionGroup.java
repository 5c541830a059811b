package dev.stiefel.lab.spec;

/// The subject of an option: the heading under which help lists it, and its place in runs that are made of others.
public enum OptionGroup {
    /// The name of an experiment.
    EXPERIMENT("Experiment", Inheritance.FIXED),
    /// The data set.
    DATA("Data", Inheritance.OPEN),
    /// How a user's own files are read.
    OWN_DATA("Your own data (--data PATH)", Inheritance.OPEN),
    /// The network and its size.
    NETWORK("Network", Inheritance.FIXED),
    /// Factored weights before the first step.
    FACTORED_WEIGHTS("Factored weights", Inheritance.NONE),
    /// Ranks that change in training.
    ADAPTIVE_RANKS("Adaptive ranks", Inheritance.NONE),
    /// How weights are trained.
    TRAINING("Training", Inheritance.ANEW),
    /// The samples of the data set that are used, and how they are prepared.
    SAMPLES("Samples", Inheritance.OPEN),
    /// Comparison with published code.
    PUBLISHED("Comparison with published code", Inheritance.NONE);

    /// What becomes of an option in a run that is made of another, by fine-tuning, compressing or importing it.
    public enum Inheritance {
        /// The new run takes it over, unless it is chosen.
        OPEN,
        /// The new run takes it over, and it cannot be chosen.
        FIXED,
        /// The new run does not take it over, and it may be chosen for retraining.
        ANEW,
        /// The new run does not have it.
        NONE
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
