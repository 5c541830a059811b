package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.data.own.ColumnChoice.Named;
import dev.stiefel.data.own.ColumnChoice.Numbered;
import dev.stiefel.data.text.LabelledText;
import dev.stiefel.data.text.ParallelText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFilesTest {
    private static final ColumnChoice PT = new Named("pt");
    private static final ColumnChoice EN = new Named("en");
    private static final ParallelText PAIRS =
            new ParallelText(List.of("olá, \"mundo\"", "não"), List.of("hello, \"world\"", "no"));

    @TempDir
    Path folder;

    private static void nobody(long bytesRead) {}

    private Path file(String name, String text) throws IOException {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    // ---- tables ----

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void inATsvFileQuotesAreCharacters(String end) throws IOException {
        String text = "id\tpt\ten\n1\tolá, \"mundo\"\thello, \"world\" \n\n2\tnão\tno\n".replace("\n", end);
        assertThat(TextFiles.parallel(file("a.tsv", text), PT, EN, TextFilesTest::nobody))
                .isEqualTo(PAIRS);
        assertThat(TextFiles.parallel(file("b.tsv", text.stripTrailing()), PT, EN, TextFilesTest::nobody))
                .isEqualTo(PAIRS);
        assertThat(TextFiles.parallel(file("c.TSV.GZ", gzip(text)), PT, EN, TextFilesTest::nobody))
                .isEqualTo(PAIRS);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void inACsvFileCellsMayBeQuoted(String delimiter) throws IOException {
        String text = "en,pt\n\"hello, \"\"world\"\"\",\"olá, \"\"mundo\"\"\"\n\nno,\"não\"\n".replace(",", delimiter);
        ParallelText pairs = TextFiles.parallel(file("a.csv", text), PT, EN, TextFilesTest::nobody);
        assertThat(pairs.asPlainText("#").replace(delimiter, ",")).isEqualTo(PAIRS.asPlainText("#"));
        assertThat(TextFiles.parallel(file("a.csv.gz", gzip(text)), PT, EN, TextFilesTest::nobody))
                .isEqualTo(pairs);
    }

    @Test
    void aQuotedCellMayHaveLines() throws IOException {
        Path table = file("a.csv", "pt,en\n\"a\nb\",\"c\n\nd\"\n");
        assertThat(TextFiles.parallel(table, PT, EN, TextFilesTest::nobody))
                .isEqualTo(new ParallelText(List.of("a\nb"), List.of("c\n\nd")));
    }

    @ParameterizedTest
    @CsvSource({"a.tsv, '\t'", "a.csv, ','"})
    void aTableWithoutAHeaderHasColumnNumbers(String name, String delimiter) throws IOException {
        Path table = file(name, "7,sim,1,yes\n8,não,2,no\n".replace(",", delimiter));
        assertThat(TextFiles.parallel(table, new Numbered(2), new Numbered(4), TextFilesTest::nobody))
                .isEqualTo(new ParallelText(List.of("sim", "não"), List.of("yes", "no")));
    }

    @Test
    void wordsSayColumns() {
        assertThat(ColumnChoice.of("12")).isEqualTo(new Numbered(12));
        assertThat(ColumnChoice.of("pt")).isEqualTo(new Named("pt"));
        assertThat(ColumnChoice.of("-1")).isEqualTo(new Named("-1"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ColumnChoice.of("0"))
                .withMessage("column number must be at least 1; got 0");
    }

    @Test
    void labelledTextsHaveATextAndALabel() throws IOException {
        Path table = file("a.csv", "label,text\ngood,\"fine, really\"\nbad,awful\ngood,nice\n");
        LabelledText text = TextFiles.labelled(table, new Named("text"), new Named("label"), TextFilesTest::nobody);
        assertThat(text.texts()).containsExactly("fine, really", "awful", "nice");
        assertThat(text.labels()).containsExactly("good", "bad", "good");
        assertThat(text.labels().get(2)).isSameAs(text.labels().get(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "'pt\ten\na\tb\nc\n'#line 3: it must have 2 cells, as line 1 has; got 1; take tabs out of texts",
                "'pt\ten\na\tb\tc\n'#line 2: it must have 2 cells, as line 1 has; got 3; take tabs out of texts",
                "'pt\ten\n\na\t \n'#line 3: column 'en' must not be empty; give it a text, or delete the line",
                "'pt\ten\n\tb\n'#line 2: column 'pt' must not be empty; give it a text, or delete the line",
                "'pt\ten\n'#it must have lines below its header; got none",
                "''#it must have lines of texts; it is empty",
                "'\n\n'#it must have lines of texts; it is empty",
                "'pt\ten\ten\n'#line 1: column names must differ; columns 2 and 3 are both called 'en'",
            })
    void damagedTsvFilesAreRefused(String text, String message) throws IOException {
        Path table = file("a.tsv", text);
        assertThatIOException()
                .isThrownBy(() -> TextFiles.parallel(table, PT, EN, TextFilesTest::nobody))
                .withMessage("cannot read %s: %s".formatted(table, message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "'pt,en\na,b,c\n'#line 2: it must have 2 cells, as line 1 has; got 3; quote texts that have delimiters",
                "'pt,en\n\"a\n\",c\nd,\n'#line 4: column 'en' must not be empty; give it a text, or delete the line",
                "'pt,en\na,\"b\n'#line 2: a quote is opened and never closed",
                "'pt,en\n'#it must have lines below its header; got none",
                "''#it must begin with a header, a line of column names; it is empty",
            })
    void damagedCsvFilesAreRefused(String text, String message) throws IOException {
        Path table = file("a.csv", text);
        assertThatIOException()
                .isThrownBy(() -> TextFiles.parallel(table, PT, EN, TextFilesTest::nobody))
                .withMessage("cannot read %s: %s".formatted(table, message));
    }

    @Test
    void anEmptyLabelIsRefused() throws IOException {
        Path table = file("a.csv", "text,label\nfine,good\nawful,\n");
        assertThatIOException()
                .isThrownBy(
                        () -> TextFiles.labelled(table, new Named("text"), new Named("label"), TextFilesTest::nobody))
                .withMessage(
                        "cannot read %s: line 3: column 'label' must not be empty; give it a text, or delete the"
                                + " line",
                        table);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.tsv", "a.csv"})
    void columnsThatTheTableLacksAreAnsweredWithThoseThatItHas(String name) throws IOException {
        Path table = file(name, "pt\ten\na\tb\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.parallel(table, PT, new Named("eng"), TextFilesTest::nobody))
                .withMessage("there is no column 'eng' in %s; its columns are pt, en", table);
        assertThatIOException()
                .isThrownBy(() -> TextFiles.parallel(table, new Numbered(1), new Numbered(3), TextFilesTest::nobody))
                .withMessage("cannot read %s: line 1: it must have a column 3; got 2 columns", table);
    }

    @Test
    void columnsThatDoNotGoTogetherAreRefused() throws IOException {
        Path table = file("a.tsv", "pt\ten\na\tb\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.parallel(table, PT, PT, TextFilesTest::nobody))
                .withMessage("columns must differ; got 'pt' twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.parallel(table, PT, new Numbered(2), TextFilesTest::nobody))
                .withMessage("columns must all be chosen by name, of a table with a header, or all by number; got"
                        + " 'pt' and 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.parallel(file("a.txt", "a"), PT, EN, TextFilesTest::nobody))
                .withMessage("a table of texts must be a file .csv or .tsv, or one of these as .gz; got "
                        + folder.resolve("a.txt"));
    }

    // ---- two files ----

    @Test
    void linesOfTwoFilesBelongTogether() throws IOException {
        Path sources = file("a.pt", "olá, \"mundo\"\r\nnão");
        Path targets = file("a.en.gz", gzip("\ufeffhello, \"world\"\nno\n"));
        assertThat(TextFiles.parallel(sources, targets, TextFilesTest::nobody)).isEqualTo(PAIRS);
    }

    @Test
    void onlyLineFeedsEndLines() throws IOException {
        Path sources = file("a.pt", "a\u2028b\rc\u0085d\n");
        assertThat(TextFiles.parallel(sources, sources, TextFilesTest::nobody).sources())
                .containsExactly("a\u2028b\rc\u0085d");
    }

    @Test
    void filesOfDifferentLengthAreRefused() throws IOException {
        Path sources = file("a.pt", "a\nb\nc\n");
        Path targets = file("a.en", "a\nb\n");
        assertThatIOException()
                .isThrownBy(() -> TextFiles.parallel(sources, targets, TextFilesTest::nobody))
                .withMessage(
                        "parallel text: each line of one file must belong to one of the other; %s has 3 lines and"
                                + " %s has 2",
                        sources, targets);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "'a\n\nc\n'#line 2: it must not be empty; give it a text, or delete the line in both files",
                "'a\nb\n \n'#line 3: it must not be empty; give it a text, or delete the line in both files",
                "''#it must have lines of text; it is empty",
            })
    void filesWithEmptyLinesAreRefused(String text, String message) throws IOException {
        Path sources = file("a.pt", "a\nb\nc\n");
        Path targets = file("a.en", text);
        assertThatIOException()
                .isThrownBy(() -> TextFiles.parallel(sources, targets, TextFilesTest::nobody))
                .withMessage("cannot read %s: %s", targets, message);
        assertThatIOException()
                .isThrownBy(() -> TextFiles.parallel(targets, sources, TextFilesTest::nobody))
                .withMessage("cannot read %s: %s", targets, message);
    }

    // ---- plain text ----

    @Test
    void aPlainTextComesBackToTheLetter() throws IOException {
        String text = "First Citizen:\r\nBefore we proceed,\n\n\té 😀\u2028 ".repeat(20_000);
        assertThat(TextFiles.plain(file("a.txt", text), TextFilesTest::nobody)).isEqualTo(text);
        assertThat(TextFiles.plain(file("a.gz", gzip("\ufeff" + text)), TextFilesTest::nobody))
                .isEqualTo(text);
        assertThat(TextFiles.plain(file("b.txt", "x"), TextFilesTest::nobody)).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\t\n"})
    void aPlainTextWithoutTextIsRefused(String text) throws IOException {
        Path file = file("a.txt", text);
        assertThatIOException()
                .isThrownBy(() -> TextFiles.plain(file, TextFilesTest::nobody))
                .withMessage("cannot read %s: it must have text; it is empty", file);
    }

    // ---- all ----

    @ParameterizedTest
    @ValueSource(strings = {"a.txt", "a.tsv", "a.csv"})
    void bytesThatAreNoTextAreRefused(String name) throws IOException {
        byte[] content = "pt\ten\na\tb\nc\td?\n".getBytes(StandardCharsets.UTF_8);
        content[content.length - 2] = (byte) 0xe9;
        Path file = file(name, content);
        assertThatIOException()
                .isThrownBy(() -> {
                    switch (name) {
                        case "a.txt" -> TextFiles.plain(file, TextFilesTest::nobody);
                        default -> TextFiles.parallel(file, PT, EN, TextFilesTest::nobody);
                    }
                })
                .withMessage(
                        "cannot read %s: line 3: it must be text in UTF-8; got the byte 0xe9; save it as UTF-8", file);
    }

    @Test
    void aDamagedGzipFileIsRefused() throws IOException {
        byte[] packed = gzip("a\tb\n".repeat(1000));
        Path cut = file("cut.tsv.gz", Arrays.copyOf(packed, packed.length / 2));
        Path none = file("none.gz", "text");
        Path empty = file("empty.csv.gz", "");
        for (Path each : List.of(cut, empty)) {
            assertThatIOException()
                    .isThrownBy(() -> TextFiles.parallel(each, new Numbered(1), new Numbered(2), TextFilesTest::nobody))
                    .withMessage("cannot read %s: it is a damaged gzip file", each);
        }
        assertThatIOException()
                .isThrownBy(() -> TextFiles.plain(none, TextFilesTest::nobody))
                .withMessage("cannot read %s: it is a damaged gzip file", none);
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = folder.resolve("none.tsv");
        assertThatIOException()
                .isThrownBy(() -> TextFiles.parallel(missing, PT, EN, TextFilesTest::nobody))
                .withMessage("cannot read %s: it does not exist", missing);
        assertThatIOException()
                .isThrownBy(() -> TextFiles.plain(missing, TextFilesTest::nobody))
                .withMessage("cannot read %s: it does not exist", missing);
        assertThatIOException()
                .isThrownBy(() -> TextFiles.parallel(missing, missing, TextFilesTest::nobody))
                .withMessage("cannot read %s: it does not exist", missing);
    }

    @Test
    void aLineThatNeverEndsIsRefused() throws IOException {
        try (TextLines lines = new TextLines(Files.newInputStream(file("a", "12\n123456\n")), 5)) {
            assertThat(lines.next()).isEqualTo("12");
            assertThatIOException()
                    .isThrownBy(lines::next)
                    .withMessage("line 2: a line must have at most 5 characters; this one has more");
        }
    }

    @Test
    void progressIsToldInBytesOfTheFile() throws IOException {
        String text = "não, \"obrigado\"\tno, thanks\n".repeat(50_000);
        Path plain = file("a.tsv", text);
        Path packed = file("b.tsv.gz", gzip(text));
        Path csv = file("c.csv", text.replace("\"", ""));
        ColumnChoice one = new Numbered(1);
        ColumnChoice two = new Numbered(2);
        requireProgress(Files.size(plain), seen -> TextFiles.plain(plain, seen));
        requireProgress(Files.size(plain), seen -> TextFiles.parallel(plain, one, two, seen));
        requireProgress(Files.size(packed), seen -> TextFiles.parallel(packed, one, two, seen));
        requireProgress(Files.size(csv), seen -> TextFiles.parallel(csv, one, two, seen));
        requireProgress(2 * Files.size(plain), seen -> TextFiles.parallel(plain, plain, seen));
    }

    @FunctionalInterface
    private interface Reading {
        void read(LongConsumer bytesRead) throws IOException;
    }

    private static void requireProgress(long size, Reading reading) throws IOException {
        List<Long> seen = new ArrayList<>();
        reading.read(seen::add);
        assertThat(seen).isSorted().last().isEqualTo(size);
        assertThat(seen.getFirst()).isLessThan(100_000);
    }
}
