package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.session.Models;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One file, [MarginMeasure], is all that a measure takes to be seen wherever figures are.
class OwnMeasureTest {
    private static final String SMALL = " --method bug --rank 4 --width 16 --depth 2 --train-fraction 0.2 --epochs ";

    @TempDir
    Path directory;

    private static JsonNode json(CommandRunner.Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        return JsonMapper.shared().readTree(result.out());
    }

    private CommandRunner.Result ran(String arguments) {
        CommandRunner.Result result = new CommandRunner(directory).run(arguments);
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }

    @Test
    void aRunShowsItInProgressHistorySummaryEvaluationAndReport() throws IOException {
        CommandRunner.Result trained = ran("train digits --out run --measures accuracy,margin" + SMALL + 3);

        assertThat(trained.err().lines().filter(line -> line.startsWith("epoch ")))
                .hasSize(3)
                .allMatch(line -> line.matches(
                        "epoch ./3  loss \\S+  accuracy \\S+ %  margin \\S+  validation \\S+ % \\(margin \\S+\\)"
                                + "  test \\S+ % \\(margin \\S+\\)  ranks 4 4  .*"));
        assertThat(trained.out().lines().findFirst().orElseThrow()).matches(" +loss +accuracy +margin");
        RunFolder run = RunFolder.open(directory.resolve("run"));
        List<HistoryRow> rows = run.history();
        double margin = rows.getLast().test().orElseThrow().figure("margin");
        assertThat(Files.readAllLines(run.path().resolve("history.csv")).getFirst())
                .endsWith(",rank_1,rank_2,train_margin,validation_margin,test_margin");
        assertThat(run.summary().orElseThrow().test().orElseThrow().figure("margin"))
                .isEqualTo(margin);

        JsonNode evaluated = json(ran("evaluate run --json"));
        assertThat(evaluated.propertyNames()).containsExactly("loss", "accuracy", "margin", "samples");
        assertThat(evaluated.get("margin").doubleValue()).isEqualTo(margin, within(1e-6));
        assertThat(ran("evaluate run").out()).containsPattern("\nmargin +\\S+\n");
        assertThat(margin).isEqualTo(naiveMargin(run), within(1e-4));

        ran("report run --out report");
        String page = Files.readString(directory.resolve("report/index.html"));
        assertThat(page).contains("<th scope=\"col\" class=\"number\">margin</th>", "Margin by epoch");
        assertThat(Files.readString(directory.resolve("report/summary.csv"))
                        .lines()
                        .findFirst()
                        .orElseThrow())
                .contains(",final_test_margin_mean,", ",best_validation_margin_mean,");
    }

    /// From predictions: differences of logarithms of probabilities are those of outputs. Probabilities have 24 bits,
    /// and the smallest that count are not below 1e-9 here.
    private static double naiveMargin(RunFolder run) throws IOException {
        DataSets sets = DataSets.in(run.path());
        Samples test = RunData.of(run.spec(), sets).splits(run.spec()).test();
        double sum = 0;
        try (Model model = Models.load(run.path())) {
            List<float[]> samples = new ArrayList<>();
            for (int i = 0; i < test.size(); i++) {
                float[] sample = new float[test.width()];
                test.copyInput(i, sample, 0);
                samples.add(sample);
            }
            List<float[]> answers = model.predict(samples);
            for (int i = 0; i < test.size(); i++) {
                float[] p = answers.get(i);
                double other = 0;
                for (int j = 0; j < p.length; j++) {
                    other = j == test.label(i) ? other : Math.max(other, p[j]);
                }
                sum += Math.log(p[test.label(i)]) - Math.log(other);
            }
        }
        return sum / test.size();
    }

