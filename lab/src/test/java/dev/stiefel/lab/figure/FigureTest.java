package dev.stiefel.lab.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.stiefel.lab.text.NumberText;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FigureTest {
    private static final Axis X = Axis.linear("epoch");
    private static final Axis Y = Axis.linear("test error").percent();

    @TempDir
    Path folder;

    static Stream<Figure> figures() {
        return Stream.concat(Gallery.usual().values().stream(), Gallery.nasty().values().stream());
    }

    @ParameterizedTest
    @MethodSource("figures")
    void noTextOverlapsAnotherOrLeavesThePaperAndNothingIsReferredTo(Figure figure) {
        assertThat(Layout.problems(figure)).isEmpty();
    }

    @Test
    void theLayoutCheckSeesTextsThatOverlap() {
        Canvas canvas = new Canvas();
        canvas.text(10, 20, 12, Canvas.Anchor.START, "i", "one text");
        canvas.text(30, 25, 12, Canvas.Anchor.START, "i", "another");
        canvas.text(90, 80, 12, Canvas.Anchor.START, "i", "too far to the right");
        canvas.upward(30, 30, 12, "i", "upwards");
        Figure figure = new Figure("bad", "bad", "", List.of(), canvas.drawing(100, 100), table());
        assertThat(Layout.problems(figure)).hasSize(4);
    }

    @Test
    void equalNumbersMakeEqualBytes() {
        assertThat(Gallery.curvesByEpoch().svg())
                .isEqualTo(Gallery.curvesByEpoch().svg());
        assertThat(Gallery.rain(5_000).svg()).isEqualTo(Gallery.rain(5_000).svg());
        Figure map = Gallery.map("map", 10, 250, Axis.log("error"));
        assertThat(map.svg())
                .isEqualTo(Gallery.map("map", 10, 250, Axis.log("error")).svg());
    }

    @Test
    void theMachinesLanguageChangesNothing() {
        Locale before = Locale.getDefault();
        String usual = Gallery.rain(5_000).svg();
        try {
            for (String language : List.of("de-DE", "ar-EG-u-nu-arab")) {
                Locale.setDefault(Locale.forLanguageTag(language));
                assertThat(Gallery.rain(5_000).svg()).isEqualTo(usual);
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void wordsAreEscapedAndWhatXmlCannotHoldIsReplaced() {
        String words = "a < b & \"c\" \u0000\u0007 \uD83D tab\t end";
        Figure figure = LineChart.of("escaped", words, Axis.linear(words), Axis.linear(words))
                .line(words, Points.of(List.of(1.0), List.of(2.0)))
                .draw()
                .withCaption(words);
        String clean = "a < b & \"c\" \uFFFD\uFFFD \uFFFD tab  end";
        assertThat(Layout.text(figure.svg(), "title")).isEqualTo(clean);
        assertThat(Layout.text(figure.svg(), "desc")).isEqualTo(clean);
        assertThat(Layout.problems(figure)).isEmpty();
    }

    @Test
    void aCaptionKeepsWhatTheFigureHasToSayOfItself() {
        Figure figure = LineChart.of("zeros", "Zeros", X, Axis.log("loss"))
                .line("a", Points.of(List.of(1.0, 2.0, 3.0), List.of(1.0, 0.0, 2.0)))
                .draw()
                .withCaption("Of 3 runs.");
        assertThat(figure.caption())
                .isEqualTo("Of 3 runs. Values of zero, which a logarithmic axis does not have, are left out of the"
                        + " picture (1).");
        assertThat(figure.svg()).contains("Of 3 runs.");
    }

    // ---- what is refused ----

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "../a", "A", "a.svg", "-a", "con", "nul", "ä"})
    void namesThatAreNoFileNamesAreRefused(String name) {
        assertThatThrownBy(() -> LineChart.of(name, "t", X, Y))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its name must be of at most 100 of a-z, 0-9, - and _")
                .hasMessageContaining("'" + name + "'");
        assertThat(LineChart.of(Figure.nameFor(name), "t", X, Y)).isNotNull();
    }

    @Test
    void aNameIsMadeOfAnyWords() {
        assertThat(Figure.nameFor("Test error, w=10: mean")).isEqualTo("test-error-w-10-mean");
        assertThat(Figure.nameFor("//")).isEqualTo("figure");
        assertThat(Figure.nameFor("x".repeat(500))).hasSize(80);
    }

    @Test
    void negativeValuesOnALogarithmicAxisAreRefusedByName() {
        Points negative = Points.of(List.of(1.0), List.of(-1.0));
        String message =
                "figure 'n': values on the logarithmic axis 'loss' must be positive; got -1.0; use a linear axis";
        assertThatThrownBy(() -> LineChart.of("n", "t", X, Axis.log("loss")).line("a", negative))
                .hasMessage(message);
        assertThatThrownBy(() -> ScatterChart.of("n", "t", X, Axis.log("loss")).group("a", negative))
                .hasMessage(message);
        List<Double> one = List.of(1.0);
        assertThatThrownBy(() -> HeatMap.of("n", "t", X, one, X, one, Grid.of(1, 1, (_, _) -> -1), Axis.log("loss")))
                .hasMessage(message);
        assertThatThrownBy(() -> Axis.log("loss").from(0, 1))
                .hasMessageContaining("a logarithmic axis must begin above 0; got 0.0");
    }

    @Test
    void placesThatDoNotAscendOrDoNotMatchTheGridAreRefused() {
        Grid grid = Grid.of(2, 1, (_, _) -> 1);
        List<Double> one = List.of(1.0);
        assertThatThrownBy(() -> HeatMap.of("n", "t", X, one, Y, one, grid, Y))
                .hasMessage("figure 'n': there must be a value of 'epoch' for each of the grid's 2; got 1");
        assertThatThrownBy(() -> HeatMap.of("n", "t", X, List.of(2.0, 1.0), Y, one, grid, Y))
                .hasMessage("figure 'n': values of 'epoch' must ascend; got 1.0 after 2.0");
        assertThatThrownBy(() -> Points.of(one, List.of()))
                .hasMessage("points: there must be as many y values as x values (1); got 0");
        assertThatThrownBy(() -> ReferenceLine.vertical(Double.NaN, "peak")).hasMessageContaining("must be finite");
        assertThatThrownBy(() -> Grid.of(0, 3, (_, _) -> 1)).hasMessageContaining("got 0 by 3");
        assertThatThrownBy(() -> new Range(2, 1)).hasMessageContaining("got 2.0 to 1.0");
    }

    // ---- numbers ----

    @Test
    void numbersAreWrittenAsReadersExpect() {
        assertThat(Notation.shown(0.125, Notation.PERCENT)).isEqualTo("12.5\u00A0%");
        assertThat(Notation.shown(1234567, Notation.PLAIN)).isEqualTo("1,234,567");
        assertThat(Notation.shown(-0.25, Notation.PLAIN)).isEqualTo("−0.25");
        assertThat(Notation.shown(3.14e23, Notation.PLAIN)).isEqualTo("3.14·10²³");
        assertThat(Notation.shown(1e-9, Notation.PLAIN)).isEqualTo("10⁻⁹");
        assertThat(Notation.shown(2012, Notation.YEAR)).isEqualTo("2012");
        assertThat(TextWidths.shortened("experiment with a long name, seed 4", 12, 150))
                .isEqualTo("experiment…me, seed 4");
        assertThat(NumberText.coordinate(-0.04)).isEqualTo("0");
        assertThat(NumberText.coordinate(-0.26)).isEqualTo("-.3");
        assertThat(NumberText.coordinate(12.04)).isEqualTo("12");
    }

    @Test
    void ticksAreRoundAndLogarithmicOnesAreDecades() {
        assertThat(labels(Axis.linear("x"), 0, 250, 6)).containsExactly("0", "50", "100", "150", "200", "250");
        assertThat(labels(Axis.linear("x").percent(), 0, 0.04, 5))
                .containsExactly("0\u00A0%", "1\u00A0%", "2\u00A0%", "3\u00A0%", "4\u00A0%");
        assertThat(labels(Axis.linear("x").years(), 2019, 2021, 9)).containsExactly("2019", "2020", "2021");
        assertThat(labels(Axis.linear("x").whole(), 0, 3, 12)).containsExactly("0", "1", "2", "3");
        assertThat(labels(Axis.linear("x").whole(), 1, 1, 5)).containsExactly("0", "1", "2");
        assertThat(labels(Axis.log("x"), 1, 1e8, 5)).containsExactly("1", "10²", "10⁴", "10⁶", "10⁸");
        assertThat(labels(Axis.log("x"), 10, 1000, 8)).containsExactly("10", "20", "50", "100", "200", "500", "1,000");
        assertThat(labels(Axis.log("x").percent(), 0.001, 1, 5))
                .containsExactly("0.1\u00A0%", "1\u00A0%", "10\u00A0%", "100\u00A0%");
    }

    private static List<String> labels(Axis axis, double low, double high, int about) {
        AxisMapping.Span span = new AxisMapping.Span(axis);
        span.include(low);
        span.include(high);
        return span.mapping(0).ticks(about).stream()
                .map(AxisMapping.Tick::label)
                .filter(label -> !label.isEmpty())
                .toList();
    }

    @Test
    void aTableQuotesWhatNeedsItAndLeavesMissingNumbersEmpty() {
        Figure figure = LineChart.of("table", "t", X, Axis.linear("loss, mean"))
                .line("a \"b\", c", Points.of(List.of(1.0, 2.0), List.of(0.1, Double.NaN)))
                .draw();
        assertThat(figure.table().csv())
                .isEqualTo("line,epoch,\"loss, mean\"\n\"a \"\"b\"\", c\",1,0.1\n\"a \"\"b\"\", c\",2,\n");
        assertThat(figure.table().rows()).hasSize(2);
    }

    // ---- colours ----

    @Test
    void mapColoursGrowLighterAllTheWay() {
        double last = -1;
        for (int i = 0; i < 255; i += 3) { // rounding to whole numbers may undo a single step
            double lightness = luminance(Palette.viridis(i / 254.0));
            assertThat(lightness).isGreaterThan(last);
            last = lightness;
        }
    }

    @Test
    void linesStandOutFromTheirPaper() {
        for (Theme theme : Theme.values()) {
            double paper = luminance(color(theme, "paper"));
            for (int i = 0; i < Palette.LINES; i++) {
                double line = luminance(color(theme, "line-" + i));
                double contrast = (Math.max(line, paper) + 0.05) / (Math.min(line, paper) + 0.05);
                assertThat(contrast).as("%s line %d", theme, i).isGreaterThan(2.5);
            }
        }
    }

    private static int color(Theme theme, String property) {
        Matcher matcher =
                Pattern.compile("--figure-" + property + ":#([0-9a-f]{6});").matcher(theme.declarations());
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1), 16);
    }

    private static double luminance(int color) {
        double sum = 0;
        double[] weights = {0.0722, 0.7152, 0.2126};
        for (int i = 0; i < 3; i++) {
            double c = ((color >> (8 * i)) & 255) / 255.0;
            sum += weights[i] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    // ---- heat maps ----

    @Test
    void aLargeMapIsAPictureWithAPixelForEachCell() throws IOException {
        Grid grid = Grid.of(50, 40, (x, y) -> x == 7 && y == 3 ? Double.NaN : x + 50.0 * y);
        Figure figure = HeatMap.of(
                        "large", "t", X, Gallery.steps(50, 1, 1), Y, Gallery.steps(40, 1, 1), grid, Axis.linear("v"))
                .draw();
        BufferedImage image = embedded(figure);
        assertThat(image.getWidth()).isEqualTo(50);
        assertThat(image.getHeight()).isEqualTo(40);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 50; x++) {
                int place = (int) Math.round((x + 50.0 * y) / 1999 * 254);
                int expected = x == 7 && y == 3 ? 0 : 0xff000000 | Palette.viridis(place / 254.0);
                int got = image.getRGB(x, 39 - y);
                assertThat(got >>> 24 == 0 ? 0 : got).isEqualTo(expected);
            }
        }
        assertThat(figure.caption()).isEqualTo("Hatched: no value (1 of 2,000).");
        assertThat(figure.table().size()).isEqualTo(2000);
    }

    @Test
    void cellsOfUnequalWidthKeepTheirPlaces() throws IOException {
        List<Double> xs = Stream.concat(Gallery.steps(1, 10, 1).stream(), Gallery.steps(29, 50, 1).stream())
                .toList();
        Grid grid = Grid.of(30, 30, (x, _) -> x == 0 ? 0 : 1);
        Figure figure = HeatMap.of("uneven", "t", X, xs, Y, Gallery.steps(30, 1, 1), grid, Axis.linear("v"))
                .draw();
        BufferedImage image = embedded(figure);
        int dark = 0;
        for (int x = 0; x < image.getWidth(); x++) {
            dark += (image.getRGB(x, 0) & 0xffffff) == Palette.viridis(0) ? 1 : 0;
        }
        // From −10 to 30 of −10 to 78.5.
        assertThat((double) dark / image.getWidth()).isBetween(40 / 88.5 - 0.005, 40 / 88.5 + 0.005);
    }

    private static BufferedImage embedded(Figure figure) throws IOException {
        String href = Layout.parsed(figure.svg())
                .getElementsByTagName("image")
                .item(0)
                .getAttributes()
                .getNamedItem("href")
                .getNodeValue();
        byte[] png = Base64.getDecoder().decode(href.substring(href.indexOf(',') + 1));
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    @Test
    void anyFigureIsSmall() {
        assertThat(Gallery.largeMap().svg().length()).isLessThan(100_000);
        assertThat(Gallery.curvesByEpoch().svg().length()).isLessThan(100_000);
        Figure rain = Gallery.rain(250_000);
        assertThat(rain.svg().length()).isLessThan(300_000);
        assertThat(rain.caption()).contains("of 250,000 points");
        assertThat(rain.table().size()).isEqualTo(250_004);
        assertThat(rain.table().row(250_003)).containsExactly("front", "1000000", "0.03");
    }

    // ---- explanations ----

    @Test
    void everyPublishedFigureHasASource() {
        for (Figure figure : List.of(Explanations.trainingCompute(), Explanations.humanBaselines())) {
            assertThat(figure.table().columns()).endsWith("source");
            for (List<String> row : figure.table().rows()) {
                assertThat(row)
                        .hasSameSizeAs(figure.table().columns())
                        .allSatisfy(cell -> assertThat(cell).isNotBlank());
            }
        }
    }

    @Test
    void everyLandmarkHasItsNameInThePicture() {
        Figure figure = Explanations.trainingCompute();
        assertThat(figure.caption()).doesNotContain("without room");
        for (List<String> row : figure.table().rows()) {
            assertThat(figure.svg()).contains(">" + Canvas.escaped(row.getFirst()) + "</text>");
        }
    }

    @Test
    void theFlowIsTheExactOneAndTheLongStepZigzags() {
        List<Double> zigzag = new ArrayList<>();
        double epsilon = 1e-6;
        int step = 0;
        for (List<String> row : Explanations.gradientFlow().table().rows()) {
            double x = Double.parseDouble(row.get(1));
            double y = Double.parseDouble(row.get(2));
            if (row.getFirst().equals("gradient flow")) {
                double time = 0.01 * step++;
                assertThat(x).isCloseTo(-9 * Math.exp(-time), offset(epsilon));
                assertThat(y).isCloseTo(2 * Math.exp(-12 * time), offset(epsilon * 20));
            } else if (row.getFirst().contains("0.155")) {
                zigzag.add(y);
            }
        }
        assertThat(step).isEqualTo(601);
        for (int i = 1; i < zigzag.size(); i++) {
            assertThat(zigzag.get(i) * zigzag.get(i - 1)).isNegative();
        }
    }

    // ---- files ----

    @Test
    void aFigureIsThreeFiles() throws IOException {
        Figure figure = Gallery.curvesByEpoch();
        Files.createDirectories(folder.resolve("figures"));
        Files.writeString(folder.resolve("figures/curves.svg"), "an older one");
        FigureFiles.Written written = FigureFiles.write(figure, folder.resolve("figures"));
        assertThat(written.problem()).isEmpty();
        assertThat(written.files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("curves.svg", "curves.png", "curves.csv");
        assertThat(folder.resolve("figures/curves.svg")).hasContent(figure.svg());
        BufferedImage image = ImageIO.read(folder.resolve("figures/curves.png").toFile());
        assertThat(image.getWidth()).isEqualTo(1520);
        assertThat(colors(image)).contains(0xff0072b2, 0xff222222).hasSizeGreaterThan(50);
        try (Stream<Path> files = Files.list(folder.resolve("figures"))) {
            assertThat(files).hasSize(3);
        }
    }

    private static Set<Integer> colors(BufferedImage image) {
        Set<Integer> colors = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colors.add(image.getRGB(x, y));
            }
        }
        return colors;
    }

    @Test
    void aMachineThatCannotDrawStillWritesTheOtherFiles() throws IOException {
        Files.writeString(folder.resolve("broken.png"), "an older one");
        Figure broken = new Figure("broken", "t", "", List.of(), new Drawing(0, 0, "", Set.of()), table());
        FigureFiles.Written written = FigureFiles.write(broken, folder);
        assertThat(written.files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("broken.svg", "broken.csv");
        assertThat(written.problem())
                .get()
                .asString()
                .startsWith("cannot draw 'broken' as PNG")
                .doesNotContain("\n");
        assertThat(folder.resolve("broken.png")).doesNotExist();
        assertThatThrownBy(() -> broken.png(1)).isInstanceOf(NoPictureException.class);
        assertThatThrownBy(() -> broken.png(0)).hasMessageContaining("scale must be from 1 to 8; got 0");
    }

    private static Table table() {
        return new Table(List.of("a"), 1, _ -> List.of("1"));
    }
}
