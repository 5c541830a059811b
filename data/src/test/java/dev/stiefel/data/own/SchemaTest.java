package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.stiefel.data.own.NumberNotation.DecimalMark;
import dev.stiefel.data.own.NumberNotation.Grouping;
import dev.stiefel.data.vision.DataSets;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SchemaTest {
    private static final Schema TABLE = new Schema(
            new Schema.Table(
                    List.of(
                            new Schema.Number("size, in \"m\""),
                            new Schema.Category("colour", List.of("red", "grün")),
                            new Schema.Number("age")),
                    MissingWords.EARLIER),
            new Schema.Classes(List.of("no", "yes")));

    @TempDir
    Path folder;

    // ---- JSON ----

    @ParameterizedTest
    @MethodSource("schemas")
    void aSchemaComesBackFromItsText(Schema schema) throws IOException {
        assertThat(Schema.parse(schema.toJson())).isEqualTo(schema);
    }

    static Stream<Schema> schemas() {
        return Stream.of(
                TABLE,
                new Schema(
                        new Schema.Table(List.of(
                                new Schema.Number(
                                        "price", new NumberNotation(DecimalMark.COMMA, Grouping.POINT, true), 1.7e9),
                                new Schema.Category("kind", List.of("a")))),
                        new Schema.Values(List.of("y"))),
                new Schema(new Schema.Image(28, 32, 3), new Schema.Classes(List.of("a", "b", "c"))),
                new Schema(new Schema.Vector(784), new Schema.Values(List.of("y0", "y1"))));
    }

    @Test
    void theTextIsReadable() {
        assertThat(TABLE.toJson())
                .isEqualTo("{\"inputs\":{\"kind\":\"table\",\"columns\":["
                        + "{\"name\":\"size, in \\\"m\\\"\",\"kind\":\"number\"},"
                        + "{\"name\":\"colour\",\"kind\":\"category\",\"values\":[\"red\",\"grün\"]},"
                        + "{\"name\":\"age\",\"kind\":\"number\"}]},"
                        + "\"outputs\":{\"kind\":\"classes\",\"names\":[\"no\",\"yes\"]}}");
    }

    @Test
    void notationsOriginsAndMissingWordsAreWords() {
        Schema schema = new Schema(
                new Schema.Table(
                        List.of(new Schema.Number(
                                "t", new NumberNotation(DecimalMark.COMMA, Grouping.SPACE, false), 17.5)),
                        MissingWords.of(List.of("None", "-"))),
                new Schema.Values(List.of("y")));

        assertThat(schema.toJson())
                .isEqualTo("{\"inputs\":{\"kind\":\"table\",\"columns\":[{\"name\":\"t\",\"kind\":\"number\","
                               + "\"notation\":{\"decimal\":\"comma\",\"grouping\":\"space\",\"signs\":false},"
                               + "\"origin\":17.5}],\"missing\":{\"numbers\":[\"none\",\"-\"],\"categories\":[\"none\",\"-\"]}},"
                               + "\"outputs\":{\"kind\":\"values\",\"names\":[\"y\"]}}");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenTexts")
    @Timeout(20)
    void aBrokenTextIsDescribedInBoundedMemory(String what, String json, String problem) {
        assertThatExceptionOfType(IOException.class)
                .as(what)
                .isThrownBy(() -> Schema.parse(json))
                .withMessageStartingWith("schema: " + problem)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain("\n"));
        assertThat(Allocation.of(() -> Schema.parse(json))).isLessThan(8_000_000 + 80L * json.length());
    }

    static Stream<Arguments> brokenTexts() {
        String outputs = ",\"outputs\":{\"kind\":\"classes\",\"names\":[\"a\",\"b\"]}}";
        String vector = "{\"inputs\":{\"kind\":\"vector\",\"length\":3}";
        return Stream.of(
                arguments("nothing", "", "it must be an object of inputs, outputs; got ''"),
                arguments("a number", "7", "it must be an object of inputs, outputs; got '7'"),
                arguments("null", "null", "it must be an object of inputs, outputs; got 'null'"),
                arguments("cut off", vector + ",\"outp", "it must be JSON; got: "),
                arguments("two texts", vector + outputs + "{}", "it must be JSON; got: "),
                arguments("a key twice", "{\"inputs\":1,\"inputs\":2" + outputs, "it must be JSON; got: Duplicate"),
                arguments("a key too many", vector + ",\"x\":1" + outputs, "it must be an object of inputs, outputs"),
                arguments("a key too few", vector + "}", "it must be an object of inputs, outputs"),
                arguments("no kind", "{\"inputs\":{}" + outputs, "the inputs' kind must be text; got ''"),
                arguments(
                        "an unknown kind",
                        "{\"inputs\":{\"kind\":\"sound\"}" + outputs,
                        "the inputs' kind must be table, image, vector, text or text-pair; got 'sound'"),
                arguments(
                        "a vector without a length",
                        "{\"inputs\":{\"kind\":\"vector\"}" + outputs,
                        "a vector must be an object of kind, length"),
                arguments("a fraction", vector(3.5) + outputs, "length must be an integer; got '3.5'"),
                arguments("a huge number", vector(1e30) + outputs, "length must be an integer; got '1.0E30'"),
                arguments("none", vector(0) + outputs, "a vector's values must be in [1, 1,000,000]; got 0"),
                arguments(
                        "too many",
                        vector(2_000_000) + outputs,
                        "a vector's values must be in [1, 1,000,000]; got 2,000,000"),
                arguments(
                        "an image of nothing",
                        image(0, 5, 1) + outputs,
                        "an image's rows and columns must be at least 1"),
                arguments("two channels", image(5, 5, 2) + outputs, "an image's rows and columns must be at least 1"),
                arguments(
                        "an absurd image",
                        image(Integer.MAX_VALUE, Integer.MAX_VALUE, 3) + outputs,
                        "an image's values must be in [1, 1,000,000]"),
                arguments(
                        "a table that is none", table("{}") + outputs, "a table's columns must be an array; got '{}'"),
                arguments("no columns", table("[]") + outputs, "a table's values must be in [1, 1,000,000]; got 0"),
                arguments("a column that is none", table("[1]") + outputs, "a column's kind must be text; got ''"),
                arguments(
                        "a column without a name",
                        table("[{\"kind\":\"number\"}]") + outputs,
                        "a number must be an object of kind, name"),
                arguments(
                        "a column twice",
                        table("[" + number("a") + "," + number("a") + "]") + outputs,
                        "each column must be named once; got 'a' twice"),
                arguments(
                        "a category twice",
                        table("[{\"name\":\"c\",\"kind\":\"category\",\"values\":[\"v\",\"v\"]}]") + outputs,
                        "each category must be named once; got 'v' twice"),
                arguments(
                        "a category that is a number",
                        table("[{\"name\":\"c\",\"kind\":\"category\",\"values\":[1]}]") + outputs,
                        "a category's values must be text; got '1'"),
                arguments(
                        "one class",
                        vector + ",\"outputs\":{\"kind\":\"classes\",\"names\":[\"a\"]}}",
                        "at least 2 classes are needed; got 1"),
                arguments(
                        "no values",
                        vector + ",\"outputs\":{\"kind\":\"values\",\"names\":[]}}",
                        "at least 1 value is needed; got none"),
                arguments(
                        "unknown outputs",
                        vector + ",\"outputs\":{\"kind\":\"x\",\"names\":[]}}",
                        "the outputs' kind must be classes, values or next-token; got 'x'"),
                arguments("deep", "[".repeat(1_000_000), "it must be JSON; got: "),
                arguments("deep objects", "{\"a\":".repeat(1_000_000), "it must be JSON; got: "),
                arguments("a long number", "1".repeat(1_000_000), "it must be JSON; got: "),
                arguments("a long text", "{\"" + "x".repeat(1_000_000) + "\":1}", "it must be"),
                arguments(
                        "many numbers",
                        "[" + "1,".repeat(1_000_000) + "1]",
                        "it must be an object of inputs, outputs"));
    }

    private static String vector(Object length) {
        return "{\"inputs\":{\"kind\":\"vector\",\"length\":" + length + "}";
    }

    private static String image(int rows, int columns, int channels) {
        return "{\"inputs\":{\"kind\":\"image\",\"rows\":%d,\"columns\":%d,\"channels\":%d}"
                .formatted(rows, columns, channels);
    }

    private static String table(String columns) {
        return "{\"inputs\":{\"kind\":\"table\",\"columns\":" + columns + "}";
    }

    private static String number(String name) {
        return "{\"name\":\"" + name + "\",\"kind\":\"number\"}";
    }

    @Test
    void aHugeTextIsNotEvenParsed() {
        String json = " ".repeat((64 << 20) + 1);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Schema.parse(json))
                .withMessage("schema: it must have at most 67,108,864 characters; got 67,108,865");
    }

    // ---- encoding ----

    @Test
    void aRowIsEncodedByItsColumnsNames() {
        assertThat(TABLE.encodeRow(Map.of("age", " 7 ", "colour", "grün", "size, in \"m\"", "1e2", "other", "x")))
                .containsExactly(100, 0, 1, 7);
        assertThat(TABLE.encodeRow(Map.of("age", "", "colour", "blue"))).containsExactly(Float.NaN, 0, 0, Float.NaN);
        Map<String, String> holes = new HashMap<>(Collections.singletonMap("age", null));
        holes.put("colour", "?");
        assertThat(TABLE.encodeRow(holes)).containsExactly(Float.NaN, 0, 0, Float.NaN);
    }

    /// As JSON gives them.
    @Test
    void aNumberGivesWhatItsDigitsWouldGive() {
        RowEncoder encoder = TABLE.rowEncoder();
        SplittableRandom random = new SplittableRandom(8);
        List<Number> numbers = new ArrayList<>(List.of(
                0,
                -1,
                0.0,
                -0.0,
                0.1,
                1e-45,
                Float.MIN_NORMAL / 3.0,
                3.4028235e38,
                16_777_217,
                16_777_217L << 30,
                Long.MAX_VALUE,
                0.1f + Math.ulp(0.1f) / 2.0,
                new BigInteger("123456789012345678901234567890")));
        for (int i = 0; i < 1000; i++) {
            numbers.add(Float.intBitsToFloat(random.nextInt()) + random.nextDouble(1e-30, 1e3));
            numbers.add(random.nextLong());
        }
        numbers.removeIf(number -> !Float.isFinite(number.floatValue()));
        for (Number number : numbers) {
            float[] told = encoder.encode(Map.of("age", number));
            assertThat(told).as(number.toString()).isEqualTo(encoder.encode(Map.of("age", number.toString())));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.encode(Map.of("age", 1e39)))
                .withMessage("column 'age' must be a number; got '1.0E39'");
    }

    @Test
    void aNumberCanBeACategory() {
        Schema digits = new Schema(
                new Schema.Table(List.of(new Schema.Category("digit", List.of("1", "2", "2.5")))),
                new Schema.Values(List.of("y")));

        assertThat(digits.encodeRow(Map.of("digit", 2))).containsExactly(0, 1, 0);
        assertThat(digits.encodeRow(Map.of("digit", 2.5))).containsExactly(0, 0, 1);
        assertThat(digits.encodeRow(Map.of("digit", 2.0))).containsExactly(0, 1, 0);
        assertThat(digits.encodeRow(Map.of("digit", "2.0"))).containsExactly(0, 1, 0);
        assertThat(digits.encodeRow(Map.of("digit", "02"))).as("a code").containsExactly(0, 0, 0);
        assertThat(digits.encodeRow(Map.of("digit", 3))).as("unknown").containsExactly(0, 0, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> digits.encodeRow(Map.of("digit", true)))
                .withMessage("column 'digit' must be one of 1, 2, 2.5; got true");
    }

    @Test
    void aTruthValueIsTheCategoryThatIsSpeltOtherwise() {
        Schema flags = new Schema(
                new Schema.Table(List.of(new Schema.Category("flag", List.of("False", "True")))),
                new Schema.Values(List.of("y")));

        assertThat(flags.encodeRow(Map.of("flag", true))).containsExactly(0, 1);
        assertThat(flags.encodeRow(Map.of("flag", "FALSE"))).containsExactly(1, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> flags.encodeRow(Map.of("flag", 1)))
                .withMessage("column 'flag' must be one of False, True; got 1");
    }

    @Test
    void aRowMustHaveAllColumnsAndNoOthers() {
        RowEncoder encoder = TABLE.rowEncoder();
        encoder.requireColumns(Set.of("age", "colour", "size, in \"m\"", "target"), Set.of("target"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.requireColumns(Set.of("Age", "colour", "size, in \"m\""), Set.of()))
                .withMessageEndingWith("; missing: age (null says that a value is not known); unknown: Age");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.encode(List.of(1, 2)))
                .withMessageContaining("a row must have a value for each of its 3 columns")
                .withMessageEndingWith("; got 2");
    }

    @Test
    void whatPixelsAreDividedByIsKept() throws IOException {
        Schema pixels = new Schema(new Schema.Vector(3, 255), new Schema.Values(List.of("y")));

        assertThat(Schema.parse(pixels.toJson())).isEqualTo(pixels);
        Schema plain = new Schema(new Schema.Vector(3), new Schema.Values(List.of("y")));
        assertThat(plain.toJson()).doesNotContain("divisor");
        assertThat(plain.hasSamplesOf(pixels))
                .as("as earlier versions wrote it")
                .isTrue();
    }

    @Test
    void aCellThatIsNoNumberIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TABLE.encodeRow(Map.of("age", "old")))
                .withMessage("column 'age' must be a number; got 'old'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Schema(new Schema.Vector(3), new Schema.Values(List.of("y"))).encodeRow(Map.of()))
                .withMessage("a row: the model's inputs must be a table; they are a vector of 3 values");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TABLE.encodeImage(folder))
                .withMessage("an image: the model's inputs must be an image; they are a table of 3 columns");
    }

    @Test
    void rowsOfAFileAreFoundByTheHeader() throws IOException {
        Path file = write("target;colour;age;\"size, in \"\"m\"\"\"\nyes;red;3;1\n;;;\n");

        assertThat(TABLE.encodeCsv(file))
                .containsExactly(new float[] {1, 1, 0, 3}, new float[] {Float.NaN, 0, 0, Float.NaN});
    }

    @Test
    void aFileThatDoesNotFitIsRefused() throws IOException {
        Path file = write("colour,age\nred,3\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TABLE.encodeCsv(file))
                .withMessage(
                        "cannot read %s: line 1: it must have the column 'size, in \"m\"'; its columns are colour, age",
                        file);
        Schema ages = new Schema(new Schema.Table(List.of(new Schema.Number("age"))), new Schema.Values(List.of("y")));
        assertThat(ages.encodeCsv(file)).containsExactly(new float[] {3});
        write("colour,age\nred,3\nred,x\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ages.encodeCsv(file))
                .withMessage("cannot read %s: line 3: column 'age' must be a number; got 'x'", file);
        write("colour,age\nred,3\nred\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ages.encodeCsv(file))
                .withMessage("cannot read %s: line 3: it must have 2 cells; got 1", file);
        write("age,age\n1,2\n");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ages.encodeCsv(file))
                .withMessageContaining("column names must differ");
    }

    @Test
    void plainNumbersNeedNoHeader() throws IOException {
        Schema schema = new Schema(new Schema.Vector(3), new Schema.Values(List.of("y")));
        for (String header : List.of("", "a,b,c\n", "0,1,2\n", "1,2,3\n")) {
            assertThat(schema.encodeCsv(write(header + "0.5,-1,2e1\n4,5,6\n")))
                    .as(header)
                    .containsExactly(new float[] {0.5f, -1, 20}, new float[] {4, 5, 6});
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> schema.encodeCsv(write("1,2,4\n1,2,x\n")))
                .withMessageEndingWith("data.csv: line 2: value 3 must be a number; got 'x'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> schema.encodeCsv(write("1,2,,3\n")))
                .withMessageEndingWith("data.csv: line 1: it must have 3 cells; got 4");
        assertThat(schema.encodeCsv(write("5,6,\n1,2,3\n")))
                .as("missing")
                .containsExactly(new float[] {5, 6, Float.NaN}, new float[] {1, 2, 3});
    }

    @Test
    void whatTrainedIsEncodedAlike() throws IOException {
        Path file = write("a,b,y\n1,u,0.5\n,v,1.5\n3,,2.5\n4,u,3.5\n");
        OwnData data = OwnData.load(OwnSpec.of(file, 1).withTarget("y"));

        List<float[]> rows = Schema.parse(data.schema().toJson()).encodeCsv(file);

        float[] trained = new float[data.train().width()];
        for (int i = 0; i < data.train().size(); i++) {
            data.train().copyInput(i, trained, 0);
            assertThat(rows).contains(trained);
        }
    }

    @Test
    void anImageSetOfTheCatalogueHasGreyImagesAndNumberedClasses() {
        Schema schema = Schema.of(DataSets.in(folder).info("mnist"));

        assertThat(schema)
                .isEqualTo(new Schema(
                        new Schema.Image(28, 28, 1),
                        new Schema.Classes(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"))));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), text);
    }
}
