package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.analysis.ParetoFront.Point;
import dev.stiefel.lab.analysis.ParetoFront.Price;
import dev.stiefel.lab.report.PlainRun;
import dev.stiefel.lab.report.SyntheticRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Fronts against comparing every point with every other, prices against counts from shapes.
class ParetoFrontTest {
    private static final Configuration NOBODY = new Configuration("nobody", Map.of(), List.of());

    @TempDir
    private Path directory;

    /// Few different numbers make many ties.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 10, 100, 1000})
    void noPointOfAFrontIsBeatenAndEveryOtherIs(int count) {
        for (int different : new int[] {3, 20, 100_000}) {
            SplittableRandom random = new SplittableRandom(count + different);
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                points.add(new Point(random.nextInt(different), random.nextInt(different) / 1e5, NOBODY, i));
            }

            List<Point> front = ParetoFront.of(points).points();

            for (Point point : points) {
                boolean beaten = points.stream().anyMatch(other -> beats(other, point));
                boolean there = front.stream()
                        .anyMatch(other -> other.cost() == point.cost() && other.error() == point.error());
                assertThat(there).as("%s of %s", point, points).isEqualTo(!beaten);
            }
            for (int i = 1; i < front.size(); i++) {
                assertThat(front.get(i).cost()).isGreaterThan(front.get(i - 1).cost());
                assertThat(front.get(i).error()).isLessThan(front.get(i - 1).error());
            }
            assertThat(points).containsAll(front);
        }
    }

    private static boolean beats(Point a, Point b) {
        return a.cost() <= b.cost() && a.error() <= b.error() && (a.cost() < b.cost() || a.error() < b.error());
    }

    @Test
    void thePointsMayComeInAnyOrder() {
        List<Point> points =
                List.of(new Point(3, 0.1, NOBODY, 1), new Point(1, 0.3, NOBODY, 2), new Point(2, 0.2, NOBODY, 3));
        assertThat(ParetoFront.of(points).points())
                .isEqualTo(ParetoFront.of(points.reversed()).points());
        assertThat(ParetoFront.of(points).points()).extracting(Point::epoch).containsExactly(2, 3, 1);
    }

    @Test
    void infiniteAndMissingNumbersMakeNoFront() {
        List<Point> points = List.of(
                new Point(Double.NaN, 0.1, NOBODY, 1),
                new Point(1, Double.NaN, NOBODY, 2),
                new Point(5, 0.5, NOBODY, 3),
                new Point(Double.POSITIVE_INFINITY, 0.6, NOBODY, 4));
        assertThat(ParetoFront.of(points).points()).extracting(Point::epoch).containsExactly(3);
        assertThat(ParetoFront.of(List.of()).points()).isEmpty();
    }

    /// Of a dense network 64-w-w-10 that holds 300 of 1,500 digits out: a step is two products
    /// of the first weight a sample, and three of each other.
    @Test
    void aDenseNetworkPaysItsWeights() throws IOException {
        long width = 16;
        SyntheticRuns.run(
                directory.resolve("run"),
                Map.of("method", "dense", "width", (int) width, "batchSize", 100, "trainFraction", 0.5),
                "done",
                5);
        List<Configuration> all = RunSet.read(List.of(directory)).configurations();
        double weights = 64 * width + width * width + 10 * width;
        double epoch = (2.0 * 64 * width + 3 * (width * width + 10 * width)) * (1500 - 300) * 0.5;

        for (int i = 1; i <= 5; i++) {
            RecordedRun run = all.getFirst().runs().getFirst();
            assertThat(Price.PARAMETERS.of(run, i)).isEqualTo(weights);
            assertThat(Price.TRAINING_PARAMETERS.of(run, i)).isEqualTo(weights);
            assertThat(Price.FORWARD.of(run, i)).isEqualTo(weights);
            assertThat(Price.TRAINING.of(run, i)).isCloseTo(i * epoch, within(1e-9 * i * epoch));
        }
        assertThat(Price.TRAINING.of(all.getFirst().runs().getFirst(), 6)).isNaN();
        assertThat(Price.PARAMETERS.of(all.getFirst().runs().getFirst(), 0)).isNaN();
        assertThat(Price.values()).extracting(Price::label).doesNotHaveDuplicates();
    }

    @Test
    void theRainHasAPointForEveryEpochThatIsKnownAndTheEndsOneForEachConfiguration() throws IOException {
        SyntheticRuns.irregular(directory, List.of(4, 8, 20, 40), List.of(2, 3), 3, 6);
        List<Configuration> all = RunSet.read(List.of(directory)).configurations();
        List<PlainRun> runs =
                PlainRun.all(directory).stream().filter(PlainRun::isDone).toList();
        int expected = 0;
        for (int width : new int[] {4, 8, 20, 40}) {
            for (int rank : new int[] {2, 3}) {
                for (int epoch = 1; epoch <= 6; epoch++) {
                    int now = epoch;
                    expected += runs.stream()
                                    .anyMatch(run -> run.option("width").equals("" + width)
                                            && run.option("rank").equals("" + rank)
                                            && !Double.isNaN(run.error("test", now)))
                            ? 1
                            : 0;
                }
            }
        }

        assertThat(ParetoFront.rain(all, RunMeasure.TEST_ERROR, Price.FORWARD)).hasSize(expected);
        assertThat(ParetoFront.ends(all, RunMeasure.TEST_ERROR, Price.FORWARD))
                .hasSize(all.size())
                .allSatisfy(point -> assertThat(point.epoch()).isEqualTo(6));
        Configuration first = all.getFirst(); // width 4, rank 2: two of its three runs count
        assertThat(first.runs()).hasSize(2);
        assertThat(ParetoFront.ends(all, RunMeasure.VALIDATION_ERROR, Price.PARAMETERS)
                        .getFirst()
                        .error())
                .isEqualTo(first.statistics(RunMeasure.VALIDATION_ERROR, 6).mean());
    }

    /// An epoch whose ranks are missing costs what the one before it did; one before the first
    /// that has any costs nothing that could be known.
    @Test
    void missingRanksCostWhatTheLastKnownOnesDid() throws IOException {
        SyntheticRuns.imported(
                directory.resolve("run"),
                Map.of("epochs", 5),
                "logs",
                1,
                List.of(
                        SyntheticRuns.row(1, 0.5, 0.5, 0.5, 100, 5, 5),
                        SyntheticRuns.row(2, 0.5, 0.5, 0.5, -1),
                        SyntheticRuns.row(4, 0.5, 0.5, 0.5, 100, 2, 2)));
        SyntheticRuns.imported(
                directory.resolve("unknown"),
                Map.of("seed", 1),
                "others",
                2,
                List.of(SyntheticRuns.row(1, 0.5, 0.5, 0.5, -1), SyntheticRuns.row(2, 0.5, 0.5, 0.5, 100, 5, 5)));
        List<RecordedRun> runs = RunSet.read(List.of(directory)).runs();
        RecordedRun gaps = runs.getFirst();

        double first = Price.TRAINING.of(gaps, 1);
        assertThat(Price.TRAINING.of(gaps, 2)).isEqualTo(2 * first);
        assertThat(Price.TRAINING.of(gaps, 3)).isEqualTo(3 * first);
        assertThat(Price.TRAINING.of(gaps, 4)).isBetween(3 * first, 3.6 * first);
        assertThat(Price.PARAMETERS.of(gaps, 2)).isNaN();
        assertThat(Price.FORWARD.of(gaps, 3)).isNaN();
        assertThat(Price.TRAINING_PARAMETERS.of(gaps, 3)).isNaN();
        assertThat(gaps.ranks(3)).isEmpty();
        assertThat(gaps.ranks(4)).containsExactly(2, 2);
        assertThat(Price.TRAINING.of(runs.getLast(), 1)).isNaN();
        assertThat(Price.TRAINING.of(runs.getLast(), 2)).isNaN();
    }

    @Test
    void ranksThatNoWeightCanHaveHaveNoPrice() throws IOException {
        SyntheticRuns.run(
                directory.resolve("run"),
                Map.of("width", 8),
                "done",
                "",
                List.of(
                        SyntheticRuns.row(1, 0.5, 0.5, 0.5, 100, 5, 5),
                        SyntheticRuns.row(2, 0.5, 0.5, 0.5, 100, 500, 0),
                        SyntheticRuns.row(3, 0.5, 0.5, 0.5, 100, 5, 5, 5)));
        RecordedRun run = RunSet.read(List.of(directory)).runs().getFirst();
        for (int epoch : new int[] {2, 3}) {
            assertThat(Price.FORWARD.of(run, epoch)).isNaN();
            assertThat(Price.TRAINING_PARAMETERS.of(run, epoch)).isNaN();
            assertThat(Price.PARAMETERS.of(run, epoch)).isEqualTo(100);
        }
        assertThat(Price.FORWARD.of(run, 1)).isEqualTo(5 * (64 + 8) + 5 * (8 + 8) + 10 * 8);
    }
}
