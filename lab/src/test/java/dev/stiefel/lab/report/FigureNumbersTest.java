package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.figure.Table;
import dev.stiefel.lab.report.FigurePlan.Drawn;
import dev.stiefel.lab.report.FigurePlan.Planned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The numbers of every kind of figure of several runs, against plain loops over the rows of
/// their histories. CSV cells have nine significant digits.
class FigureNumbersTest {
    private static final List<Integer> WIDTHS = List.of(4, 8, 12, 20, 40, 60);
    private static final List<Integer> RANKS = List.of(2, 3);
    private static final int EPOCHS = 12;
    private static final double EXACT = 1e-12;

    @TempDir
    private static Path directory;

    private static List<PlainRun> runs = List.of();
    private static final Map<String, Drawn> FIGURES = new LinkedHashMap<>();
    private static final Map<String, Planned> PLANNED = new LinkedHashMap<>();

    @BeforeAll
    static void drawAll() throws IOException {
        Path sweep = directory.resolve("sweep");
        SyntheticRuns.irregular(sweep, WIDTHS, RANKS, 3, EPOCHS);
        runs = PlainRun.all(sweep).stream().filter(PlainRun::isDone).toList();
        for (Planned each : SetSubject.read(List.of(sweep), sweep).plan().figures()) {
            Drawn drawn = each.draw();
            assertThat(FIGURES.put(drawn.figure().name(), drawn)).isNull();
            PLANNED.put(drawn.figure().name(), each);
        }
    }

    /// The runs that count at a place.
    private static List<PlainRun> at(int width, int rank) {
        return runs.stream()
                .filter(run -> run.option("width").equals("" + width)
                        && run.option("rank").equals("" + rank))
                .toList();
    }

    private static List<Double> values(List<PlainRun> some, ToDoubleFunction<PlainRun> value) {
        return some.stream().map(value::applyAsDouble).toList();
    }

    private static Drawn figure(String name) {
        assertThat(FIGURES).containsKey(name);
        return FIGURES.getOrDefault(name, FIGURES.values().iterator().next());
    }

    /// A cell of nine significant digits.
    private static void assertCell(List<List<String>> table, List<String> row, String column, double expected) {
        double got = PlainRun.number(table, row, column);
        if (Double.isNaN(expected)) {
            assertThat(got).as("%s of %s", column, row).isNaN();
        } else {
            assertThat(got).as("%s of %s", column, row).isCloseTo(expected, within(5.1e-9 * Math.abs(expected)));
        }
    }

    /// A row of a table of means: against loops.
    private static void assertStatistics(List<List<String>> table, List<String> row, List<Double> values) {
        assertThat(PlainRun.cell(table, row, "runs"))
                .isEqualTo(Integer.toString(PlainRun.present(values).size()));
        assertCell(table, row, "mean", PlainRun.mean(values));
        assertCell(table, row, "standard_deviation", PlainRun.deviation(values));
        assertCell(table, row, "median", PlainRun.median(values));
        double[] interval = bootstrap(values);
        assertCell(table, row, "ci95_low", interval[0]);
        assertCell(table, row, "ci95_high", interval[1]);
    }

    /// The 2.5th and the 97.5th percentile of 1,000 means, drawn with the seed of all figures.
    private static double[] bootstrap(List<Double> values) {
        List<Double> sorted = new ArrayList<>(PlainRun.present(values));
        sorted.sort(Double::compare);
        if (sorted.size() < 2) {
            return new double[] {Double.NaN, Double.NaN};
        }
        SplittableRandom random = new SplittableRandom(1);
        double[] means = new double[1000];
        for (int i = 0; i < means.length; i++) {
            for (int k = 0; k < sorted.size(); k++) {
                means[i] += sorted.get(random.nextInt(sorted.size())) / sorted.size();
            }
        }
        Arrays.sort(means);
        // Of 1,000 numbers the places 24.975 and 974.025, counted from 0.
        return new double[] {means[24] + 0.975 * (means[25] - means[24]), means[974] + 0.025 * (means[975] - means[974])
        };
    }

    // ---- by size ----

