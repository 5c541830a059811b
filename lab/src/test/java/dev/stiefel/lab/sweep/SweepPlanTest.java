package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.io.Sha256;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The runs that specs mean, against loops over what was written.
class SweepPlanTest {
    private static SweepSpec spec(String yaml) {
        return SweepSpec.parse("s.yaml", "s", yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static SweepPlan plan(String yaml) throws IOException {
        return SweepPlan.of(spec(yaml));
    }

    private static List<Double> values(String key, String range) {
        SweepAxis axis = spec("axes: {%s: %s}".formatted(key, range)).axes().getFirst();
        return axis.points().stream()
                .map(point ->
                        Double.parseDouble(point.getFirst().map(String::valueOf).orElse("NaN")))
                .toList();
    }

    // ---- ranges ----

    @ParameterizedTest
    @CsvSource({
        "0.1, 0.9, 0.1, 9",
        "0.1, 0.95, 0.1, 9",
        "1e-3, 1e-2, 1e-3, 10",
        "0, 1, 0.0625, 17",
        "0.3, 0.3, 5, 1",
        "0.05, 0.2, 0.07, 3"
    })
    void stepsAreExactHoweverMany(double from, double to, double step, int count) {
        List<Double> values = values("weightDecay", "{from: %s, to: %s, step: %s}".formatted(from, to, step));
        assertThat(values).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(values.get(i)).isCloseTo(from + i * step, within(1e-15));
        }
        assertThat(values.getLast()).isLessThanOrEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 4", "0.1, 0.2, 11", "1e-5, 1, 2", "0.5, 0.75, 1", "0, 0.3, 7"})
    void countedValuesAreEvenlySpread(double from, double to, int count) {
        List<Double> values = values("weightDecay", "{from: %s, to: %s, count: %d}".formatted(from, to, count));
        assertThat(values).hasSize(count);
        for (int i = 0; i < count; i++) {
            double expected = count == 1 ? from : from + (to - from) * i / (count - 1);
            assertThat(values.get(i)).isCloseTo(expected, within(1e-15));
        }
    }

    @ParameterizedTest
    @CsvSource({"1e-5, 1, 6", "1e-4, 3e-2, 5", "0.001, 0.001, 1", "2e-3, 5e-1, 20", "0.1, 0.2, 1"})
    void logarithmicValuesHaveOneRatioToSixDigits(double from, double to, int count) {
        List<Double> values =
                values("weightDecay", "{from: %s, to: %s, count: %d, scale: log}".formatted(from, to, count));
        assertThat(values).hasSize(count);
        for (int i = 0; i < count; i++) {
            double expected =
                    count == 1 ? from : Math.exp(Math.log(from) + (Math.log(to) - Math.log(from)) * i / (count - 1));
            assertThat(values.get(i)).isCloseTo(expected, within(5.001e-6 * expected));
            assertThat(Double.toString(values.get(i))
                            .replaceAll("E.*|[-.]", "")
                            .replaceAll("^0+", "")
                            .length())
                    .isLessThanOrEqualTo(6);
        }
    }

    @Test
    void wholeNumbersOfALogarithmicRangeAreRoundedAndNoneTwice() {
        assertThat(values("width", "{from: 1, to: 1000, count: 4, scale: log}"))
                .containsExactly(1.0, 10.0, 100.0, 1000.0);
        List<Double> many = values("width", "{from: 1, to: 10, count: 100, scale: log}");
        assertThat(many).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0);
        assertThat(values("width", "{from: 3, to: 3, step: 7}")).containsExactly(3.0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {from: 1, to: 5, step: -1}                | axes: the range of 'width' must have a step above 0; got -1
        {from: 1, to: 5, count: 0}                | axes: the range of 'width' must have a count in [1, 100000]; got 0
        {from: 1, to: 5, count: 2.5}              | axes: the range of 'width' must have a count in [1, 100000]; got 2.5
        {from: 1, to: 5, count: 1000000}          | axes: the range of 'width' must have a count in [1, 100000]; got 1000000
        {from: 1, to: 4, count: 3}                | axes: the range of 'width' must hit whole numbers; it comes to 2.5
        {from: 1, to: 5, count: 3, step: 2}       | axes: the range of 'width' needs a 'step' or a 'count', and not both
        {from: 1, to: 5, step: 2, scale: log}     | axes: the range of 'width' has a 'count' and no 'step' where its scale is log
        {from: -1, to: 5, count: 2, scale: log}   | axes: the range of 'width' must start above 0 where its scale is log; got -1
        {from: 0, to: 5, step: 1}                 | axes: width must be a whole number, in [1, 1000000]; got 0
        {from: 1e-200, to: 5, step: 1}            | axes: the range of 'width' must have a number as 'from'; got 1.0E-200
        {from: true, to: 5, step: 1}              | axes: the range of 'width' must have a number as 'from'; got true
        {from: null, to: 5, step: 1}              | axes: the range of 'width' lacks 'from'
        [[8, 9]]                                  | axes: width must be a whole number, in [1, 1000000]; got 8,9
        [{a: 1}]                                  | axes: 'width' must hold plain values; got {"a":1}
        null                                      | axes: 'width' must be a list, such as [10, 20], or a range, such as {from: 10, to: 100, step: 10}; got nothing
        [null, null]                              | axes: 'width' has null twice
        """)
    void rangesThatAreNoneAreSaid(String range, String message) {
        assertThatThrownBy(() -> spec("axes: {width: %s}".formatted(range)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("s.yaml: " + message);
    }

    // ---- combinations ----

    @Test
    void everyCombinationOfEveryAxisIsARun() throws IOException {
        SweepPlan plan = plan("""
            base: {experiment: digits, method: bug, depth: 2}
            axes:
              width: {from: 8, to: 16, step: 4}
              rank: [2, 4, 5]
              learningRate, batchSize: [[0.1, 16], [0.05, 32]]
            seeds: [3, 7, 5]
            exclude: ["rank > width / 3", "batchSize == 16 and width == 16"]
            """);
        Set<String> expected = new HashSet<>();
        int excluded = 0;
        for (int width = 8; width <= 16; width += 4) {
            for (int rank : new int[] {2, 4, 5}) {
                for (String pair : new String[] {"learningRate=0.1 batchSize=16", "learningRate=0.05 batchSize=32"}) {
                    if (rank > width / 3.0 || (pair.endsWith("16") && width == 16)) {
                        excluded++;
                        continue;
                    }
                    for (int seed : new int[] {3, 7, 5}) {
                        expected.add("width=%d rank=%d %s seed=%d".formatted(width, rank, pair, seed));
                    }
                }
            }
        }
        assertThat(plan.runs()).extracting(PlannedRun::label).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(plan.excluded()).isEqualTo(excluded).isPositive();
        assertThat(plan.skipped()).isEmpty();
        assertThat(plan.spec().combinations()).isEqualTo(3 * 3 * 2 * 3);
        assertThat(plan.spec().varied())
                .isEqualTo(List.of(Options.WIDTH, Options.RANK, Options.LEARNING_RATE, Options.BATCH_SIZE));
        for (PlannedRun run : plan.runs()) {
            for (Map.Entry<String, Object> each : run.point().entrySet()) {
                Option<?> option = Options.of(each.getKey());
                assertThat(String.valueOf(run.spec().asMap().get(option.key())))
                        .isEqualTo(String.valueOf(each.getValue()));
            }
        }
    }

    /// Seed by seed, and of a seed the dearest first, by multiply-adds counted here.
    @Test
    void theDearestRunsOfASeedComeFirst() throws IOException {
        SweepPlan plan = plan("""
            base: {experiment: digits, depth: 2, method: dense, evaluationFraction: 1, trainFraction: 1, validation: 300}
            axes: {width: [8, 32, 16], epochs: [1, 3]}
            seeds: [5, 2]
            """);
        List<Double> costs = new ArrayList<>();
        for (PlannedRun run : plan.runs()) {
            long width = run.spec().get(Options.WIDTH);
            double weights = 64 * width + width * width + 10 * width;
            double cost = run.spec().find(Options.EPOCHS).orElse(0) * weights * (3 * 1200 + 0.3 * 1500);
            assertThat(SweepPlan.cost(run.spec())).isCloseTo(cost, within(1e-9 * cost));
            costs.add(cost);
        }
        assertThat(plan.runs().stream().map(PlannedRun::seed))
                .containsExactly(5L, 5L, 5L, 5L, 5L, 5L, 2L, 2L, 2L, 2L, 2L, 2L);
        for (int i = 1; i < 6; i++) {
            assertThat(costs.get(i)).isLessThanOrEqualTo(costs.get(i - 1));
        }
        assertThat(costs.subList(6, 12)).isEqualTo(costs.subList(0, 6));
    }

    @Test
    void combinationsThatComeToTheSameRunAreMadeOnce() throws IOException {
        SweepPlan plan = plan("""
            base: {experiment: digits, method: dense, depth: 1}
            axes: {learningRate: [0.1, "0.10", 0.2]}
            runs: 2
            """);
        assertThat(plan.runs()).hasSize(4);
        assertThat(plan.skipped())
                .containsExactly(new SweepPlan.Skipped("learningRate=0.10", "the same run as another combination"));
    }

    @Test
    void aSweepWithoutAxesIsItsBaseOnceASeed() throws IOException {
        SweepPlan plan = plan("base: {experiment: digits}\nruns: 3");
        assertThat(plan.runs()).extracting(PlannedRun::label).containsExactly("seed=0", "seed=1", "seed=2");
        assertThat(plan.runs()).extracting(PlannedRun::point).containsOnly(Map.of());
        assertThat(SweepPlan.label(Map.of())).isEqualTo("the only combination");
    }

    @Test
    void everythingExcludedIsSaidWithHowMany() {
        assertThatThrownBy(() -> plan("""
            base: {experiment: digits, method: bug}
            axes: {width: [8, 16], rank: [2, 4]}
            runs: 3
            exclude: ["width < 16", "width >= 16"]
            """)).hasMessage("sweep 's' has no runs: exclude leaves all 12 combinations out");
    }

    @Test
    void anOptionThatIsNotSetIsNeverCompared() throws IOException {
        SweepPlan plan = plan("""
            base: {experiment: digits, depth: 1}
            axes:
              method, rank: [[dense, null], [bug, 2], [bug, 4]]
            exclude: ["rank > 2", "rank < 2"]
            """);
        assertThat(plan.runs())
                .extracting(PlannedRun::label)
                .containsExactlyInAnyOrder("method=dense seed=0", "method=bug rank=2 seed=0");
        assertThat(plan.excluded()).isEqualTo(1);
    }

    @Test
    void flagsAndKeysAreTheSameOption() throws IOException {
        SweepPlan plan = plan("""
            base: {experiment: digits, method: dense, depth: 1, batch-size: 16}
            axes: {learning-rate: [0.1, 0.2]}
            exclude: ["batchSize == 16 and learning-rate == 0.2"]
            """);
        assertThat(plan.runs()).extracting(PlannedRun::label).containsExactly("learningRate=0.1 seed=0");
        assertThatThrownBy(() -> spec("base: {batch-size: 16, batchSize: 16}"))
                .hasMessage("s.yaml: base: 'batchSize' is there twice");
        assertThatThrownBy(() -> spec("base: {batch-size: 16}\naxes: {batchSize: [16]}"))
                .hasMessage("s.yaml: 'batch-size' is in base and on an axis; it must be in one of them");
    }

    @Test
    void anIdIsTheHashOfAllOptionsSorted() throws IOException {
        PlannedRun run =
                plan("base: {experiment: digits, method: dense}").runs().getFirst();
        String text = new TreeMap<>(run.spec().asMap()) + " ";
        assertThat(run.id())
                .isEqualTo(Sha256.of(text.getBytes(StandardCharsets.UTF_8)).substring(0, 16));
        Set<String> ids = new HashSet<>();
        for (PlannedRun each : plan("""
            base: {experiment: digits, method: dense}
            axes: {width: {from: 1, to: 40, step: 1}}
            runs: 3
            """).runs()) {
            assertThat(ids.add(each.id())).isTrue();
        }
        assertThat(ids).hasSize(120);
    }

    @Test
    void seedsMayBeAnyWholeNumbers() throws IOException {
        SweepPlan plan = plan("base: {experiment: digits, method: dense}\nseeds: [9223372036854775807, 0, 12]");
        assertThat(plan.runs()).extracting(PlannedRun::seed).containsExactly(Long.MAX_VALUE, 0L, 12L);
        assertThatThrownBy(() -> spec("seeds: [9223372036854775808]"))
                .hasMessageContaining("seeds must be whole numbers");
        assertThatThrownBy(() -> spec("seeds: [1.5]")).hasMessageContaining("seeds must be whole numbers");
        assertThatThrownBy(() -> spec("seeds: 5")).hasMessage("s.yaml: seeds must be a list; got 5");
        assertThatThrownBy(() -> spec("runs: 100001"))
                .hasMessageContaining("runs must be a whole number in [1, 100000]");
    }

    @Test
    void namesAndOriginsAreThoseOfTheSpec() {
        SweepSpec named = spec("name: a.b-c_1");
        assertThat(named.name()).isEqualTo("a.b-c_1");
        assertThat(named.origin()).isEqualTo("s.yaml");
        assertThat(spec("runs: 1").name()).isEqualTo("s");
        assertThat(spec("name: 12").name()).isEqualTo("12");
        assertThatThrownBy(() -> spec("name: [a]")).hasMessage("s.yaml: name must be a text; got [\"a\"]");
        assertThatThrownBy(() -> spec("name: %s".formatted("x".repeat(101))))
                .hasMessageContaining("at most 100; got '");
        assertThat(spec("runs: 1").combinations()).isOne();
        assertThat(spec("base: null\naxes: null").axes()).isEmpty();
    }

    @Test
    void zippedAxesHaveAllTheirFormsAndNoOther() {
        SweepAxis rows =
                spec("axes: {\"width, rank\": [[8, 2], [16, null]]}").axes().getFirst();
        SweepAxis columns = spec("axes: {\"width, rank\": {width: [8, 16], rank: [2, null]}}")
                .axes()
                .getFirst();
        assertThat(rows).isEqualTo(columns);
        assertThat(written(rows))
                .containsExactly(
                        List.of(Optional.of(8L), Optional.of(2L)), List.of(Optional.of(16L), Optional.empty()));
        SweepAxis ranges =
                spec("axes: {\"width, learning-rate\": {width: {from: 1, to: 3, step: 1}, learning-rate: {from: 1e-3,"
                                + " to: 0.1, count: 3, scale: log}}}")
                        .axes()
                        .getFirst();
        assertThat(ranges.points()).hasSize(3);
        assertThat(written(ranges).getLast()).containsExactly(Optional.of("3"), Optional.of("0.1"));
        assertThatThrownBy(() -> spec("axes: {\"width, rank\": 5}")).hasMessageContaining("must be a list of lists");
        assertThatThrownBy(() -> spec("axes: {\"width, rank\": {width: [8]}}"))
                .hasMessageContaining("must map each of its options, and nothing else, to values; got [width]");
        assertThatThrownBy(() -> spec("axes: {\"width, rank\": [[8, 2, 3]]}"))
                .hasMessageContaining("must be a list of 2 values; got [8,2,3]");
    }

    private static List<List<Optional<Object>>> written(SweepAxis axis) {
        return axis.points().stream()
                .map(point -> point.stream()
                        .map(each -> each.<Object>map(SweepAxis.Value::written))
                        .toList())
                .toList();
    }
}
