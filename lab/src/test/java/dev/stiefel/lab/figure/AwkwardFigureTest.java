package dev.stiefel.lab.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lab.report.PlainRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// Every kind of figure with every kind of words and of numbers: valid, legible, and with all
/// numbers in its table.
class AwkwardFigureTest {
    /// A kind of figure, made of a name and of numbers.
    enum Kind {
        LINES,
        COLORED,
        SCATTER,
        MAP;

        Figure of(String words, Values y) {
            return switch (this) {
                case LINES ->
                    LineChart.of("f", words, Axis.linear(words), y.axis)
                            .line(words, y.points())
                            .line(words + " 2", y.points().within(y.ys, y.ys))
                            .mark(ReferenceLine.vertical(1.5, words))
                            .mark(ReferenceLine.horizontal(1.5, words))
                            .draw();
                case COLORED ->
                    LineChart.colored("f", words, Axis.linear(words), y.axis, Axis.linear(words))
                            .line(1, y.points())
                            .line(2, y.points())
                            .draw();
                case SCATTER ->
                    ScatterChart.of("f", words, Axis.linear(words), y.axis)
                            .group(words, y.points().within(y.ys, y.ys))
                            .group(
                                    words,
                                    y.points()
                                            .named(y.ys.stream().map(_ -> words).toList()))
                            .front(words, y.points())
                            .draw();
                case MAP ->
                    HeatMap.of(
                                    "f",
                                    words,
                                    Axis.linear(words),
                                    Gallery.steps(y.ys.size(), 1, 1),
                                    Axis.linear(words),
                                    List.of(1.0, 2.0),
                                    Grid.of(y.ys.size(), 2, (x, row) -> row == 0 ? y.ys.get(x) : 1),
                                    y.axis)
                            .line(words, Points.of(List.of(1.0), List.of(2.0)))
                            .draw();
            };
        }
    }

    record Values(Axis axis, List<Double> ys) {
        Points points() {
            return Points.of(Gallery.steps(ys.size(), 0, 1), ys);
        }
    }

    @TempDir
    private Path folder;

    static Stream<String> words() {
        return Stream.of(
                "plain",
                "a < b & c > d \"e\" 'f' ]]> <!-- --> &amp; %s {} \\",
                "</title><script>alert(1)</script>",
                "line one\nline two\ttab\r\nline three",
                "\u202Eright to left \u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627",
                "\uD83D\uDE80\uD83D\uDC69\u200D\uD83D\uDD2C emoji \uD83C\uDDE9\uD83C\uDDEA",
                "half \uD83D an emoji \uDE80",
                "\u0000\u0001\u001b[31m\u007f\uFFFE\uFFFF",
                "an extraordinarily long name of an experiment that nobody shortens, ".repeat(8),
                "onewordwithoutanyspacewheretextcouldbebroken".repeat(8),
                "\uD83D\uDE80".repeat(300),
                "e\u0301\u0308 combined");
    }

    @ParameterizedTest
    @MethodSource("words")
    void wordsOfAnyKindAreTextAndNeverMarkup(String words) {
        Values values = new Values(Axis.linear(words), List.of(1.0, 2.0, 1.5));
        for (Kind kind : Kind.values()) {
            Figure figure = kind.of(words, values).withCaption(words);
            assertThat(Layout.problems(figure)).as("%s", kind).isEmpty();
            NodeList all = Layout.parsed(figure.svg()).getElementsByTagName("*");
            for (int i = 0; i < all.getLength(); i++) {
                assertThat(((Element) all.item(i)).getTagName())
                        .isIn("svg", "title", "desc", "style", "g", "path", "rect", "text", "image");
            }
            List<List<String>> table = PlainRun.csv(figure.table().csv());
            assertThat(table).hasSize(1 + figure.table().size());
            assertThat(table.getFirst()).isEqualTo(figure.table().columns());
            for (int row = 0; row < figure.table().size(); row++) {
                assertThat(table.get(row + 1)).isEqualTo(figure.table().row(row));
            }
            if (kind != Kind.MAP && kind != Kind.COLORED) {
                assertThat(table.get(1).getFirst()).isEqualTo(words);
            }
        }
    }

    static Stream<List<Double>> values() {
        double none = Double.NaN;
        double most = Double.POSITIVE_INFINITY;
        return Stream.of(
                List.of(1.0),
                List.of(0.0),
                List.of(none),
                List.of(most),
                List.of(0.0, 0.0, 0.0),
                List.of(7.0, 7.0, 7.0, 7.0),
                List.of(1.0, none, 0.0, most, 2.0),
                List.of(none, none, 3.0, none, none),
                List.of(Double.MIN_VALUE, Double.MIN_NORMAL, 1e-300),
                List.of(Double.MAX_VALUE, 1e300, 1e250, 1e249),
                List.of(1e-250, 1.0, 1e250),
                List.of(1.0, Math.nextUp(1.0), Math.nextUp(Math.nextUp(1.0))),
                List.of(1e15, 1e15 + 1, 1e15 + 2),
                List.of(0.1, 0.2, 0.30000000000000004),
                Gallery.steps(150, 1, 0.001));
    }

