package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Some of other samples, in an order of their own. Memory: 4 bytes a sample.
final class Selection extends SamplesView {
    private final int[] rows;

    private Selection(Samples source, int[] rows) {
        super(source);
        this.rows = rows;
    }

    /// The samples of these numbers. A selection of a selection refers to the original samples, so that
    /// selections do not pile up.
    static Samples of(Samples source, int[] rows) {
        int[] copy = rows.clone();
        for (int row : copy) {
            Objects.checkIndex(row, source.size());
        }
        return source instanceof Selection some
                ? new Selection(some.source, some.rows(copy, 0, copy.length))
                : new Selection(source, copy);
    }

    /// The numbers that samples of this selection have in the source.
    private int[] rows(int[] order, int from, int to) {
        int[] some = new int[to - from];
        for (int i = from; i < to; i++) {
            some[i - from] = rows[order[i]];
        }
        return some;
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public int[] lengths() {
        int[] all = source.lengths();
        return Arrays.stream(rows).map(row -> all[row]).toArray();
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        return source.gather(scope, threads, type, rows(order, from, to), 0, to - from);
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return source.targets(scope, type, rows(order, from, to), 0, to - from);
    }

    @Override
    public Samples atEpoch(int epoch) {
        return new Selection(source.atEpoch(epoch), rows);
    }
}
