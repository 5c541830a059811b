package dev.stiefel.lab.report;

import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.figure.Theme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A report as one HTML file: it asks nothing of the network, and needs no script to be read.
///
/// @param title of the whole
/// @param lead introduction, in a few sentences
/// @param tables the summary
/// @param groups the figures
/// @param leftOut figures that are left out, with reasons
/// @param missing runs that are missing or unusable, with reasons
/// @param specs specifications of the training: names and text
/// @param commands commands that made the runs and this page
/// @param facts versions and checksums
/// @param data data for machines in the page, as JSON; empty: nothing
record Page(
        String title,
        List<String> lead,
        List<PageTable> tables,
        List<Group> groups,
        List<String> leftOut,
        List<String> missing,
        List<Named> specs,
        List<String> commands,
        List<PageTable> facts,
        String data) {
    private static final int LONG_LIST = 12;

    Page {
        lead = List.copyOf(lead);
        tables = List.copyOf(tables);
        groups = List.copyOf(groups);
        leftOut = List.copyOf(leftOut);
        missing = List.copyOf(missing);
        specs = List.copyOf(specs);
        commands = List.copyOf(commands);
        facts = List.copyOf(facts);
    }

    /// Figures that belong together.
    ///
    /// @param heading heading of the group
    /// @param figures in order
    record Group(String heading, List<Shown> figures) {
        Group {
            figures = List.copyOf(figures);
        }
    }

    /// A figure in its place.
    ///
    /// @param figure the figure
    /// @param runs the runs behind it, in words
    /// @param files paths of its files beside the page; empty without files
    record Shown(Figure figure, String runs, String files) {}

    /// A text with a name.
    record Named(String name, String text) {}

    /// The same with something kept in it for machines.
    Page with(String newData) {
        return new Page(title, lead, tables, groups, leftOut, missing, specs, commands, facts, newData);
    }

    /// The file's content.
    String html() {
        Html html = new Html();
        html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.raw("<meta name=\"generator\" content=\"stiefel report\">\n");
        html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                + " style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n");
        html.raw("<link rel=\"icon\" href=\"data:,\">\n");
        html.element("title", title);
        html.raw("<style>\n").raw(themes()).raw(resource("page.css")).raw("</style>\n</head>\n<body>\n");
        html.raw("<a class=\"skip\" href=\"#content\">Skip to the content</a>\n");
        html.open("header").element("h1", title);
        lead.forEach(words -> html.element("p class=\"lead\"", words));
        html.close("header");
        contents(html);
        html.open("main id=\"content\"");
        summary(html);
        figures(html);
        missing(html);
        specification(html);
        facts(html);
        html.close("main");
        if (!data.isEmpty()) {
            html.raw("<script type=\"application/json\" id=\"provenance\">")
                    .raw(data.replace("<", "\\u003c"))
                    .raw("</script>\n");
        }
        html.raw("<script>\n").raw(resource("page.js")).raw("</script>\n</body>\n</html>\n");
        return html.toString();
    }

    private void contents(Html html) {
        html.raw("<nav aria-label=\"Contents\"><ul>");
        html.raw("<li><a href=\"#summary\">Summary</a></li>");
        for (int i = 0; i < groups.size(); i++) {
            html.raw("<li><a href=\"#group-%s\">".formatted(i + 1))
                    .text(groups.get(i).heading())
                    .raw("</a></li>");
        }
        html.raw("<li><a href=\"#missing\">What is missing</a></li>");
        html.raw("<li><a href=\"#specification\">Specification</a></li>");
        html.raw("<li><a href=\"#origin\">Origin</a></li></ul></nav>\n");
    }

    private void summary(Html html) {
        html.open("section id=\"summary\"").element("h2", "Summary");
        for (PageTable table : tables) {
            table.write(html, table.caption());
        }
        html.close("section");
    }

    private void figures(Html html) {
        for (int i = 0; i < groups.size(); i++) {
            html.open("section id=\"group-%s\"".formatted(i + 1))
                    .element("h2", groups.get(i).heading());
            html.open("div class=\"figures\"");
            groups.get(i).figures().forEach(each -> figure(html, each));
            html.close("div").close("section");
        }
        if (!leftOut.isEmpty()) {
            html.open("section id=\"left-out\"").element("h2", "Figures left out");
            list(html, leftOut);
            html.close("section");
        }
    }

    private static void figure(Html html, Shown shown) {
        Figure figure = shown.figure();
        html.open("figure id=\"shown-%s\"".formatted(figure.name()));
        html.raw("<div class=\"plot\">").raw(figure.svg()).raw("</div>\n");
        html.open("figcaption");
        html.element("p", figure.caption());
        html.raw("<p class=\"soft\">").text(shown.runs());
        if (!shown.files().isEmpty()) {
            html.raw(" Files:");
            for (String extension : List.of("svg", "png", "csv")) {
                String file = shown.files() + "/" + figure.name() + "." + extension;
                html.raw(" <a href=\"").text(file).raw("\">").text(extension).raw("</a>");
            }
            html.raw(".");
        }
        html.raw("</p>\n").close("figcaption").close("figure");
    }

    private void missing(Html html) {
        html.open("section id=\"missing\"").element("h2", "What is missing");
        if (missing.isEmpty()) {
            html.element("p", "Nothing: every run that was found is in this report.");
        } else {
            list(html, missing);
        }
        html.close("section");
    }

    /// The first few of many, the others folded away.
    private static void list(Html html, List<String> lines) {
        boolean folds = lines.size() > LONG_LIST + 3;
        List<String> first = folds ? lines.subList(0, LONG_LIST) : lines;
        html.open("ul");
        first.forEach(line -> html.element("li", line));
        html.close("ul");
        if (folds) {
            html.raw("<details>")
                    .element("summary", String.format(Locale.ROOT, "%,d more", lines.size() - LONG_LIST))
                    .open("ul");
            lines.subList(LONG_LIST, lines.size()).forEach(line -> html.element("li", line));
            html.close("ul").close("details");
        }
    }

    private void specification(Html html) {
        html.open("section id=\"specification\"").element("h2", "Specification");
        for (Named spec : specs) {
            html.element("h3", spec.name());
            html.raw("<pre tabindex=\"0\"><code>").text(spec.text()).raw("</code></pre>\n");
        }
        html.close("section");
    }

    private void facts(Html html) {
        html.open("section id=\"origin\"").element("h2", "Origin");
        html.element("h3", "Commands");
        html.raw("<pre tabindex=\"0\"><code>").text(String.join("\n", commands)).raw("</code></pre>\n");
        for (PageTable table : facts) {
            html.element("h3", table.caption().substring(0, table.caption().indexOf(':')));
            table.write(html, table.caption());
        }
        html.close("section");
    }

    private static String themes() {
        return ":root{%s}\n@media (prefers-color-scheme: dark){:root{%s}}\n@media print{:root{%s}}\n"
                .formatted(Theme.LIGHT.declarations(), Theme.DARK.declarations(), Theme.LIGHT.declarations());
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a part of the program cannot be read: " + name, e);
        }
    }
}
