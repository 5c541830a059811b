package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.data.own.NumberNotation.DecimalMark;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How tables write numbers, missing values, names and lines.
final class TableNotationTest {
    private static final UnaryOperator<OwnSpec> AS_IT_IS = UnaryOperator.identity();

    @TempDir
    Path folder;

    // ---- numbers ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3,5; 1.234,5; -2|3.5, 1234.5, -2|numbers with a decimal comma, thousands parted by points: a",
                "0,125; 17,250; 3,500|0.125, 17.25, 3.5|numbers with a decimal comma: a",
                "1234; 1,234; 2,500|1234, 1.234, 2.5|numbers with a decimal comma: a",
                "999; 1,234; 12,500|999, 1234, 12500|numbers with a decimal point, thousands parted by commas: a",
                "1,234,567; 12; 1,000|1234567, 12, 1000|numbers with a decimal point, thousands parted by commas: a",
                "12,34,567.5; 1.5; 2|1234567.5, 1.5, 2|numbers with a decimal point, thousands parted by commas: a",
                "1 234,5; 17,25; 3|1234.5, 17.25, 3|numbers with a decimal comma, thousands parted by spaces: a",
                "1 234.5; 17.25; 3|1234.5, 17.25, 3|numbers with a decimal point, thousands parted by spaces: a",
                "1'234.5; 1’000; 3|1234.5, 1000, 3|numbers with a decimal point, thousands parted by apostrophes: a",
                "1.234.567; 2.000; 5|1234567, 2000, 5|numbers with a decimal comma, thousands parted by points: a",
                "1,5e3; 2,5E-1; 3|1500, 0.25, 3|numbers with a decimal comma: a"
            })
    void theColumnsNotationIsFoundFromAllItsCells(String cells, String numbers, String remark) throws IOException {
        List<String> texts = List.of(cells.split("; "));
        OwnData data = load(rows(texts), AS_IT_IS);

        assertThat(firsts(data)).containsExactlyInAnyOrderElementsOf(floats(numbers));
        assertThat(data.remarks()).contains(remark);
        assertThat(data.schema()).isEqualTo(Schema.parse(data.schema().toJson()));
        float[] again = data.schema().encodeRow(Map.of("a", texts.getFirst()));
        assertThat(again[0]).isEqualTo(floats(numbers).getFirst());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "€ 5; 1.5 €; -€2|5, 1.5, -2|€",
                "USD 5; USD 1.5; USD 2|5, 1.5, 2|USD",
                "5 %; 1.5%; 0|5, 1.5, 0|%",
                "$1,000.50; ($2.50); $3-|1000.5, -2.5, -3|$"
            })
    void signsOfOneUnitAreDroppedWithARemark(String cells, String numbers, String sign) throws IOException {
        OwnData data = load(rows(List.of(cells.split("; "))), AS_IT_IS);

        assertThat(firsts(data)).containsExactlyInAnyOrderElementsOf(floats(numbers));
        assertThat(data.remarks())
                .anyMatch(remark -> remark.startsWith("column 'a': numbers are read without their sign " + sign));
    }

    @Test
    void aUnicodeMinusIsAMinus() throws IOException {
        assertThat(firsts(load(rows(List.of("−1.5", "2", "3")), AS_IT_IS))).contains(-1.5f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5 %; 0.05; 1", "$5; €6; $7"})
    void numbersInSeveralUnitsAreRefused(String cells) {
        refused(rows(List.of(cells.split("; "))), "column 'a' has numbers in several units", "--categorical a");
    }

    @Test
    void aNumberThatCanBeReadInTwoWaysIsRefusedUnlessTheFileOrTheUserSays() throws IOException {
        List<String> cells = List.of("1,234", "2,500", "17,125");
        refused(rows(cells), "column 'a' has numbers such as '1,234'", "--decimal-mark comma or --decimal-mark point");

        assertThat(firsts(load(rows(cells), spec -> spec.withDecimalMark(DecimalMark.COMMA))))
                .contains(1.234f);
        assertThat(firsts(load(rows(cells), spec -> spec.withDecimalMark(DecimalMark.POINT))))
                .contains(1234f);
        String withComma = "a;b;y\n1,234;0,5;p\n2,500;1,5;q\n17,125;2,5;p\n";
        assertThat(firsts(load(withComma, AS_IT_IS))).contains(1.234f, 2.5f, 17.125f);
        String withPoint = "a;b;y\n1,234;0.5;p\n2,500;1.5;q\n17,125;2.5;p\n";
        assertThat(firsts(load(withPoint, AS_IT_IS))).contains(1234f, 2500f, 17125f);
    }

    @Test
    void pointsPartThousandsWhereTheFileHasDecimalCommas() throws IOException {
        String text = "a;b;y\n1.234;0,5;p\n2.500;1,5;q\n17.125;2,5;p\n";

        assertThat(firsts(load(text, AS_IT_IS))).containsExactlyInAnyOrder(1234f, 2500f, 17125f);
        assertThat(firsts(load("a;y\n1.234;p\n2.500;q\n3.125;p\n", AS_IT_IS))).contains(1.234f);
    }

    @Test
    void aTargetHasANotationToo() throws IOException {
        OwnData data = load(lines("a;y", 30, i -> i + ";" + (i + 10) + ",5"), AS_IT_IS);

        assertThat(data.task()).isEqualTo(Task.REGRESSION);
        float[] target = new float[1];
        data.train().copyTarget(0, target, 0);
        assertThat(target[0] - Math.floor(target[0])).isEqualTo(0.5);
    }

    @Test
    void numbersFarFromZeroKeepWhatTellsThemApart() throws IOException {
        OwnData data = load(lines("a,y", 100, i -> (1_700_000_000 + i) + "," + (i < 50 ? "p" : "q")), AS_IT_IS);

        assertThat(firsts(data)).contains(0f, 1f, 2f, 99f);
        assertThat(((Schema.Table) data.schema().inputs()).columns().getFirst())
                .isEqualTo(new Schema.Number("a", NumberNotation.PLAIN, 1_700_000_000));
        assertThat(data.schema().encodeRow(Map.of("a", "1700000017"))).containsExactly(17f);
        assertThat(data.schema().encodeRow(Map.of("a", 1_700_000_017L))).containsExactly(17f);
        assertThat(data.schema()).isEqualTo(Schema.parse(data.schema().toJson()));
    }

    @Test
    void numbersStayAsTheyAreWhereTheyAreNotToBeStandardized() throws IOException {
        Path file = write(lines("a,y", 100, i -> (1_700_000_000 + 128 * i) + "," + (i < 50 ? "p" : "q")));
        OwnSpec spec = OwnSpec.of(file, 1).withTarget("y").withoutOrigins();

        assertThat(firsts(OwnData.load(spec))).contains(1.7e9f, 1.7e9f + 128);
    }

    // ---- what is missing ----

    @ParameterizedTest
    @ValueSource(strings = {"#N/A", "-", "None", "NaT", "n.a.", "(null)", "\\N", "#DIV/0!", "missing", "?", "."})
    void theUsualWordsAreMissingNumbers(String word) throws IOException {
        OwnData data = load(lines("a,y", 50, i -> (i % 10 == 0 ? word : i + 0.5) + "," + i % 2), AS_IT_IS);

        assertThat(data.schema().inputs().width()).isEqualTo(1);
        assertThat(data.remarks()).contains("5 of 50 numbers are missing");
        assertThat(data.schema().encodeRow(Map.of("a", word))).containsExactly(Float.NaN);
    }

    @Test
    void someOfTheseWordsAreCategories() throws IOException {
        OwnData data = load("a,y\nnone,p\nwhole,q\nNA,p\n-,q\n", AS_IT_IS);

        assertThat(categories(data)).containsExactly("-", "none", "whole");
    }

    @Test
    void wordsAreChosen() throws IOException {
        String text = lines(
                "a,b,y", 40, i -> (i % 10 == 0 ? "off" : i + 0.5) + "," + (i % 2 == 0 ? "NA" : "DE") + "," + i % 3);

        OwnData data = load(text, spec -> spec.withMissing(MissingWords.of(List.of("Off"))));

        assertThat(data.schema().inputs())
                .isEqualTo(new Schema.Table(
                        List.of(new Schema.Number("a"), new Schema.Category("b", List.of("DE", "NA"))),
                        MissingWords.of(List.of("off"))));
        assertThat(data.remarks()).contains("4 of 40 numbers are missing");
    }

    @Test
    void aColumnOfNumbersNeverBecomesCategories() {
        refused(
                lines("a,y", 100, i -> (i % 25 == 0 ? "broken" : i + 0.5) + "," + i % 2),
                "column 'a' must be numbers or categories; 96 of its 100 cells are numbers, and line 2 has 'broken'",
                "--missing");
    }

    @Test
    void datesAreRefused() {
        for (String date : List.of(
                "2024-01-%02d",
                "%02d.01.2024",
                "1/%d/24",
                "2024-01-%02dT10:00:00Z",
                "%d Jan 2024",
                "January %d, 2024",
                "2024/01/%02d 10:00",
                "10:%02d")) {
            refused(
                    lines("a;b;y", 24, i -> date.formatted(i + 1) + ";1;" + i % 2),
                    "column 'a' holds dates or times",
                    "--ignore a");
        }
    }

    // ---- names ----

    @Test
    void namesMayHaveCommasWhereColumnsAreNamed() throws IOException {
        String text = "\"x, first\",b,\"u,v\",y\n1,2,3,p\n4,5,6,q\n";

        assertThat(names(load(text, spec -> spec.withIgnored(List.of("x, first")))))
                .containsExactly("b", "u,v");
        assertThat(names(load(text, spec -> spec.withIgnored(List.of("b,x, first")))))
                .containsExactly("u,v");
        assertThat(names(load(text, spec -> spec.withIgnored(List.of("x, first, u,v")))))
                .containsExactly("b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(text, spec -> spec.withIgnored(List.of("x, second"))))
                .withMessageContaining("got 'x'");
    }

    @Test
    void textsThatLookAlikeAreAlike() throws IOException {
        OwnData data = load(" größe ,a,y\n1,café,p\n2,café,q\n3,café ,p\n4,New York,q\n5,New York,q\n", AS_IT_IS);

        assertThat(names(data)).containsExactly("größe", "a");
        assertThat(((Schema.Category) ((Schema.Table) data.schema().inputs())
                                .columns()
                                .get(1))
                        .values())
                .containsExactly("New York", "café");
        assertThat(data.schema().encodeRow(Map.of("a", "café", "größe", "1"))).containsExactly(1, 0, 1);
    }

    @Test
    void anIndexWithoutANameIsLeftOutAndAnotherColumnIsNumbered() throws IOException {
        OwnData index = load(",a,y\n0,5,p\n1,6,q\n2,7,p\n", AS_IT_IS);
        assertThat(names(index)).containsExactly("a");
        assertThat(index.remarks()).contains("column 1 has no name and counts the rows; it was left out");

        OwnData other = load("a,,y\n0,5.5,p\n1,6,q\n2,7,p\n", AS_IT_IS);
        assertThat(names(other)).containsExactly("a", "column 2");
        assertThat(other.remarks()).contains("column 2 has no name; it is called 'column 2'");
    }

    @Test
    void identifiersAreRemarked() throws IOException {
        OwnData texts = load(lines("customer,a,y", 50, i -> "K%05d,%d.5,%d".formatted(i, i, i % 2)), AS_IT_IS);
        assertThat(texts.remarks())
                .contains("column 'customer' has another value in nearly every row, which does not help to predict"
                        + " new ones; leave it out with --ignore customer");

        OwnData numbers = load(lines("row id,a,y", 50, i -> "%d,%d.5,%d".formatted(i, i, i % 2)), AS_IT_IS);
        assertThat(numbers.remarks())
                .contains("column 'row id' counts the rows, which does not help to predict new ones; leave it out with"
                        + " --ignore 'row id'");
    }

    @Test
    void classesKeepLeadingZerosAndCodesAreRemarked() throws IOException {
        OwnData data = load("zip,y\n01234,01\n56789,02\n00001,01\n", AS_IT_IS);

        assertThat(data.schema().outputs()).isEqualTo(new Schema.Classes(List.of("01", "02")));
        assertThat(data.remarks())
                .contains("column 'zip' has numbers with leading zeros, such as '01234'; if they are codes, say"
                        + " --categorical zip");
    }

    @Test
    void wholeTargetsThatMayBeEitherAreRemarked() throws IOException {
        assertThat(load(lines("a,y", 60, i -> i + ".5," + i % 15), AS_IT_IS).remarks())
                .contains("the target, 'y', has 15 different values, all whole: they were taken for classes; --task"
                        + " regression takes them for numbers");
        assertThat(load(lines("a,y", 60, i -> i + ".5," + i % 30), AS_IT_IS).remarks())
                .contains("the target, 'y', has 30 different values, all whole: they were taken for numbers; --task"
                        + " classification takes them for classes");
    }

    // ---- lines ----

    @Test
    void aFirstLineMaySayTheDelimiter() throws IOException {
        OwnData data = load("sep=;\na;b,c;y\n1,5;2;p\n2,5;3;q\n", AS_IT_IS);

        assertThat(names(data)).containsExactly("a", "b,c");
        assertThat(firsts(data)).containsExactlyInAnyOrder(1.5f, 2.5f);
    }

    @Test
    void delimitersAtTheEndOfLinesAreNoColumns() throws IOException {
        OwnData rows = load("a,y\n1,p,\n2,q,\n", AS_IT_IS);
        assertThat(names(rows)).containsExactly("a");
        assertThat(rows.remarks()).contains("2 lines end in a delimiter; the empty cell after it was left out");

        OwnData all = load("a,y,\n1,p,\n2,q,\n", AS_IT_IS);
        assertThat(names(all)).containsExactly("a");
        assertThat(all.remarks()).contains("column 3 has no name and is empty; it was left out");
    }

    @Test
    void linesWithANumberSignAreComments() throws IOException {
        OwnData data = load("# made by hand\n# in May, \"of 2024\na,b,y\n1,2,p\n# half of it\n2,3,q\n", AS_IT_IS);
        assertThat(data.train().size() + data.test().size()).isEqualTo(2);
        assertThat(data.remarks()).contains("3 lines that begin with # were taken for comments");

        OwnData header = load("#a,b,y\n1,2,p\n2,3,q\n", AS_IT_IS);
        assertThat(names(header)).containsExactly("#a", "b");
    }

    @Test
    void aMissingHeaderIsNamed() throws IOException {
        String text = "5.1,3.5,p\n4.9,3.0,q\n6.0,2.2,p\n";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(text, AS_IT_IS))
                .withMessageContaining("which look like data: the first line must name the columns");

        OwnData data = load(text, spec -> spec.withTarget("p"));
        assertThat(data.remarks())
                .contains("the first line was taken for the columns' names, but looks like data: 5.1, 3.5, p");
    }

    @Test
    void aFileThatIsCalledTsvIsPartedByTabs() throws IOException {
        Path file = Files.writeString(folder.resolve("data.tsv"), "a, b, c\ty\n1\tp\n2\tq\n");

        assertThat(names(OwnData.load(OwnSpec.of(file, 1).withTarget("y")))).containsExactly("a, b, c");
    }

    // ---- predicted from ----

    @Test
    void rowsToPredictAreReadAsRowsToTrain() throws IOException {
        OwnData data = load("a;b;y\n1,5;u;p\n1.234,5;v;q\n3;u;q\n", AS_IT_IS);
        Path file = Files.writeString(
                folder.resolve("new.csv"), "# of today\nb;a\n# first\nu;1,5;\nv;#N/A;\nw;2.000,25;\n");

        List<float[]> rows = data.schema().encodeCsv(file);

        assertThat(rows).hasSize(3);
        assertThat(rows.get(0)).containsExactly(1.5f, 1, 0);
        assertThat(rows.get(1)).containsExactly(Float.NaN, 0, 1);
        assertThat(rows.get(2)).containsExactly(2000.25f, 0, 0);
        Path numbersFirst = Files.writeString(folder.resolve("first.csv"), "a;b\n# all\n1,5;u\n");
        assertThat(data.schema().encodeCsv(numbersFirst)).hasSize(1);
    }

    // ---- read again ----

    @Test
    void aTableIsReadAgainAsItWasThen() throws IOException {
        Path file =
                write(lines("a,b,y", 40, i -> (i % 10 == 0 ? "none" : "1,%03d".formatted(i)) + "x," + i + "," + i % 3));
        Schema then = new Schema(
                new Schema.Table(List.of(new Schema.Number("b")), MissingWords.EARLIER),
                new Schema.Classes(List.of("0", "1", "2")));

        Files.writeString(file, lines("a,b,y", 40, i -> (i % 10 == 0 ? "none" : i + ".5") + "," + i + "," + i % 3));

        assertThat(OwnData.load(OwnSpec.of(file, 1).withTarget("y"), Optional.of(then))
                        .schema())
                .isEqualTo(then);
    }

    // ---- helpers ----

    private void refused(String text, String... parts) {
        assertThatExceptionOfType(IOException.class)
                .as(text)
                .isThrownBy(() -> load(text, AS_IT_IS))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    private OwnData load(String text, UnaryOperator<OwnSpec> change) throws IOException {
        return OwnData.load(change.apply(OwnSpec.of(write(text), 1).withTarget("y")));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), text);
    }

    private static String rows(List<String> cells) {
        List<String> lines = new ArrayList<>(List.of("a;y"));
        for (int i = 0; i < cells.size(); i++) {
            lines.add(cells.get(i) + ";" + (i % 2 == 0 ? "p" : "q"));
        }
        return String.join("\n", lines);
    }

    private static String lines(String header, int rows, IntFunction<String> row) {
        return header + "\n" + IntStream.range(0, rows).mapToObj(row).collect(Collectors.joining("\n"));
    }

    private static List<Float> floats(String numbers) {
        return List.of(numbers.split(", ")).stream().map(Float::valueOf).toList();
    }

    private static List<String> names(OwnData data) {
        return ((Schema.Table) data.schema().inputs())
                .columns().stream().map(Schema.Column::name).toList();
    }

    private static List<String> categories(OwnData data) {
        return ((Schema.Category)
                        ((Schema.Table) data.schema().inputs()).columns().getFirst())
                .values();
    }

    /// The first input value of all samples.
    private static List<Float> firsts(OwnData data) {
        List<Float> firsts = new ArrayList<>();
        for (Samples samples : List.of(data.train(), data.test())) {
            float[] row = new float[samples.width()];
            for (int i = 0; i < samples.size(); i++) {
                samples.copyInput(i, row, 0);
                firsts.add(row[0]);
            }
        }
        return firsts;
    }
}
