package dev.stiefel.lab.report;

import dev.stiefel.lab.report.FigurePlan.Drawn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Subject of a report, as it was read.
sealed interface Subject permits RunSubject, SetSubject {
    /// Reads a single run, or several.
    static Subject read(List<Path> paths, Path base) throws IOException {
        return paths.size() == 1 && ReportPaths.isRun(paths.getFirst())
                ? RunSubject.read(paths.getFirst(), base)
                : SetSubject.read(paths, base);
    }

    /// The runs of the report.
    ReportSources sources();

    /// The figures there may be.
    FigurePlan plan();

    /// The number of configurations.
    int configurations();

    /// A line on everything that could not be used, or is not there.
    List<String> missing();

    /// The page.
    ///
    /// @param files the folder of the figures' files, as seen from the page; empty: there are none
    Page page(Provenance provenance, List<Drawn> figures, List<String> leftOut, String files);

    /// The content of `summary.csv`.
    String summaryCsv();

    /// The content of `summary.md`.
    String summaryMarkdown();

    /// Figures grouped by subject.
    static List<Page.Group> groups(List<Drawn> figures, ReportSources sources, String files) {
        Map<FigurePlan.Topic, List<Page.Shown>> byTopic = new EnumMap<>(FigurePlan.Topic.class);
        for (Drawn each : figures) {
            byTopic.computeIfAbsent(each.topic(), _ -> new ArrayList<>())
                    .add(new Page.Shown(each.figure(), sources.words(each.runs()), files));
        }
        return byTopic.entrySet().stream()
                .map(entry -> new Page.Group(entry.getKey().heading(), entry.getValue()))
                .toList();
    }
}
