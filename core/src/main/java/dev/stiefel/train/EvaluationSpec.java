package dev.stiefel.train;

import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Measure;
import dev.stiefel.nn.Measure.Better;
import dev.stiefel.nn.Measures;
import dev.stiefel.nn.Targets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Measures besides the loss in training, and the figure that decides whether one epoch is better than another.
///
/// @param measures counted in training and evaluation; those that do not apply to the targets are left out
/// @param evaluators asked for at the end of an epoch, of the validation and the test samples
/// @param monitored name of the figure that decides which epoch is the best, and when to stop early: `loss`, or the
///     name of a measure or an evaluator
public record EvaluationSpec(List<Measure> measures, List<Evaluator> evaluators, String monitored) {
    /// Name of the loss among the figures.
    public static final String LOSS = "loss";

    /// Checks the names.
    public EvaluationSpec {
        measures = List.copyOf(measures);
        evaluators = List.copyOf(evaluators);
        List<String> names = new ArrayList<>(List.of(LOSS));
        Stream.concat(measures.stream().map(Measure::name), evaluators.stream().map(Evaluator::name))
                .forEach(names::add);
        for (String name : names.subList(1, names.size())) {
            Measures.requireName(name);
            if (names.indexOf(name) != names.lastIndexOf(name)) {
                throw new IllegalArgumentException("measures: there are two of the name '%s'".formatted(name));
            }
        }
        if (!names.contains(monitored)) {
            throw new IllegalArgumentException(
                    "measures: the monitored figure must be one of %s; got '%s'".formatted(names, monitored));
        }
    }

    /// Accuracy where there are classes; the loss decides.
    public static EvaluationSpec standard() {
        return new EvaluationSpec(List.of(new Accuracy()), List.of(), LOSS);
    }

    /// The directions of merit of all measures and evaluators, by name.
    public Map<String, Better> directions() {
        Map<String, Better> directions = new LinkedHashMap<>();
        measures.forEach(each -> directions.put(each.name(), each.better()));
        evaluators.forEach(each -> directions.put(each.name(), each.better()));
        return directions;
    }

    /// The measures that apply to targets of this kind.
    public List<Measure> applying(Targets.Kind kind) {
        return measures.stream().filter(each -> each.appliesTo(kind)).toList();
    }

    /// Refuses targets that the monitored measure does not apply to: no epoch would ever be the best.
    void requireMonitors(Targets.Kind kind) {
        boolean unmeasured = measures.stream().anyMatch(each -> each.name().equals(monitored) && !each.appliesTo(kind));
        if (unmeasured) {
            List<String> others = new ArrayList<>(List.of(LOSS));
            applying(kind).forEach(each -> others.add(each.name()));
            evaluators.forEach(each -> others.add(each.name()));
            throw new IllegalArgumentException(
                    "measures: the monitored figure must apply to the samples' targets; '%s' does not apply to %s; monitor one of %s"
                            .formatted(monitored, SampleTargets.describe(kind), others));
        }
    }

    /// The direction in which the monitored figure is better.
    public Better better() {
        return directions().getOrDefault(monitored, Better.LOWER);
    }
}
