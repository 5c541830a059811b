package dev.stiefel.lab.sweep;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.DataIdentity;
import dev.stiefel.lab.data.OwnDataReader;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.nn.Measures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All runs that a spec means, and those that it does not.
///
/// @param spec specification of the sweep
/// @param runs in the order in which they are made: data set by data set, seed by seed, the
///     dearest first
/// @param skipped combinations that cannot be run
/// @param excluded number of combinations that the spec's conditions leave out
/// @param data facts read from a user's own data, by name
public record SweepPlan(
        SweepSpec spec, List<PlannedRun> runs, List<Skipped> skipped, int excluded, Map<String, DataIdentity> data) {
    /// The most runs that a sweep may have.
    public static final int MOST_RUNS = 1_000_000;

    private static final double EVALUATED = 0.3; // samples, to those of training: what is usual

    /// Takes copies of the lists.
    public SweepPlan {
        runs = List.copyOf(runs);
        skipped = List.copyOf(skipped);
        data = Map.copyOf(data);
    }

    /// A combination that cannot be run.
    ///
    /// @param label its place on the axes: `width=10 rank=20`
    /// @param reason why
    public record Skipped(String label, String reason) {}

    /// Resolves every combination of a spec.
    ///
    /// @throws IllegalArgumentException if there is no run, or there are too many
    /// @throws IOException if data of the user's own cannot be read
    public static SweepPlan of(SweepSpec spec) throws IOException {
        return of(spec, DataSets.in(CacheFolder.standard()));
    }

    /// The same with data sets from elsewhere, for texts, which are read.
    public static SweepPlan of(SweepSpec spec, DataSets dataSets) throws IOException {
        long combinations = 1;
        for (SweepAxis axis : spec.axes()) {
            combinations = Math.multiplyExact(combinations, (long) axis.points().size());
            long runs = combinations * spec.seeds().size();
            if (runs > MOST_RUNS) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "sweep '%s' has %,d runs or more; at most %,d are allowed; give its axes fewer values",
                        spec.name(),
                        runs,
                        MOST_RUNS));
            }
        }
        return new Expansion(spec, new OwnDataReader(dataSets)).plan();
    }

    private static final class Expansion {
        private final SweepSpec spec;
        private final OwnDataReader reader;
        private final List<PlannedRun> runs = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();
        private final Map<String, Skipped> skipped = new LinkedHashMap<>();
        private final Map<String, DataIdentity> data = new HashMap<>();
        private int excluded;

        Expansion(SweepSpec spec, OwnDataReader reader) {
            this.spec = spec;
            this.reader = reader;
        }

        SweepPlan plan() throws IOException {
            for (long seed : spec.seeds()) { // outermost, since a user's own data is divided by it
                expand(0, new LinkedHashMap<>(), seed);
            }
            if (runs.isEmpty()) {
                throw new IllegalArgumentException("sweep '%s' has no runs: %s"
                        .formatted(
                                spec.name(),
                                skipped.isEmpty()
                                        ? "exclude leaves all %s combinations out".formatted(excluded)
                                        : skipped.values().iterator().next().reason()));
            }
            Map<String, Double> costs = new HashMap<>();
            runs.forEach(run -> costs.put(run.id(), cost(run.spec())));
            List<PlannedRun> ordered = new ArrayList<>(runs);
            ordered.sort(Comparator.comparing((PlannedRun run) -> run.spec().get(Options.DATA))
                    .thenComparingInt(run -> spec.seeds().indexOf(run.seed()))
                    .thenComparingDouble(run -> -costs.getOrDefault(run.id(), 0.0)));
            return new SweepPlan(
                    spec,
                    ordered,
                    List.copyOf(skipped.values()),
                    excluded / spec.seeds().size(),
                    data);
        }

        private void expand(int axis, Map<String, Optional<SweepAxis.Value<?>>> point, long seed) throws IOException {
            if (axis == spec.axes().size()) {
                add(point, seed);
                return;
            }
            List<Option<?>> options = spec.axes().get(axis).options();
            for (List<Optional<SweepAxis.Value<?>>> values :
                    spec.axes().get(axis).points()) {
                for (int i = 0; i < options.size(); i++) {
                    point.put(options.get(i).key(), values.get(i));
                }
                expand(axis + 1, point, seed);
            }
            options.forEach(option -> point.remove(option.key()));
        }

        private void add(Map<String, Optional<SweepAxis.Value<?>>> point, long seed) throws IOException {
            Choices choices = spec.base();
            Map<String, Object> place = new LinkedHashMap<>();
            for (Map.Entry<String, Optional<SweepAxis.Value<?>>> each : point.entrySet()) {
                if (each.getValue().isPresent()) {
                    choices = each.getValue().get().over(choices);
                    place.put(each.getKey(), each.getValue().get().written());
                }
            }
            if (holdsAnyOf(spec.exclude(), comparable(choices))) {
                excluded++;
                return;
            }
            choices = choices.with(Options.SEED, seed);
            if (!choices.has(Options.THREADS)) {
                choices = choices.with(Options.THREADS, 1);
            }
            String label = label(place);
            RunSpec resolved;
            try {
                Optional<RunData> own = reader.read(choices);
                own.ifPresent(read -> data.put(read.facts().name(), read.identity()));
                resolved = Resolution.of(choices, Optional.of(spec.name()), own.map(RunData::description));
                resolved.evaluation(Measures.installed(), List.of()); // workers know no others
            } catch (IllegalArgumentException e) {
                skipped.putIfAbsent(label, new Skipped(label, String.valueOf(e.getMessage())));
                return;
            }
            PlannedRun run = PlannedRun.of(resolved, place);
            if (ids.add(run.id())) {
                runs.add(run);
            } else {
                skipped.putIfAbsent(label, new Skipped(label, "the same run as another combination"));
            }
        }

        private static boolean holdsAnyOf(List<Condition> conditions, Map<String, Object> values) {
            return conditions.stream().anyMatch(condition -> condition.holds(values));
        }

        /// Choices by key as conditions compare them: numbers and words.
        private static Map<String, Object> comparable(Choices choices) {
            Map<String, Object> values = new HashMap<>();
            choices.options()
                    .forEach(option -> choices.find(option)
                            .map(option::write)
                            .ifPresent(plain -> values.put(
                                    option.key(),
                                    plain instanceof Number number
                                            ? (Object) number.doubleValue()
                                            : plain.toString())));
            return values;
        }
    }

    static String label(Map<String, Object> point) {
        StringBuilder label = new StringBuilder();
        point.forEach((key, value) ->
                label.append(label.isEmpty() ? "" : " ").append(key).append('=').append(value));
        return label.isEmpty() ? "the only combination" : label.toString();
    }

    /// About how much a run has to compute, in multiply-adds: a third of a training step is
    /// the pass forward, and all validation and test samples are seen once an epoch.
    static double cost(RunSpec spec) {
        DataFacts data = spec.dataFacts();
        double trained = (data.trainSize() - spec.get(Options.VALIDATION)) * spec.get(Options.TRAIN_FRACTION);
        double evaluated = data.trainSize() * EVALUATED * spec.get(Options.EVALUATION_FRACTION);
        double weights = spec.networkSpec().parameters();
        return spec.find(Options.EPOCHS).orElse(0) * weights * (3 * trained + evaluated);
    }
}
