package dev.stiefel.optim;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import org.jspecify.annotations.Nullable;

/// The update of all elements of a gapless buffer by an [ElementwiseOptimizer]: stretch by stretch through
/// arrays that stay in the cache, where the compiler vectorizes the arithmetic. Each thread takes its share.
final class ElementwiseUpdate {
    private static final int STRETCH = 2048; // elements; four float arrays of them fit the first-level cache
    private static final int WORTH_SHARING = 16 * STRETCH;

    private final Threads threads;
    private final Arrays[] lanes;

    private static final class Arrays {
        final float[][] floats = new float[3][];
        final double[][] doubles = new double[3][];

        float[] floats(int which) {
            if (floats[which] == null) {
                floats[which] = new float[STRETCH];
            }
            return floats[which];
        }

        double[] doubles(int which) {
            if (doubles[which] == null) {
                doubles[which] = new double[STRETCH];
            }
            return doubles[which];
        }
    }

    ElementwiseUpdate(Threads threads) {
        this.threads = threads;
        this.lanes = new Arrays[threads.count()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Arrays();
        }
    }

    /// Lets the optimizer turn `gradient` into a direction; moments it does not keep are null.
    void direct(
            ElementwiseOptimizer optimizer,
            Tensor gradient,
            @Nullable Tensor first,
            @Nullable Tensor second,
            long step) {
        long size = gradient.size();
        int shares = size < WORTH_SHARING ? 1 : lanes.length;
        long stretches = (size + STRETCH - 1) / STRETCH;
        threads.run(shares, share -> {
            long from = stretches * share / shares * STRETCH;
            long to = Math.min(size, stretches * (share + 1) / shares * STRETCH);
            for (long at = from; at < to; at += STRETCH) {
                int count = (int) Math.min(STRETCH, to - at);
                if (gradient.type() == DType.FLOAT32) {
                    floats(optimizer, lanes[share], gradient, first, second, at, count, step);
                } else {
                    doubles(optimizer, lanes[share], gradient, first, second, at, count, step);
                }
            }
        });
    }

    private static void floats(
            ElementwiseOptimizer optimizer,
            Arrays arrays,
            Tensor gradient,
            @Nullable Tensor first,
            @Nullable Tensor second,
            long at,
            int count,
            long step) {
        Tensor[] tensors = {gradient, first, second};
        for (int i = 0; i < 3; i++) {
            float[] array = arrays.floats(i);
            if (tensors[i] != null) {
                tensors[i].read(at, array, 0, count);
            }
        }
        optimizer.direct(arrays.floats(0), arrays.floats(1), arrays.floats(2), count, step);
        for (int i = 0; i < 3; i++) {
            if (tensors[i] != null) {
                tensors[i].write(at, arrays.floats(i), 0, count);
            }
        }
    }

    private static void doubles(
            ElementwiseOptimizer optimizer,
            Arrays arrays,
            Tensor gradient,
            @Nullable Tensor first,
            @Nullable Tensor second,
            long at,
            int count,
            long step) {
        Tensor[] tensors = {gradient, first, second};
        for (int i = 0; i < 3; i++) {
            double[] array = arrays.doubles(i);
            if (tensors[i] != null) {
                tensors[i].read(at, array, 0, count);
            }
        }
        optimizer.direct(arrays.doubles(0), arrays.doubles(1), arrays.doubles(2), count, step);
        for (int i = 0; i < 3; i++) {
            if (tensors[i] != null) {
                tensors[i].write(at, arrays.doubles(i), 0, count);
            }
        }
    }
}
