package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepSpecTest {
    private static SweepPlan plan(String yaml) throws IOException {
        return SweepPlan.of(SweepSpec.parse("s.yaml", "s", yaml.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Integer> widths(String axis) throws IOException {
        return plan("base: {experiment: digits, method: dense}\naxes: {width: %s}".formatted(axis)).runs().stream()
                .map(run -> run.spec().get(Options.WIDTH))
                .sorted()
                .toList();
    }

    @Test
    void rangesAreListsThatNeedNotBeWritten() throws IOException {
        assertThat(widths("{from: 10, to: 40, step: 10}")).containsExactly(10, 20, 30, 40);
        assertThat(widths("{from: 10, to: 45, step: 10}")).containsExactly(10, 20, 30, 40);
        assertThat(widths("{from: 10, to: 20, count: 3}")).containsExactly(10, 15, 20);
        assertThat(widths("{from: 1, to: 8, count: 4, scale: log}")).containsExactly(1, 2, 4, 8);
        assertThat(widths("{from: 1, to: 3, count: 9, scale: log}"))
                .as("fallen together")
                .containsExactly(1, 2, 3);
        List<Double> rates = plan("""
            base: {experiment: digits, method: dense}
            axes: {learningRate: {from: 1e-4, to: 1e-1, count: 4, scale: log}}
            """).runs().stream()
                .map(run -> run.spec().get(Options.LEARNING_RATE))
                .sorted()
                .toList();
        assertThat(rates).containsExactly(1e-4, 1e-3, 1e-2, 1e-1);
    }

    @Test
    void zippedAxesMoveTogetherAndNullLeavesAnOptionUnset() throws IOException {
        SweepPlan plan = plan("""
            base: {experiment: digits}
            axes:
              method, rank: [[dense, null], [bug, 4]]
              width, learningRate: {width: [8, 16], learningRate: [0.1, 0.05]}
            runs: 2
            """);
        assertThat(plan.runs()).hasSize(8);
        assertThat(plan.runs())
                .filteredOn(run -> run.seed() == 0)
                .extracting(PlannedRun::label)
                .containsExactlyInAnyOrder(
                        "method=dense width=8 learningRate=0.1 seed=0",
                        "method=dense width=16 learningRate=0.05 seed=0",
                        "method=bug rank=4 width=8 learningRate=0.1 seed=0",
                        "method=bug rank=4 width=16 learningRate=0.05 seed=0");
    }

    @Test
    void everyRunHasOneThreadUnlessTheSpecSaysOtherwise() throws IOException {
        assertThat(plan("base: {experiment: digits}").runs().getFirst().spec().get(Options.THREADS))
                .isOne();
        assertThat(plan("base: {experiment: digits, threads: 2}")
                        .runs()
                        .getFirst()
                        .spec()
                        .get(Options.THREADS))
                .isEqualTo(2);
    }

    @Test
    void combinationsThatCannotBeRunAreListedAndNeverSilent() throws IOException {
        SweepPlan plan = plan("""
            base: {experiment: digits, method: bug}
            axes: {width: [4, 16], rank: [2, 8]}
            """);
        assertThat(plan.runs()).hasSize(3);
        assertThat(plan.skipped())
                .containsExactly(
                        new SweepPlan.Skipped("width=4 rank=8", "rank (8) must be in [1, 4] for a [4, 64] weight"));
    }

    @Test
    void anIdIsTheSpecsAndNotTheWayItWasWritten() throws IOException {
        String one = plan("base: {experiment: digits, width: 8, method: dense}")
                .runs()
                .getFirst()
                .id();
        String other = plan("axes: {method: [dense], width: [8], experiment: [digits]}")
                .runs()
                .getFirst()
                .id();
        assertThat(one).matches("[0-9a-f]{16}").isEqualTo(other);
        assertThat(plan("base: {experiment: digits, width: 9, method: dense}")
                        .runs()
                        .getFirst()
                        .id())
                .isNotEqualTo(one);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        rank > width                        | 1
        rank >= width / 2                   | 3
        rank == 2 and width == 8            | 1
        rank == 2 or rank == 4              | 4
        not (rank == 2 or width == 8)       | 1
        (rank + 2) * 2 > width and rank < 4 | 1
        method == dense                     | 0
        method == bug                       | 4
        method != riemannian                | 4
        l1 > 0                              | 0
        min-rank == 1                       | 0
        -rank < -3                          | 2
        """)
    void conditionsLeaveCombinationsOut(String condition, int excluded) throws IOException {
        Condition parsed = Condition.parse(condition);
        int count = 0;
        for (int width : List.of(3, 8)) {
            for (int rank : List.of(2, 4)) {
                Map<String, Object> values = Map.of("method", "bug", "width", (double) width, "rank", (double) rank);
                count += parsed.holds(values) ? 1 : 0;
            }
        }
        assertThat(count).isEqualTo(excluded);
    }

    @Test
    void theBuiltInSweepsCanAllBeRun() throws IOException {
        for (String name : SweepSpec.builtIn()) {
            assertThat(SweepPlan.of(SweepSpec.of(name)).runs()).as(name).isNotEmpty();
        }
        assertThat(SweepSpec.builtIn()).contains("digits-small", "thesis/5k", "thesis/5k-small");
    }

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        axes: {widht: [1]}                               | axes: unknown option 'widht'; did you mean 'width'?
        axes: {width: []}                                | axes: 'width' has no values; list some, or leave it out
        axes: {width: 5}                                 | axes: 'width' must be a list, such as [10, 20], or a range, such as {from: 10, to: 100, step: 10}; got 5
        axes: {width: [0]}                               | axes: width must be a whole number, in [1, 1000000]; got 0
        axes: {width: [8, 8]}                            | axes: 'width' has 8 twice
        axes: {width: {from: 1}}                         | axes: the range of 'width' lacks 'to'
        axes: {width: {from: 1, to: 5}}                  | axes: the range of 'width' needs a 'step' or a 'count', and not both
        axes: {width: {from: 1, to: 5, step: 0}}         | axes: the range of 'width' must have a step above 0; got 0
        axes: {width: {from: 1, to: 5, step: 0.5}}       | axes: the range of 'width' must hit whole numbers; it comes to 1.5
        axes: {width: {from: 5, to: 1, step: 1}}         | axes: the range of 'width' must not end below its start; got 5 to 1
        axes: {width: {from: 1, to: 9e9, step: 1}}       | axes: the range of 'width' must have at most 100,000 values; it has 8999999999
        axes: {width: {from: 0, to: 5, count: 3, scale: log}} | axes: the range of 'width' must start above 0 where its scale is log; got 0
        axes: {width: {from: 1, to: 5, steps: 1}}        | axes: the range of 'width' has no 'steps'; did you mean 'step'?
        axes: {width: {from: 1, to: five, step: 1}}      | axes: the range of 'width' must have a number as 'to'; got five
        axes: {width: {from: 1, to: 5, count: 2, scale: cubic}} | axes: the range of 'width' has a scale that is linear or log; got 'cubic'
        axes: {seed: [1, 2]}                             | axes: 'seed' cannot be an axis; give the number of runs with 'runs: N'
        axes: {`width, rank`: [[8]]}                     | axes: each entry of 'width, rank' must be a list of 2 values; got [8]
        axes: {`width, rank`: {width: [8], rank: [1, 2]}} | axes: the options of 'width, rank' must have as many values as each other; got [1, 2]
        axes: {`width, width`: [[8, 8]]}                 | axes: 'width, width' names 'width' twice
        axes: {`width, rank`: [[8, 2]], rank: [3]}       | axes: 'rank' is on two axes
        axes: [width]                                    | axes must map options to lists or ranges, such as {rank: [5, 10]}; got ["width"]
        base: {width: 8}\\naxes: {width: [9]}             | 'width' is in base and on an axis; it must be in one of them
        base: {widht: 8}                                 | base: unknown option 'widht'; did you mean 'width'?
        base: {width: wide}                              | base: width must be a whole number, in [1, 1000000]; got wide
        base: {seed: 3}                                  | base: 'seed' cannot be set here; give the number of runs with 'runs: N'
        base: 5                                          | base must map options to values, such as {experiment: mnist}; got 5
        runs: 0                                          | runs must be a whole number in [1, 100000]; got 0
        runs: many                                       | runs must be a whole number in [1, 100000]; got "many"
        runs: 2\\nseeds: [1]                              | 'runs' and 'seeds' both give the number of runs; give one of them
        seeds: [1, 1]                                    | seeds must be whole numbers, none twice; got [1,1]
        seeds: []                                        | seeds must hold at least one
        name: ../up                                      | name must be letters, digits, dots and dashes, at most 100; got '../up'
        axis: {width: [1]}                               | a sweep has no 'axis'; did you mean 'axes'?
        epochs: 5                                        | a sweep has no 'epochs'; there are name, base, axes, runs, seeds, exclude; options of all runs belong under 'base'
        exclude: rank > width                            | exclude must be a list; got "rank > width"
        exclude: ["rank >"]                              | exclude: 'rank >' ends where an option, a number or a word must be
        exclude: ["rank"]                                | exclude: 'rank' must compare, as in 'rank > width'
        exclude: ["(rank > 1"]                           | exclude: '(rank > 1' lacks a ')'
        exclude: ["rank > 1 2"]                          | exclude: 'rank > 1 2' has '2' where 'and', 'or' or the end must be
        exclude: ["rank ~ 1"]                            | exclude: 'rank ~ 1' cannot be read from '~ 1' on
        exclude: ["rnk > 1"]                             | unknown option 'rnk'; did you mean 'rank'?
        """)
    void whatIsWrongIsSaidInOneLine(String yaml, String message) {
        String text = yaml.strip().replace("`", "\"").replace("\\n", "\n");
        assertThatThrownBy(() -> SweepSpec.parse("s.yaml", "s", text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("s.yaml: " + message.strip());
    }

    @Test
    void aSpecThatMeansNoRunOrTooManyIsRefused() {
        assertThatThrownBy(() -> plan("base: {experiment: digits}\naxes: {rank: [2]}\nexclude: ['rank == 2']"))
                .hasMessage("sweep 's' has no runs: exclude leaves all 1 combinations out");
        assertThatThrownBy(() -> plan("base: {experiment: digits, method: bug, width: 4}\naxes: {rank: [9]}"))
                .hasMessage("sweep 's' has no runs: rank (9) must be in [1, 4] for a [4, 64] weight");
        assertThatThrownBy(() -> plan("""
            base: {experiment: digits}
            axes: {width: {from: 1, to: 1000, step: 1}, rank: {from: 1, to: 100, step: 1}}
            runs: 100
            """))
                .hasMessage("sweep 's' has 10,000,000 runs or more; at most 1,000,000 are allowed; give its axes fewer"
                        + " values");
    }

    @Test
    void yamlGoneWildIsRefused() {
        assertYaml("a: &a [x]\nb: *a", "s.yaml: line 2: aliases ('*a') are not supported; write the value out");
        assertYaml("name: a\nname: b", "s.yaml is not valid YAML: Duplicate Object property \"name\"");
        assertYaml("[1, 2]", "s.yaml must be a mapping from options to values, such as 'width: 100'");
        assertYaml("", "s.yaml must be a mapping from options to values, such as 'width: 100'");
        assertThatThrownBy(() -> SweepSpec.parse("s.yaml", "s", "a: [".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("s.yaml is not valid YAML: ");
        assertThatThrownBy(() -> SweepSpec.parse("s.yaml", "s", "[".repeat(5000).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("s.yaml is not valid YAML: ");
    }

    private static void assertYaml(String yaml, String message) {
        assertThatThrownBy(() -> SweepSpec.parse("s.yaml", "s", yaml.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void whatIsNoSpecIsNamed() throws IOException {
        assertThatThrownBy(() -> SweepSpec.of(folder.resolve("no.yaml").toString()))
                .hasMessage("there is no file '%s'".formatted(folder.resolve("no.yaml")));
        assertThatThrownBy(() -> SweepSpec.of(folder.toString()))
                .hasMessage("'%s' is a folder; a sweep is described by a YAML file".formatted(folder));
        assertThatThrownBy(() -> SweepSpec.of("thesis/5k-smal"))
                .hasMessage("there is no sweep 'thesis/5k-smal'; did you mean 'thesis/5k-small'?");
        Path large = folder.resolve("large.yaml");
        Files.write(large, new byte[2 << 20]);
        assertThatThrownBy(() -> SweepSpec.of(large.toString()))
                .hasMessageContaining("is no spec: it has 2,097,152 bytes");
    }
}
