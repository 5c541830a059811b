package dev.stiefel.train;

import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Targets in memory, one a sample: a class, or a vector of values. They are the half of [Samples] that does not depend
/// on what inputs are.
///
/// Immutable: the arrays handed in are taken over and must not be changed afterwards.
public final class SampleTargets {
    private final int @Nullable [] labels;
    private final float @Nullable [] values;
    private final int outputs;
    private final int size;

    private SampleTargets(int @Nullable [] labels, float @Nullable [] values, int outputs, int size) {
        if (outputs < 1) {
            throw new IllegalArgumentException("samples: at least one class or output is needed; got " + outputs);
        }
        this.labels = labels;
        this.values = values;
        this.outputs = outputs;
        this.size = size;
    }

    /// A class each, `0 … classes − 1`.
    public static SampleTargets classes(int[] labels, int classes) {
        Objects.requireNonNull(labels, "labels");
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "samples: labels must be in [0, %d); row %d has %d".formatted(classes, i, labels[i]));
            }
        }
        return new SampleTargets(labels, null, classes, labels.length);
    }

    /// A vector each: `values` is `[N, outputs]` row by row.
    public static SampleTargets vectors(float[] values, int outputs) {
        Objects.requireNonNull(values, "targets");
        if (outputs < 1 || values.length % outputs != 0) {
            throw new IllegalArgumentException(
                    "samples: %d target values do not divide into rows of %d".formatted(values.length, outputs));
        }
        return new SampleTargets(null, values, outputs, values.length / outputs);
    }

    /// The number of samples.
    public int size() {
        return size;
    }

    /// Classes or vectors.
    public Targets.Kind kind() {
        return labels != null ? Targets.Kind.CLASSES : Targets.Kind.VALUES;
    }

    /// The kind in messages.
    static String describe(Targets.Kind kind) {
        return switch (kind) {
            case CLASSES -> "classes";
            case VALUES -> "vectors of values";
        };
    }

    /// The shape of what a network must put out: one row, with a column a class or value.
    public SampleShape output() {
        return new SampleShape.Vector(outputs);
    }

    /// The targets of the samples `order[from] … order[to − 1]`, as [Samples#targets] gives them.
    public Targets gather(Scope scope, DType type, int[] order, int from, int to) {
        if (labels != null) {
            int[] some = new int[to - from];
            for (int i = from; i < to; i++) {
                some[i - from] = labels[Objects.checkIndex(order[i], size)];
            }
            return new Targets.Classes(some);
        }
        float[] rows = Objects.requireNonNull(values);
        Tensor some = scope.uninitialized(type, to - from, outputs);
        Gathering.rows(
                some,
                order,
                from,
                to,
                size,
                (row, into, at) -> System.arraycopy(rows, row * outputs, into, at, outputs));
        return new Targets.Values(some);
    }
}
