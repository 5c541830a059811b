package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.io.Sha256;
import dev.stiefel.lab.figure.Layout;
import dev.stiefel.lab.report.FigurePlan.Drawn;
import dev.stiefel.lab.report.FigurePlan.Planned;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reports on runs that nobody wishes for: every figure that is planned can be drawn, is valid
/// and legible, and says what its table says. Figures are drawn without their PNG.
class AwkwardReportTest {
    private static final double NONE = Double.NaN;

    @TempDir
    private Path directory;

    private int made;

    /// Draws all figures of all runs, and checks them and the page.
    private Map<String, Drawn> draw(Path... paths) throws IOException {
        List<Path> places = paths.length == 0 ? List.of(directory) : List.of(paths);
        Subject subject = Subject.read(places, directory);
        Map<String, Drawn> figures = new LinkedHashMap<>();
        for (Planned each : subject.plan().figures()) {
            Drawn drawn = each.draw();
            assertThat(Layout.problems(drawn.figure()))
                    .as(drawn.figure().name())
                    .isEmpty();
            assertThat(figures.put(drawn.figure().name(), drawn))
                    .as("two figures are called %s", drawn.figure().name())
                    .isNull();
            assertTable(drawn);
        }
        Provenance provenance = new Provenance(
                "stiefel report",
                "1",
                new Provenance.Choices(List.of("."), Optional.empty(), 24, false),
                subject.sources().list(),
                List.of(),
                Map.of());
        String html = subject.page(provenance, List.copyOf(figures.values()), List.of(), "figures")
                .html();
        assertThat(PageTest.nesting(html)).isEmpty();
        String words = html.replaceAll("(?s)<(script|style)>.*?</\\1>", "").replaceAll("<[^>]*>", " ");
        assertThat(words).doesNotContain("NaN", "Infinity", " null ");
        List<List<String>> summary = PlainRun.csv(subject.summaryCsv());
        assertThat(summary).allSatisfy(row -> assertThat(row).hasSameSizeAs(summary.getFirst()));
        assertThat(subject.summaryMarkdown().lines().count()).isEqualTo(summary.size() + 1);
        return figures;
    }

    /// Cells are numbers where the picture has one, empty where it has not, and never more or fewer than names.
    private static void assertTable(Drawn drawn) {
        List<List<String>> table = PlainRun.csv(drawn.csv());
        assertThat(table.size()).as(drawn.figure().name()).isGreaterThan(1);
        for (List<String> row : table) {
            assertThat(row).as(drawn.figure().name()).hasSameSizeAs(table.getFirst());
            assertThat(row).noneMatch(cell -> cell.matches("-?(NaN|Infinity|null)"));
        }
    }

    private Path run(Map<String, ?> options, String status, List<String> rows) throws IOException {
        Path folder = directory.resolve("run-%03d".formatted(made++));
        SyntheticRuns.run(folder, options, status, status.equals("done") ? "" : "it ended so", rows);
        return folder;
    }

