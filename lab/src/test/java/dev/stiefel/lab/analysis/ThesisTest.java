package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.published.LogImport;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Statistics over imported logs of the thesis are those that were published of them, to the
/// printed digits. A sample of the logs lies here; `-Dstiefel.thesisLogs=DIR
/// -Dstiefel.thesisTargets=DIR` name more logs, and the folder of `thesis.csv` and
/// `thesis_peaks.csv`.
class ThesisTest {
    /// Its published figures leave whole rows out and count epochs over those that are left.
    private static final String DAMAGED = "DLRT(Rank10)TestDim100ep100000batch256lr1e-3Noise20Dataset10";

    @TempDir
    private Path directory;

    @Test
    void theSampleHasThePublishedFigures() throws IOException, URISyntaxException {
        URL logs = Objects.requireNonNull(LogImport.class.getResource("thesis"));
        URL targets = Objects.requireNonNull(LogImport.class.getResource("thesis.csv"));
        RunSet set = imported(Path.of(logs.toURI()));

        assertThat(set.runs()).hasSize(18);
        assertThat(differences(set, Path.of(targets.toURI()))).isEqualTo(List.of("3 compared"));
        assertThat(set.remarks())
                .anyMatch(remark -> remark.contains("have 93 problems, listed in"))
                .contains("training figures of imported runs are those of an epoch's last mini-batch");
    }

    @Test
    @EnabledIfSystemProperty(named = "stiefel.thesisLogs", matches = ".+")
    void allLogsHaveThePublishedFigures() throws IOException {
        RunSet set = imported(Path.of(System.getProperty("stiefel.thesisLogs")));
        Path targets = Path.of(System.getProperty("stiefel.thesisTargets"));

        assertThat(differences(set, targets.resolve("thesis.csv")))
                .contains(DAMAGED + " 10 100: final_err_mean 0.4350, published 0.4330")
                .allMatch(line -> line.startsWith(DAMAGED) || line.endsWith(" compared"));
        assertThat(peakDifferences(set, targets.resolve("thesis_peaks.csv"))).isEqualTo(List.of("1 compared"));
    }

    private RunSet imported(Path logs) throws IOException {
        return RunSet.read(
                List.of(LogImport.of(logs).into(directory.resolve("imported")).folder()));
    }

    /// One line a figure that differs, and how many rows had all their runs here.
    private static List<String> differences(RunSet set, Path targets) throws IOException {
        Map<List<String>, Configuration> found = new LinkedHashMap<>();
        for (Configuration each : set.configurations()) {
            RecordedRun first = each.runs().getFirst();
            found.put(
                    List.of(
                            each.name(),
                            first.spec()
                                    .find(Options.RANK)
                                    .map(Object::toString)
                                    .orElse(""),
                            String.valueOf(first.spec().get(Options.WIDTH))),
                    each);
        }
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (Map<String, String> row : rows(targets)) {
            List<String> key = List.of(cell(row, "folder"), cell(row, "rank"), cell(row, "width"));
            Configuration here = found.get(key);
            if (here == null
                    || !cell(row, "set").equals("finishedTests")
                    || here.runs().size() != Integer.parseInt(cell(row, "runs"))) {
                continue;
            }
            compared++;
            Map<String, Double> figures = figures(here);
            figures.forEach((name, value) -> {
                String published = cell(row, name);
                int digits = published.contains(".") ? published.length() - published.indexOf('.') - 1 : 0;
                String shown = Double.isNaN(value) ? "nan" : String.format(Locale.ROOT, "%." + digits + "f", value);
                boolean halfway = !Double.isNaN(value)
                        && !published.equals("nan")
                        && Math.abs(value - Double.parseDouble(published)) <= 0.5 * Math.pow(10, -digits) * (1 + 1e-6);
                if (!shown.equals(published) && !halfway) {
                    differences.add("%s: %s %s, published %s".formatted(String.join(" ", key), name, shown, published));
                }
            });
        }
        differences.add(compared + " compared");
        return differences;
    }

    private static Map<String, Double> figures(Configuration configuration) {
        List<RunOutcome> test = configuration.outcomes(RunMeasure.TEST_ERROR);
        List<RunOutcome> train = configuration.outcomes(RunMeasure.TRAIN_ERROR);
        Statistics last = Statistics.of(test.stream().map(RunOutcome::last).toList());
        Statistics best = Statistics.of(test.stream().map(RunOutcome::best).toList());
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("final_err_mean", last.mean());
        figures.put("final_err_std", last.standardDeviation());
        figures.put("best_err_mean", best.mean());
        figures.put("best_err_std", best.standardDeviation());
        figures.put(
                "best_epoch_mean",
                Statistics.of(test.stream()
                                .map(each -> (double) each.bestEpoch())
                                .toList())
                        .mean());
        figures.put(
                "last10ep_err_mean",
                Statistics.of(test.stream().map(RunOutcome::last10).toList()).mean());
        figures.put(
                "err_at_best_val_mean",
                Statistics.of(test.stream().map(RunOutcome::atBestValidation).toList())
                        .mean());
        figures.put(
                "train_err_lastbatch_mean",
                Statistics.of(train.stream()
                                .map(each -> Math.rint(each.last() * 1e4) / 1e4) // as each run's was published
                                .toList())
                        .mean());
        return figures;
    }

    private static List<String> peakDifferences(RunSet set, Path targets) throws IOException {
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (Map<String, String> row : rows(targets)) {
            List<Configuration> all = set.configurations().stream()
                    .filter(each -> each.name().equals(cell(row, "folder")))
                    .toList();
            if (!cell(row, "axis").equals("rank")
                    || all.size() < 100
                    || !cell(row, "set").equals("finishedTests")) {
                continue;
            }
            compared++;
            List<Peak.Sample> samples = Peak.samples(all, Options.RANK, RunMeasure.TEST_ERROR);
            Peak peak = Peak.of(Peak.smoothed(samples, 2), 1, 1);
            String found = String.format(
                    Locale.ROOT,
                    "%.0f,%.4f,%.0f,%.4f,%.0f,%.4f,%.4f,%.4f,%.0f",
                    peak.firstMinimum().x(),
                    peak.firstMinimum().error(),
                    peak.peak().x(),
                    peak.peak().error(),
                    peak.end().x(),
                    peak.end().error(),
                    peak.rise(),
                    peak.drop(),
                    peak.threshold().orElse(Double.NaN));
            String published = String.join(
                    ",",
                    List.of(
                            cell(row, "x_first_min"),
                            cell(row, "err_first_min"),
                            cell(row, "x_peak"),
                            cell(row, "err_peak"),
                            cell(row, "x_end"),
                            cell(row, "err_end"),
                            cell(row, "rise"),
                            cell(row, "drop_after_peak"),
                            cell(row, "interp_threshold_train_err_lt_1pct")));
            if (!found.equals(published)) {
                differences.add("%s: %s, published %s".formatted(cell(row, "folder"), found, published));
            }
            assertThat(Peak.of(samples, 200, 1).significance()).isLessThan(0.05);
        }
        differences.add(compared + " compared");
        return differences;
    }

    private static String cell(Map<String, String> row, String name) {
        return Optional.ofNullable(row.get(name)).orElseThrow();
    }

    private static List<Map<String, String>> rows(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> names = List.of(lines.getFirst().split(",", -1));
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                row.put(names.get(i), cells[i]);
            }
            rows.add(row);
        }
        return rows;
    }
}
