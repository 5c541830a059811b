package dev.stiefel.train;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Labelled samples in memory: inputs `[N, width]` row by row, and for each row a class or a target vector.
///
/// Immutable: the arrays handed in are taken over and must not be changed afterwards; every transformation
/// (a subset, other labels) makes a new object that shares what it can. Memory: 4 bytes an input value.
public final class Samples {
    private final float[] inputs; // of these samples from row `first` on, and maybe of others
    private final int first;
    private final int rows;
    private final int width;
    private final int @Nullable [] labels;
    private final float @Nullable [] targets;
    private final int outputs;

    private Samples(
            float[] inputs, int width, int @Nullable [] labels, float @Nullable [] targets, int outputs, int rows) {
        this(inputs, 0, rows, width, labels, targets, outputs);
        if ((long) rows * width != inputs.length) {
            throw new IllegalArgumentException("samples: %d rows of width %d need %d input values; got %d"
                    .formatted(rows, width, (long) rows * width, inputs.length));
        }
    }

    private Samples(
            float[] inputs,
            int first,
            int rows,
            int width,
            int @Nullable [] labels,
            float @Nullable [] targets,
            int outputs) {
        if (width < 1) {
            throw new IllegalArgumentException("samples: width must be at least 1; got " + width);
        }
        if (outputs < 1) {
            throw new IllegalArgumentException("samples: at least one class or output is needed; got " + outputs);
        }
        this.inputs = inputs;
        this.first = first;
        this.rows = rows;
        this.width = width;
        this.labels = labels;
        this.targets = targets;
        this.outputs = outputs;
    }

    /// Samples with a class each, `0 … classes − 1`.
    public static Samples classified(float[] inputs, int width, int[] labels, int classes) {
        Objects.requireNonNull(labels, "labels");
        requireClasses(labels, classes);
        return new Samples(inputs, width, labels, null, classes, labels.length);
    }

    private static void requireClasses(int[] labels, int classes) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "samples: labels must be in [0, %d); row %d has %d".formatted(classes, i, labels[i]));
            }
        }
    }

    /// Samples with a target vector each: `targets` is `[N, outputs]` row by row.
    public static Samples regression(float[] inputs, int width, float[] targets, int outputs) {
        Objects.requireNonNull(targets, "targets");
        if (outputs < 1 || targets.length % outputs != 0) {
            throw new IllegalArgumentException(
                    "samples: %d target values do not divide into rows of %d".formatted(targets.length, outputs));
        }
        return new Samples(inputs, width, null, targets, outputs, targets.length / outputs);
    }

    /// How many samples there are.
    public int size() {
        return rows;
    }

    /// Values an input has.
    public int width() {
        return width;
    }

    /// Values a network's output needs: the number of classes, or the length of a target vector.
    public int outputs() {
        return outputs;
    }

    /// Whether each sample has a class (else a target vector).
    public boolean hasLabels() {
        return labels != null;
    }

    /// The class of sample `row`.
    public int label(int row) {
        return labels()[Objects.checkIndex(row, size())];
    }

    /// Copies all classes.
    public int[] copyLabels() {
        return labels().clone();
    }

    /// Copies input `row` into `into`, from index `at` on.
    public void copyInput(int row, float[] into, int at) {
        Objects.checkIndex(row, size());
        System.arraycopy(inputs, (first + row) * width, into, at, width);
    }

    /// Writes input `row` into a row of a gapless matrix of this width.
    void writeInput(int row, Tensor into, int intoRow) {
        Objects.checkIndex(row, size());
        write(inputs, first + row, width, into, intoRow);
    }

    /// Writes the target vector of sample `row` into a row of a gapless matrix of this width.
    void writeTarget(int row, Tensor into, int intoRow) {
        Objects.checkIndex(row, size());
        write(targets(), row, outputs, into, intoRow);
    }

    private static void write(float[] values, int row, int width, Tensor into, int intoRow) {
        if (into.type() == DType.FLOAT32) {
            into.write((long) intoRow * width, values, row * width, width);
        } else {
            double[] wide = new double[width];
            for (int j = 0; j < width; j++) {
                wide[j] = values[row * width + j];
            }
            into.write((long) intoRow * width, wide, 0, width);
        }
    }

    /// Copies the target vector of sample `row` into `into`, from index `at` on.
    public void copyTarget(int row, float[] into, int at) {
        Objects.checkIndex(row, size());
        System.arraycopy(targets(), row * outputs, into, at, outputs);
    }

    /// The samples `from` (inclusive) to `to` (exclusive). They share these ones' inputs.
    public Samples range(int from, int to) {
        Objects.checkFromToIndex(from, to, size());
        return new Samples(
                inputs,
                first + from,
                to - from,
                width,
                labels == null ? null : Arrays.copyOfRange(labels, from, to),
                targets == null ? null : Arrays.copyOfRange(targets, from * outputs, to * outputs),
                outputs);
    }

    /// The same inputs with other classes.
    public Samples withLabels(int[] newLabels) {
        if (newLabels.length != rows) {
            throw new IllegalArgumentException("samples: %d rows of width %d need %d input values; got %d"
                    .formatted(newLabels.length, width, (long) newLabels.length * width, (long) rows * width));
        }
        requireClasses(newLabels, outputs);
        return new Samples(inputs, first, rows, width, newLabels, null, outputs);
    }

    /// The same classes or targets with other inputs (of any width).
    public Samples withInputs(float[] newInputs, int newWidth) {
        return new Samples(newInputs, newWidth, labels, targets, outputs, size());
    }

    /// The same inputs with other target vectors (of any width).
    public Samples withTargets(float[] newTargets, int newOutputs) {
        return new Samples(inputs, first, rows, width, null, newTargets, newOutputs);
    }

    private int[] labels() {
        if (labels == null) {
            throw new IllegalStateException("samples: these have target vectors, not classes");
        }
        return labels;
    }

    private float[] targets() {
        if (targets == null) {
            throw new IllegalStateException("samples: these have classes, not target vectors");
        }
        return targets;
    }
}
