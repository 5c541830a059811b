package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class HostileTablesTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final CsvFile.Limits SMALL = new CsvFile.Limits(MEBIBYTE, 4 * MEBIBYTE, 100_000);

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aBrokenFileIsNamedWithItsLineInBoundedMemory(String what, byte[] content, String problem) throws IOException {
        Path file = Files.write(folder.resolve("data.csv"), content);
        OwnSpec spec = OwnSpec.of(file, 1).withTarget("y");

        assertThatExceptionOfType(IOException.class)
                .as(what)
                .isThrownBy(() -> OwnData.load(spec))
                .withMessage("cannot read %s: %s", file, problem);
        assertThat(Allocation.of(() -> OwnData.load(spec))).isLessThan(16 * MEBIBYTE + 20L * content.length);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                text("an empty file", "", "it must begin with a header, a line of column names; it is empty"),
                bytes(
                        "a byte order mark alone",
                        "efbbbf",
                        "it must begin with a header, a line of column names; it is empty"),
                bytes(
                        "half a byte order mark",
                        "efbb",
                        "line 1: it must be text in UTF-8; got the byte 0xef; save it as UTF-8"),
                text(
                        "line ends alone",
                        "\n\r\n\r\r\n",
                        "it must begin with a header, a line of column names; it is empty"),
                text(
                        "the same name twice",
                        "a,b,a,y\n1,2,3,4\n",
                        "line 1: column names must differ; columns 1 and 3 are both called 'a'"),
                text(
                        "names that differ in spaces",
                        "a, a,y\n",
                        "line 1: column names must differ; columns 1 and 2 are both called 'a'"),
                text(
                        "a column without a name beside one that is called like it",
                        "column 2,,y\n1,2,3\n",
                        "line 1: column names must differ; columns 1 and 2 are both called 'column 2'"),
                text(
                        "a quote that is never closed",
                        "a,y\n1,0\n\"2,1\n3,0\n",
                        "line 3: a quote is opened and never closed"),
                text("a quote at the end", "a,y\n1,0\n2,\"", "line 3: a quote is opened and never closed"),
                text(
                        "a quote in the header that is never closed",
                        "\"a,y\n1,0\n",
                        "line 1: a quote is opened and never closed"),
                text("three quotes", "a,y\n\"\"\",1\n2,3\n", "line 2: a quote is opened and never closed"),
                text(
                        "text after a quote",
                        "a,y\n\"1\"x,0\n",
                        "line 2: after a closing quote must come a delimiter or the line's end; double a quote inside"
                                + " quotes"),
                text(
                        "a single quote inside quotes",
                        "a,y\n1,2\n\"5\" pipe\",0\n",
                        "line 3: after a closing quote must come a delimiter or the line's end; double a quote inside"
                                + " quotes"),
                text("NUL in a cell", "a,y\n1,0\n2\0,1\n", nul(3)),
                text("NUL in the header", "a\0,y\n1,0\n", nul(1)),
                text("NUL at the end", "a,y\n1,0\n2,1\n\0", nul(4)),
                text("NUL inside quotes", "a,y\n1,0\n\"2\n\0\",1\n", nul(4)),
                encoded("UTF-16 without a mark", "UTF-16LE", nul(1)),
                encoded("big-endian UTF-16 without a mark", "UTF-16BE", nul(1)),
                encoded("UTF-32", "UTF-32", nul(1)),
                bytes(
                        "Latin-1 after a mark for UTF-16",
                        "feff00610a",
                        "line 1: it must be text in UTF-8; got the byte 0x0a; save it as UTF-8"),
                bytes(
                        "half a surrogate pair",
                        "feffd83d000a",
                        "line 1: it must be text in UTF-8; got the byte 0xd8; save it as UTF-8"),
                latin("Latin-1 in the header", "größe,y\n1,0\n", 1),
                latin("Latin-1 in a cell", "a,y\r\n1,0\r\né,1\r\n", 3),
                latin("Latin-1 after many lines", "a,y\r" + "1,0\r".repeat(50_000) + "é,1\r", 50_002),
                bytes(
                        "an overlong encoding",
                        "612c790a31c080",
                        "line 2: it must be text in UTF-8; got the byte 0xc0; save it as UTF-8"),
                bytes(
                        "an encoded surrogate",
                        "612c790a31eda080",
                        "line 2: it must be text in UTF-8; got the byte 0xed; save it as UTF-8"),
                bytes(
                        "a character cut off",
                        "612c790a312c30e2",
                        "line 2: it must be text in UTF-8; got the byte 0xe2; save it as UTF-8"),
                bytes(
                        "a gzip file",
                        "1f8b0800000000000003",
                        "line 1: it must be text in UTF-8; got the byte 0x8b; save it as UTF-8"),
                bytes("a zip file, as spreadsheets are", "504b030414000600", nul(1)),
                text("a header alone", "a,y", "it must have rows below its header; got none"),
                text("one column", "y\n1\n2\n", "at least one column beside the target is needed; its columns are y"),
                text(
                        "rows of other lengths",
                        "a,b,y\n1\n2\n3\n4,5,6\n",
                        "line 2: it must have 3 cells; got 1; 3 of 4 rows are like that"),
                text(
                        "another delimiter below",
                        "a,b,y\n1;2;3\n4;5;6\n",
                        "line 2: it must have 3 cells; got 1; 2 of 2 rows are like that"),
                text(
                        "texts without end",
                        "a,y\n" + numbered(2_000),
                        "line 1002: column 'a' must have at most 1,000 different values; this is one more; leave it"
                                + " out with --ignore a, or classify its texts with --text a"),
                text(
                        "a target that is missing",
                        "a,y\n1,\n2,\n3,4\n",
                        "line 2: column 'y', the target, must not be missing; got ''; 2 of 3 rows are like that"));
    }

    private static String nul(int line) {
        return "line %d: it must be text in UTF-8, or UTF-16 with a byte order mark; got the character NUL"
                .formatted(line);
    }

    private static Arguments text(String what, String text, String problem) {
        return arguments(what, text.getBytes(StandardCharsets.UTF_8), problem);
    }

    private static Arguments bytes(String what, String hex, String problem) {
        return arguments(what, HexFormat.of().parseHex(hex), problem);
    }

    private static Arguments encoded(String what, String charset, String problem) {
        return arguments(what, "a,y\n1,0\n".getBytes(Charset.forName(charset)), problem);
    }

    private static Arguments latin(String what, String text, int line) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int bad = 0;
        while (bytes[bad] >= 0) {
            bad++;
        }
        return arguments(
                what,
                bytes,
                "line %d: it must be text in UTF-8; got the byte 0x%02x; save it as UTF-8".formatted(line, bytes[bad]));
    }

    private static String numbered(int rows) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            text.append('t').append(i).append(",").append(i % 2).append('\n');
        }
        return text.toString();
    }

    @Test
    void aLineOf64MebibytesNeverFillsMemory() throws IOException {
        Path file = repeated("a,y\n1,0\n", "x", 64 * MEBIBYTE);

        refusedWithin(32, file, "line 3: a cell must have at most 1,048,576 characters; is a quote left open?");
    }

    @Test
    void aHeaderOf64MebibytesNeverFillsMemory() throws IOException {
        Path file = repeated("", "x", 64 * MEBIBYTE);

        refusedWithin(32, file, "line 1: a cell must have at most 1,048,576 characters; is a quote left open?");
    }

    @Test
    void aQuoteThatIsNeverClosedNeverFillsMemory() throws IOException {
        Path file = repeated("a,y\n1,0\n\"", "1,0\n", 64 * MEBIBYTE);

        refusedWithin(32, file, "line 3: a cell must have at most 1,048,576 characters; is a quote left open?");
    }

    @Test
    void aLineOfMillionsOfCellsNeverFillsMemory() throws IOException {
        String problem = "a line must have at most 4,194,304 characters and 100,000 cells; this one has more";
        refusedWithin(32, repeated("a,y\n1,0\n", ",", 64 * MEBIBYTE), "line 3: " + problem);
        refusedWithin(32, repeated("", "ab,", 64 * MEBIBYTE), "line 1: " + problem);
        String cell = "z".repeat(1000) + ",";
        refusedWithin(64, repeated("a,y\n1,0\n", cell, 64 * MEBIBYTE), "line 3: " + problem);
    }

    @Test
    void aGibibyteOfHolesIsNotText() throws IOException {
        Path file = Files.writeString(folder.resolve("data.csv"), "a,y\n1,0\n");
        try (RandomAccessFile holes = new RandomAccessFile(file.toFile(), "rw")) {
            holes.setLength(1L << 30);
        }

        refusedWithin(16, file, nul(3));
    }

    @Test
    void aFileThatMayNotBeReadIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("data.csv"), "a,y\n1,0\n2,1\n");
        assumeThat(file.toFile().setReadable(false) && !Files.isReadable(file)).isTrue(); // root reads all

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(OwnSpec.of(file, 1).withTarget("y")))
                .withMessage("cannot read %s: permission denied", file);
    }

    @Test
    void whatDoesNotFitTheMemoryIsRefusedBeforeItIsRead() throws IOException {
        String header = IntStream.range(0, 999).mapToObj(i -> "x" + i + ",").collect(Collectors.joining()) + "y\n";
        String row = "1,".repeat(999) + "0\n";
        Path file = repeated(header, row, 24 * MEBIBYTE);
        try (RandomAccessFile claims = new RandomAccessFile(file.toFile(), "rw")) {
            claims.setLength(3L << 30);
        }

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(OwnSpec.of(file, 1).withTarget("y")))
                .withMessageMatching(
                        "cannot read .*data.csv: about 1,61.,... samples of 999 values need 6,...? MiB of memory;"
                                + " [0-9,]+ MiB are left; give Java more with JAVA_TOOL_OPTIONS=-Xmx[0-9]+m, or use a"
                                + " smaller file");
    }

    private void refusedWithin(int mebibytes, Path file, String problem) {
        OwnSpec spec = OwnSpec.of(file, 1).withTarget("y");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> TableLoader.load(spec, SMALL))
                .withMessage("cannot read %s: %s", file, problem);
        assertThat(Allocation.of(() -> TableLoader.load(spec, SMALL))).isLessThan((long) mebibytes * MEBIBYTE);
    }

    private Path repeated(String begin, String text, int atLeast) throws IOException {
        Path file = folder.resolve("data.csv");
        byte[] block = text.repeat(Math.ceilDiv(1 << 16, text.length())).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(begin.getBytes(StandardCharsets.UTF_8));
            for (int written = 0; written < atLeast; written += block.length) {
                out.write(block);
            }
        }
        return file;
    }
}
