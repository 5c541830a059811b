package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.io.Sha256;
import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.figure.Figure;
import dev.stiefel.lab.figure.LineChart;
import dev.stiefel.lab.figure.Points;
import dev.stiefel.lab.figure.Theme;
import dev.stiefel.lab.report.PageTable.Cell;
import dev.stiefel.lab.report.ReportSources.Source;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pages and what they are made of: markup, tables, commands, sources.
class PageTest {
    /// Markup, quotes, line breaks, right-to-left, an emoji, half an emoji, and control characters.
    static final String NASTY = "<b>&amp; \"it's\"</script>\n\u05D0\u05D1 \uD83D\uDE80 \uD83D \u0000\u0007 ]]> %s {}";

    private static final Set<String> VOID = Set.of("meta", "link", "br", "hr", "img", "input");

    @TempDir
    private Path directory;

    /// What is wrong with the nesting of a page's elements. Scripts and styles hold no elements.
    static List<String> nesting(String html) {
        List<String> problems = new ArrayList<>();
        Deque<String> open = new ArrayDeque<>();
        String bare = html.replaceAll("(?s)<(script|style)\\b[^>]*>.*?</\\1>", "");
        Matcher tags = Pattern.compile("<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\\s[^<>]*?)?)(/?)>")
                .matcher(bare);
        while (tags.find()) {
            String name = tags.group(2);
            if (tags.group(1).isEmpty()) {
                if (tags.group(4).isEmpty() && !VOID.contains(name)) {
                    open.push(name);
                }
            } else if (open.isEmpty() || !open.pop().equals(name)) {
                problems.add("</" + name + "> at " + tags.start());
            }
        }
        open.forEach(name -> problems.add("<" + name + "> is not closed"));
        if (tags.replaceAll("").replace("<!doctype html>", "").matches("(?s).*<.*")) {
            problems.add("a < that begins nothing");
        }
        return problems;
    }

    private static Page page(String words, int lines) {
        Figure figure = LineChart.of("f", words, Axis.linear(words), Axis.log(words))
                .line(words, Points.of(List.of(1.0, 2.0), List.of(1.0, 10.0)))
                .draw()
                .withCaption(words);
        PageTable table = new PageTable(
                words + ":",
                List.of(words, "n"),
                List.of(
                        PageTable.row(Cell.text(words), Cell.number("1", 1)),
                        PageTable.row(Cell.code(words), Cell.number("–", Double.NaN))));
        List<String> many = Collections.nCopies(lines, words);
        return new Page(
                words,
                List.of(words),
                List.of(table),
                List.of(new Page.Group(words, List.of(new Page.Shown(figure, words, "figures")))),
                many,
                many,
                List.of(new Page.Named(words, words)),
                List.of(words),
                List.of(table),
                "{\"title\": " + Json.line(words) + "}");
    }

    @Test
    void noTextOfAPageIsMarkup() {
        String html = page(NASTY, 3).html();
        assertThat(nesting(html)).isEmpty();
        assertThat(html).doesNotContain("<b>", "it's\"</script>", "\u0000", "\u0007");
        assertThat(html.split("</script>", -1))
                .as("of data and of the page's own")
                .hasSize(3);
    }

