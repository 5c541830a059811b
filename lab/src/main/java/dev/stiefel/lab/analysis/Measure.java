package dev.stiefel.lab.analysis;

import dev.stiefel.lab.data.Split;

/// What was measured of a run after each epoch. Errors are 1 − accuracy.
public enum Measure {
    /// The mean loss over what was trained on.
    TRAIN_LOSS(Split.TRAIN, Kind.LOSS),
    /// The share of what was trained on that is put into a wrong class.
    TRAIN_ERROR(Split.TRAIN, Kind.ERROR),
    /// The mean loss over the samples held out.
    VALIDATION_LOSS(Split.VALIDATION, Kind.LOSS),
    /// The share of the samples held out that is put into a wrong class.
    VALIDATION_ERROR(Split.VALIDATION, Kind.ERROR),
    /// The mean loss over the test samples.
    TEST_LOSS(Split.TEST, Kind.LOSS),
    /// The share of the test samples that is put into a wrong class.
    TEST_ERROR(Split.TEST, Kind.ERROR);

    /// What a measure is of a split.
    public enum Kind {
        /// The mean loss.
        LOSS("loss"),
        /// 1 − accuracy.
        ERROR("error");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /// In words: `error`.
        public String word() {
            return word;
        }
    }

    private final Split split;
    private final Kind kind;

    Measure(Split split, Kind kind) {
        this.split = split;
        this.kind = kind;
    }

    /// Whose it is.
    public Split split() {
        return split;
    }

    /// What it is.
    public Kind kind() {
        return kind;
    }

    /// In words: `test error`.
    public String label() {
        return split.word() + " " + kind.word();
    }

    /// This kind of measure of a split.
    public static Measure of(Split split, Kind kind) {
        for (Measure measure : values()) {
            if (measure.split == split && measure.kind == kind) {
                return measure;
            }
        }
        throw new IllegalStateException("there is a measure of every split and kind");
    }
}
