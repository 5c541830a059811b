package dev.stiefel.lab.analysis;

import dev.stiefel.lab.spec.Option;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Runs that differ in their seed only.
///
/// @param name of what they are part of: a sweep, a folder of imported logs, or an experiment
/// @param axes values of the options that vary over the set, in its order, as texts, numbers and truth values; an
///     option without meaning for these runs is missing
/// @param runs runs that reached a result; none if a cell of the grid is missing
public record Configuration(String name, Map<Option<?>, Object> axes, List<RecordedRun> runs) {
    /// Takes copies.
    public Configuration {
        axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
        runs = List.copyOf(runs);
    }

    /// The values in words: `width 100, rank 10`; the name if nothing varies.
    public String label() {
        return axes.isEmpty()
                ? name
                : axes.entrySet().stream()
                        .map(axis -> OptionLabels.of(axis.getKey()) + " " + axis.getValue())
                        .collect(Collectors.joining(", "));
    }

    /// A measure over the runs, after an epoch.
    public Statistics statistics(RunMeasure measure, int epoch) {
        return Statistics.of(runs.stream().mapToDouble(run -> run.value(measure, epoch)));
    }

    /// The outcomes of a measure, one per run.
    public List<RunOutcome> outcomes(RunMeasure measure) {
        return runs.stream().map(run -> run.outcome(measure)).toList();
    }

    /// The last epoch that any of the runs has; 0 if there are none.
    public int epochs() {
        return runs.stream().mapToInt(RecordedRun::epochs).max().orElse(0);
    }
}
