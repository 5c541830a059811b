package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Vectors of 8-bit values in memory, `[N, width]` row by row, with a class or a target vector each: images above all,
/// plane by plane ([#asImages]). A value `v` in `[0, 255]` is gathered as `v / greatest`, rounded to single precision.
///
/// Immutable: the arrays handed in are taken over and must not be changed afterwards. Memory: 1 byte an input value.
public final class ByteSamples implements Samples {
    private static final int VALUES = 256;

    private final byte[] inputs;
    private final int width;
    private final SampleTargets targets;
    private final float[] quotients = new float[VALUES]; // by value

    private ByteSamples(byte[] inputs, int width, float greatest, SampleTargets targets) {
        if (width < 1) {
            throw new IllegalArgumentException("samples: width must be at least 1; got " + width);
        }
        if ((long) targets.size() * width != inputs.length) {
            throw new IllegalArgumentException("samples: %d rows of width %d need %d input values; got %d"
                    .formatted(targets.size(), width, (long) targets.size() * width, inputs.length));
        }
        if (!(greatest > 0 && Float.isFinite(greatest))) {
            throw new IllegalArgumentException("samples: the greatest value must be above 0; got " + greatest);
        }
        this.inputs = inputs;
        this.width = width;
        this.targets = targets;
        for (int value = 0; value < VALUES; value++) {
            quotients[value] = value / greatest;
        }
    }

    /// Vectors of 8-bit values with these targets.
    ///
    /// @param inputs `[N, width]`, as unsigned numbers
    /// @param greatest what values are divided by, 255 for most images
    public static ByteSamples of(byte[] inputs, int width, float greatest, SampleTargets targets) {
        return new ByteSamples(inputs, width, greatest, targets);
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
        return List.of(Gathering.fixed(scope, threads, type, shape, size(), order, from, to, this::copy));
    }

    private void copy(int row, float[] into, int at) {
        int first = row * width;
        for (int j = 0; j < width; j++) {
            into[at + j] = quotients[inputs[first + j] & 0xff];
        }
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return targets.gather(scope, type, order, from, to);
    }
}