    @Test
    void finalErrorsBySize() {
        assertBySize("final-test-error-by-width", run -> run.last("test"));
    }

    @Test
    void bestErrorsBySize() {
        assertBySize("best-test-error-by-width", run -> run.best("test"));
    }

    @Test
    void errorsOfStoppingEarlyBySize() {
        assertBySize("test-error-at-the-best-validation-by-width", run -> run.atBestValidation("test"));
    }

    private static void assertBySize(String name, ToDoubleFunction<PlainRun> value) {
        List<List<String>> table = PlainRun.csv(figure(name).csv());
        List<String> places = new ArrayList<>();
        for (List<String> row : table.subList(1, table.size())) {
            int rank = Integer.parseInt(PlainRun.cell(table, row, "line").replace("rank ", ""));
            int width = Integer.parseInt(PlainRun.cell(table, row, "width"));
            places.add(rank + " " + width);
            assertStatistics(table, row, values(at(width, rank), value));
        }
        List<String> expected = new ArrayList<>();
        for (int rank : RANKS) {
            for (int width : WIDTHS) {
                if (!at(width, rank).isEmpty()) {
                    expected.add(rank + " " + width);
                }
            }
        }
        assertThat(places).isEqualTo(expected).hasSize(11);
        assertBands(name, "width", value);
    }

    /// What is drawn: the means, and a standard deviation to either side that ends above zero.
    private static void assertBands(String name, String x, ToDoubleFunction<PlainRun> value) {
        Table drawn = figure(name).figure().table();
        assertThat(drawn.columns()).containsExactly("line", x, "test error", "low", "high");
        for (List<String> row : drawn.rows()) {
            List<Double> all = values(
                    at(
                            Integer.parseInt(row.get(1)),
                            Integer.parseInt(row.getFirst().replace("rank ", ""))),
                    value);
            assertBand(row.subList(2, 5), all);
        }
    }

    private static void assertBand(List<String> meanLowHigh, List<Double> all) {
        double mean = PlainRun.mean(all);
        double deviation = PlainRun.deviation(all);
        double least = PlainRun.present(all).stream().min(Double::compare).orElse(Double.NaN);
        assertNumber(meanLowHigh.get(0), mean);
        assertNumber(meanLowHigh.get(1), Math.max(mean - deviation, least / 2));
        assertNumber(meanLowHigh.get(2), mean + deviation);
    }

    private static void assertNumber(String cell, double expected) {
        if (Double.isNaN(expected)) {
            assertThat(cell).isEmpty();
        } else {
            assertThat(Double.parseDouble(cell)).isCloseTo(expected, within(EXACT * Math.max(1, Math.abs(expected))));
        }
    }

    // ---- double descent ----

    @Test
    void doubleDescentHasMeansOfTheLastTenEpochs() {
        for (int rank : RANKS) {
            Table table =
                    figure("double-descent-by-width-rank-" + rank).figure().table();
            assertThat(table.columns())
                    .containsExactly("line", "width", "error, mean of the last ten epochs", "low", "high");
            for (List<String> row : table.rows()) {
                String split = row.getFirst().equals("test error") ? "test" : "train";
                List<Double> all = values(at(Integer.parseInt(row.get(1)), rank), run -> run.lastTen(split));
                assertBand(row.subList(2, 5), all);
            }
            assertThat(table.size()).isEqualTo(rank == 2 ? 12 : 10);
        }
    }

    @Test
    void theWordsOnDoubleDescentNameTheGreatestRiseThatThereIs() {
        for (int rank : RANKS) {
            List<Integer> places = new ArrayList<>();
            List<Double> means = new ArrayList<>();
            int threshold = 0;
            for (int width : WIDTHS) {
                if (!at(width, rank).isEmpty()) {
                    places.add(width);
                    means.add(PlainRun.mean(values(at(width, rank), run -> run.lastTen("test"))));
                    double train = PlainRun.mean(values(at(width, rank), run -> run.lastTen("train")));
                    threshold = threshold == 0 && train < 0.01 ? width : threshold;
                }
            }
            int from = 0;
            int to = 0;
            for (int i = 0; i < means.size(); i++) {
                for (int j = i; j < means.size(); j++) {
                    if (means.get(j) - means.get(i) > means.get(to) - means.get(from)) {
                        from = i;
                        to = j;
                    }
                }
            }
            String caption =
                    figure("double-descent-by-width-rank-" + rank).figure().caption();
            String rise = String.format(Locale.ROOT, "%.2f", 100 * (means.get(to) - means.get(from)));
            assertThat(caption)
                    .contains(rise + " points")
                    .containsPattern("\\b%d\\b.*\\b%d\\b".formatted(places.get(from), places.get(to)));
            assertThat(threshold).isNotZero();
            assertThat(caption).contains("first below 1 % at width " + threshold + ", the interpolation threshold.");
        }
    }

