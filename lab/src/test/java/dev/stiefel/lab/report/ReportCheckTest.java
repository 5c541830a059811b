package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.io.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What checking a report finds: every kind of change, by name, and nothing else. The report
/// is made once, and copied for each test.
class ReportCheckTest {
    @TempDir
    private static Path original;

    @TempDir
    private Path directory;

    private Path sweep = Path.of("");
    private Map<String, String> before = Map.of();

    @BeforeAll
    static void report() throws IOException {
        SyntheticRuns.sweep(original.resolve("sweep"), "tiny", List.of(4, 8, 12), List.of(2, 3), 2, 4);
        Report.of(List.of(original.resolve("sweep"))).atMost(3).write();
    }

    @BeforeEach
    void copy() throws IOException {
        sweep = directory.resolve("sweep");
        try (Stream<Path> files = Files.walk(original.resolve("sweep"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(
                        file,
                        sweep.resolve(original.resolve("sweep").relativize(file).toString()));
            }
        }
        before = files();
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(sweep)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(sweep.relativize(file).toString(), DurableFiles.sha256(file));
            }
        }
        return files;
    }

    private static void change(Path file, String pattern, String replacement) throws IOException {
        String text = Files.readString(file);
        String changed = text.replaceFirst(pattern, replacement);
        assertThat(changed).isNotEqualTo(text);
        Files.writeString(file, changed);
    }

    private static String id(int width, int rank, int seed) {
        return "%08x".formatted((width * 1009 + rank) * 31 + seed);
    }

    private Path run(int width, int rank, int seed) {
        return sweep.resolve("runs").resolve(id(width, rank, seed));
    }

    @Test
    void aCopyIsTheSameAndNothingIsWritten() throws IOException {
        assertThat(Report.check(sweep)).isEmpty();
        assertThat(files()).isEqualTo(before);
    }

    /// A hundredth of a percent of the last test error of one of twelve runs.
    @Test
    void oneChangedNumberIsFoundInAllThatItIsPartOf() throws IOException {
        Path history = run(8, 3, 1).resolve("history.csv");
        List<String> lines = Files.readAllLines(history);
        String[] cells = lines.get(4).split(",", -1);
        cells[6] = Double.toString(Double.parseDouble(cells[6]) - 0.0001);
        lines.set(4, String.join(",", cells));
        Files.write(history, lines);

        List<String> differences = Report.check(sweep);

        assertThat(differences)
                .contains("run runs/%s: history.csv has changed".formatted(id(8, 3, 1)))
                .contains(
                        "made again, summary.csv: it would differ",
                        "made again, figures/final-test-error-by-width.svg: it would differ",
                        "made again, figures/final-test-error-by-width.csv: it would differ")
                .noneMatch(line -> line.startsWith("file ") || line.startsWith("program"));
    }

    /// The summary and most figures know no training loss.
    @Test
    void aChangeThatNoFigureShowsIsThatOfTheRunAndOfThePage() throws IOException {
        change(run(4, 2, 0).resolve("history.csv"), "\n1,[^,]*", "\n1,9.75");

        assertThat(Report.check(sweep))
                .containsExactly(
                        "run runs/%s: history.csv has changed".formatted(id(4, 2, 0)),
                        "made again, index.html: it would differ");
    }

    @Test
    void anotherVersionInARunsRecordIsOne() throws IOException {
        change(run(4, 2, 0).resolve("run.json"), "\"stiefel\": \"0.1.0\"", "\"stiefel\": \"0.2.0\"");

        assertThat(Report.check(sweep))
                .containsExactly(
                        "run runs/%s: run.json has changed".formatted(id(4, 2, 0)),
                        "made again, index.html: it would differ");
    }

    @Test
    void aRunThatIsGoneOrNoLongerDone() throws IOException {
        DurableFiles.deleteTree(run(4, 2, 0));
        change(run(4, 2, 1).resolve("run.json"), "\"done\"", "\"failed\"");
        change(run(12, 2, 1).resolve("run.json"), "\\{", "");

        List<String> differences = Report.check(sweep);

        assertThat(differences)
                .contains(
                        "run runs/%s: it is gone, or cannot be read".formatted(id(4, 2, 0)),
                        "run runs/%s: run.json has changed".formatted(id(4, 2, 1)),
                        "run runs/%s: it is gone, or cannot be read".formatted(id(12, 2, 1)),
                        "made again, summary.md: it would differ")
                .noneMatch(line -> line.startsWith("file "));
    }

    @Test
    void figuresThatWouldBeNewOrNoLongerThere() throws IOException {
        for (int rank : new int[] {2, 3}) {
            for (int seed = 0; seed < 2; seed++) {
                DurableFiles.deleteTree(run(8, rank, seed));
                DurableFiles.deleteTree(run(12, rank, seed));
            }
        }

        List<String> differences = Report.check(sweep);

        assertThat(differences)
                .contains("made again, figures/final-test-error-by-width.svg: it would not be there")
                .anyMatch(line -> line.matches("made again, figures/.*\\.csv: it would be new"))
                .noneMatch(line -> line.contains(".png"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "index.html",
                "summary.csv",
                "summary.md",
                "figures/final-test-error-by-width.svg",
                "figures/final-test-error-by-width.png",
                "figures/final-test-error-by-width.csv"
            })
    void eachFileThatSomebodyChangesOrDeletes(String name) throws IOException {
        Path file = sweep.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(Report.check(sweep)).containsExactly("file %s: somebody has changed it".formatted(name));
        Files.delete(file);
        assertThat(Report.check(sweep)).containsExactly("file %s: it is gone".formatted(name));
        Files.createDirectories(file);
        assertThat(Report.check(sweep)).containsExactly("file %s: it is gone".formatted(name));
    }

    @Test
    void allRunsGoneMeansThatItCannotBeMadeAgain() throws IOException {
        DurableFiles.deleteTree(sweep.resolve("runs"));
        assertThat(Report.check(sweep))
                .singleElement()
                .asString()
                .startsWith("made again, it fails: ")
                .contains("has no runs yet");
    }

    @Test
    void otherChoicesInTheManifestMakeAnotherReport() throws IOException {
        change(sweep.resolve("report.json"), "\"mostFigures\" : 3", "\"mostFigures\" : 2");
        List<String> differences = Report.check(sweep);
        assertThat(differences).hasSize(2).allMatch(line -> line.endsWith(": it would not be there"));
        change(sweep.resolve("report.json"), "\"mostFigures\" : 2", "\"mostFigures\" : 3, \"title\" : \"Another\"");
        assertThat(Report.check(sweep)).containsExactly("made again, index.html: it would differ");
    }

    @Test
    void aReportElsewhereIsOfTheRunsThatItWasMadeOf() throws IOException {
        Path out = directory.resolve("out");
        Path other = directory.resolve("other");
        SyntheticRuns.sweep(other, "another", List.of(4, 8), List.of(2), 1, 4);
        Report.of(List.of(sweep, other)).into(out).titled("Both").atMost(1).write();
        assertThat(Report.check(out)).isEmpty();
        assertThat(Report.check(sweep)).as("the sweep's own is untouched").isEmpty();
        Path changed = other.resolve("runs").resolve(id(8, 2, 0)).resolve("history.csv");
        change(changed, "\n4,", "\n4,1");
        assertThat(Report.check(out)).contains("run ../other/runs/%s: history.csv has changed".formatted(id(8, 2, 0)));
        assertThat(Report.check(sweep)).isEmpty();
        DurableFiles.deleteTree(other);
        assertThat(Report.check(out)).singleElement().asString().startsWith("made again, it fails: ");
    }

    // ---- one run ----

    @Test
    void theReportOfARunFindsItsChanges() throws IOException {
        Path run = run(4, 3, 0);
        Report.of(List.of(run)).madeBy("stiefel report x").write();
        assertThat(Report.check(run)).isEmpty();
        assertThat(Files.readString(run.resolve("report.html"))).contains("stiefel report x");

        change(run.resolve("history.csv"), "\n2,[^,]*", "\n2,0.4321");
        assertThat(Report.check(run))
                .containsExactly("run .: history.csv has changed", "made again, report.html: it would differ");
        Report.of(List.of(run)).write();
        assertThat(Report.check(run)).isEmpty();
        change(run.resolve("report.html"), "<h2>Summary</h2>", "<h2>Summary!</h2>");
        assertThat(Report.check(run)).containsExactly("file report.html: somebody has changed it");
        change(run.resolve("report.html"), "(?s)<script type=\"application/json\".*?</script>", "");
        assertThatThrownBy(() -> Report.check(run))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot read %s: it does not say what it was made of".formatted(run.resolve("report.html")));
    }

    @Test
    void differencesAreToldApart() {
        Provenance old = new Provenance(
                "c",
                "0",
                new Provenance.Choices(List.of("."), Optional.empty(), 1, false),
                List.of(),
                List.of(),
                Map.of("a.svg", "1", "a.png", "2", "index.html", "3", "b.csv", "4"));
        ReportDifferences differences = new ReportDifferences(directory, old);
        differences.ofResults(Map.of("a.svg", "9", "index.html", "8", "c.csv", "7"));
        assertThat(differences.lines())
                .containsExactlyInAnyOrder(
                        "made again, a.svg: it would differ",
                        "made again, c.csv: it would be new",
                        "made again, b.csv: it would not be there");
        ReportDifferences same = new ReportDifferences(directory, old);
        same.ofResults(Map.of("a.svg", "1", "index.html", "3", "b.csv", "4"));
        assertThat(same.lines()).isEmpty();
        ReportDifferences page = new ReportDifferences(directory, old);
        page.ofResults(Map.of("a.svg", "1", "index.html", "8", "b.csv", "4"));
        assertThat(page.lines()).containsExactly("made again, index.html: it would differ");
    }
}
