package dev.stiefel.published;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// Deviations of the published TensorFlow code of "Low-rank lottery tickets" (arXiv 2205.13571) from the paper,
/// or from what a reader would expect. Only legacy runs do any of it, to be comparable with curves that were
/// published; what each costs is measured in `docs/guide/reproducing.md`.
///
/// Their weights are `[in, out]`, ours `[out, in]`: their `K` is our `L`, their right singular vectors
/// are our left ones.
public enum Deviation {
    /// All factors, dense weights and biases start as normal numbers of deviation [#START]: a factored
    /// weight is the product of three such matrices, and the first network almost the zero map.
    NORMAL_START,
    /// One Adam with one counter takes three steps a batch, for `L`, for `K`, and for `S` with
    /// everything dense. In each the gradients of the other factors, and of the hidden layers' biases
    /// in the first two, are zeros: their moments decay, and what is left of their velocities still
    /// moves them.
    SHARED_ADAM,
    /// Moments do not follow their bases: at a fixed rank they stay as they are, and where ranks adapt
    /// they are zeros at each batch's beginning, because the code makes new variables.
    STALE_MOMENTS,
    /// Adam's `ε` is 1e-7 and added before the correction of the second moment's bias.
    ADAM_EPSILON,
    /// Truncation multiplies the output side's basis by rows instead of columns of its singular vectors.
    WRONG_TRANSPOSE,
    /// The tail that is compared with the tolerance leaves out the smallest singular value, and where
    /// nothing can be cut off the rank stays as it is, instead of growing.
    SHORT_TAIL,
    /// The history's training figures are those of an epoch's last batch, before its last step.
    LAST_BATCH_FIGURES,
    /// Noisy labels are drawn from all classes, so that one in as many as there are classes stays as
    /// it is.
    KEPT_LABELS,
    /// A share of a data set is its first samples, and not a random share of each class.
    FIRST_SAMPLES;

    /// The deviation of all numbers at the start, [#NORMAL_START].
    public static final double START = 0.05;

    /// None of them.
    public static Set<Deviation> none() {
        return Collections.unmodifiableSet(EnumSet.noneOf(Deviation.class));
    }

    /// All of them.
    public static Set<Deviation> all() {
        return Collections.unmodifiableSet(EnumSet.allOf(Deviation.class));
    }

    /// All but these.
    public static Set<Deviation> allBut(Set<Deviation> left) {
        EnumSet<Deviation> rest = EnumSet.allOf(Deviation.class);
        rest.removeAll(left);
        return Collections.unmodifiableSet(rest);
    }
}