    // ---- by epoch ----

    @Test
    void errorsByEpoch() {
        for (int rank : RANKS) {
            String name = "test-error-by-epoch-rank-" + rank;
            List<List<String>> table = PlainRun.csv(figure(name).csv());
            int rows = 0;
            for (List<String> row : table.subList(1, table.size())) {
                int width = Integer.parseInt(PlainRun.cell(table, row, "line").replace("width ", ""));
                int epoch = Integer.parseInt(PlainRun.cell(table, row, "epoch"));
                assertStatistics(table, row, values(at(width, rank), run -> run.error("test", epoch)));
                rows++;
            }
            assertThat(rows).isEqualTo((rank == 2 ? 6 : 5) * EPOCHS);
        }
    }

    @Test
    void ranksByEpoch() {
        List<List<String>> table = PlainRun.csv(figure("ranks-by-epoch").csv());
        List<String> lines = new ArrayList<>();
        for (List<String> row : table.subList(1, table.size())) {
            String[] words = PlainRun.cell(table, row, "line").split("[ ,]+", -1);
            int epoch = Integer.parseInt(PlainRun.cell(table, row, "epoch"));
            lines.add(words[1] + " " + words[3]);
            List<Double> means = values(
                    at(Integer.parseInt(words[1]), Integer.parseInt(words[3])),
                    run -> run.ranks(epoch).stream()
                            .mapToDouble(Integer::doubleValue)
                            .average()
                            .orElse(Double.NaN));
            assertStatistics(table, row, means);
            assertThat(PlainRun.number(table, row, "mean")).isEqualTo(Integer.parseInt(words[3]) - (epoch < 4 ? 1 : 0));
        }
        assertThat(lines.stream().distinct()).containsExactlyInAnyOrder("60 2", "60 3");
        assertThat(lines).hasSize(2 * EPOCHS);
    }

    // ---- maps ----

    @Test
    void mapsHaveAMeanAndADeviationForEachCell() {
        for (int rank : RANKS) {
            for (String scale : List.of("linear", "logarithmic")) {
                assertMap("test-error-by-width-and-epoch-" + scale + "-rank-" + rank, rank, PlainRun::mean);
                assertMap(
                        "spread-of-the-test-error-by-width-and-epoch-" + scale + "-rank-" + rank,
                        rank,
                        PlainRun::deviation);
            }
        }
    }

    private static void assertMap(String name, int rank, ToDoubleFunction<List<Double>> statistic) {
        Table table = figure(name).figure().table();
        assertThat(table.columns().subList(0, 2)).containsExactly("epoch", "width");
        int missing = 0;
        for (List<String> row : table.rows()) {
            int epoch = Integer.parseInt(row.getFirst());
            List<Double> all = values(at(Integer.parseInt(row.get(1)), rank), run -> run.error("test", epoch));
            double expected = statistic.applyAsDouble(all);
            missing += Double.isNaN(expected) ? 1 : 0;
            assertNumber(row.get(2), expected);
        }
        assertThat(table.size()).isEqualTo((rank == 2 ? 6 : 5) * EPOCHS);
        assertThat(figure(name).figure().caption())
                .contains(
                        missing == 0 ? "over the runs of each cell." : "Hatched: no value (%d of ".formatted(missing));
    }

    // ---- costs ----

