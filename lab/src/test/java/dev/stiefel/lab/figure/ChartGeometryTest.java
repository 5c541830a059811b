package dev.stiefel.lab.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.figure.Picture.Dot;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

/// What is drawn lies where the labels of its axes say: lines, bands, points, fronts, cells
/// and marks. Coordinates, and those of ticks, are rounded to a tenth, so that two tenths
/// are equal.
class ChartGeometryTest {
    private static final double ROUNDED = 0.25;

    private static void assertAt(Dot got, Dot expected) {
        assertThat(got.x()).isCloseTo(expected.x(), within(ROUNDED));
        assertThat(got.y()).isCloseTo(expected.y(), within(ROUNDED));
    }

    record Axes(String name, Axis x, Axis y, double leastX, double mostX, double leastY, double mostY) {
        @Override
        public String toString() {
            return name;
        }

        private static double between(Axis axis, double least, double most, double share) {
            return axis.scale() == Scale.LOG ? least * Math.pow(most / least, share) : least + (most - least) * share;
        }

        double x(double share) {
            return between(x, leastX, mostX, share);
        }

        double y(double share) {
            return between(y, leastY, mostY, share);
        }
    }

    static Stream<Axes> axes() {
        return Stream.of(
                new Axes("linear", Axis.linear("x"), Axis.linear("y"), -3, 17, -250, 1000),
                new Axes("percent", Axis.linear("x"), Axis.linear("y").percent(), 0, 250, 0.01, 0.4),
                new Axes("log y", Axis.linear("x"), Axis.log("y"), 1, 9, 1e-4, 7),
                new Axes("log x", Axis.log("x"), Axis.linear("y"), 1, 1e6, 0, 1),
                new Axes("log log", Axis.log("x"), Axis.log("y").percent(), 20, 3e9, 0.0013, 0.9),
                new Axes("narrow", Axis.log("x"), Axis.log("y"), 110, 190, 0.51, 0.58),
                new Axes("tiny", Axis.linear("x"), Axis.linear("y"), 1e-7, 9e-7, -2e-9, 1e-9),
                new Axes("huge", Axis.linear("x"), Axis.linear("y"), 1e12, 8e12, 0, 5e15),
                new Axes(
                        "wider",
                        Axis.linear("x").from(-10, 100),
                        Axis.linear("y").from(0, 50),
                        0,
                        10,
                        1,
                        2));
    }

    private static List<Double> shares(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Double> shares = new ArrayList<>(List.of(0.0, 1.0));
        while (shares.size() < count) {
            shares.add(random.nextDouble());
        }
        return shares;
    }