    @Test
    void whatIsKeptForMachinesCanBeReadBack() throws IOException {
        String html = page(NASTY, 1).html();
        String json = html.substring(html.indexOf("id=\"provenance\">") + 16);
        json = json.substring(0, json.indexOf("</script>"));
        assertThat(Json.textField(Json.parse(json), "title")).isEqualTo(NASTY);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "15, 0", "16, 4", "100, 88"})
    void longListsAreFoldedAwayAndNothingOfThemIsLost(int lines, int more) {
        String html = page("line", lines).html();
        assertThat(html.split("<li>line</li>", -1)).hasSize(2 * lines + 1);
        assertThat(html.contains("<summary>%d more</summary>".formatted(more))).isEqualTo(more > 0);
        assertThat(html.contains("Nothing: every run that was found")).isEqualTo(lines == 0);
        assertThat(html.contains("Figures left out")).isEqualTo(lines > 0);
        assertThat(nesting(html)).isEmpty();
    }

    @Test
    void everyLinkOfThePageLeadsSomewhere() {
        String html = page("words", 1).html();
        Matcher links = Pattern.compile("href=\"#([^\"]+)\"").matcher(html);
        int count = 0;
        while (links.find()) {
            assertThat(html).contains("id=\"" + links.group(1) + "\"");
            count++;
        }
        assertThat(count).isGreaterThan(4);
        assertThat(html)
                .contains("<a href=\"figures/f.svg\">", "<a href=\"figures/f.png\">", "<a href=\"figures/f.csv\">");
    }

    @Test
    void bothThemesHaveAllColoursThatFiguresAskFor() {
        String html = page("words", 1).html();
        Matcher used = Pattern.compile("var\\((--figure-[a-z0-9-]+),").matcher(html);
        int count = 0;
        while (used.find()) {
            for (Theme theme : Theme.values()) {
                assertThat(theme.declarations()).contains(used.group(1) + ":#");
            }
            count++;
        }
        assertThat(count).isGreaterThan(3);
        assertThat(html)
                .contains(":root{" + Theme.LIGHT.declarations() + "}")
                .contains("@media (prefers-color-scheme: dark){:root{" + Theme.DARK.declarations() + "}}");
    }

    // ---- tables ----

    private static String written(PageTable table) {
        Html html = new Html();
        table.write(html, "name");
        return html.toString();
    }

    @Test
    void aColumnOfNumbersIsOneThatHasNothingElse() {
        String html = written(new PageTable(
                "c",
                List.of("a", "b", "c"),
                List.of(
                        PageTable.row(Cell.text("x"), Cell.number("1.50 %", 0.015), Cell.number("2", 2)),
                        PageTable.row(Cell.text("y"), Cell.text(""), Cell.text("none")))));
        assertThat(html)
                .contains("<th scope=\"col\">a</th>")
                .contains("<th scope=\"col\" class=\"number\">b</th>")
                .contains("<th scope=\"col\">c</th>")
                .contains("<td class=\"number\" data-value=\"0.015\">1.50 %</td>")
                .contains("<th scope=\"row\">x</th>")
                .contains("table class=\"sortable\"");
    }

    @Test
    void tablesOfOneRowOrWithoutNamesAreNotSortable() {
        PageTable one = new PageTable("c", List.of("a"), List.of(PageTable.row(Cell.text("x"))));
        PageTable unnamed =
                new PageTable("c", List.of(""), List.of(PageTable.row(Cell.text("x")), PageTable.row(Cell.text("y"))));
        assertThat(written(one)).doesNotContain("sortable");
        assertThat(written(unnamed)).doesNotContain("sortable");
    }

    @Test
    void longCellsAndTallTablesAreSaidToBe() {
        List<List<Cell>> rows = new ArrayList<>();
        for (int i = 0; i < 31; i++) {
            rows.add(PageTable.row(Cell.text("x".repeat(30 + i)), Cell.code("y".repeat(61))));
        }
        assertThat(written(new PageTable("c", List.of("a", "b"), rows)))
                .contains("class=\"scroll tall\"", "<td class=\"long\"><code>y")
                .doesNotContain("<th scope=\"row\" class=\"long\">" + "x".repeat(60) + "<");
        assertThat(written(new PageTable("c", List.of("a", "b"), rows.subList(0, 30))))
                .doesNotContain("tall");
        assertThat(written(new PageTable("c", List.of("a"), List.of()))).contains("<tbody>\n</tbody>");
    }

    // ---- words ----

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        runs/a        | runs/a
        a b           | 'a b'
        it's          | 'it'\\''s'
        $(rm)         | '$(rm)'
        ''            | ''''''
        a;b           | 'a;b'
        c:/x@1+=%,.-_ | c:/x@1+=%,.-_
        """, quoteCharacter = '\u0001')
    void pathsAreTypedSoThatAShellReadsThemAsTheyAre(String path, String typed) {
        assertThat(PageText.typed(path)).isEqualTo(path.equals("''") ? "''\\'''\\'''" : typed);
    }

    @Test
    void valuesAreThoseOfYaml() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("a", 1);
        options.put("b", 0.5);
        options.put("c", true);
        options.put("d", "relative (0.1 -> 0.2)");
        options.put("e", "a: b \"c\" \\");
        options.put("f", List.of(1, "x y", List.of("-")));
        options.put("g", Map.of("k", "v"));
        options.put("h", "");
        assertThat(PageText.yaml(options)).isEqualTo("""
            a: 1
            b: 0.5
            c: true
            d: "relative (0.1 -> 0.2)"
            e: "a: b \\"c\\" \\\\"
            f: [1, x y, ["-"]]
            g: { k: v }
            h: ""
            """);
    }

    @Test
    void namesInASentence() {
        assertThat(PageText.listed(List.of())).isEmpty();
        assertThat(PageText.listed(List.of("a"))).isEqualTo("a");
        assertThat(PageText.listed(List.of("a", "b"))).isEqualTo("a and b");
        assertThat(PageText.listed(List.of("a", "b", "c"))).isEqualTo("a, b and c");
        assertThat(PageText.ranks(List.of())).isEqualTo("dense");
        assertThat(PageText.ranks(List.of(3, 4))).isEqualTo("3 4");
    }

    @Test
    void aCommandHasWhatDiffersFromItsPreset() {
        assertThat(PageText.trainCommand(Presets.of("digits", Map.of()).spec())).isEqualTo("stiefel train digits");
        assertThat(PageText.trainCommand(
                        Presets.of("digits", Map.of("width", 17, "seed", 3)).spec()))
                .isEqualTo("stiefel train digits --width 17 --seed 3");
    }

    // ---- sources ----

    @Test
    void pathsAreSeenFromTheReport() {
        Path base = directory.resolve("a/b");
        assertThat(ReportSources.relative(base, base)).isEqualTo(".");
        assertThat(ReportSources.relative(base, base.resolve("../b/./c"))).isEqualTo("c");
        assertThat(ReportSources.relative(base, directory.resolve("d/e"))).isEqualTo("../../d/e");
    }

    @Test
    void aSourceSaysWhatHasChanged() {
        Source before = new Source("r", "1", "2");
        assertThat(before.changeSince(before)).isEmpty();
        assertThat(new Source("r", "9", "2").changeSince(before)).isEqualTo("run.json has changed");
        assertThat(new Source("r", "1", "9").changeSince(before)).isEqualTo("history.csv has changed");
        assertThat(new Source("r", "9", "").changeSince(before)).isEqualTo("run.json and history.csv have changed");
    }

    @Test
    void oneChecksumIsOverAllRunsInTheOrderOfTheirNames() {
        Source a = new Source("a", "1", "2");
        Source b = new Source("b", "3", "");
        String expected = Sha256.of("a 1 2\nb 3 \n".getBytes(StandardCharsets.UTF_8));
        assertThat(ReportSources.checksum(List.of(a, b))).isEqualTo(expected);
        assertThat(ReportSources.checksum(List.of(b, a))).isEqualTo(expected);
        assertThat(ReportSources.checksum(List.of(a))).isNotEqualTo(expected);
    }

    @Test
    void fewRunsAreNamedAndManyCounted() throws IOException {
        List<Path> folders = new ArrayList<>();
        for (String name : List.of("aa", "ab", "ac", "ad", "ae", "a".repeat(59) + "x")) {
            Path folder = directory.resolve("s/runs").resolve(name);
            SyntheticRuns.run(folder, Map.of(), "done", 1);
            folders.add(folder);
        }
        ReportSources sources = ReportSources.of(folders, directory.resolve("s"));
        assertThat(sources.words(List.of())).isEqualTo("No runs: made of published figures.");
        assertThat(sources.words(folders.subList(0, 1))).matches("1 run in runs/: aa; SHA-256 over all [0-9a-f]{12}….");
        assertThat(sources.words(folders.subList(0, 4)))
                .matches("4 runs in runs/: aa, ab, ac, ad; SHA-256 over all [0-9a-f]{12}….");
        assertThat(sources.words(folders))
                .matches("6 runs in runs/: aa, ab, ac, ad, … \\(report.json names all\\); SHA-256 over all"
                        + " [0-9a-f]{12}….");
        assertThat(sources.words(List.of(folders.get(5), folders.get(0))))
                .contains("a".repeat(59) + "x, … (report.json");
        assertThat(ReportSources.of(folders.subList(0, 1), folders.getFirst()).words(folders.subList(0, 1)))
                .startsWith("Made of this run; SHA-256 over its run.json and history.csv ");
    }

    /// Paths that users type are short, and words have their letters.
    @Test
    void remarksNamePathsAsTheyAreSeenFromTheReportAndLeaveWordsAlone() {
        Path base = Path.of("both").toAbsolutePath();
        List<Path> paths = List.of(Path.of("a"), Path.of("r"));
        assertThat(SetSubject.seen("2 runs are left out of statistics (failed): x; y", paths, base))
                .isEqualTo("2 runs are left out of statistics (failed): x; y");
        assertThat(SetSubject.seen("cannot read a/runs/1/history.csv: it does not exist", paths, base))
                .isEqualTo("cannot read ../a/runs/1/history.csv: it does not exist");
        assertThat(SetSubject.seen("runs 'a/1' and 'r/data/1' have the same options", paths, base))
                .isEqualTo("runs '../a/1' and '../r/data/1' have the same options");
        assertThat(SetSubject.seen("there are no runs in 'r'", paths, base)).isEqualTo("there are no runs in '../r'");
        assertThat(SetSubject.seen("a/sweep.json: the axis 'a' is no option", List.of(Path.of("a")), base))
                .startsWith("../a/sweep.json: the axis ");
        assertThat(SetSubject.seen(
                        "cannot read ./runs/1.5/run.json: no.",
                        List.of(Path.of(".")),
                        Path.of("").toAbsolutePath()))
                .isEqualTo("cannot read runs/1.5/run.json: no.");
    }

    // ---- places ----

    @Test
    void placesThatNoReportCanBeMadeOfAreRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        Path run = directory.resolve("run");
        SyntheticRuns.run(run, Map.of(), "done", 1);
        SyntheticRuns.run(directory.resolve("failed"), Map.of(), "failed", 1);
        assertRefused(List.of(), "report: there must be a run, a sweep, or imported logs to report on");
        assertRefused(
                List.of(directory.resolve("no")),
                "there is no run, sweep or folder '%s'".formatted(directory.resolve("no")));
        assertRefused(
                List.of(file),
                "'%s' is a file; a report is made of folders: a run, a sweep, imported logs".formatted(file));
        assertRefused(List.of(run, run), "'%s' is named twice; name it once".formatted(run));
        assertRefused(
                List.of(run, directory),
                "'%s' lies in '%s', and its runs would count twice; name one of them".formatted(run, directory));
        assertThatThrownBy(() ->
                        Report.of(List.of(run, directory.resolve("failed"))).write())
                .hasMessage("report: a report on 2 folders needs a place of its own; name it with --out DIR");
        assertThatThrownBy(() -> Report.of(List.of(run)).into(file).write())
                .hasMessage("--out must be a folder, or new; '%s' is a file".formatted(file));
        assertThatThrownBy(
                        () -> Report.of(List.of(run)).into(run.resolve("x/y")).write())
                .hasMessage("--out must not lie in a run; '%s' is in the run '%s'; name a folder outside"
                        .formatted(run.resolve("x/y"), run));
        assertThatThrownBy(() -> Report.of(List.of(run)).titled(" "))
                .hasMessage("report: a title must not be blank; leave it out for one made of the runs' names");
        assertThatThrownBy(() -> Report.of(List.of(run)).atMost(0))
                .hasMessage("report: there must be at least 1 figure; got 0");
        assertThatThrownBy(() -> Report.check(directory.resolve("no")))
                .hasMessage("there is no folder '%s'".formatted(directory.resolve("no")));
    }

    private static void assertRefused(List<Path> paths, String message) {
        assertThatThrownBy(() -> Report.of(paths))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void twoSweepsOfOneNameAreNotReportedTogether() throws IOException {
        Path a = directory.resolve("a");
        Path b = directory.resolve("b");
        for (Path each : List.of(a, b)) {
            SyntheticRuns.sweep(each, "same", List.of(4), List.of(2), 1, 1);
        }
        assertRefused(
                List.of(a, b),
                "'%s' and '%s' are both sweeps called 'same'; unite them with 'stiefel merge', or give one another name"
                        .formatted(a, b));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"format\": 2}",
                "[]",
                "{\"format\": 1, \"choices\": {\"paths\": [3], \"mostFigures\": 1, \"explanations\": false}}",
                "{\"format\": 1, \"command\": \"c\", \"version\": \"v\", \"choices\": 5}"
            })
    void damagedProvenanceIsAMessageThatNamesTheFile(String json) throws IOException {
        Files.writeString(directory.resolve("report.json"), json);
        assertThatThrownBy(() -> Report.check(directory))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot read %s: ".formatted(directory.resolve("report.json")));
    }

    @Test
    void provenanceSurvivesItsJson() throws IOException {
        String words = NASTY.replace("\uD83D \u0000", "\u0000");
        Provenance whole = new Provenance(
                words,
                "1.2",
                new Provenance.Choices(List.of(".", "../x"), Optional.of(words), 7, true),
                List.of(new Source("a", "1", ""), new Source("b", "2", "3")),
                List.of(new Provenance.FigureSource("f", words, List.of("a"), "9")),
                Map.of("index.html", "8"));
        Files.writeString(directory.resolve("report.json"), Json.text(whole.toJson()));
        assertThat(Provenance.read(directory)).isEqualTo(whole);
        assertThat(Provenance.find(directory.resolve("nowhere"))).isEmpty();
    }
}
