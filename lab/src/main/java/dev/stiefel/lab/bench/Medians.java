package dev.stiefel.lab.bench;

import java.util.List;

/// The middle of some numbers.
final class Medians {
    private Medians() {}

    /// The mean of the two in the middle where the count is even.
    static double of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int size = sorted.size();
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }
}
