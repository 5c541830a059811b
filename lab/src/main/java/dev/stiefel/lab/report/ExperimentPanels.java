package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.RecordedRun;
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
            panels.computeIfAbsent(panel, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(line, _ -> new Line(name, panel, line, new TreeMap<>()))
                    .byX()
                    .put(axes.x(each).orElse(0), each);
        }
        return new ExperimentPanels(name, axes, all, panels);
    }

    /// What lies along x, in words.
    String x() {
        return axes.x().map(ExperimentAxes::label).orElse("");
    }

    List<Line> lines() {
        return panels.values().stream().flatMap(each -> each.values().stream()).toList();
    }

    /// Configurations along x.
    record Line(String family, String panel, String label, TreeMap<Double, Configuration> byX) {
        List<Double> xs() {
            return List.copyOf(byX.keySet());
        }

        List<Configuration> configurations() {
            return List.copyOf(byX.values());
        }

        /// What its runs came to.
        Series series(String name, ToDoubleFunction<RecordedRun> value) {
            return Series.along(name, xs(), configurations(), value);
        }
    }
}