    @Test
    void itSaysWhichEpochIsTheBestAndWhenToStop() throws IOException {
        CommandRunner.Result trained =
                ran("train digits --out run --measures margin --monitor margin --early-stopping 1 --learning-rate 0.5"
                        + SMALL
                        + 60);

        RunFolder run = RunFolder.open(directory.resolve("run"));
        List<HistoryRow> rows = run.history();
        int best = run.summary().orElseThrow().bestEpoch();
        double greatest = Double.NEGATIVE_INFINITY;
        int expected = 0;
        for (HistoryRow row : rows) {
            double margin = row.validation().orElseThrow().figure("margin");
            if (margin > greatest) {
                greatest = margin;
                expected = row.epoch();
            }
            assertThat(row.validation().orElseThrow().accuracy()).isNaN();
        }
        assertThat(trained.err() + run.message().orElse(""))
                .contains("stopped early: no better validation margin since epoch " + best);
        assertThat(best).isEqualTo(expected).isEqualTo(rows.size() - 1);
        assertThat(run.summary().orElseThrow().best().validation().orElseThrow().figure("margin"))
                .isEqualTo(greatest);
        ran("report run --out report");
        assertThat(Files.readString(directory.resolve("report/index.html")))
                .contains("is the one of the highest validation margin.");
    }

    @Test
    void aSweepAndItsReportHaveIt() throws IOException {
        Files.writeString(directory.resolve("small.yaml"), """
            base: { experiment: digits, method: bug, rank: 2, epochs: 2, trainFraction: 0.05, depth: 1,
                    measures: [accuracy, margin] }
            axes: { width: [4, 8] }
            """);

        ran("sweep small.yaml --jobs 1");

        List<String> index = Files.readAllLines(directory.resolve("sweeps/small/index.csv"));
        assertThat(index.getFirst()).endsWith(",seconds,train_margin,validation_margin,test_margin,best_test_margin");
        int column = List.of(index.getFirst().split(",", -1)).indexOf("test_margin");
        double[] margins = new double[2];
        for (int i = 0; i < 2; i++) {
            String[] cells = index.get(i + 1).split(",", -1);
            RunFolder run = RunFolder.open(directory.resolve("sweeps/small/runs/" + cells[0]));
            margins[i] = run.summary().orElseThrow().test().orElseThrow().figure("margin");
            assertThat(Double.parseDouble(cells[column])).isEqualTo(margins[i]);
        }

        ran("report sweeps/small --out report");
        List<String> summary = Files.readAllLines(directory.resolve("report/summary.csv"));
        int mean = List.of(summary.getFirst().split(",", -1)).indexOf("final_test_margin_mean");
        List<Double> found = new ArrayList<>();
        for (String line : summary.subList(1, summary.size())) {
            found.add(Double.parseDouble(line.split(",", -1)[mean]));
        }
        assertThat(found).hasSize(2);
        for (double margin : margins) {
            assertThat(found).anySatisfy(each -> assertThat(each).isEqualTo(margin, within(1e-9 * Math.abs(margin))));
        }
        String page = Files.readString(directory.resolve("report/index.html"));
        assertThat(page).contains("Final test margin by width", "Test margin by epoch", "final test margin");
    }

    @Test
    void namesThatAreNotKnownAreRefusedBeforeAnythingIsMade() {
        CommandRunner door = new CommandRunner(directory);
        assertThat(door.run("train digits --measures marign"))
                .isEqualTo(new CommandRunner.Result(
                        2, "", "stiefel: measures: unknown measure 'marign'; did you mean 'margin'?\n"));
        assertThat(door.run("train digits --measures mean_absolute_error").err())
                .isEqualTo("stiefel: measures: 'mean_absolute_error' is for values; 'digits' has classes\n");
        assertThat(door.run("train digits --monitor acuracy").err())
                .isEqualTo("stiefel: monitor must be a figure that is measured, one of loss, accuracy; got 'acuracy';"
                        + " did you mean 'accuracy'?\n");
        assertThat(door.run("train digits --monitor margin").err())
                .isEqualTo("stiefel: monitor must be a figure that is measured, one of loss, accuracy; got 'margin';"
                        + " add it to the measures\n");
        assertThat(door.run("train digits --measures F1").err())
                .isEqualTo("stiefel: --measures must be 'none' or names of measures, each once, separated by"
                        + " commas; got F1\n");
        assertThat(directory).isEmptyDirectory();
    }
}
