package dev.stiefel.lab.analysis;

import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Runs by everything but their seed.
///
/// @param axes the options that vary
/// @param configurations with their usable runs, at least one each
/// @param fruitless with runs, none of them usable
/// @param missing cells of the grids with no usable run
record Grouping(
        List<Option<?>> axes,
        List<Configuration> configurations,
        List<Configuration> fruitless,
        List<Configuration> missing) {
    private static final int MOST_CELLS = 100_000;

    /// Options that do not make another configuration: the seed, options that affect rounding, and a name that is
    /// the run's own.
    private static final Set<Option<?>> APART = Set.of(Options.SEED, Options.THREADS, Options.EXPERIMENT);

    /// @param declared the axes of sweeps, in their order
    static Grouping of(List<RecordedRun> runs, Collection<Option<?>> declared) {
        List<Map<String, Object>> specs =
                withDefaults(runs.stream().map(RecordedRun::spec).toList());
        List<Option<?>> axes = axes(specs, declared);
        Map<List<Object>, List<RecordedRun>> groups = new LinkedHashMap<>();
        Map<List<Object>, Map<Option<?>, Object>> places = new HashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            Map<String, Object> spec = specs.get(i);
            Map<String, Object> rest = new HashMap<>(spec);
            APART.stream().filter(option -> !axes.contains(option)).forEach(option -> rest.remove(option.key()));
            List<Object> key = List.of(runs.get(i).configuration(), rest);
            groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(runs.get(i));
            Map<Option<?>, Object> place = new LinkedHashMap<>();
            for (Option<?> axis : axes) {
                Object value = spec.get(axis.key());
                if (value != null) {
                    place.put(axis, value);
                }
            }
            places.put(key, place);
        }
        List<Configuration> found = new ArrayList<>();
        List<Configuration> fruitless = new ArrayList<>();
        groups.forEach((key, group) -> {
            List<RecordedRun> usable =
                    group.stream().filter(RecordedRun::isUsable).toList();
            Configuration configuration =
                    new Configuration(group.getFirst().configuration(), places.getOrDefault(key, Map.of()), usable);
            (usable.isEmpty() ? fruitless : found).add(configuration);
        });
        Comparator<Configuration> order = order(axes);
        found.sort(order);
        fruitless.sort(order);
        List<Configuration> missing = missing(axes, found, fruitless);
        missing.sort(order);
        return new Grouping(axes, List.copyOf(found), List.copyOf(fruitless), List.copyOf(missing));
    }

    /// The values of specs. Where one has an option that another leaves out at its default, that has the default.
    private static List<Map<String, Object>> withDefaults(List<RunSpec> specs) {
        Set<String> keys = new HashSet<>();
        specs.forEach(spec -> keys.addAll(spec.asMap().keySet()));
        List<Option<?>> said = Options.all().stream()
                .filter(option -> keys.contains(option.key()))
                .toList();
        return specs.stream()
                .map(spec -> {
                    Map<String, Object> values = new HashMap<>();
                    said.forEach(option -> spec.written(option).ifPresent(value -> values.put(option.key(), value)));
                    return values;
                })
                .toList();
    }

    /// The axes: varying options that a sweep names; then, widths and ranks first, every other option that
    /// distinguishes runs with equal values of those before it. An option that only follows from others is no
    /// axis.
    private static List<Option<?>> axes(List<Map<String, Object>> specs, Collection<Option<?>> declared) {
        List<Option<?>> axes = new ArrayList<>();
        Set<Option<?>> candidates = new LinkedHashSet<>(List.of(Options.WIDTH, Options.RANK));
        Options.all().stream().filter(option -> !APART.contains(option)).forEach(candidates::add);
        for (Option<?> option : declared) {
            if (option != Options.SEED && varies(option, specs)) {
                axes.add(option);
            }
        }
        for (Option<?> option : candidates) {
            if (!axes.contains(option) && varies(option, specs) && tellsApart(option, axes, specs)) {
                axes.add(option);
            }
        }
        return List.copyOf(axes);
    }

    private static boolean varies(Option<?> option, List<Map<String, Object>> specs) {
        return specs.stream().map(spec -> shown(spec, option)).distinct().count() > 1;
    }

    private static boolean tellsApart(Option<?> option, List<Option<?>> axes, List<Map<String, Object>> specs) {
        Map<List<String>, String> seen = new HashMap<>();
        for (Map<String, Object> spec : specs) {
            List<String> place = axes.stream().map(axis -> shown(spec, axis)).toList();
            String value = shown(spec, option);
            String before = seen.putIfAbsent(place, value);
            if (before != null && !before.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static String shown(Map<String, Object> spec, Option<?> option) {
        return String.valueOf(spec.get(option.key()));
    }

    private static Comparator<Configuration> order(List<Option<?>> axes) {
        Comparator<Configuration> order = Comparator.comparing(Configuration::name);
        for (Option<?> axis : axes) {
            order = order.thenComparing(each -> each.axes().get(axis), Comparator.nullsFirst(Grouping::compare));
        }
        return order;
    }

    private static int compare(Object a, Object b) {
        return a instanceof Number x && b instanceof Number y
                ? Double.compare(x.doubleValue(), y.doubleValue())
                : a instanceof Number
                        ? -1
                        : b instanceof Number ? 1 : a.toString().compareTo(b.toString());
    }

    /// Grids are over numbers; words, and options that only some runs have, tell grids apart.
    private static List<Configuration> missing(
            List<Option<?>> axes, List<Configuration> found, List<Configuration> fruitless) {
        Map<List<Object>, List<Configuration>> grids = new LinkedHashMap<>();
        Set<Map<Option<?>, Object>> usable = new HashSet<>();
        Map<String, Set<Map<Option<?>, Object>>> present = new HashMap<>();
        found.forEach(each ->
                present.computeIfAbsent(each.name(), _ -> new HashSet<>()).add(each.axes()));
        List<Configuration> all = new ArrayList<>(found);
        all.addAll(fruitless);
        for (Configuration each : all) {
            List<Object> grid = new ArrayList<>(List.of(each.name()));
            for (Option<?> axis : axes) {
                Object value = each.axes().get(axis);
                grid.add(value instanceof Number ? "number" : String.valueOf(value));
            }
            grids.computeIfAbsent(grid, _ -> new ArrayList<>()).add(each);
        }
        List<Configuration> missing = new ArrayList<>();
        for (List<Configuration> grid : grids.values()) {
            usable.clear();
            usable.addAll(present.getOrDefault(grid.getFirst().name(), Set.of()));
            for (Map<Option<?>, Object> cell : cells(axes, grid)) {
                if (!usable.contains(cell)) {
                    missing.add(new Configuration(grid.getFirst().name(), cell, List.of()));
                }
            }
        }
        return missing;
    }

    private static List<Map<Option<?>, Object>> cells(List<Option<?>> axes, List<Configuration> grid) {
        List<Map<Option<?>, Object>> cells = new ArrayList<>(List.of(new LinkedHashMap<>()));
        for (Option<?> axis : axes) {
            Set<Object> values = new LinkedHashSet<>();
            grid.forEach(each -> {
                if (each.axes().containsKey(axis)) {
                    values.add(each.axes().get(axis));
                }
            });
            if (values.isEmpty()) {
                continue;
            }
            if ((long) cells.size() * values.size() > MOST_CELLS) {
                return List.of(); // no grid that anybody would look at
            }
            List<Map<Option<?>, Object>> more = new ArrayList<>();
            for (Map<Option<?>, Object> cell : cells) {
                for (Object value : values) {
                    Map<Option<?>, Object> next = new LinkedHashMap<>(cell);
                    next.put(axis, value);
                    more.add(next);
                }
            }
            cells = more;
        }
        return cells;
    }
}