    @ParameterizedTest
    @MethodSource("values")
    void numbersOfAnyKindAreDrawnOrMissingAndAllInTheTable(List<Double> ys) {
        for (Axis axis : List.of(
                Axis.linear("v"),
                Axis.log("v"),
                Axis.linear("v").percent(),
                Axis.log("v").percent())) {
            Values values = new Values(axis, ys);
            for (Kind kind : Kind.values()) {
                Figure figure = kind.of("name", values);
                assertThat(Layout.problems(figure))
                        .as("%s %s", kind, axis.scale())
                        .isEmpty();
                List<String> cells = figure.table().rows().stream()
                        .map(row -> row.get(figure.table().columns().indexOf("v")))
                        .toList();
                for (double y : ys) {
                    assertThat(cells).contains(Double.isFinite(y) ? Table.cell(y) : "");
                }
                for (String cell : cells) {
                    if (!cell.isEmpty()) {
                        double read = Double.parseDouble(cell);
                        assertThat((kind == Kind.MAP && read == 1) || ys.contains(read))
                                .as(cell)
                                .isTrue();
                    }
                }
                long zeros = ys.stream().filter(y -> y == 0).count();
                if (axis.scale() == Scale.LOG) {
                    assertThat(figure.caption().contains("Values of zero")).isEqualTo(zeros > 0);
                } else {
                    assertThat(figure.caption()).doesNotContain("zero");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void negativeNumbersAreDrawnOnALinearAxisAndRefusedOnALogarithmicOne(Kind kind) {
        List<Double> ys = List.of(-3.0, 1.0, -1e-9);
        assertThat(Layout.problems(kind.of("n", new Values(Axis.linear("v"), ys))))
                .isEmpty();
        assertThatThrownBy(() -> kind.of("n", new Values(Axis.log("v"), ys)))
                .hasMessage(
                        "figure 'f': values on the logarithmic axis 'v' must be positive; got -3.0; use a linear axis");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theFilesOfAFigureHaveWhatItShows(Kind kind) throws IOException {
        Figure figure = kind.of("a, \"b\"", new Values(Axis.linear("v"), List.of(1.0, 2.5, 1.5)));
        FigureFiles.Written written = FigureFiles.write(figure, folder);
        assertThat(Files.readString(folder.resolve("f.csv")))
                .isEqualTo(figure.table().csv());
        assertThat(Files.readString(folder.resolve("f.svg"))).isEqualTo(figure.svg());
        boolean picture = Files.exists(folder.resolve("f.png"));
        assertThat(picture).isEqualTo(written.problem().isEmpty());
        assertThat(written.files()).hasSize(picture ? 3 : 2);
    }

    @Test
    void aFolderThatCannotBeWrittenToIsNamed() throws IOException {
        Files.createDirectories(folder.resolve("f.svg/in the way"));
        Figure figure = Kind.LINES.of("n", new Values(Axis.linear("v"), List.of(1.0, 2.0)));
        assertThatThrownBy(() -> FigureFiles.write(figure, folder))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write %s: ".formatted(folder.resolve("f.svg")));
        assertThat(folder.resolve("f.svg.part")).doesNotExist();
    }

    @Test
    void figuresFollowAPagesColours() {
        for (Kind kind : Kind.values()) {
            String svg = kind.of("n", new Values(Axis.linear("v"), List.of(1.0, 2.0, 3.0)))
                    .svg();
            assertThat(svg).contains("#figure-f .i{fill:var(--figure-ink,#222222)}");
            for (Theme theme : Theme.values()) {
                for (String used : svg.split("var\\(", -1)) {
                    if (used.startsWith("--figure-")) {
                        assertThat(theme.declarations()).contains(used.substring(0, used.indexOf(',')) + ":#");
                    }
                }
            }
            assertThat(svg).as("light colours are the figure's own").doesNotContain("#16181c");
        }
        assertThat(Theme.DARK.declarations())
                .contains("--figure-paper:#16181c;")
                .isNotEqualTo(Theme.LIGHT.declarations());
        assertThatThrownBy(() -> Palette.attributes("nothing")).hasMessage("palette: there is no ink 'nothing'");
    }

    // ---- thinning ----

    /// One of a group in every small square that has any, by counting squares.
    @Test
    void thousandsOfPointsAreThinnedToOneInASquare() {
        SplittableRandom random = new SplittableRandom(4);
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            xs.add(random.nextInt(50) / 50.0);
            ys.add(random.nextInt(40) / 40.0);
        }
        long places = Stream.iterate(0, i -> i + 1)
                .limit(5000)
                .map(i -> List.of(xs.get(i), ys.get(i)))
                .distinct()
                .count();
        Figure figure = ScatterChart.of("f", "t", Axis.linear("x"), Axis.linear("y"))
                .group("a", Points.of(xs, ys))
                .draw();
        assertThat(figure.caption())
                .startsWith("The picture shows %,d of 5,000 points: one of each group in every square of 1 by 1 units"
                        .formatted(places));
        String data = Picture.of(figure, Scale.LINEAR, Scale.LINEAR)
                .named("a")
                .getFirst()
                .getAttribute("d");
        assertThat(data.split("h0", -1)).hasSize((int) places + 1);
        assertThat(figure.table().size()).isEqualTo(5000);
    }

    @Test
    void namesWithoutRoomAreCounted() {
        List<Double> same = Gallery.steps(150, 1, 0);
        Figure figure = ScatterChart.of("f", "t", Axis.linear("x"), Axis.linear("y"))
                .group(
                        "a",
                        Points.of(same, same)
                                .named(same.stream().map(_ -> "the same place").toList()))
                .draw();
        int shown = figure.svg().split(">the same place</text>", -1).length - 1;
        assertThat(shown).isPositive();
        assertThat(figure.caption()).contains("Names without room in the picture: %d".formatted(150 - shown));
        assertThat(Layout.problems(figure)).isEmpty();
    }

    // ---- words that must fit ----

    @ParameterizedTest
    @MethodSource("words")
    void whatIsFittedFitsAndSaysSo(String words) {
        for (double room : new double[] {20, 60, 200, 700}) {
            String line = Canvas.oneLine(words);
            for (Function<String, String> way : List.<Function<String, String>>of(
                    text -> TextWidths.fitted(text, 12, room), text -> TextWidths.shortened(text, 12, room))) {
                String fitted = way.apply(line);
                assertThat(TextWidths.width(fitted, 12)).isLessThanOrEqualTo(room);
                assertThat(fitted.equals(line) || fitted.contains("…")).isTrue();
                assertThat(fitted.equals(line)).isEqualTo(TextWidths.width(line, 12) <= room);
                if (line.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE)) {
                    assertThat(fitted.codePoints()).noneMatch(c -> Character.getType(c) == Character.SURROGATE);
                }
            }
            List<String> wrapped = TextWidths.wrapped(words, 12, room, 3);
            assertThat(wrapped)
                    .hasSizeLessThanOrEqualTo(3)
                    .allSatisfy(each -> assertThat(TextWidths.width(each, 12)).isLessThanOrEqualTo(room));
            String joined = String.join(" ", wrapped);
            assertThat(joined.equals(line) || joined.endsWith("…")).isTrue();
        }
    }

    @Test
    void pointsHaveAsMuchOfEverything() {
        List<Double> two = List.of(1.0, 2.0);
        Points points = Points.of(two, two);
        assertThat(points.hasIntervals()).isFalse();
        assertThat(points.hasNames()).isFalse();
        assertThat(points.low(0)).isNaN();
        assertThat(points.high(1)).isNaN();
        assertThat(points.name(0)).isEmpty();
        assertThatThrownBy(() -> points.within(two, List.of(1.0)))
                .hasMessage("points: there must be as many upper ends as x values (2); got 1");
        assertThatThrownBy(() -> points.within(List.of(), two))
                .hasMessage("points: there must be as many lower ends as x values (2); got 0");
        assertThatThrownBy(() -> points.named(List.of("a")))
                .hasMessage("points: there must be as many names as x values (2); got 1");
        double[] own = {1, 2};
        Points copied = Points.of(own, own).within(own, own);
        own[0] = 9;
        assertThat(copied.x(0)).isEqualTo(1);
        assertThat(copied.low(0)).isEqualTo(1);
    }

    @Test
    void aChartOfColoursTakesNumbersAndAnOrdinaryOneNames() {
        Points points = Points.of(List.of(1.0), List.of(1.0));
        LineChart named = LineChart.of("f", "t", Axis.linear("x"), Axis.linear("y"));
        LineChart colored = LineChart.colored("f", "t", Axis.linear("x"), Axis.linear("y"), Axis.log("epoch"));
        assertThatThrownBy(() -> named.line(3, points))
                .hasMessage("figure 'f': its lines are told apart by names; give one in place of 3.0");
        assertThatThrownBy(() -> colored.line("a", points))
                .hasMessage("figure 'f': its lines are told apart by 'epoch'; give a number for 'epoch', not a name"
                        .replace("a number for 'epoch'", "a number for 'a'"));
        assertThatThrownBy(() -> colored.line(0, points))
                .hasMessage("figure 'f': the number of a line's color must be finite and above 0; got 0.0");
        assertThatThrownBy(() -> colored.line(Double.NaN, points)).hasMessageEndingWith("got NaN");
    }
}
