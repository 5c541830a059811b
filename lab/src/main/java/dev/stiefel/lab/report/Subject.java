package dev.stiefel.lab.report;

import dev.stiefel.lab.report.FigurePlan.Drawn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What a report is on, as it was read.
sealed interface Subject permits RunSubject, SetSubject {
    /// Reads a single run, or several.
    static Subject read(List<Path> paths, Path base) throws IOException {
        return paths.size() == 1 && ReportPaths.isRun(paths.getFirst())
                ? RunSubject.read(paths.getFirst(), base)
                : SetSubject.read(paths, base);
    }

    /// The runs that it is made of.
    ReportSources sources();

    /// The figures there may be.
    FigurePlan plan();

    /// How many configurations the runs are.
    int configurations();

    /// A line on everything that could not be used, or is not there.
    List<String> missing();

    /// The page.
    ///
    /// @param files the folder of the figures' files, as seen from the page; empty: there are none
    Page page(Provenance provenance, List<Drawn> figures, List<String> leftOut, String files);

    /// What `summary.csv` holds.
    String summaryCsv();

    /// What `summary.md` holds.
    String summaryMarkdown();

    /// Figures by what they are about.
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
