package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Rows of some samples to which more are added, with room ahead for each sample.
final class GrowingRows {
    private static final int LEAST = 16; // capacity of a sample, in rows

    private final Scope scope;
    private final DType type;
    private final String layer;
    private @Nullable Tensor rows; // [samples · capacity, columns]
    private @Nullable Tensor spare; // as large, or absent
    private int capacity;
    private int[] counts = {};

    /// @param layer for messages
    GrowingRows(Scope scope, DType type, String layer) {
        this.scope = scope;
        this.type = type;
        this.layer = layer;
    }

    /// Adds the next rows of each sample.
    void append(SampleRows more) {
        int samples = more.samples();
        if (counts.length == 0) {
            counts = new int[samples];
        }
        if (counts.length != samples) {
            throw new IllegalArgumentException("layer '%s': the samples must be those of the turn before; got %d and %d"
                    .formatted(layer, counts.length, samples));
        }
        int most = 1;
        for (int sample = 0; sample < samples; sample++) {
            most = Math.max(most, counts[sample] + more.layout().count(sample));
        }
        int columns = more.values().columns();
        if (rows == null || most > capacity) {
            moveTo(allocate(samples, Math.max(LEAST, 2 * most), columns), identity(samples), Math.max(LEAST, 2 * most));
            spare = null;
        }
        Tensor all = WeightProduct.made(rows);
        for (int sample = 0; sample < samples; sample++) {
            int from = more.layout().first(sample);
            int count = more.layout().count(sample);
            int at = sample * capacity + counts[sample];
            all.rows(at, at + count).copyFrom(more.values().rows(from, from + count));
            counts[sample] += count;
        }
    }

    private Tensor allocate(int samples, int newCapacity, int columns) {
        return scope.uninitialized(type, Math.multiplyExact(samples, newCapacity), columns);
    }

    private static int[] identity(int count) {
        int[] all = new int[count];
        for (int i = 0; i < count; i++) {
            all[i] = i;
        }
        return all;
    }

    /// Copies the rows of some samples to other memory, which is then the one in use.
    private void moveTo(Tensor target, int[] from, int newCapacity) {
        int[] moved = new int[from.length];
        for (int sample = 0; sample < from.length; sample++) {
            int count = counts[from[sample]];
            if (count > 0) {
                target.rows(sample * newCapacity, sample * newCapacity + count).copyFrom(of(from[sample]));
            }
            moved[sample] = count;
        }
        spare = rows;
        rows = target;
        counts = moved;
        capacity = newCapacity;
    }

    /// The rows of a sample so far.
    Tensor of(int sample) {
        int from = sample * capacity;
        return WeightProduct.made(rows).rows(from, from + counts[sample]);
    }

    /// The samples from now on, each as one of before ([Layer.Pass#goOnFrom]).
    void goOnFrom(int[] from) {
        Tensor all = rows;
        if (all == null) {
            return;
        }
        Tensor target = spare;
        if (target == null || target.rows() < from.length * capacity) {
            target = allocate(Math.max(from.length, counts.length), capacity, all.columns());
        }
        moveTo(target, from, capacity);
    }
}
