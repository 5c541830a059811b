package dev.stiefel.lab.bench;

import dev.stiefel.lab.spec.OptimizerName;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.train.Method;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/// Specification of a measurement: a network, dense, and factored at each rank.
///
/// @param network the network
/// @param batch samples in a step, and in a prediction, at least 1
/// @param ranks at least one, each at least 1 and one that a factored weight can have. A weight that cannot have it
///     has all that it can
/// @param method of the factored steps; ranks are held
/// @param optimizer of all steps
/// @param threads at least 1
/// @param repeats number of turns of each contender, at least 1; medians are taken over them
public record BenchSpec(
        BenchNetwork network,
        int batch,
        List<Integer> ranks,
        Method method,
        OptimizerName optimizer,
        int threads,
        int repeats) {
    /// Checks the ranges.
    public BenchSpec {
        requireAtLeastOne("batch size", batch);
        requireAtLeastOne("threads", threads);
        requireAtLeastOne("repeats", repeats);
        ranks = List.copyOf(ranks);
        if (ranks.isEmpty()) {
            throw new IllegalArgumentException("ranks: at least one is needed");
        }
        WeightSpec widest = network.factoredWeights().stream()
                .max(Comparator.comparingInt(BenchSpec::limit))
                .orElseThrow();
        int limit = limit(widest);
        for (int rank : ranks) {
            if (rank < 1 || rank > limit) {
                throw new IllegalArgumentException("rank (%s) must be in [1, %s] for a [%s, %s] weight"
                        .formatted(rank, limit, widest.rows(), widest.columns()));
            }
        }
        if (new HashSet<>(ranks).size() < ranks.size()) {
            throw new IllegalArgumentException("ranks must differ; got " + ranks);
        }
        if (!method.isLowRank()) {
            throw new IllegalArgumentException(
                    "method '%s' is what the others are compared with; choose a low-rank one".formatted(method.word()));
        }
        optimizer.requireFor(method);
        ranks = ranks.stream().sorted().toList();
    }

    private static int limit(WeightSpec weight) {
        return Math.min(weight.rows(), weight.columns());
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1; got %s".formatted(name, value));
        }
    }
}
