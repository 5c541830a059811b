package dev.stiefel.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.figure.Layout;
import dev.stiefel.lab.report.FigurePlan.Drawn;
import dev.stiefel.lab.report.FigurePlan.Planned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Reports on any runs at all: made by chance, of everything that runs differ in. A report is
/// made whole and legible, or refused in a line that says why.
class AnyRunsReportTest {
    private static final double NONE = Double.NaN;

    @TempDir
    private Path directory;

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyRunsMakeAReportOrAreRefusedInALine(int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        boolean classes = random.nextInt(5) > 0;
        int runs = 1 + random.nextInt(14);
        List<Path> folders = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            folders.add(run(random, i, classes));
        }
        List<Path> places = random.nextInt(4) == 0 ? List.of(folders.getFirst()) : List.of(directory);
        Subject subject;
        try {
            subject = Subject.read(places, directory);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("(no run in|cannot report on|report: runs that tell) .*");
            return;
        }
        Set<String> names = new HashSet<>();
        List<Drawn> figures = new ArrayList<>();
        for (Planned each : subject.plan().figures()) {
            Drawn drawn = each.draw();
            figures.add(drawn);
            assertThat(names.add(drawn.figure().name()))
                    .as(drawn.figure().name())
                    .isTrue();
            assertThat(Layout.problems(drawn.figure())).isEmpty();
            List<List<String>> table = PlainRun.csv(drawn.csv());
            assertThat(table.size()).as(drawn.figure().name()).isGreaterThan(1);
            assertThat(table).allSatisfy(row -> assertThat(row).hasSameSizeAs(table.getFirst()));
            assertThat(drawn.csv()).doesNotContain("NaN", "Infinity", "null");
        }
        Provenance provenance = new Provenance(
                "stiefel report",
                "1",
                new Provenance.Choices(List.of("."), Optional.empty(), 24, false),
                subject.sources().list(),
                List.of(),
                Map.of());
        assertThat(PageTest.nesting(
                        subject.page(provenance, figures, List.of(), "figures").html()))
                .isEmpty();
        List<List<String>> summary = PlainRun.csv(subject.summaryCsv());
        assertThat(summary).allSatisfy(row -> assertThat(row).hasSameSizeAs(summary.getFirst()));
        assertThat(subject.missing())
                .allSatisfy(line -> assertThat(line).isNotBlank().doesNotContain("\n"));
    }

    private Path run(SplittableRandom random, int index, boolean classes) throws IOException {
        Map<String, Object> options = new HashMap<>();
        options.put("seed", random.nextInt(3));
        String method =
                List.of("bug", "bug", "dense", "parallel-bug", "riemannian").get(random.nextInt(5));
        options.put("method", method);
        options.put("width", 6 + 2 * random.nextInt(6));
        options.put("rank", random.nextInt(6) == 0 ? "3-2" : (Object) (1 + random.nextInt(6)));
        options.put("learningRate", List.of(0.1, 0.01, 1e-9).get(random.nextInt(3)));
        options.put("experiment", List.of("digits", "digits", "a <b> & \"c\"").get(random.nextInt(3)));
        if (random.nextInt(8) == 0) {
            options.put("data", "mnist");
        }
        int epochs = List.of(0, 1, 2, 3, 7, 25).get(random.nextInt(6));
        double size = List.of(1.0, 1.0, 1.0, 1e-9, 0.0).get(random.nextInt(5));
        boolean imported = random.nextInt(5) == 0;
        List<String> rows = new ArrayList<>();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            if (imported && random.nextInt(4) == 0) {
                continue;
            }
            int[] ranks = method.equals("dense") || random.nextInt(9) == 0
                    ? new int[0]
                    : new int[] {1 + random.nextInt(6), 1 + random.nextInt(6)};
            double train = cell(random, size);
            double validation = cell(random, size);
            double test = cell(random, size);
            long parameters = random.nextInt(9) == 0 ? -1 : 100 + random.nextInt(900);
            String row = SyntheticRuns.row(epoch, train, validation, test, parameters, ranks);
            rows.add(classes ? row : withoutAccuracies(row));
        }
        Path folder = directory.resolve("run-%02d".formatted(index));
        options.put("epochs", Math.max(1, epochs));
        if (imported) {
            SyntheticRuns.imported(folder, options, "logs|" + random.nextInt(2), index + 1, rows);
        } else {
            String status = List.of("done", "done", "done", "failed", "diverged", "interrupted", "running")
                    .get(random.nextInt(7));
            SyntheticRuns.run(folder, options, status, status.equals("done") ? "" : "why \"not\"", rows);
        }
        return folder;
    }

    private static double cell(SplittableRandom random, double size) {
        return random.nextInt(8) == 0 ? NONE : size * random.nextDouble();
    }

    private static String withoutAccuracies(String row) {
        String[] cells = row.split(",", -1);
        cells[2] = "";
        cells[4] = "";
        cells[6] = "";
        return String.join(",", cells);
    }
}
