package dev.stiefel.lab.report;

import dev.stiefel.lab.figure.Figure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The figures that a report may have, not drawn yet.
///
/// @param figures in any order
/// @param leftOut figures that are left out and the reasons, one line each
record FigurePlan(List<Planned> figures, List<String> leftOut) {
    FigurePlan {
        figures = List.copyOf(figures);
        leftOut = List.copyOf(leftOut);
    }

    /// A figure, where it belongs, and how it is made.
    ///
    /// @param topic its place
    /// @param worth rank among figures if there are too many: the larger the number, the sooner it is left out
    /// @param kind common name with similar figures
    /// @param subject distinction from those
    /// @param runs the folders of the runs behind it
    /// @param drawing makes it
    /// @param table its numbers as CSV, where there is more to say than what the figure shows
    record Planned(
            Topic topic,
            int worth,
            String kind,
            String subject,
            List<Path> runs,
            Supplier<Figure> drawing,
            Optional<Supplier<String>> table) {
        Planned {
            runs = List.copyOf(runs);
        }

        Planned(Topic topic, int worth, String kind, String subject, List<Path> runs, Supplier<Figure> drawing) {
            this(topic, worth, kind, subject, runs, drawing, Optional.empty());
        }

        /// The same with a table of its own.
        Planned tabled(Supplier<String> csv) {
            return new Planned(topic, worth, kind, subject, runs, drawing, Optional.of(csv));
        }

        /// Draws it.
        Drawn draw() {
            Figure figure = drawing.get();
            return new Drawn(
                    topic,
                    figure,
                    runs,
                    table.map(Supplier::get).orElseGet(() -> figure.table().csv()));
        }
    }

    /// A figure that was drawn.
    ///
    /// @param csv its numbers
    record Drawn(Topic topic, Figure figure, List<Path> runs, String csv) {}

    /// Subjects of figures, in the order of the page.
    enum Topic {
        SIZE("Error by size"),
        DESCENT("Double descent"),
        TRAINING("Training"),
        COMPARISON("Comparison"),
        COST("Error against cost"),
        MAPS("Error over size and epoch"),
        RANKS("Ranks and spectra"),
        PACE("Learning rate and time"),
        EXPLANATION("Background");

        private final String heading;

        Topic(String heading) {
            this.heading = heading;
        }

        String heading() {
            return heading;
        }
    }

    FigurePlan with(FigurePlan more) {
        List<Planned> all = new ArrayList<>(figures);
        all.addAll(more.figures);
        List<String> lines = new ArrayList<>(leftOut);
        lines.addAll(more.leftOut);
        return new FigurePlan(all, lines);
    }

    /// The most important figures, in the order of the page, and a line on each kind of those that are left out.
    FigurePlan most(int count) {
        List<Planned> byWorth = new ArrayList<>(figures);
        byWorth.sort(Comparator.comparingInt(Planned::worth)); // stable: else as they were planned
        List<Planned> kept = new ArrayList<>(byWorth.subList(0, Math.min(count, byWorth.size())));
        kept.sort(Comparator.comparing(Planned::topic));
        Map<String, List<String>> others = new LinkedHashMap<>();
        for (Planned figure : byWorth.subList(kept.size(), byWorth.size())) {
            others.computeIfAbsent(figure.kind(), _ -> new ArrayList<>()).add(figure.subject());
        }
        List<String> lines = new ArrayList<>(leftOut);
        others.forEach((kind, subjects) -> lines.add(String.format(
                Locale.ROOT,
                "%s: %s, as there is room for %,d figures; --figures %,d has all",
                kind,
                some(subjects),
                count,
                figures.size())));
        return new FigurePlan(kept, lines);
    }

    private static String some(List<String> subjects) {
        List<String> named = subjects.stream().filter(each -> !each.isEmpty()).toList();
        if (named.isEmpty()) {
            return subjects.size() == 1 ? "left out" : "%s left out".formatted(subjects.size());
        }
        String first = String.join("; ", named.subList(0, Math.min(3, named.size())));
        return named.size() <= 3
                ? "of %s left out".formatted(first)
                : "%s left out (of %s, …)".formatted(subjects.size(), first);
    }
}
