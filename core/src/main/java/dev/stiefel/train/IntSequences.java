package dev.stiefel.train;

import dev.stiefel.nn.RowLayout;
import java.util.Objects;

/// Sequences of integers of different lengths, in one array.
final class IntSequences {
    private final int[] values;
    private final int[] firsts; // start of each, then the number of values

    private IntSequences(int[] values, int[] firsts) {
        this.values = values;
        this.firsts = firsts;
    }

    static IntSequences copyOf(int[][] sequences) {
        int[] firsts = new int[sequences.length + 1];
        for (int i = 0; i < sequences.length; i++) {
            firsts[i + 1] = Math.addExact(firsts[i], sequences[i].length);
        }
        int[] values = new int[firsts[sequences.length]];
        for (int i = 0; i < sequences.length; i++) {
            System.arraycopy(sequences[i], 0, values, firsts[i], firsts[i + 1] - firsts[i]);
        }
        return new IntSequences(values, firsts);
    }

    int size() {
        return firsts.length - 1;
    }

    int length(int sequence) {
        return firsts[sequence + 1] - firsts[sequence];
    }

    boolean hasLengthsOf(IntSequences other) {
        boolean equal = size() == other.size();
        for (int i = 0; equal && i < size(); i++) {
            equal = length(i) == other.length(i);
        }
        return equal;
    }

    void requireRange(String what, int least, int end) {
        for (int i = 0; i < size(); i++) {
            for (int at = firsts[i]; at < firsts[i + 1]; at++) {
                if (values[at] < least || values[at] >= end) {
                    throw new IllegalArgumentException("token sequences: %s must be in [%d, %d); sample %d has %d"
                            .formatted(what, least, end, i, values[at]));
                }
            }
        }
    }

    /// The lengths of the sequences `order[from] … order[to − 1]`.
    RowLayout layout(int[] order, int from, int to) {
        int[] counts = new int[to - from];
        for (int i = from; i < to; i++) {
            counts[i - from] = length(Objects.checkIndex(order[i], size()));
        }
        return RowLayout.of(counts);
    }

    /// The sequences `order[from] … order[to − 1]`, one after another.
    int[] gather(int[] order, int from, int to) {
        int[] some = new int[layout(order, from, to).rows()];
        int at = 0;
        for (int i = from; i < to; i++) {
            System.arraycopy(values, firsts[order[i]], some, at, length(order[i]));
            at += length(order[i]);
        }
        return some;
    }
}
