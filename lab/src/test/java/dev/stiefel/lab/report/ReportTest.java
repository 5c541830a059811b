package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ReportTest {
    @TempDir
    private Path directory;

    private Path sweep() throws IOException {
        Path sweep = directory.resolve("sweep");
        SyntheticRuns.sweep(sweep, "tiny", List.of(4, 8, 12), List.of(2, 3), 2, 5);
        return sweep;
    }

    /// Few figures, as pictures take the longest.
    private static Report small(Path sweep) {
        return Report.of(List.of(sweep)).atMost(4);
    }

    private Path run() throws IOException {
        Path run = directory.resolve("run");
        SyntheticRuns.run(run, Map.of("seed", 1), "done", 4);
        return run;
    }

    /// All files and their checksums; the report's own only, if it is asked for.
    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), DurableFiles.sha256(file));
            }
        }
        return files;
    }

    @Test
    void theReportOfARunIsOneFileThatRefersToNoOther() throws IOException {
        Path run = run();
        Map<String, String> before = files(run);

        Report.Written written = Report.of(List.of(run)).write();

        assertThat(written.page()).isEqualTo(run.resolve("report.html"));
        Map<String, String> after = files(run);
        after.remove("report.html");
        assertThat(after).isEqualTo(before);
        String html = Files.readString(written.page());
        assertThat(html)
                .contains("id=\"shown-error-by-epoch\"", "id=\"shown-loss-by-epoch\"", "id=\"shown-ranks-by-epoch\"")
                .contains("stiefel train digits", "width: 64", DurableFiles.sha256(run.resolve("history.csv")))
                .doesNotContainPattern("(src|href)=\"(?!#|data:)");
        assertThat(html.replace("http://www.w3.org/", "").replace("http-equiv", ""))
                .doesNotContain("http");
    }

    @Test
    void theReportOfASweepHasEveryFigureAsThreeFilesThatTheManifestKnows() throws IOException {
        Path sweep = sweep();

        Report.Written written = Report.of(List.of(sweep)).write();

        assertThat(written.runs()).isEqualTo(12);
        assertThat(written.configurations()).isEqualTo(6);
        ObjectNode manifest = Json.parse(Files.readString(sweep.resolve("report.json")));
        assertThat(manifest.get("figures")).hasSize(written.figures()).hasSizeGreaterThan(10);
        String page = Files.readString(sweep.resolve("index.html"));
        for (JsonNode figure : manifest.get("figures")) {
            String name = figure.get("name").stringValue();
            assertThat(page).contains("id=\"shown-" + name + "\"");
            assertThat(figure.get("runs")).isNotEmpty();
            for (String extension : List.of("svg", "png", "csv")) {
                String file = "figures/" + name + "." + extension;
                assertThat(manifest.get("files").get(file).stringValue())
                        .isEqualTo(DurableFiles.sha256(sweep.resolve(file)));
            }
        }
        assertThat(Files.readAllLines(sweep.resolve("summary.csv"))).hasSize(7);
        assertThat(sweep.resolve("summary.md")).isNotEmptyFile();
    }

    @Test
    void theLineBehindAFigureSaysMeanSpreadAndConfidenceOfItsRuns() throws IOException {
        Path sweep = sweep();

        small(sweep).write();

        List<String> lines = Files.readAllLines(sweep.resolve("figures/final-test-error-by-width.csv"));
        assertThat(lines.getFirst()).isEqualTo("line,width,runs,mean,standard_deviation,median,ci95_low,ci95_high");
        assertThat(lines).hasSize(7);
        String[] cells = lines.get(1).split(",", -1);
        assertThat(cells[2]).isEqualTo("2");
        assertThat(Double.parseDouble(cells[6])).isLessThanOrEqualTo(Double.parseDouble(cells[3]));
        assertThat(Double.parseDouble(cells[7])).isGreaterThanOrEqualTo(Double.parseDouble(cells[3]));
    }

    @Test
    void reportingTwiceGivesTheSameBytes() throws IOException {
        Path sweep = sweep();
        small(sweep).write();
        Map<String, String> first = files(sweep);

        small(sweep).write();

        assertThat(files(sweep)).isEqualTo(first);
    }

    @Test
    void whatThereIsNoRoomForIsSaid() throws IOException {
        Path sweep = sweep();

        Report.Written written = Report.of(List.of(sweep)).atMost(3).write();

        assertThat(written.figures()).isEqualTo(3);
        assertThat(written.leftOut())
                .isNotEmpty()
                .allMatch(line -> line.contains("as there is room for 3 figures; --figures "));
        assertThat(Files.readString(written.page())).contains("Figures left out");
    }

    @Test
    void runsThatCameToNoResultAreNamedAndDoNotCount() throws IOException {
        Path sweep = sweep();
        SyntheticRuns.run(sweep.resolve("runs/lost"), Map.of("width", 4, "rank", 2, "seed", 7), "failed", 2);
        Files.createDirectories(sweep.resolve("runs/empty"));

        Report.Written written = small(sweep).write();

        assertThat(written.runs()).isEqualTo(13);
        assertThat(String.join("\n", written.missing())).contains("failed", "lost", "runs/empty");
        assertThat(Files.readString(sweep.resolve("summary.csv"))).doesNotContain(",4,2,3,");
    }

    @Test
    void aCellOfTheGridWithNoRunIsNamed() throws IOException {
        Path sweep = sweep();
        for (int seed = 0; seed < 2; seed++) {
            DurableFiles.deleteTree(sweep.resolve("runs/%08x".formatted((8 * 1009 + 3) * 31 + seed)));
        }

        Report.Written written = small(sweep).write();

        assertThat(written.missing()).anyMatch(line -> line.contains("width 8, rank 3"));
    }

    @Test
    void aRunThatIsNotDoneIsReportedAndSaidToBeUnfinished() throws IOException {
        Path run = directory.resolve("run");
        SyntheticRuns.run(run, Map.of(), "interrupted", 3);

        Report.Written written = Report.of(List.of(run)).write();

        assertThat(written.missing()).anyMatch(line -> line.contains("'interrupted' after 3 epochs"));
        assertThat(Files.readString(written.page()))
                .contains("not done (status &#39;interrupted&#39;)".replace("&#39;", "'"));
    }

    @Test
    void explanationsAreAddedWhereAskedFor() throws IOException {
        Path run = run();

        Report.Written written =
                Report.of(List.of(run)).with(Report.Extra.EXPLANATIONS).write();

        assertThat(Files.readString(written.page()))
                .contains("Background")
                .contains("No runs: made of published figures.");
        assertThat(Report.check(run)).isEmpty();
    }

    @Test
    void aTitleMayBeAnythingAndIsNoMarkup() throws IOException {
        Path run = run();

        Report.of(List.of(run)).titled("<b>\"a\" & </script>").write();

        assertThat(Files.readString(run.resolve("report.html")))
                .contains("<h1>&lt;b&gt;&quot;a&quot; &amp; &lt;/script&gt;</h1>")
                .doesNotContain("<b>");
        assertThat(Report.check(run)).isEmpty();
    }

    // ---- checking ----

    @Test
    void nothingHasChangedWhereNothingHas() throws IOException {
        Path sweep = sweep();
        Path run = run();
        small(sweep).write();
        Report.of(List.of(run)).write();
        Map<String, String> before = files(directory);

        assertThat(Report.check(sweep)).isEmpty();
        assertThat(Report.check(run)).isEmpty();
        assertThat(files(directory)).isEqualTo(before);
    }

    @Test
    void aMovedSweepIsStillTheSame() throws IOException {
        Path sweep = sweep();
        small(sweep).write();
        Path moved = Files.move(sweep, directory.resolve("moved"));

        assertThat(Report.check(moved)).isEmpty();
    }

    @Test
    void checkNamesRunsThatCameWentAndChanged() throws IOException {
        Path sweep = sweep();
        small(sweep).write();
        SyntheticRuns.run(sweep.resolve("runs/more"), Map.of("width", 8, "rank", 2, "seed", 9), "done", 5);
        Path gone = sweep.resolve("runs/%08x".formatted((4 * 1009 + 2) * 31));
        Path changed = sweep.resolve("runs/%08x/history.csv".formatted((12 * 1009 + 3) * 31));
        DurableFiles.deleteTree(gone);
        Files.writeString(changed, Files.readString(changed).replaceFirst("5,(0\\.\\d+),(0\\.\\d+)", "5,$1,0.123"));

        List<String> differences = Report.check(sweep);

        assertThat(differences)
                .contains(
                        "run runs/more: it is new",
                        "run runs/%s: it is gone, or cannot be read".formatted(gone.getFileName()),
                        "run runs/%s: history.csv has changed"
                                .formatted(changed.getParent().getFileName()),
                        "made again, summary.csv: it would differ")
                .noneMatch(line -> line.startsWith("file "));
    }

    @Test
    void checkNamesFilesThatSomebodyHasChanged() throws IOException {
        Path sweep = sweep();
        Path run = run();
        small(sweep).write();
        Report.of(List.of(run)).write();
        Path figure = sweep.resolve("figures/final-test-error-by-width.csv");
        Files.writeString(figure, "x", java.nio.file.StandardOpenOption.APPEND);
        Files.delete(sweep.resolve("summary.md"));
        Files.writeString(
                run.resolve("report.html"),
                Files.readString(run.resolve("report.html")).replace("Error by epoch", "Truth by epoch"));

        assertThat(Report.check(sweep))
                .containsExactlyInAnyOrder(
                        "file figures/final-test-error-by-width.csv: somebody has changed it",
                        "file summary.md: it is gone");
        assertThat(Report.check(run)).containsExactly("file report.html: somebody has changed it");
    }

    @Test
    void checkNamesAnotherVersionOfTheProgram() throws IOException {
        Path sweep = sweep();
        small(sweep).write();
        Path manifest = sweep.resolve("report.json");
        Files.writeString(
                manifest,
                Files.readString(manifest).replaceFirst("\"version\" : \"[^\"]*\"", "\"version\" : \"0.0.1\""));

        assertThat(Report.check(sweep))
                .anyMatch(line -> line.startsWith("program: the report was made by version 0.0.1"));
    }

    @Test
    void checkSaysThatAReportCanNoLongerBeMade() throws IOException {
        Path run = run();
        Report.of(List.of(run)).write();
        Files.writeString(run.resolve("run.json"), "{");

        assertThat(Report.check(run)).anyMatch(line -> line.startsWith("made again, it fails: cannot read"));
    }

    @Test
    void thereMustBeAReportToCheck() throws IOException {
        Path run = run();

        assertThatThrownBy(() -> Report.check(run))
                .isInstanceOf(InvalidRunException.class)
                .hasMessageContaining("there is no report in")
                .hasMessageContaining("'stiefel report' makes one");
    }

    // ---- what is overwritten ----

    @Test
    void whatNoReportMadeIsNeverOverwritten() throws IOException {
        Path sweep = sweep();
        Path run = run();
        Files.writeString(sweep.resolve("index.html"), "mine");
        Files.writeString(run.resolve("report.html"), "mine");
        Map<String, String> before = files(directory);

        assertThatThrownBy(() -> small(sweep).write())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("index.html' exists and was not made by report; move it away");
        assertThatThrownBy(() -> Report.of(List.of(run)).write())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("report.html' exists and was not made by report");
        assertThat(files(directory)).isEqualTo(before);
    }

    @Test
    void aNewReportTakesAwayWhatTheOldOneHadAndNothingElse() throws IOException {
        Path sweep = sweep();
        small(sweep).write();
        Files.writeString(sweep.resolve("figures/mine.svg"), "mine");

        Report.Written written = Report.of(List.of(sweep)).atMost(1).write();

        try (Stream<Path> figures = Files.list(sweep.resolve("figures"))) {
            assertThat(figures).hasSize(4).contains(sweep.resolve("figures/mine.svg"));
        }
        assertThat(written.files()).allMatch(Files::exists);
    }

    @Test
    void aReportThatACrashKeptFromItsPlaceIsPutThereByTheNext() throws IOException {
        Path sweep = sweep();
        small(sweep).write();
        Map<String, String> whole = files(sweep);
        // as after a crash that had moved one file, and left a half-written newer report
        Files.createDirectories(sweep.resolve(".report-new"));
        Files.writeString(sweep.resolve(".report-new/index.html"), "half");
        Path complete = sweep.resolve(".report-complete");
        Files.createDirectories(complete);
        Files.move(sweep.resolve("summary.md"), complete.resolve("summary.md"));
        Files.copy(sweep.resolve("report.json"), complete.resolve("report.json"));

        assertThat(Report.check(sweep)).anyMatch(line -> line.contains("was written only in part"));
        small(sweep).write();

        assertThat(files(sweep)).isEqualTo(whole);
    }

    // ---- several ----

    @Test
    void severalRunsAreComparedInAFolderOfTheirOwn() throws IOException {
        Path a = directory.resolve("a");
        Path b = directory.resolve("b");
        SyntheticRuns.run(a, Map.of("method", "dense"), "done", 4);
        SyntheticRuns.run(b, Map.of("rank", 3), "done", 4);

        Report.Written written =
                Report.of(List.of(a, b)).into(directory.resolve("both")).write();

        assertThat(written.runs()).isEqualTo(2);
        String page = Files.readString(written.page());
        assertThat(page).contains("stiefel train digits").contains("--out ../a").contains("Test error by epoch");
        assertThat(Report.check(directory.resolve("both"))).isEmpty();
    }

    @Test
    void runsThatTellClassesAndRunsThatTellNumbersAreNotMixed() throws IOException {
        Path a = directory.resolve("a");
        Path b = directory.resolve("b");
        SyntheticRuns.run(a, Map.of(), "done", 2);
        SyntheticRuns.run(b, Map.of("seed", 1), "done", 2);
        Path history = b.resolve("history.csv");
        Files.writeString(history, "epoch\n1,2.5,,2.6,,2.7,,0.1,1.0,100,5,5\n2,1.5,,1.6,,1.7,,0.1,1.0,100,5,5\n");

        assertThatThrownBy(() ->
                        Report.of(List.of(a, b)).into(directory.resolve("both")).write())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "runs that predict classes and runs that predict numbers cannot be in one" + " report");
        assertThat(directory.resolve("both")).doesNotExist();
        assertThat(Files.readString(Report.of(List.of(b)).write().page()))
                .contains("Loss by epoch")
                .doesNotContain("misclassified", "predicted wrongly");
    }

    @Test
    void everyTextOfAPageIsEscaped() {
        assertThat(Html.escape("a < b & \"c\" > d\u0007")).isEqualTo("a &lt; b &amp; &quot;c&quot; &gt; d?");
    }

    @Test
    void figuresAreChosenByWorthAndShownByTopic() {
        List<FigurePlan.Planned> all = List.of(
                planned(FigurePlan.Topic.MAPS, 1, "map"),
                planned(FigurePlan.Topic.SIZE, 3, "late"),
                planned(FigurePlan.Topic.SIZE, 2, "size"));

        FigurePlan most = new FigurePlan(all, List.of()).most(2);

        assertThat(most.figures()).extracting(FigurePlan.Planned::kind).containsExactly("size", "map");
        assertThat(most.leftOut())
                .containsExactly("late: left out, as there is room for 2 figures; --figures 3 has all");
    }

    private static FigurePlan.Planned planned(FigurePlan.Topic topic, int worth, String kind) {
        return new FigurePlan.Planned(topic, worth, kind, "", List.of(), () -> {
            throw new IllegalStateException("not drawn here");
        });
    }

    @Test
    void spreadNumbersHaveBothEnds() {
        assertThat(Spectra.spread(250, 12)).hasSize(12).contains(1, 250);
        assertThat(Spectra.spread(3, 12)).containsExactly(1, 2, 3);
        assertThat(Spectra.spread(7, 1)).containsExactly(7);
        assertThat(Spectra.spread(0, 5)).isEmpty();
    }

    @Test
    void noPageHoldsTheTimeItWasMadeOrAMachinesPaths() throws IOException {
        Path sweep = sweep();

        small(sweep).write();

        assertThat(Files.readString(sweep.resolve("index.html")).replace("stiefel report " + sweep, ""))
                .doesNotContain(directory.toString())
                .doesNotContainPattern(Pattern.quote(String.valueOf(java.time.Year.now(java.time.ZoneOffset.UTC)))
                        + "-\\d\\d-\\d\\dT");
    }
}