    private static List<String> rows(int epochs, IntToDoubleFunction error) {
        List<String> rows = new ArrayList<>();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double value = error.applyAsDouble(epoch);
            rows.add(SyntheticRuns.row(epoch, value, value, value, 500, 5, 5));
        }
        return rows;
    }

    /// Widths and ranks with two seeds, whose errors are given.
    private void grid(int widths, int ranks, int epochs, IntToDoubleFunction error) throws IOException {
        for (int width = 0; width < widths; width++) {
            for (int rank = 1; rank <= ranks; rank++) {
                for (int seed = 0; seed < 2; seed++) {
                    run(
                            Map.of("width", 8 + 4 * width, "rank", rank, "seed", seed, "epochs", Math.max(1, epochs)),
                            "done",
                            rows(epochs, error));
                }
            }
        }
    }

    // ---- few runs and few epochs ----

    @Test
    void oneRunOfOneEpoch() throws IOException {
        Path run = run(Map.of(), "done", rows(1, _ -> 0.5));
        assertThat(draw(run)).containsKeys("error-by-epoch", "loss-by-epoch", "ranks-by-epoch", "seconds-by-epoch");
        assertThat(draw()).containsOnlyKeys("test-error-against-memory", "test-error-against-training-compute");
    }

    @Test
    void oneRunAloneInASet() throws IOException {
        run(Map.of(), "done", rows(5, epoch -> 0.5 / epoch));
        Map<String, Drawn> figures = draw();
        assertThat(figures)
                .containsOnlyKeys(
                        "test-error-by-epoch", "test-error-against-memory", "test-error-against-training-compute");
        assertThat(figures.get("test-error-by-epoch").figure().caption()).isEqualTo("One run each.");
    }

    @Test
    void noEpochAtAllIsRefusedInOneLine() throws IOException {
        Path done = run(Map.of(), "done", List.of());
        Path running = run(Map.of("seed", 1), "running", List.of());
        assertThatThrownBy(() -> draw(running))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot report on '%s': no epoch has ended yet (status running)".formatted(running));
        assertThatThrownBy(() -> draw(done)).hasMessageEndingWith("no epoch has ended yet (status done)");
        assertThatThrownBy(this::draw)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no run in '%s' has come to a result: 1 done and 1 running".formatted(directory));
        Files.delete(done.resolve("history.csv"));
        assertThatThrownBy(() -> draw(done))
                .hasMessage(
                        "cannot report on '%s': it has no history.csv; the run is damaged, or was stopped before it began"
                                .formatted(done));
    }

    @Test
    void runsOfWhichNoneHasFinishedAreRefusedWithWhereTheyStand() throws IOException {
        for (String status : List.of("failed", "diverged", "interrupted", "failed")) {
            run(Map.of("seed", made), status, rows(3, _ -> 0.5));
        }
        assertThatThrownBy(this::draw)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no run in '%s' has come to a result: 1 diverged, 2 failed and 1 interrupted"
                        .formatted(directory));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 12})
    void everyRunOfASweepWithSoManyEpochs(int epochs) throws IOException {
        grid(6, 2, epochs, epoch -> 0.5 / epoch);
        Map<String, Drawn> figures = draw();
        assertThat(figures).containsKeys("final-test-error-by-width", "double-descent-by-width-rank-1");
        assertThat(figures.containsKey("test-error-by-epoch-rank-1")).isEqualTo(epochs > 1);
        assertThat(figures.containsKey("test-error-by-width-and-epoch-linear-rank-1"))
                .isEqualTo(epochs > 2);
    }

    // ---- awkward numbers ----

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 0.25, 1e-12})
    void allErrorsAreEqual(double error) throws IOException {
        grid(6, 2, 4, _ -> error);
        Map<String, Drawn> figures = draw();
        assertThat(figures.get("double-descent-by-width-rank-1").figure().caption())
                .startsWith("No double descent is found: the error never rises.");
        List<List<String>> table =
                PlainRun.csv(figures.get("final-test-error-by-width").csv());
        for (List<String> row : table.subList(1, table.size())) {
            assertThat(PlainRun.number(table, row, "standard_deviation")).isZero();
            assertThat(PlainRun.number(table, row, "ci95_low")).isEqualTo(PlainRun.number(table, row, "mean"));
        }
    }

    /// A logarithmic axis has no zero: the figure says so, and the table has it.
    @Test
    void errorsOfZeroOnALogarithmicAxis() throws IOException {
        grid(4, 1, 5, epoch -> epoch == 5 ? 0 : Math.pow(10, -epoch));
        Map<String, Drawn> figures = draw();
        Drawn map = figures.get("test-error-by-width-and-epoch-logarithmic");
        assertThat(map.figure().caption()).contains("Values of zero have the lowest colour (4).");
        assertThat(map.csv()).contains("\n5,8,0\n");
        Path run = run(Map.of(), "done", rows(5, epoch -> epoch == 5 ? 0 : Math.pow(10, -epoch)));
        assertThat(draw(run).get("loss-by-epoch").csv()).contains("\ntest,5,0\n");
    }

    @Test
    void aRunThatDivergedHasGapsInItsCurvesAndWordsForThem() throws IOException {
        List<String> rows = new ArrayList<>(rows(6, epoch -> 0.5 / epoch));
        rows.add("7,NaN,0.1,Infinity,NaN,NaN,0.1,0.001,0.5,500,5,5");
        rows.add("8,Infinity,NaN,NaN,NaN,Infinity,NaN,NaN,NaN,500,5,5");
        Path run = run(Map.of("epochs", 20), "diverged", rows);
        Map<String, Drawn> figures = draw(run);
        assertThat(figures.get("loss-by-epoch").csv()).contains("\ntraining,7,\n", "\ntest,8,\n");
        Subject subject = Subject.read(List.of(run), directory);
        assertThat(subject.missing())
                .containsExactly(
                        "The run is not done: its status is 'diverged' after 8 epochs. it ended so",
                        "2 epochs: no finite training loss (epoch 7, 8).");
    }

    @Test
    void aRunOfWhichNothingIsFiniteIsRefused() throws IOException {
        Path run = run(Map.of(), "diverged", List.of("1,NaN,NaN,NaN,NaN,NaN,NaN,0.1,1,100,5,5"));
        assertThatThrownBy(() -> draw(run))
                .hasMessage("cannot report on '%s': no epoch has a finite loss (status diverged)".formatted(run));
    }

    @Test
    void hugeAndTinyLossesAreDrawn() throws IOException {
        for (double size : new double[] {1e-300, 1e-9, 1e12, 1e299, 1e308}) {
            Path run = run(
                    Map.of("seed", made),
                    "done",
                    List.of(
                            "1,%s,0.5,%s,0.5,%s,0.5,0.1,1,100,5,5".formatted(size, size, size),
                            "2,%s,0.5,1,0.5,%s,0.5,1e-30,1e9,100,5,5".formatted(size / 2, size / 3)));
            draw(run);
        }
        draw();
    }

    @Test
    void missingEpochsAndCellsOfImportedLogsAreGaps() throws IOException {
        for (int width : new int[] {8, 12, 16}) {
            for (int number = 1; number <= 2; number++) {
                List<String> rows = new ArrayList<>();
                for (int epoch = number; epoch <= 9; epoch += 1 + width / 8) {
                    rows.add(SyntheticRuns.row(epoch, NONE, epoch == 7 ? NONE : 0.1, epoch == 5 ? NONE : 0.2, -1));
                }
                SyntheticRuns.imported(
                        directory.resolve("w%d-%d".formatted(width, number)),
                        Map.of("width", width, "seed", number, "epochs", 9),
                        "LOGS(all)",
                        number,
                        rows);
            }
        }
        Map<String, Drawn> figures = draw();
        assertThat(figures.get("test-error-by-width-and-epoch-linear").figure().caption())
                .contains("Hatched: no value");
        assertThat(figures.keySet()).noneMatch(name -> name.contains("against"));
        assertThat(figures.get("error-by-width").csv()).doesNotContain("train");
        draw(directory.resolve("w16-1"));
    }

    @Test
    void ranksThatChangeCountAreLinesWithGaps() throws IOException {
        Path run = run(
                Map.of("epochs", 4),
                "done",
                List.of(
                        SyntheticRuns.row(1, 0.5, 0.5, 0.5, 900, 9, 9),
                        SyntheticRuns.row(2, 0.5, 0.5, 0.4, 700, 7),
                        SyntheticRuns.row(3, 0.5, 0.5, 0.3, 500, 5, 4, 3),
                        SyntheticRuns.row(4, 0.5, 0.5, 0.2, -1)));
        Map<String, Drawn> figures = draw(run);
        assertThat(figures.get("ranks-by-epoch").csv())
                .contains("layer 1,1,9\nlayer 1,2,7\nlayer 1,3,5\nlayer 1,4,\n")
                .contains("layer 2,1,9\nlayer 2,2,\nlayer 2,3,4\n")
                .contains("layer 3,1,\nlayer 3,2,\nlayer 3,3,3\n");
        assertThat(figures.get("error-against-memory").csv()).contains("epoch 3,500,", "epoch 4,,");
        assertThat(draw().get("ranks-by-epoch").csv()).contains(",1,1,9,,9,", ",2,1,7,", ",3,1,4,", ",4,0,,,,,");
    }

    @Test
    void thousandsOfEpochsAreOneLine() throws IOException {
        Path run = run(Map.of("epochs", 3000), "done", rows(3000, epoch -> 0.9 / epoch));
        Map<String, Drawn> figures = draw(run);
        assertThat(figures.get("loss-by-epoch").figure().svg().length()).isLessThan(80_000);
        assertThat(PlainRun.csv(figures.get("loss-by-epoch").csv())).hasSize(1 + 3 * 3000);
        Drawn rain = draw().get("test-error-against-training-compute");
        assertThat(PlainRun.csv(rain.csv()).size()).isGreaterThan(3000);
        assertThat(rain.figure().caption()).contains("of 3,000 points");
    }

    // ---- what runs are of ----

    @Test
    void runsThatTellNumbersHaveLossesAndNoErrors() throws IOException {
        for (int width : new int[] {8, 12, 16, 20, 24}) {
            run(
                    Map.of("width", width, "epochs", 3),
                    "done",
                    List.of(
                            "1,%d,,9,,8,,0.1,1,100,5,5".formatted(width),
                            "2,4,,3,,2,,0.1,1,100,5,5",
                            "3,3,,2.5,,1.5,,0.1,1,100,5,5"));
        }
        Map<String, Drawn> figures = draw();
        assertThat(figures).containsKeys("loss-by-width", "test-loss-by-epoch", "test-loss-against-memory");
        assertThat(figures.keySet()).noneMatch(name -> name.contains("error") || name.contains("descent"));
        assertThat(figures.get("loss-by-width").figure().svg()).doesNotContain("\u00A0%");
        Subject subject = Subject.read(List.of(directory), directory);
        assertThat(subject.missing()).isEmpty();
        Map<String, Drawn> single = draw(directory.resolve("run-000"));
        assertThat(single).containsKey("loss-by-epoch").doesNotContainKey("error-by-epoch");
    }

    @Test
    void runsWithoutTestSamplesAreShownByWhatTheyHave() throws IOException {
        for (int width : new int[] {8, 12, 16}) {
            run(
                    Map.of("width", width, "epochs", 3),
                    "done",
                    List.of(
                            SyntheticRuns.row(1, 0.3, 0.4, NONE, 100, 5, 5),
                            SyntheticRuns.row(2, 0.2, 0.3, NONE, 100, 5, 5),
                            SyntheticRuns.row(3, 0.1, 0.2, NONE, 100, 5, 5)));
        }
        assertThat(draw()).containsKeys("validation-error-by-epoch", "validation-error-against-memory");
        made = 0;
        for (int width : new int[] {8, 12, 16}) {
            run(
                    Map.of("width", width, "epochs", 3),
                    "done",
                    List.of(
                            SyntheticRuns.row(1, 0.3, NONE, NONE, 100, 5, 5),
                            SyntheticRuns.row(2, 0.2, NONE, NONE, 100, 5, 5),
                            SyntheticRuns.row(3, 0.1, NONE, NONE, 100, 5, 5)));
        }
        Map<String, Drawn> trained = draw();
        assertThat(trained).containsKeys("error-by-width", "train-error-by-epoch");
        assertThat(trained.get("error-by-width").csv()).doesNotContain("validation");
        assertThat(trained.keySet()).noneMatch(name -> name.contains("descent"));
    }

    @Test
    void runsOfDifferentDataSetsAreLinesOrExperimentsOfTheirOwn() throws IOException {
        for (String data : List.of("digits", "mnist")) {
            for (int width : new int[] {8, 12}) {
                run(
                        Map.of("data", data, "experiment", data, "width", width, "epochs", 3),
                        "done",
                        rows(3, epoch -> 1.0 / (epoch + width)));
            }
        }
        Map<String, Drawn> figures = draw();
        assertThat(figures)
                .containsKeys(
                        "final-test-error-of-several-experiments-by-width", "the-best-of-each-experiment-by-epoch");
        assertThat(Subject.read(List.of(directory), directory).missing())
                .contains("runs are of 2 data sets: digits, mnist");
        List<List<String>> compared =
                PlainRun.csv(figures.get("the-best-of-each-experiment-by-epoch").csv());
        for (List<String> row : compared.subList(1, compared.size())) {
            int epoch = Integer.parseInt(PlainRun.cell(compared, row, "epoch"));
            assertThat(PlainRun.cell(compared, row, "line")).contains(", width 12");
            assertThat(PlainRun.number(compared, row, "mean")).isCloseTo(1.0 / (epoch + 12), within(1e-9));
        }
        List<List<String>> sizes = PlainRun.csv(
                figures.get("final-test-error-of-several-experiments-by-width").csv());
        for (List<String> row : sizes.subList(1, sizes.size())) {
            double width = PlainRun.number(sizes, row, "width");
            assertThat(PlainRun.number(sizes, row, "mean")).isCloseTo(1 / (3 + width), within(1e-9));
        }
        assertThat(sizes).hasSize(5);
    }

    @Test
    void oneValueOfAnAxisIsNoCurveBySize() throws IOException {
        run(Map.of("width", 8), "done", rows(3, _ -> 0.5));
        run(Map.of("width", 12), "failed", rows(3, _ -> 0.5));
        assertThat(draw().keySet()).noneMatch(name -> name.contains("by-width"));
    }

    @Test
    void manyAxesAreManyChartsAndTheReportSaysWhichThereIsNoRoomFor() throws IOException {
        for (int i = 0; i < 32; i++) {
            Map<String, Object> options = new HashMap<>();
            options.put("width", i % 2 == 0 ? 8 : 12);
            options.put("rank", i / 2 % 2 == 0 ? 2 : 3);
            options.put("learningRate", i / 4 % 2 == 0 ? 0.1 : 0.2);
            options.put("batchSize", i / 8 % 2 == 0 ? 16 : 32);
            options.put("optimizer", i / 16 % 2 == 0 ? "adam" : "sgd");
            run(options, "done", rows(2, epoch -> 0.5 / epoch));
        }
        Map<String, Drawn> figures = draw();
        assertThat(figures.keySet().stream().filter(name -> name.startsWith("final-test-error-by-width")))
                .hasSize(8);
        FigurePlan few = SetSubject.read(List.of(directory), directory).plan().most(3);
        assertThat(few.figures()).hasSize(3);
        assertThat(few.leftOut())
                .isNotEmpty()
                .allMatch(line -> line.endsWith("--figures %d has all".formatted(figures.size())));
    }

    // ---- awkward names ----

    @Test
    void namesMayBeAnything() throws IOException {
        String shown = PageTest.NASTY.replace("\uD83D \u0000\u0007", "").replace('"', '\'');
        for (String name : List.of(shown, "long ".repeat(60), "中文", "-")) {
            for (int width : new int[] {8, 12, 16}) {
                SyntheticRuns.imported(
                        directory.resolve("r%03d".formatted(made++)),
                        Map.of("width", width, "epochs", 4),
                        name,
                        made,
                        rows(4, epoch -> 0.1 * epoch));
            }
        }
        Map<String, Drawn> figures = draw();
        assertThat(figures.size()).isGreaterThan(20);
        assertThat(figures.keySet()).allMatch(name -> name.matches("[a-z0-9][a-z0-9_-]{0,99}"));
        assertThat(figures.values()).anyMatch(each -> each.csv().contains("中文"));
    }

    @Test
    void aSweepThatMovesOptionsTogetherIsWrittenOutAsItWas() throws IOException {
        SyntheticRuns.sweep(directory, "zipped", List.of(4, 8), List.of(2), 1, 2);
        Files.writeString(directory.resolve("sweep.json"), """
            {"format": 1, "name": "zipped", "spec": {"base": {"l1": 1e-4, "method": null},
             "axes": {"method, rank": [["dense", null], ["bug", 2]], "width": {"from": 4, "to": 8, "step": 4}},
             "exclude": ["rank > width"]}}\
            """);
        draw();
        Subject subject = Subject.read(List.of(directory), directory);
        Provenance provenance = new Provenance(
                "c",
                "1",
                new Provenance.Choices(List.of("."), Optional.empty(), 1, false),
                List.of(),
                List.of(),
                Map.of());
        assertThat(subject.page(provenance, List.of(), List.of(), "").html())
                .contains("method, rank: [[dense, &quot;&quot;], [bug, 2]]")
                .contains("width:\n    from: 4\n    to: 8\n    step: 4")
                .contains("stiefel sweep zipped.yaml --out .");
    }

    @Test
    void aPageOfHundredsOfConfigurationsShowsTheFirst() throws IOException {
        for (int i = 0; i < 501; i++) {
            SyntheticRuns.run(directory.resolve("r" + i), Map.of("width", 1 + i, "rank", 1, "epochs", 1), "done", 1);
        }
        Subject subject = Subject.read(List.of(directory), directory);
        Provenance provenance = new Provenance(
                "c",
                "1",
                new Provenance.Choices(List.of("."), Optional.empty(), 1, false),
                List.of(),
                List.of(),
                Map.of());
        String html = subject.page(provenance, List.of(), List.of(), "").html();
        assertThat(html)
                .contains("The first 500 of 501 rows; summary.csv has all.")
                .contains("(1 to 501, 501 values)");
        assertThat(subject.summaryCsv().lines()).hasSize(502);
        assertThat(html).contains("data-value=\"500.0\"").doesNotContain("data-value=\"501.0\">501</th>");
    }

    // ---- spectra ----

    @Test
    void singularValuesAreLinesByEpochAndZerosAreGaps() throws IOException {
        Path run = run(Map.of("epochs", 30), "done", rows(30, epoch -> 0.5 / epoch));
        StringBuilder spectrum = new StringBuilder("epoch,layer,index,value\n");
        for (int epoch = 1; epoch <= 30; epoch++) {
            for (int layer = 1; layer <= 8; layer++) {
                for (int index = 1; index <= 4; index++) {
                    double value = index == 4 ? epoch == 1 ? 0 : NONE : 10.0 * layer / index / epoch;
                    spectrum.append("%d,%d,%d,%s\n".formatted(epoch, layer, index, value));
                }
            }
        }
        Files.writeString(run.resolve("spectrum.csv"), spectrum + "31,1\nnonsense\n");
        Map<String, Drawn> figures = draw(run);
        assertThat(figures.keySet().stream().filter(name -> name.startsWith("spectrum")))
                .containsExactly(
                        "spectrum-layer-1",
                        "spectrum-layer-2",
                        "spectrum-layer-3",
                        "spectrum-layer-4",
                        "spectrum-layer-5",
                        "spectrum-layer-6");
        List<List<String>> table = PlainRun.csv(figures.get("spectrum-layer-3").csv());
        List<String> epochs = new ArrayList<>();
        for (List<String> row : table.subList(1, table.size())) {
            int epoch = Integer.parseInt(row.getFirst());
            int index = Integer.parseInt(row.get(1));
            if (index == 4) {
                assertThat(row.get(2)).isEmpty();
                epochs.add(row.getFirst());
            } else {
                assertThat(Double.parseDouble(row.get(2))).isEqualTo(10.0 * 3 / index / epoch);
            }
        }
        assertThat(epochs).hasSize(12).startsWith("1").endsWith("30");
        assertThat(figures.get("spectrum-layer-1").figure().caption())
                .startsWith("The spectrum after 12 of 30 epochs. All of them are in the run's spectrum.csv.");
        assertThat(Subject.read(List.of(run), run).plan().leftOut())
                .containsExactly("the singular values of layers 7 to 8: the run's spectrum.csv has them");
    }

    @Test
    void aDamagedSpectrumIsNamed() throws IOException {
        Path run = run(Map.of(), "done", rows(2, _ -> 0.5));
        Files.writeString(run.resolve("spectrum.csv"), "epoch,layer,index,value\n1,one,1,2\n");
        assertThatThrownBy(() -> draw(run))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot read %s: a row is damaged: ".formatted(run.resolve("spectrum.csv")));
    }

    // ---- what the files say ----

    @Test
    void theManifestOfAnUnevenSweepHasAllRunsAndTheChecksumsOfWhatEachFigureIsMadeOf() throws IOException {
        Path sweep = directory.resolve("sweep");
        SyntheticRuns.irregular(sweep, List.of(4, 8, 12, 60), List.of(2, 3), 2, 4);
        Report.Written written = Report.of(List.of(sweep)).atMost(2).write();
        ObjectNode manifest = Json.parse(Files.readString(sweep.resolve("report.json")));
        Map<String, String> sums = new HashMap<>();
        for (JsonNode run : manifest.get("runs")) {
            String id = run.get("run").stringValue();
            String record = DurableFiles.sha256(sweep.resolve(id).resolve("run.json"));
            String history = DurableFiles.sha256(sweep.resolve(id).resolve("history.csv"));
            assertThat(run.get("record").stringValue()).isEqualTo(record);
            assertThat(run.get("history").stringValue()).isEqualTo(history);
            sums.put(id, id + " " + record + " " + history + "\n");
        }
        assertThat(sums).hasSize(16);
        assertThat(written.runs()).isEqualTo(16);
        assertThat(written.configurations()).isEqualTo(7);
        for (JsonNode figure : manifest.get("figures")) {
            List<String> ids = new ArrayList<>();
            figure.get("runs").forEach(id -> ids.add(id.stringValue()));
            ids.sort(null);
            StringBuilder lines = new StringBuilder();
            ids.forEach(id -> lines.append(sums.get(id)));
            assertThat(figure.get("sha256").stringValue())
                    .isEqualTo(Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(String.join("\n", written.missing()))
                .contains("it is <failed> & \"over\"", "no run has come to a result at width 12, rank 3");
        assertThat(Files.readString(written.page())).contains("it is &lt;failed&gt; &amp; &quot;over&quot;");
        assertThat(Report.check(sweep)).isEmpty();
    }
}
