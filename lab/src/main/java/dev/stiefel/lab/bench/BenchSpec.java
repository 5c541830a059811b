package dev.stiefel.lab.bench;

import dev.stiefel.lab.spec.OptimizerName;
import dev.stiefel.train.Method;
import java.util.HashSet;
import java.util.List;

/// What is timed: the network `784 - width - … - width - 10` its hidden layers dense, and factored at each rank.
///
/// @param width of the hidden layers, at least 1
/// @param depth how many of them, at least 1
/// @param batch samples in a step, and in a prediction, at least 1
/// @param ranks at least one, each in `[1, width]` (and at most 784)
/// @param method of the factored steps; ranks are held
/// @param optimizer of all steps
/// @param threads at least 1
/// @param repeats how often each contender's turn comes, at least 1; medians are taken over them
public record BenchSpec(
        int width,
        int depth,
        int batch,
        List<Integer> ranks,
        Method method,
        OptimizerName optimizer,
        int threads,
        int repeats) {
    /// Values that a sample has.
    public static final int INPUTS = 784;
    /// Classes.
    public static final int OUTPUTS = 10;

    /// Checks the ranges.
    public BenchSpec {
        requireAtLeastOne("width", width);
        requireAtLeastOne("depth", depth);
        requireAtLeastOne("batch size", batch);
        requireAtLeastOne("threads", threads);
        requireAtLeastOne("repeats", repeats);
        ranks = List.copyOf(ranks);
        if (ranks.isEmpty()) {
            throw new IllegalArgumentException("ranks: at least one is needed");
        }
        int limit = Math.min(INPUTS, width);
        for (int rank : ranks) {
            if (rank < 1 || rank > limit) {
                throw new IllegalArgumentException(
                        "rank (%d) must be in [1, %d] for a [%d, %d] weight".formatted(rank, limit, width, INPUTS));
            }
        }
        if (new HashSet<>(ranks).size() < ranks.size()) {
            throw new IllegalArgumentException("ranks must differ; got " + ranks);
        }
        if (!method.isLowRank()) {
            throw new IllegalArgumentException(
                    "method '%s' is what the others are compared with; choose a low-rank one".formatted(method.word()));
        }
        ranks = ranks.stream().sorted().toList();
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1; got %d".formatted(name, value));
        }
    }
}
