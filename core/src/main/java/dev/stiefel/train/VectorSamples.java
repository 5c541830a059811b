package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.Objects;

/// Vectors of floats in memory, `[N, width]` row by row, with a class or a target vector each.
///
/// Immutable: the arrays handed in are taken over and must not be changed afterwards. Memory: 4 bytes an input value.
public final class VectorSamples implements Samples {
    private final float[] inputs;
    private final int width;
    private final SampleTargets targets;

    private VectorSamples(float[] inputs, int width, SampleTargets targets) {
        if (width < 1) {
            throw new IllegalArgumentException("samples: width must be at least 1; got " + width);
        }
        if ((long) targets.size() * width != inputs.length) {
            throw new IllegalArgumentException("samples: %d rows of width %d need %d input values; got %d"
                    .formatted(targets.size(), width, (long) targets.size() * width, inputs.length));
        }
        this.inputs = inputs;
        this.width = width;
        this.targets = targets;
    }

    /// Vectors with these targets.
    public static VectorSamples of(float[] inputs, int width, SampleTargets targets) {
        return new VectorSamples(inputs, width, targets);
    }

    /// Vectors with a class each, `0 … classes − 1`.
    public static VectorSamples classified(float[] inputs, int width, int[] labels, int classes) {
        return of(inputs, width, SampleTargets.classes(labels, classes));
    }

    /// Vectors with a target vector each: `targets` is `[N, outputs]` row by row.
    public static VectorSamples regression(float[] inputs, int width, float[] targets, int outputs) {
        return of(inputs, width, SampleTargets.vectors(targets, outputs));
    }

    /// Vectors that are read whenever a batch is gathered.
    ///
    /// @param width values of a vector
    /// @param reader gives the same values whenever it is asked for the same sample
    /// @param targets one for each sample
    public static Samples read(int width, SampleReader reader, SampleTargets targets) {
        return new ReadVectors(width, reader, targets);
    }

    /// The same targets with other inputs (of any width).
    public VectorSamples withInputs(float[] newInputs, int newWidth) {
        return of(newInputs, newWidth, targets);
    }

    @Override
    public int size() {
        return targets.size();
    }

    @Override
    public List<SampleShape> inputs() {
        return List.of(new SampleShape.Vector(width));
    }

    @Override
    public Targets.Kind targetKind() {
        return targets.kind();
    }

    @Override
    public SampleShape output() {
        return targets.output();
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        SampleShape shape = inputs().getFirst();
        if (type != DType.FLOAT32) {
            return List.of(Gathering.fixed(
                    scope,
                    threads,
                    type,
                    shape,
                    size(),
                    order,
                    from,
                    to,
                    (row, into, at) -> System.arraycopy(inputs, row * width, into, at, width)));
        }
        SampleRows rows = Gathering.empty(scope, type, shape, to - from);
        Gathering.share(threads, to - from, (begin, end) -> copy(rows.values(), order, from, begin, end));
        return List.of(rows);
    }

    /// Straight from the array: half the copies of what suits every format.
    private void copy(Tensor rows, int[] order, int from, int begin, int end) {
        for (int i = begin; i < end; i++) {
            int row = Objects.checkIndex(order[from + i], size());
            rows.write((long) i * width, inputs, row * width, width);
        }
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return targets.gather(scope, type, order, from, to);
    }
}