    @ParameterizedTest
    @MethodSource("axes")
    void linesGoThroughTheirPoints(Axes axes) {
        List<Double> xs = shares(12, 1).stream().sorted().map(axes::x).toList();
        List<Double> ys = shares(12, 2).stream().map(axes::y).toList();
        Figure figure = LineChart.of("f", "t", axes.x, axes.y)
                .line("a line", Points.of(xs, ys))
                .draw();
        Picture picture = Picture.of(figure, axes.x.scale(), axes.y.scale());

        List<Dot> line = picture.pieces("a line").getFirst();

        assertThat(line).hasSize(12);
        for (int i = 0; i < 12; i++) {
            assertAt(line.get(i), picture.at(xs.get(i), ys.get(i)));
            assertThat(figure.table().row(i)).containsExactly("a line", Table.cell(xs.get(i)), Table.cell(ys.get(i)));
            assertThat(Double.parseDouble(figure.table().row(i).get(2))).isEqualTo(ys.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("axes")
    void bandsReachFromTheirLowsToTheirHighs(Axes axes) {
        List<Double> xs = shares(6, 3).stream().sorted().map(axes::x).toList();
        List<Double> lows =
                shares(6, 4).stream().map(share -> axes.y(0.3 * share)).toList();
        List<Double> ys =
                shares(6, 5).stream().map(share -> axes.y(0.3 + 0.3 * share)).toList();
        List<Double> highs =
                shares(6, 6).stream().map(share -> axes.y(0.7 + 0.3 * share)).toList();
        Figure figure = LineChart.of("f", "t", axes.x, axes.y)
                .line("a line", Points.of(xs, ys).within(lows, highs))
                .draw();
        Picture picture = Picture.of(figure, axes.x.scale(), axes.y.scale());

        List<Dot> band =
                Picture.pieces(picture.paths("fill-opacity", ".18").getFirst()).getFirst();

        assertThat(band).hasSize(12);
        for (int i = 0; i < 6; i++) {
            assertAt(band.get(i), picture.at(xs.get(i), highs.get(i)));
            assertAt(band.get(11 - i), picture.at(xs.get(i), lows.get(i)));
            assertThat(figure.table().row(i).subList(3, 5))
                    .containsExactly(Table.cell(lows.get(i)), Table.cell(highs.get(i)));
        }
    }

    @ParameterizedTest
    @MethodSource("axes")
    void pointsAndTheirErrorBarsLieWhereTheyShould(Axes axes) {
        List<Double> xs = shares(8, 7).stream().map(axes::x).toList();
        List<Double> ys =
                shares(8, 8).stream().map(share -> axes.y(0.2 + 0.5 * share)).toList();
        List<Double> lows = ys.stream().map(_ -> axes.y(0.1)).toList();
        List<Double> highs = ys.stream().map(_ -> axes.y(0.9)).toList();
        List<String> names = List.of("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7");
        Figure figure = ScatterChart.of("f", "t", axes.x, axes.y)
                .group("round", Points.of(xs, ys).within(lows, highs).named(names))
                .draw();
        Picture picture = Picture.of(figure, axes.x.scale(), axes.y.scale());

        List<Dot> circles = new ArrayList<>();
        for (Element path : picture.paths("fill-opacity", ".85")) {
            Dot left = Picture.pieces(path).getFirst().getFirst(); // its radius is 4
            circles.add(new Dot(left.x() + 4, left.y()));
        }
        assertThat(circles).hasSize(8);
        for (int i = 0; i < 8; i++) {
            assertAt(circles.get(i), picture.at(xs.get(i), ys.get(i)));
        }
        List<Double> bars =
                Picture.numbers(picture.paths("stroke-width", "1.2").getFirst().getAttribute("d"));
        assertThat(bars).hasSize(8 * 10); // M x y h 8 M x y L x y M x y h 8
        for (int i = 0; i < 8; i++) {
            assertAt(new Dot(bars.get(10 * i + 3), bars.get(10 * i + 4)), picture.at(xs.get(i), highs.get(i)));
            assertAt(new Dot(bars.get(10 * i + 5), bars.get(10 * i + 6)), picture.at(xs.get(i), lows.get(i)));
        }
    }

    @ParameterizedTest
    @MethodSource("axes")
    void aFrontIsAStepAtEachOfItsPoints(Axes axes) {
        List<Double> xs = Stream.of(0.0, 0.2, 0.5, 1.0).map(axes::x).toList();
        List<Double> ys = Stream.of(1.0, 0.6, 0.4, 0.0).map(axes::y).toList();
        Figure figure = ScatterChart.of("f", "t", axes.x, axes.y)
                .front("a front", Points.of(xs, ys))
                .draw();
        Picture picture = Picture.of(figure, axes.x.scale(), axes.y.scale());

        String data = picture.named("a front").getFirst().getAttribute("d");

        assertThat(data).matches("M[^HV]+(H[^HV]+V[^HV]+){3}H[^HV]+");
        List<Double> numbers = Picture.numbers(data); // x y, then x and y by turns, then the right edge
        for (int i = 0; i < 4; i++) {
            assertAt(new Dot(numbers.get(2 * i), numbers.get(2 * i + 1)), picture.at(xs.get(i), ys.get(i)));
        }
        assertThat(numbers.getLast()).isGreaterThanOrEqualTo(numbers.get(6));
    }

    @ParameterizedTest
    @MethodSource("axes")
    void marksStandAndLieAtTheirValues(Axes axes) {
        Figure figure = LineChart.of("f", "t", axes.x, axes.y)
                .line("a", Points.of(List.of(axes.leastX, axes.mostX), List.of(axes.leastY, axes.mostY)))
                .mark(ReferenceLine.vertical(axes.x(0.3), "here"))
                .mark(ReferenceLine.horizontal(axes.y(0.7), "level"))
                .draw();
        Picture picture = Picture.of(figure, axes.x.scale(), axes.y.scale());
        List<List<Dot>> dashed = picture.paths("stroke-dasharray", "5 3").stream()
                .map(path -> Picture.pieces(path).getFirst())
                .toList();
        Dot place = picture.at(axes.x(0.3), axes.y(0.7));
        assertThat(dashed.get(0)).allSatisfy(dot -> assertThat(dot.x()).isCloseTo(place.x(), within(ROUNDED)));
        assertThat(dashed.get(1)).allSatisfy(dot -> assertThat(dot.y()).isCloseTo(place.y(), within(ROUNDED)));
        assertThat(Layout.problems(figure)).isEmpty();
    }

    @Test
    void aMissingValueIsAGapAndAPointWithoutNeighboursAMarker() {
        double none = Double.NaN;
        List<Double> ys = List.of(1.0, 2.0, none, 3.0, none, 4.0, 5.0, 6.0, Double.POSITIVE_INFINITY, 2.0, 1.0);
        List<Double> xs = Gallery.steps(11, 0, 1);
        Picture picture = Picture.of(
                LineChart.of("f", "t", Axis.linear("x"), Axis.linear("y"))
                        .line("a", Points.of(xs, ys))
                        .draw(),
                Scale.LINEAR,
                Scale.LINEAR);
        List<List<Dot>> pieces = picture.pieces("a");
        assertThat(pieces).extracting(List::size).containsExactly(2, 3, 2);
        assertAt(pieces.get(0).getFirst(), picture.at(0, 1));
        assertAt(pieces.get(1).getLast(), picture.at(7, 6));
        assertAt(pieces.get(2).getFirst(), picture.at(9, 2));
        assertThat(picture.named("a: x 3, y 3")).hasSize(1);
        assertThat(picture.named("a: x 2, y 0")).isEmpty();
    }

    @Test
    void coloursOfLinesGrowWithTheirNumbers() {
        for (Axis color : List.of(Axis.linear("epoch"), Axis.log("epoch"))) {
            LineChart chart = LineChart.colored("f", "t", Axis.linear("x"), Axis.linear("y"), color);
            List<Double> numbers = List.of(1.0, 2.0, 5.0, 30.0, 100.0);
            numbers.forEach(number -> chart.line(number, Points.of(List.of(0.0, 1.0), List.of(number, 0.0))));
            Picture picture = Picture.of(chart.draw(), Scale.LINEAR, Scale.LINEAR);
            for (double number : numbers) {
                double share = color.scale() == Scale.LOG ? Math.log10(number) / 2 : (number - 1) / 99;
                Element line = picture.named("epoch " + (long) number).getFirst();
                assertThat(line.getAttribute("class")).isEqualTo("t" + (int) Math.min(15, share * 16));
            }
        }
    }

    // ---- maps ----

    /// Cells reach to the middle between neighbours, and their colour is that of the share.
    @ParameterizedTest
    @MethodSource("axes")
    void cellsLieAboutTheirPlacesAndHaveTheirColours(Axes axes) {
        List<Double> xs = Stream.of(0.0, 0.1, 0.5, 1.0).map(axes::x).toList();
        List<Double> ys = Stream.of(0.0, 0.6, 1.0).map(axes::y).toList();
        for (Axis color : List.of(Axis.linear("v"), Axis.log("v").percent())) {
            Grid grid = Grid.of(4, 3, (x, y) -> x == 2 && y == 1 ? Double.NaN : (1 + x + 4 * y) / 20.0);
            Figure figure =
                    HeatMap.of("f", "t", axes.x, xs, axes.y, ys, grid, color).draw();
            Picture picture = Picture.of(figure, axes.x.scale(), axes.y.scale());
            List<Element> cells = picture.paths("stroke-width", ".4");
            assertThat(cells).hasSize(11);
            int cell = 0;
            for (int row = 0; row < 3; row++) {
                for (int column = 0; column < 4; column++) {
                    assertThat(figure.table().row(column * 3 + row))
                            .containsExactly(
                                    Table.cell(xs.get(column)),
                                    Table.cell(ys.get(row)),
                                    Table.cell(grid.value(column, row)));
                    if (Double.isNaN(grid.value(column, row))) {
                        continue;
                    }
                    Element path = cells.get(cell++);
                    List<Double> sides = Picture.numbers(path.getAttribute("d")); // x1 y1 x2 y2 x1
                    assertMiddle(
                            sides.get(0),
                            sides.get(2),
                            column,
                            xs,
                            place -> picture.at(place, axes.leastY).x());
                    assertMiddle(
                            sides.get(3),
                            sides.get(1),
                            row,
                            ys,
                            place -> picture.at(axes.leastX, place).y());
                    double value = grid.value(column, row);
                    double share = color.scale() == Scale.LOG
                            ? Math.log(value / 0.05) / Math.log(12)
                            : (value - 0.05) / (0.6 - 0.05);
                    String expected = Palette.hex(Palette.viridis(Math.round(share * 254) / 254.0));
                    assertThat(path.getAttribute("fill")).isEqualTo(expected);
                }
            }
            assertThat(figure.caption()).isEqualTo("Hatched: no value (1 of 12).");
        }
    }

    private interface Place {
        double of(double value);
    }

    /// The sides of a cell: where neighbours are, halfway to them on the paper.
    private static void assertMiddle(double low, double high, int index, List<Double> places, Place place) {
        double at = place.of(places.get(index));
        double direction = Math.signum(place.of(places.get(1)) - place.of(places.get(0)));
        if (index > 0) {
            assertThat(low).isCloseTo((at + place.of(places.get(index - 1))) / 2, within(ROUNDED));
        }
        if (index < places.size() - 1) {
            assertThat(high).isCloseTo((at + place.of(places.get(index + 1))) / 2, within(ROUNDED));
        }
        assertThat(direction * (high - low)).isPositive();
    }

    @Test
    void theLineOverAMapGoesThroughItsPoints() {
        List<Double> xs = Gallery.steps(5, 1, 1);
        Figure figure = HeatMap.of(
                        "f",
                        "t",
                        Axis.linear("x"),
                        xs,
                        Axis.linear("y"),
                        xs,
                        Grid.of(5, 5, (x, y) -> x + y),
                        Axis.linear("v"))
                .line("best", Points.of(List.of(1.0, 3.0, Double.NaN, 5.0, 99.0), List.of(2.0, 4.0, 3.0, 1.0, 1.0)))
                .draw();
        Picture picture = Picture.of(figure, Scale.LINEAR, Scale.LINEAR);
        Element line = picture.named("best").getFirst();
        assertThat(line.getAttribute("d")).matches("M[^ML]+h0L[^ML]+M[^ML]+h0");
        List<Double> numbers = Picture.numbers(line.getAttribute("d").replace("h0", ""));
        assertAt(new Dot(numbers.get(0), numbers.get(1)), picture.at(1, 2));
        assertAt(new Dot(numbers.get(2), numbers.get(3)), picture.at(3, 4));
        assertAt(new Dot(numbers.get(4), numbers.get(5)), picture.at(5, 1));
    }

    @Test
    void thePngHasTheColoursOfTheCells() throws IOException {
        List<Double> xs = List.of(1.0, 2.0, 3.0);
        Grid grid = Grid.of(3, 2, (x, y) -> x + 3 * y);
        Figure figure = HeatMap.of(
                        "f", "t", Axis.linear("x"), xs, Axis.linear("y"), List.of(1.0, 2.0), grid, Axis.linear("v"))
                .draw();
        Picture picture = Picture.of(figure, Scale.LINEAR, Scale.LINEAR);
        for (int scale : new int[] {1, 3}) {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(figure.png(scale)));
            for (int column = 0; column < 3; column++) {
                for (int row = 0; row < 2; row++) {
                    Dot at = picture.at(column + 1, row + 1);
                    int pixel = image.getRGB((int) (at.x() * scale), (int) (at.y() * scale)) & 0xffffff;
                    double share = Math.round((column + 3 * row) / 5.0 * 254) / 254.0;
                    assertThat(pixel).isEqualTo(Palette.viridis(share));
                }
            }
        }
    }

    // ---- published figures ----

    /// Each system's error as a multiple of people's, from the table's own columns.
    @Test
    void baselinesAreDrawnWhereTheirTableSays() {
        Figure figure = Explanations.humanBaselines();
        Picture picture = Picture.of(figure, Scale.LINEAR, Scale.LOG);
        List<String> columns = figure.table().columns();
        int found = 0;
        for (List<String> row : figure.table().rows()) {
            double score = Double.parseDouble(row.get(columns.indexOf("score")));
            double people = Double.parseDouble(row.get(columns.indexOf("people")));
            boolean error = row.get(columns.indexOf("measure")).contains("error");
            double ratio = error ? score / people : (100 - score) / (100 - people);
            Dot expected = picture.at(Double.parseDouble(row.get(columns.indexOf("year"))), ratio);
            List<List<Dot>> pieces = picture.pieces(row.get(columns.indexOf("benchmark")));
            found += pieces.stream()
                            .flatMap(List::stream)
                            .anyMatch(dot -> Math.hypot(dot.x() - expected.x(), dot.y() - expected.y()) < 0.5)
                    ? 1
                    : 0;
        }
        assertThat(found).isEqualTo(figure.table().size()).isGreaterThan(10);
    }

    @Test
    void systemsAreDrawnWhereTheirTableSays() {
        Figure figure = Explanations.trainingCompute();
        Picture picture = Picture.of(figure, Scale.LINEAR, Scale.LOG);
        List<String> columns = figure.table().columns();
        List<Dot> starts = picture.paths("fill-opacity", ".85").stream()
                .map(path -> Picture.pieces(path).getFirst().getFirst())
                .toList();
        assertThat(starts).hasSize(figure.table().size());
        for (List<String> row : figure.table().rows()) {
            Dot expected = picture.at(
                    Double.parseDouble(row.get(columns.indexOf("year"))),
                    Double.parseDouble(row.get(columns.indexOf("operations"))));
            assertThat(starts).anyMatch(dot -> Math.hypot(dot.x() - expected.x(), dot.y() - expected.y()) < 7);
        }
    }

    // ---- ticks ----

    @Test
    void ticksOfAnyAxisAreInOrderInsideAndReadAsWhatTheyAre() {
        SplittableRandom random = new SplittableRandom(9);
        for (int trial = 0; trial < 2000; trial++) {
            boolean log = random.nextBoolean();
            double low = Math.pow(10, random.nextDouble() * 24 - 12) * (log || random.nextBoolean() ? 1 : -1);
            double high = low + Math.abs(low) * Math.pow(10, random.nextDouble() * 12 - 5);
            Axis axis = log ? Axis.log("x") : Axis.linear("x");
            axis = random.nextBoolean() ? axis.percent() : axis;
            AxisMapping.Span span = new AxisMapping.Span(axis);
            span.include(low);
            span.include(high);
            AxisMapping mapping = span.mapping(0);
            int about = 2 + random.nextInt(9);
            List<AxisMapping.Tick> ticks = mapping.ticks(about);
            double before = Double.NEGATIVE_INFINITY;
            int labelled = 0;
            for (AxisMapping.Tick tick : ticks) {
                double size = Math.max(Math.abs(low), Math.abs(high));
                assertThat(tick.value()).isGreaterThan(before).isBetween(low - 1e-9 * size, high + 1e-9 * size);
                before = tick.value();
                if (!tick.label().isEmpty()) {
                    labelled++;
                    assertThat(Picture.value(tick.label()))
                            .as("%s of %s from %s to %s", tick, axis, low, high)
                            .isCloseTo(tick.value(), within(1e-9 * size + 1e-9 * Math.abs(tick.value())));
                }
            }
            assertThat(labelled).isLessThanOrEqualTo(Math.max(12, 2 * about));
        }
    }
}
