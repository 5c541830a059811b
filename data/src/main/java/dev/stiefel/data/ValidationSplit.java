package dev.stiefel.data;

/// Choice of validation samples, held out or also trained on.
public enum ValidationSplit {
    /// They do not: what they tell is of samples that the network has never seen.
    HELD_OUT,
    /// They do not, and the seed draws them from all training samples, of each class its share, instead of
    /// taking the last ones.
    DRAWN,
    /// They do, as all others: published experiments on whole sets did so. Their figures concern samples that the
    /// network has learned. They are measured by their true labels, also where noisy ones train.
    INSIDE
}
