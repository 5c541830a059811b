package dev.stiefel.nn;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Division of the rows of a matrix into samples, which follow one another without gaps.
public final class RowLayout {
    private final int samples;
    private final int each; // rows of every sample, unless firsts is there
    private final int @Nullable [] firsts; // first row of each sample, and behind the last one the number of rows

    private RowLayout(int samples, int each, int @Nullable [] firsts) {
        this.samples = samples;
        this.each = each;
        this.firsts = firsts;
    }

    /// Samples with the same number of rows each.
    ///
    /// @param samples at least 0
    /// @param rows of each sample, at least 1
    public static RowLayout uniform(int samples, int rows) {
        if (samples < 0 || rows < 1) {
            throw new IllegalArgumentException(
                    "row layout: samples must be at least 0, and rows at least 1; got %d and %d"
                            .formatted(samples, rows));
        }
        Math.multiplyExact(samples, rows);
        return new RowLayout(samples, rows, null);
    }

    /// Samples with these numbers of rows, each at least 0.
    public static RowLayout of(int[] counts) {
        int[] firsts = new int[counts.length + 1];
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] < 0) {
                throw new IllegalArgumentException(
                        "row layout: rows must be at least 0; got %d for sample %d".formatted(counts[i], i));
            }
            firsts[i + 1] = Math.addExact(firsts[i], counts[i]);
        }
        return new RowLayout(counts.length, 0, firsts);
    }

    /// The number of samples.
    public int samples() {
        return samples;
    }

    /// The number of rows in all.
    public int rows() {
        return first(samples);
    }

    /// First row of a sample; for the number of samples, the number of rows.
    ///
    /// @param sample in `[0, samples]`
    public int first(int sample) {
        Objects.checkIndex(sample, samples + 1);
        return firsts == null ? sample * each : firsts[sample];
    }

    /// The number of rows of a sample.
    public int count(int sample) {
        return first(sample + 1) - first(sample);
    }

    /// Layout of the samples `from` (inclusive) to `to` (exclusive), its rows counted from 0.
    public RowLayout range(int from, int to) {
        Objects.checkFromToIndex(from, to, samples);
        if (firsts == null) {
            return new RowLayout(to - from, each, null);
        }
        int[] some = new int[to - from + 1];
        for (int i = 0; i < some.length; i++) {
            some[i] = firsts[from + i] - firsts[from];
        }
        return new RowLayout(to - from, 0, some);
    }

    /// Refuses inputs whose samples differ in rows.
    ///
    /// @param layer layer that needs equal layouts
    /// @return the layout that all have
    static RowLayout same(String layer, List<RowLayout> inputs) {
        RowLayout first = inputs.getFirst();
        for (int k = 1; k < inputs.size(); k++) {
            RowLayout other = inputs.get(k);
            if (first.equals(other)) {
                continue;
            }
            int sample = 0;
            while (sample < Math.min(first.samples, other.samples) && first.count(sample) == other.count(sample)) {
                sample++;
            }
            throw new IllegalArgumentException(
                    sample == Math.min(first.samples, other.samples)
                            ? "%s: inputs must have the same samples; got %d at input 0 and %d at input %d"
                                    .formatted(layer, first.samples, other.samples, k)
                            : ("%s: every sample must have the same rows at all inputs;"
                                            + " sample %d has %d at input 0 and %d at input %d")
                                    .formatted(layer, sample, first.count(sample), other.count(sample), k));
        }
        return first;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (other == this) {
            return true;
        }
        if (!(other instanceof RowLayout that) || samples != that.samples) {
            return false;
        }
        for (int i = 0; i <= samples; i++) {
            if (first(i) != that.first(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return 31 * samples + rows();
    }

    @Override
    public String toString() {
        return "%d rows of %d samples".formatted(rows(), samples);
    }
}
