package dev.stiefel.lab.analysis;

import dev.stiefel.lab.model.Cost;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.spec.RunSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Cost of a run, epoch by epoch, from its ranks. Counted when first asked for.
final class RunCosts {
    private final RunSpec spec;
    private final Curves curves;
    private final int factored;
    private final Map<List<Integer>, Optional<Cost>> known = new HashMap<>();
    private final List<Double> training = new ArrayList<>(); // by the end of each epoch

    RunCosts(RunSpec spec, Curves curves) {
        this.spec = spec;
        this.curves = curves;
        this.factored = spec.networkSpec().factoredWeights().size();
    }

    synchronized Optional<Cost> of(int epoch) {
        if (epoch < 1 || epoch > curves.epochs()) {
            return Optional.empty();
        }
        List<Integer> ranks = curves.ranks(epoch);
        return ranks.size() == factored ? known.computeIfAbsent(ranks, this::counted) : Optional.empty();
    }

    private Optional<Cost> counted(List<Integer> ranks) {
        try {
            return Optional.of(Cost.of(spec, ranks));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a damaged history has ranks that no weight can have
        }
    }

    synchronized double training(int epoch) {
        if (epoch < 1 || epoch > curves.epochs()) {
            return Double.NaN;
        }
        while (training.size() < epoch) {
            int next = training.size() + 1;
            double before = next == 1 ? 0 : training.getLast();
            Optional<Cost> cost = of(next);
            for (int earlier = next - 1; cost.isEmpty() && earlier > 0; earlier--) {
                cost = of(earlier);
            }
            training.add(before + cost.map(each -> each.epoch(spec)).orElse(Double.NaN));
        }
        return training.get(epoch - 1);
    }

    long trainingParameters(int epoch) {
        List<Integer> ranks = curves.ranks(epoch);
        if (epoch < 1 || epoch > curves.epochs() || ranks.size() != factored) {
            return -1;
        }
        try {
            return Summary.Parameters.of(spec, ranks).training();
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }
}
