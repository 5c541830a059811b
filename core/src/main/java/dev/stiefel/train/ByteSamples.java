package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.Objects;

/// Vectors of 8-bit values in memory, `[N, width]` row by row, with a class or a target vector each: images above all,
/// plane by plane ([#asImages]). A value `v` in `[0, 255]` is gathered as `v / greatest`, rounded to single precision.
///
/// Immutable. Memory: 1 byte an input value.
public final class ByteSamples implements Samples {
    private static final int MIDDLE = 128;

    private final byte[] signed; // values less 128: Java's bytes have a sign, and are then made floats many at a time
    private final int width;
    private final float greatest;
    private final SampleTargets targets;

    private ByteSamples(byte[] signed, int width, float greatest, SampleTargets targets) {
        this.signed = signed;
        this.width = width;
        this.greatest = greatest;
        this.targets = targets;
    }

    /// Vectors of 8-bit values with these targets.
    ///
    /// @param inputs `[N, width]` row by row, as unsigned numbers; copied
    /// @param greatest divisor of the values, 255 for most images
    public static ByteSamples of(byte[] inputs, int width, float greatest, SampleTargets targets) {
        if ((long) targets.size() * width != inputs.length) {
            throw new IllegalArgumentException("samples: %d rows of width %d need %d input values; got %d"
                    .formatted(targets.size(), width, (long) targets.size() * width, inputs.length));
        }
        return builder(targets.size(), width, greatest)
                .addAll(inputs, 0, inputs.length)
                .build(targets);
    }

    /// Takes vectors row by row, so that a large file need not be held twice.
    ///
    /// @param size number of vectors to come
    /// @param greatest divisor of the values, 255 for most images
    public static Builder builder(int size, int width, float greatest) {
        return new Builder(size, width, greatest);
    }

    /// Collects vectors of 8-bit values.
    public static final class Builder {
        private final byte[] signed;
        private final int width;
        private final float greatest;
        private int filled;

        private Builder(int size, int width, float greatest) {
            if (width < 1) {
                throw new IllegalArgumentException("samples: width must be at least 1; got " + width);
            }
            if (!(greatest > 0 && Float.isFinite(greatest))) {
                throw new IllegalArgumentException("samples: the greatest value must be above 0; got " + greatest);
            }
            this.signed = new byte[Math.multiplyExact(size, width)];
            this.width = width;
            this.greatest = greatest;
        }

        /// Adds values, as unsigned numbers: those of one vector or several.
        ///
        /// @param values values, which are copied, starting at index `at`
        /// @param count number of values
        public Builder addAll(byte[] values, int at, int count) {
            Objects.checkFromIndexSize(at, count, values.length);
            Objects.checkFromIndexSize(filled, count, signed.length);
            for (int i = 0; i < count; i++) {
                signed[filled + i] = (byte) (values[at + i] - MIDDLE);
            }
            filled += count;
            return this;
        }

        /// The samples, with these targets. Nothing can be added afterwards.
        public ByteSamples build(SampleTargets targets) {
            if (filled != signed.length || (long) targets.size() * width != signed.length) {
                throw new IllegalArgumentException("samples: %d rows of width %d need %d input values; got %d"
                        .formatted(targets.size(), width, (long) targets.size() * width, filled));
            }
            return new ByteSamples(signed, width, greatest, targets);
        }
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
            into[at + j] = (signed[first + j] + (float) MIDDLE) / greatest;
        }
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return targets.gather(scope, type, order, from, to);
    }
}
