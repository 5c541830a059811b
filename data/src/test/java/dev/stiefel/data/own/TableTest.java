package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.data.Holdout;
import dev.stiefel.data.Scaling;
import dev.stiefel.data.SplitSpec;
import dev.stiefel.data.Splits;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TableTest {
    private static final float MISSING = Float.NaN;
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void numbersAndCategoriesBecomeColumnsAndTheTargetAClass() throws IOException {
        OwnData data = load("""
            size,colour,kind
            1.5,red,cat
            2,blue,dog
            -3e2,red,dog
            4,green,cat
            """, "kind");

        assertThat(data.task()).isEqualTo(Task.CLASSIFICATION);
        assertThat(data.schema())
                .isEqualTo(new Schema(
                        new Schema.Table(List.of(
                                new Schema.Number("size"),
                                new Schema.Category("colour", List.of("blue", "green", "red")))),
                        new Schema.Classes(List.of("cat", "dog"))));
        assertThat(rows(data))
                .containsExactlyInAnyOrder(
                        List.of(1.5f, 0f, 0f, 1f, 0f),
                        List.of(2f, 1f, 0f, 0f, 1f),
                        List.of(-300f, 0f, 0f, 1f, 1f),
                        List.of(4f, 0f, 1f, 0f, 0f));
        assertThat(data.remarks()).isEmpty();
    }

    @Test
    void missingNumbersAreNaNAndMissingCategoriesAllZeros() throws IOException {
        OwnData data = load("""
            a,b,c,y
            1,x,1,p
            ,,2,q
            NA,?,3,p
            null,NULL,4,q
            nan,n/a,5,p
            """, "y");

        assertThat(rows(data))
                .containsExactlyInAnyOrder(
                        List.of(1f, 1f, 1f, 0f),
                        List.of(MISSING, 0f, 2f, 1f),
                        List.of(MISSING, 0f, 3f, 0f),
                        List.of(MISSING, 0f, 4f, 1f),
                        List.of(MISSING, 0f, 5f, 0f));
        assertThat(data.remarks()).containsExactly("4 of 10 numbers are missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void theDelimiterIsFoundInTheHeader(String delimiter) throws IOException {
        String text = "a,\"x,;\t|\",y\n1,2,0\n3,4,1\n5,6,0\n"
                .replace(",\"", delimiter + "\"")
                .replace("\",", "\"" + delimiter)
                .replace("1,2,0", "1" + delimiter + "2" + delimiter + "0")
                .replace("3,4,1", "3" + delimiter + "4" + delimiter + "1")
                .replace("5,6,0", "5" + delimiter + "6" + delimiter + "0");

        OwnData data = load(text, "y");

        assertThat(names(data)).containsExactly("a", "x,;\t|");
        assertThat(rows(data)).contains(List.of(3f, 4f, 1f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r", "\n\n", "\r\n\r\n"})
    void everyLineEndWillDoAndSoWillNone(String end) throws IOException {
        for (String last : List.of("", end, end + end + end)) {
            OwnData data = load(String.join(end, "a,y", "1,0", "2,1", "3,1") + last, "y");

            assertThat(rows(data)).containsExactlyInAnyOrder(List.of(1f, 0f), List.of(2f, 1f), List.of(3f, 1f));
        }
    }

    @Test
    void quotedCellsMayHoldDelimitersQuotesAndLineEnds() throws IOException {
        OwnData data = load("""
            "the ""size"", in
            metres",y
            "1","a,""b""
            c"
             2 ,  d\t
            "",d
            """, "y");

        assertThat(names(data)).containsExactly("the \"size\", in\nmetres");
        assertThat(data.schema().outputs()).isEqualTo(new Schema.Classes(List.of("a,\"b\"\nc", "d")));
        assertThat(rows(data)).containsExactlyInAnyOrder(List.of(1f, 0f), List.of(2f, 1f), List.of(MISSING, 1f));
    }

    @ParameterizedTest
    @CsvSource({"UTF-8,EFBBBF", "UTF-16BE,FEFF", "UTF-16LE,FFFE", "UTF-8,''"})
    void theByteOrderMarkTellsTheEncoding(String charset, String mark) throws IOException {
        byte[] text = "größe,y\n1,naïve\n2,日本 🙂\n".getBytes(Charset.forName(charset));
        byte[] bom = HexFormat.of().parseHex(mark);
        byte[] bytes = Arrays.copyOf(bom, bom.length + text.length);
        System.arraycopy(text, 0, bytes, bom.length, text.length);
        Path file = Files.write(folder.resolve("data.csv"), bytes);

        OwnData data = OwnData.load(OwnSpec.of(file, 1).withTarget("y"));

        assertThat(names(data)).containsExactly("größe");
        assertThat(data.schema().outputs()).isEqualTo(new Schema.Classes(List.of("naïve", "日本 🙂")));
    }

    @Test
    void charactersThatLieAcrossBuffersAreRead() throws IOException {
        StringBuilder text = new StringBuilder("a,b,y\n");
        for (int i = 0; i < 40_000; i++) {
            text.append(i)
                    .append(",\"")
                    .append("🙂é日".repeat(i % 3 + 1))
                    .append("\",")
                    .append(i % 2)
                    .append('\n');
        }

        OwnData data = load(text.toString(), "y");

        assertThat(data.train().size() + data.test().size()).isEqualTo(40_000);
        assertThat(data.schema().inputs().width()).isEqualTo(4);
        assertThat(data.remarks()).isEmpty();
    }

    // ---- what the target is ----

    @Test
    void fewIntegersAreClassesInNumericalOrder() throws IOException {
        OwnData data = load("a,y\n1,10\n2,9\n3,-1\n4,10\n5,9.0\n", "y");

        assertThat(data.schema().outputs()).isEqualTo(new Schema.Classes(List.of("-1", "9", "10")));
        assertThat(rows(data)).contains(List.of(1f, 2f), List.of(3f, 0f), List.of(5f, 1f));
    }

    @Test
    void fractionsAndManyIntegersAreRegression() throws IOException {
        assertThat(load("a,y\n1,0.5\n2,1\n3,2\n", "y").task()).isEqualTo(Task.REGRESSION);
        String many = lines("a,y", 21, i -> i + "," + 1000 * i);
        OwnData data = load(many, "y");
        assertThat(data.task()).isEqualTo(Task.REGRESSION);
        assertThat(data.schema().outputs()).isEqualTo(new Schema.Values(List.of("y")));
        assertThat(rows(data)).contains(List.of(20f, 20_000f));
        assertThat(load(lines("a,y", 20, i -> i + "," + 1000 * i), "y").task()).isEqualTo(Task.CLASSIFICATION);
    }

    @Test
    void theTaskCanBeChosen() throws IOException {
        Path file = write("a,y\n1,0.5\n2,1\n3,0.5\n");
        OwnSpec spec = OwnSpec.of(file, 1).withTarget("y");

        assertThat(OwnData.load(spec.withTask(Task.CLASSIFICATION)).schema().outputs())
                .isEqualTo(new Schema.Classes(List.of("0.5", "1")));
        assertThat(OwnData.load(spec.withTask(Task.REGRESSION)).task()).isEqualTo(Task.REGRESSION);
        assertThat(OwnData.load(spec.withCategorical(List.of("y"))).schema().outputs())
                .isEqualTo(new Schema.Classes(List.of("0.5", "1")));
    }

    @Test
    void severalTargetsAreRegression() throws IOException {
        OwnData data = load("u,a,v\n1,2,3\n4,5,6\n7,8,9\n", "v, u");

        assertThat(data.schema().outputs()).isEqualTo(new Schema.Values(List.of("u", "v")));
        assertThat(rows(data)).contains(List.of(5f, 4f, 6f));
    }

    @Test
    void aTargetsNameMayHaveCommas() throws IOException {
        assertThat(load("\"x,y\",a\n1,2\n0,5\n", "x,y").schema().outputs())
                .isEqualTo(new Schema.Classes(List.of("0", "1")));
    }

    // ---- columns ----

    @Test
    void columnsAreLeftOutAndMadeCategories() throws IOException {
        Path file = write("id,zip,a,y\nu,10,1,p\nv,9,2,q\nw,10,3,q\n");

        OwnData data = OwnData.load(
                OwnSpec.of(file, 1).withTarget("y").withIgnored(List.of("id")).withCategorical(List.of("zip")));

        assertThat(data.schema().inputs())
                .isEqualTo(new Schema.Table(
                        List.of(new Schema.Category("zip", List.of("9", "10")), new Schema.Number("a"))));
        assertThat(rows(data)).contains(List.of(1f, 0f, 2f, 1f));
    }

    @Test
    void oneTextInAHundredCellsLeavesAColumnOfNumbersAndMoreMakeItCategories() throws IOException {
        OwnData numbers = load(lines("a,y", 100, i -> (i == 50 ? "abc" : i) + "," + i % 2), "y");
        assertThat(numbers.schema().inputs()).isEqualTo(new Schema.Table(List.of(new Schema.Number("a"))));
        assertThat(numbers.remarks())
                .containsExactly(
                        "1 of 100 rows were left out; the first is line 52: column 'a' must be a number; got 'abc'");

        OwnData categories = load(lines("a,y", 100, i -> (i >= 98 ? "abc" : i % 5) + "," + i % 2), "y");
        assertThat(categories.schema().inputs())
                .isEqualTo(
                        new Schema.Table(List.of(new Schema.Category("a", List.of("0", "1", "2", "3", "4", "abc")))));
        assertThat(categories.remarks())
                .containsExactly("column 'a' is taken for categories: line 100 has 'abc', which is no number");
    }

    @Test
    void constantAndEmptyColumnsAreKept() throws IOException {
        OwnData data = load("a,b,y\n7,,0\n7,,1\n7,,1\n", "y");

        assertThat(rows(data)).contains(List.of(7f, MISSING, 0f));
        assertThat(data.remarks()).containsExactly("3 of 6 numbers are missing", "without any number: b");
    }

    @Test
    void categoriesThatComeLateGetTheirPlace() throws IOException {
        OwnData data = load(lines("a,y", 10_100, i -> (i < 10_050 ? "m" : "b") + "," + (i < 10_060 ? "q" : "c")), "y");

        assertThat(data.schema())
                .isEqualTo(new Schema(
                        new Schema.Table(List.of(new Schema.Category("a", List.of("b", "m")))),
                        new Schema.Classes(List.of("c", "q"))));
        assertThat(rows(data).stream().filter(List.of(1f, 0f, 0f)::equals)).hasSize(40);
    }

    @Test
    void aHundredThousandColumnsAreRead() throws IOException {
        int columns = 100_000;
        String header = IntStream.range(0, columns).mapToObj(i -> "x" + i).collect(Collectors.joining(","));
        String row = IntStream.range(0, columns).mapToObj(Integer::toString).collect(Collectors.joining(","));

        OwnData data = load(header + "\n" + row + "\n" + row + "\n1" + row.substring(1) + "\n", "x0");

        assertThat(data.train().width()).isEqualTo(columns - 1);
        assertThat(data.schema()).isEqualTo(Schema.parse(data.schema().toJson()));
    }

    // ---- rows that do not fit ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "1,2#it must have 3 cells; got 2",
                "1,2,3,4#it must have 3 cells; got 4",
                "x,2,3#column 'a' must be a number; got 'x'",
                "1e400,2,3#column 'a' must be a number; got '1e400'",
                "0x10,2,3#column 'a' must be a number; got '0x10'",
                "Infinity,2,3#column 'a' must be a number; got 'Infinity'",
                "'\"1,00,0\",2,3'#column 'a' must be a number; got '1,00,0'",
                "1,2,#column 'y', the target, must not be missing; got ''",
                "1,2,NaN#column 'y', the target, must not be missing; got 'NaN'",
                "1,2,abc#column 'y', the target, must be a number; got 'abc'"
            })
    void aRowThatDoesNotFitIsLeftOutAndNamed(String row, String problem) throws IOException {
        List<String> rows = new ArrayList<>(List.of("a,b,y"));
        IntStream.range(0, 200).forEach(i -> rows.add(i + ",2," + (0.5 + i)));
        rows.set(120, row);

        OwnData data = load(String.join("\n", rows), "y");

        assertThat(data.train().size() + data.test().size()).isEqualTo(199);
        assertThat(data.schema().inputs().width()).isEqualTo(2);
        assertThat(data.remarks()).containsExactly("1 of 200 rows were left out; the first is line 121: " + problem);
    }

    @Test
    void aRowThatIsLeftOutAddsNoCategory() throws IOException {
        OwnData data = load("a,b,y\nu,1,p\nv,2,q\nw,p\nu,3,q\n", "y");

        assertThat(data.schema().inputs())
                .isEqualTo(
                        new Schema.Table(List.of(new Schema.Category("a", List.of("u", "v")), new Schema.Number("b"))));
    }

    // ---- dividing ----

    @Test
    void theSameSeedDividesAlikeAndClassesKeepTheirShares() throws IOException {
        Path file = write(lines("a,y", 500, i -> i + "," + (i % 5 == 0 ? 1 : 0)));
        OwnSpec spec = OwnSpec.of(file, 7).withTarget("y").withTestFraction(0.3);

        OwnData data = OwnData.load(spec);

        assertThat(data.test().size()).isEqualTo(150);
        assertThat(Arrays.stream(data.test().copyLabels()).sum()).isBetween(29, 31);
        assertThat(firsts(data.test())).isSorted();
        assertThat(firsts(data.train())).isSorted();
        assertThat(firsts(data.train())).doesNotContainAnyElementsOf(firsts(data.test()));
        assertThat(firsts(OwnData.load(spec).test())).isEqualTo(firsts(data.test()));
        OwnSpec other = OwnSpec.of(file, 8).withTarget("y").withTestFraction(0.3);
        assertThat(firsts(OwnData.load(other).test())).isNotEqualTo(firsts(data.test()));
    }

    @Test
    void theHashIsThatOfTheFile() throws Exception {
        Path file = write(lines("a,y", 20_000, i -> i + "," + i % 2));

        OwnData data = OwnData.load(OwnSpec.of(file, 1).withTarget("y"));

        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        assertThat(data.sha256())
                .containsOnly(Map.entry("data.csv", HexFormat.of().formatHex(hash)));
    }

    @Test
    void manyRowsComeBackAsTheyWere() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        float[][] values = new float[30_000][7];
        StringBuilder text = new StringBuilder("a,b,c,d,e,f,g\n");
        for (float[] row : values) {
            for (int j = 0; j < row.length; j++) {
                row[j] = j == 0 ? random.nextInt(1000) + 0.5f : (float) random.nextGaussian();
                text.append(j == 0 ? "" : ",").append(row[j]);
            }
            text.append('\n');
        }

        OwnData data = load(text.toString(), "g");

        List<List<Float>> expected = new ArrayList<>();
        for (float[] row : values) {
            expected.add(boxed(row));
        }
        assertThat(rows(data)).containsExactlyInAnyOrderElementsOf(expected);
    }

    /// However it is divided, shuffled, drawn from and standardized.
    @Test
    void aTableIsHeldInMemoryOnce() throws IOException {
        int rows = 4_000;
        int columns = 500;
        String header = IntStream.range(0, columns).mapToObj(i -> "x" + i + ",").collect(Collectors.joining());
        SplittableRandom random = new SplittableRandom(7);
        Path file = write(
                lines(header + "y", rows, i -> (random.nextInt(10_000) + ",").repeat(columns) + random.nextInt(3)));
        OwnSpec spec = OwnSpec.of(file, 1).withTarget("y");
        OwnData.load(spec); // what is loaded and compiled at first
        long inputs = 4L * rows * columns;
        List<OwnData> loaded = new ArrayList<>();
        List<Splits> splits = new ArrayList<>();

        long loading = Allocation.of(() -> loaded.add(OwnData.load(spec)));
        long splitting = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) { // code that is not compiled yet allocates what compiled code does not
            splits.clear();
            long allocated = Allocation.of(() -> splits.add(SplitSpec.of(1)
                    .withValidation(300)
                    .withTrainFraction(0.9)
                    .withLabelNoise(0.1)
                    .withScaling(Scaling.STANDARDIZED)
                    .apply(
                            Holdout.toTheEnd(loaded.getFirst().train(), 300, 1),
                            loaded.getFirst().test())));
            splitting = Math.min(splitting, allocated);
        }

        assertThat(loading).isLessThan(inputs + 3 * MEBIBYTE);
        assertThat(splitting).isLessThan(inputs / 2);
        assertThat(splits.getFirst().train().size()).isEqualTo(2610);
    }

    @Test
    void aCategoryTakesOneNumberInMemoryHoweverManyThereAre() throws IOException {
        int rows = 20_000;
        Path file = write(lines("town,area,y", rows, i -> "t" + i % 900 + "," + i + "," + i % 2));
        OwnSpec spec = OwnSpec.of(file, 1).withTarget("y");
        OwnData data = OwnData.load(spec);

        assertThat(data.train().width()).isEqualTo(901);
        assertThat(Allocation.of(() -> OwnData.load(spec))).isLessThan(4L * rows * 901 / 4);
        float[] row = new float[901];
        data.train().copyInput(17, row, 0);
        int area = (int) row[900];
        int place = ((Schema.Category)
                        ((Schema.Table) data.schema().inputs()).columns().getFirst())
                .values()
                .indexOf("t" + area % 900);
        assertThat(IntStream.range(0, 900).filter(i -> row[i] != 0)).containsExactly(place);
        assertThat(row[place]).isOne();
    }

    // ---- what the user must change ----

    @Test
    void namesThatAreNoColumnsAreRejected() throws IOException {
        Path file = write("a,b,y\n1,2,0\n3,4,1\n");
        OwnSpec spec = OwnSpec.of(file, 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(spec))
                .withMessage("--target must name the column to predict; the columns of %s are a, b, y", file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(spec.withTarget("z")))
                .withMessage("--target must name columns of %s; got 'z'; its columns are a, b, y", file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(spec.withTarget("y").withIgnored(List.of("q"))))
                .withMessage("--ignore must name columns of %s; got 'q'; its columns are a, b, y", file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(spec.withTarget("y").withIgnored(List.of("y"))))
                .withMessage("--ignore: the target cannot be ignored; got 'y'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(spec.withTarget("y").withCategorical(List.of("q"))))
                .withMessageStartingWith("--categorical must name columns of");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(spec.withTarget("a,y").withTask(Task.CLASSIFICATION)))
                .withMessageContaining("classification has one target, or one of 0 and 1 for each class; got a, y");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(spec.withTarget("a,a")))
                .withMessage("--target must name a column once; got 'a' twice");
    }

    @Test
    void dataThatDoesNotSuitIsNamed() {
        refused(
                "a,y\n1,u\n2,v\n",
                "y",
                Task.REGRESSION,
                "line 2: the target of regression must be numbers; column 'y' has 'u'");
        refused("a,y,z\n1,u,1\n2,v,2\n", "y,z", null, "line 2: several targets must be numbers; column 'y' has 'u'");
        refused(
                "a,y\n1,u\n2,u\n",
                "y",
                null,
                "the target must have at least 2 different values; column 'y' has only 'u'");
        refused(
                "a,y\n1,3\n2,3\n",
                "y",
                null,
                "the target must have at least 2 different values; column 'y' has only '3'");
        refused("y\n1\n2\n", "y", null, "at least one column beside the target is needed; its columns are y");
        refused("a,y\n1,u\n", "y", null, "at least 2 rows are needed, one to train and one to test; got 1");
        refused("a,y\n", "y", null, "it must have rows below its header; got none");
        refused("a,y", "y", null, "it must have rows below its header; got none");
        refused("a,b,y\n1\n2\n3,4,u\n", "y", null, "line 2: it must have 3 cells; got 1; 2 of 3 rows are like that");
        refused(
                lines("a,y", 1001, i -> "t" + i + "," + i % 2),
                "y",
                null,
                "line 1002: column 'a' must have at most 1,000 different values; this is one more; "
                        + "leave it out with --ignore a, or classify its texts with --text a");
        refused(
                lines("a,y", 1001, i -> i + "," + i),
                "y",
                Task.CLASSIFICATION,
                "the target of classification must have at most 1,000 different values; column 'y' has more");
        refused(
                "a,y\n1,0\n" + "x".repeat(1001) + ",1\n",
                "y",
                null,
                "line 3: a category must have at most 1,000 characters; column 'a' has 1,001; leave it out with"
                        + " --ignore a, or classify its texts with --text a");
    }

    private void refused(String text, String target, Task task, String problem) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> {
                    OwnSpec spec = OwnSpec.of(write(text), 1).withTarget(target);
                    OwnData.load(task == null ? spec : spec.withTask(task));
                })
                .withMessage("cannot read %s: %s", folder.resolve("data.csv"), problem);
    }

    @Test
    void anUnknownKindOfDataIsRejected() throws IOException {
        Path file = Files.writeString(folder.resolve("data.xlsx"), "PK");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(OwnSpec.of(file, 1)))
                .withMessage("data must be a table (.csv, .tsv), a folder of images by class, or an array (.npy); got "
                        + file);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(OwnSpec.of(folder.resolve("no.csv"), 1)))
                .withMessage("cannot read %s: it does not exist", folder.resolve("no.csv"));
    }

    // ---- helpers ----

    private OwnData load(String text, String target) throws IOException {
        return OwnData.load(OwnSpec.of(write(text), 1).withTarget(target));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), text, StandardCharsets.UTF_8);
    }

    private static String lines(String header, int rows, IntFunction<String> row) {
        return header + "\n" + IntStream.range(0, rows).mapToObj(row).collect(Collectors.joining("\n"));
    }

    private static List<String> names(OwnData data) {
        return ((Schema.Table) data.schema().inputs())
                .columns().stream().map(Schema.Column::name).toList();
    }

    /// Inputs and then the class or targets, of all samples.
    private static List<List<Float>> rows(OwnData data) {
        List<List<Float>> rows = new ArrayList<>();
        for (Samples samples : List.of(data.train(), data.test())) {
            for (int i = 0; i < samples.size(); i++) {
                float[] row = new float[samples.width() + (samples.hasLabels() ? 1 : samples.outputs())];
                samples.copyInput(i, row, 0);
                if (samples.hasLabels()) {
                    row[samples.width()] = samples.label(i);
                } else {
                    samples.copyTarget(i, row, samples.width());
                }
                rows.add(boxed(row));
            }
        }
        return rows;
    }

    private static List<Float> boxed(float[] row) {
        List<Float> boxed = new ArrayList<>();
        for (float value : row) {
            boxed.add(value);
        }
        return boxed;
    }

    private static List<Float> firsts(Samples samples) {
        List<Float> firsts = new ArrayList<>();
        float[] row = new float[samples.width()];
        for (int i = 0; i < samples.size(); i++) {
            samples.copyInput(i, row, 0);
            firsts.add(row[0]);
        }
        return firsts;
    }
}
