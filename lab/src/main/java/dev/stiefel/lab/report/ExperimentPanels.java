package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.RecordedRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// An experiment: its charts, in each of them lines, along each of them configurations by x.
record ExperimentPanels(
        String name, ExperimentAxes axes, List<Configuration> all, Map<String, Map<String, Line>> panels) {
    static ExperimentPanels of(String name, List<Configuration> all, ExperimentAxes axes) {
        Map<String, Map<String, Line>> panels = new LinkedHashMap<>();
        for (Configuration each : all) {
            String panel = axes.panel(each);
            String line = axes.line(each);
            Line own = panels.computeIfAbsent(panel, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(line, _ -> new Line(name, panel, line, new TreeMap<>(), new ArrayList<>()));
            if (axes.x().isPresent() && axes.x(each).isEmpty()) {
                own.apart.add(each);
            } else {
                own.byX.put(axes.x(each).orElse(0), each);
            }
        }
        return new ExperimentPanels(name, axes, all, panels);
    }

    /// The x axis in words.
    String x() {
        return axes.x().map(ExperimentAxes::label).orElse("");
    }

    List<Line> lines() {
        return panels.values().stream().flatMap(each -> each.values().stream()).toList();
    }

    /// Configurations along x.
    ///
    /// @param apart configurations without a place there, such as a dense network among ranks
    record Line(
            String experiment,
            String panel,
            String label,
            TreeMap<Double, Configuration> byX,
            List<Configuration> apart) {
        List<Double> xs() {
            return List.copyOf(byX.keySet());
        }

        List<Configuration> configurations() {
            return List.copyOf(byX.values());
        }

        /// All configurations, first those without a place on the axis.
        List<Configuration> all() {
            List<Configuration> all = new ArrayList<>(apart);
            all.addAll(byX.values());
            return all;
        }

        /// The results of its runs.
        Series series(String name, ToDoubleFunction<RecordedRun> value) {
            return Series.along(name, xs(), configurations(), value);
        }
    }
}