    @Test
    void errorsAgainstMemoryAreMeansAtEachEpoch() {
        assertCosts("test-error-against-memory", (run, epoch) -> run.number("evaluation_parameters", epoch));
    }

    /// Of fixed-rank BUG: two passes a step and new bases, counted from shapes.
    @Test
    void errorsAgainstTrainingComputeAreMeansAtEachEpoch() {
        assertCosts("test-error-against-training-compute", (run, epochs) -> {
            double sum = epochs > run.epochs() ? Double.NaN : 0;
            for (int epoch = 1; epoch <= Math.min(epochs, run.epochs()); epoch++) {
                sum += epochOfBug(Integer.parseInt(run.option("width")), run.ranks(epoch));
            }
            return sum;
        });
    }

    private static double epochOfBug(long width, List<Integer> ranks) {
        long sample = 0;
        long bases = 0;
        long n = 64;
        for (int layer = 0; layer < 2; layer++) {
            long m = width;
            long r = ranks.get(layer);
            long forward = n * r + r * r + r * m;
            long back = m * r + (layer == 0 ? 0 : r * r + r * n);
            sample += 2 * (forward + back) + m * r + n * r + r * r; // K and L in the first pass, S in the second
            bases += 2 * m * r * r + 2 * n * r * r;
            n = width;
        }
        sample += 2 * 10 * width + 3 * 10 * width; // the dense output has its gradient in the second pass only
        long samples = TRAINED;
        return sample * (double) samples + bases * Math.ceil(samples / 32.0);
    }

    private static final long TRAINED = 1500 - 300; // digits, of which 300 are held out

    private interface Price {
        double of(PlainRun run, int epoch);
    }

    private static void assertCosts(String name, Price price) {
        Table table = figure(name).figure().table();
        Map<String, List<Double>> points = new TreeMap<>();
        for (int width : WIDTHS) {
            for (int rank : RANKS) {
                for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                    int now = epoch;
                    double error = PlainRun.mean(values(at(width, rank), run -> run.error("test", now)));
                    double cost = PlainRun.mean(values(at(width, rank), run -> price.of(run, now)));
                    if (!Double.isNaN(error) && !Double.isNaN(cost)) {
                        points.put("width %d, rank %d, epoch %d".formatted(width, rank, epoch), List.of(cost, error));
                    }
                }
            }
        }
        List<List<Double>> drawnFront = new ArrayList<>();
        int drawn = 0;
        for (List<String> row : table.rows()) {
            List<Double> point = points.getOrDefault(row.get(1), List.of(-1.0, -1.0));
            assertThat(Double.parseDouble(row.get(2)))
                    .as(row.get(1))
                    .isCloseTo(point.get(0), within(1e-9 * point.get(0)));
            assertThat(Double.parseDouble(row.get(3))).isCloseTo(point.get(1), within(EXACT));
            if (row.getFirst().equals("front")) {
                drawnFront.add(point);
            } else {
                assertThat(row.get(1)).contains(row.getFirst());
                drawn++;
            }
        }
        assertThat(drawn).isEqualTo(points.size());
        List<List<Double>> front = points.values().stream()
                .filter(point -> points.values().stream().noneMatch(other -> beats(other, point)))
                .sorted((a, b) -> Double.compare(a.getFirst(), b.getFirst()))
                .toList();
        assertThat(drawnFront).isEqualTo(front).hasSizeGreaterThan(2);
    }

    private static boolean beats(List<Double> a, List<Double> b) {
        return a.get(0) <= b.get(0) && a.get(1) <= b.get(1) && !a.equals(b);
    }

    // ---- what is behind them ----

    @Test
    void everyFigureNamesItsRunsAndNoneThatDoesNotCount() {
        List<Path> folders = runs.stream().map(PlainRun::folder).toList();
        for (Map.Entry<String, Planned> each : PLANNED.entrySet()) {
            assertThat(each.getValue().runs())
                    .as(each.getKey())
                    .isSubsetOf(folders)
                    .isNotEmpty();
        }
        assertThat(PLANNED.get("test-error-against-memory").runs()).containsExactlyInAnyOrderElementsOf(folders);
        assertThat(PLANNED.keySet()).hasSize(18);
    }
}
