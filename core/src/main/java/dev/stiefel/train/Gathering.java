package dev.stiefel.train;

import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.Objects;
import java.util.function.Consumer;

/// Puts inputs of a batch together, with the samples shared between threads: the building blocks of most
/// implementations of [Samples#gather].
public final class Gathering {
    private Gathering() {}

    /// The inputs of the samples `order[from] … order[to − 1]`, all of one shape.
    ///
    /// @param shape of a sample, with a fixed number of rows
    /// @param size number of samples; other numbers are refused
    public static SampleRows fixed(
            Scope scope,
            Threads threads,
            DType type,
            SampleShape shape,
            int size,
            int[] order,
            int from,
            int to,
            SampleReader reader) {
        SampleRows all = empty(scope, type, shape, to - from);
        Tensor vectors = asVectors(all).values();
        share(
                threads,
                to - from,
                (begin, end) -> rows(vectors.rows(begin, end), order, from + begin, from + end, size, reader));
        return all;
    }

    /// Changes the values of each sample of a batch: an array holds them while the change is made. The array has all
    /// rows of the sample one after another, in single precision.
    ///
    /// @param rows with the same number for each sample
    /// @param change called by several threads at once
    public static void changeInPlace(SampleRows rows, Threads threads, Consumer<float[]> change) {
        Tensor vectors = asVectors(rows).values();
        int width = vectors.columns();
        share(threads, vectors.rows(), (begin, end) -> {
            float[] sample = new float[width];
            double[] wide = new double[vectors.type() == DType.FLOAT64 ? width : 0];
            for (int i = begin; i < end; i++) {
                read(vectors, i, sample, wide);
                change.accept(sample);
                write(vectors, i, sample, wide);
            }
        });
    }

    /// A new sample in place of another.
    @FunctionalInterface
    interface Replacement {
        /// Writes the new sample.
        ///
        /// @param sample number of the sample in the batch
        /// @param values of the sample
        /// @param into values of the new one, all of which are written
        void write(int sample, float[] values, float[] into);
    }

    /// Replaces each sample of a batch by another of its size.
    ///
    /// @param rows with the same number for each sample
    /// @param replacement called by several threads at once
    static void replace(SampleRows rows, Threads threads, Replacement replacement) {
        Tensor vectors = asVectors(rows).values();
        int width = vectors.columns();
        share(threads, vectors.rows(), (begin, end) -> {
            float[] sample = new float[width];
            float[] replaced = new float[width];
            double[] wide = new double[vectors.type() == DType.FLOAT64 ? width : 0];
            for (int i = begin; i < end; i++) {
                read(vectors, i, sample, wide);
                replacement.write(i, sample, replaced);
                write(vectors, i, replaced, wide);
            }
        });
    }

    /// The rows of each sample as one, in the same memory.
    static SampleRows asVectors(SampleRows rows) {
        int samples = rows.layout().samples();
        if (rows.values().rows() == samples) {
            return rows;
        }
        int width = Math.toIntExact(rows.values().size() / samples);
        return SampleRows.vectors(rows.values().slice(0, samples, width));
    }

    /// Rows of a shape for this many samples, their values arbitrary.
    static SampleRows empty(Scope scope, DType type, SampleShape shape, int samples) {
        RowLayout layout = RowLayout.uniform(samples, shape.rows().orElseThrow());
        return new SampleRows(scope.uninitialized(type, layout.rows(), shape.columns()), layout);
    }

    /// Some of a number of samples.
    @FunctionalInterface
    interface Part {
        /// Works on samples.
        ///
        /// @param begin the first of them
        /// @param end the first that is none of them
        void run(int begin, int end);
    }

    /// Shares samples `0 … count − 1` between threads.
    static void share(Threads threads, int count, Part part) {
        int parts = Math.min(threads.count(), count);
        threads.run(parts, i -> part.run((int) ((long) count * i / parts), (int) ((long) count * (i + 1) / parts)));
    }

    /// Writes samples into the rows of a gapless matrix.
    static void rows(Tensor into, int[] order, int from, int to, int size, SampleReader reader) {
        float[] sample = new float[into.columns()];
        double[] wide = new double[into.type() == DType.FLOAT64 ? sample.length : 0];
        for (int i = from; i < to; i++) {
            reader.copy(Objects.checkIndex(order[i], size), sample, 0);
            write(into, i - from, sample, wide);
        }
    }

    private static void read(Tensor from, int row, float[] sample, double[] wide) {
        long at = (long) row * sample.length;
        if (from.type() == DType.FLOAT32) {
            from.read(at, sample, 0, sample.length);
            return;
        }
        from.read(at, wide, 0, wide.length);
        for (int j = 0; j < wide.length; j++) {
            sample[j] = (float) wide[j];
        }
    }

    private static void write(Tensor into, int row, float[] sample, double[] wide) {
        long at = (long) row * sample.length;
        if (into.type() == DType.FLOAT32) {
            into.write(at, sample, 0, sample.length);
            return;
        }
        for (int j = 0; j < wide.length; j++) {
            wide[j] = sample[j];
        }
        into.write(at, wide, 0, wide.length);
    }
}
