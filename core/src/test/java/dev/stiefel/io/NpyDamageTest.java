package dev.stiefel.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import dev.stiefel.tensor.Scope;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that are broken, or made to break their reader: one message each, at once, and little memory.
class NpyDamageTest {
    private static final long MOST_BYTES = 64 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final String NO_NPY = "it does not begin with \\x93NUMPY; it is no npy file, or a truncated one";
    private static final String NO_DICTIONARY = "the header is not a dictionary of constants: ";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("x.npy");
    }

    static Stream<Arguments> brokenFiles() {
        return Stream.of(
                arguments(new byte[0], "the file is empty"),
                arguments(bytes("PK\3\4"), NO_NPY),
                arguments(bytes("\u0093NUMPX\1\0"), NO_NPY),
                arguments(bytes("\u0093NUM"), NO_NPY),
                arguments(bytes("\u0080\4]q\0."), NO_NPY), // a pickle
                arguments(bytes("\u0093NUMPY"), "its 6 bytes are too few for a header; the file is truncated"),
                arguments(bytes("\u0093NUMPY\1\0\1"), "its 9 bytes are too few for a header; the file is truncated"),
                arguments(bytes("\u0093NUMPY\2\0\1\0"), "its 10 bytes are too few for a header; the file is truncated"),
                arguments(bytes("\u0093NUMPY\0\0\1\0{"), "npy versions 1.0, 2.0 and 3.0 are known; got 0.0"),
                arguments(bytes("\u0093NUMPY\4\0\1\0{"), "npy versions 1.0, 2.0 and 3.0 are known; got 4.0"),
                arguments(bytes("\u0093NUMPY\1\7\1\0{"), "npy versions 1.0, 2.0 and 3.0 are known; got 1.7"),
                arguments(
                        bytes("\u0093NUMPY\u00ff\u00ff\1\0{"), "npy versions 1.0, 2.0 and 3.0 are known; got 255.255"),
                arguments(
                        bytes("\u0093NUMPY\1\0\u00ff\u00ff{}"),
                        "header length 65535 exceeds the file (12 bytes); the file is truncated"),
                arguments(
                        bytes("\u0093NUMPY\2\0\u00ff\u00ff\u00ff\u00ff{}"),
                        "header length 4294967295 exceeds the file (14 bytes); the file is truncated"),
                arguments(
                        bytes("\u0093NUMPY\2\0\0\0\2\0" + " ".repeat(1 << 17)),
                        "header length 131072 exceeds what numbers need (at most 65536 bytes)"),
                arguments(bytes("\u0093NUMPY\3\0\1\0\0\0\u00ff"), "the header is not UTF-8; the file is damaged"));
    }

    @ParameterizedTest
    @MethodSource("brokenFiles")
    void whatIsWrongWithAFileIsNamed(byte[] content, String message) throws IOException {
        Files.write(file, content);

        refused("cannot read %s: %s".formatted(file, message));
    }

    static Stream<Arguments> brokenHeaders() {
        return Stream.of(
                arguments("", NO_DICTIONARY + "'{' must stand at character 0; got ''"),
                arguments("[]", NO_DICTIONARY + "'{' must stand at character 0; got '[]'"),
                arguments("{'descr': '<f4'", NO_DICTIONARY + "'}' must stand at character 15; got ''"),
                arguments("{} {}", NO_DICTIONARY + "nothing after the dictionary must stand at character 3; got '{}'"),
                arguments("{descr: '<f4'}", NO_DICTIONARY + "a text in quotes must stand at character 1; got"),
                arguments("{'descr' '<f4'}", NO_DICTIONARY + "':' must stand at character 9; got"),
                arguments("{'descr': '<f4}", NO_DICTIONARY + "a text that ends, without escapes must stand at"),
                arguments("{'descr': '\\x3cf4'}", NO_DICTIONARY + "a text that ends, without escapes must stand at"),
                arguments("{'shape': __import__('os')}", NO_DICTIONARY + "a constant must stand at character 10; got"),
                arguments("{'shape': 1+1}", NO_DICTIONARY + "'}' must stand at character 11; got '+1}'"),
                arguments("{'shape': (2)}", NO_DICTIONARY + "a comma in a tuple of one must stand at character"),
                arguments("{'shape': (2,}", NO_DICTIONARY + "a constant must stand at character 13; got '}'"),
                arguments("{'shape': (,)}", NO_DICTIONARY + "a constant must stand at character 11; got"),
                arguments("{'shape': None}", NO_DICTIONARY + "a constant must stand at character 10; got 'None}'"),
                arguments("{'shape': 1e3}", NO_DICTIONARY + "a constant must stand at character 10; got '1e3}'"),
                arguments(
                        "{'shape': (" + "9".repeat(40) + ",)}",
                        NO_DICTIONARY + "a constant must stand at character 11"),
                arguments(
                        "{'shape': " + "(".repeat(30_000) + "}",
                        NO_DICTIONARY + "no more than 8 brackets in each other"),
                arguments("{'a': 1, 'a': 2}", "the header says 'a' twice"),
                arguments("{}", "the header must have descr, fortran_order and shape, and nothing else; got '{}'"),
                arguments(
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 0}",
                        "the header must have descr, fortran_order and shape, and nothing else; got"),
                arguments(header("'<f4'", "0", "()"), "fortran_order must be True or False; got 0"),
                arguments(header("'<f4'", "'False'", "()"), "fortran_order must be True or False; got False"),
                arguments(header("'<f4'", "False", "4"), "shape must be a tuple of whole numbers; got 4"),
                arguments(header("'<f4'", "False", "'4'"), "shape must be a tuple of whole numbers; got 4"),
                arguments(header("'<f4'", "False", "(-1,)"), "each extent must be a whole number of at least 0; got"),
                arguments(header("'<f4'", "False", "(True,)"), "each extent must be a whole number of at least 0; got"),
                arguments(header("'<f4'", "False", "((2,),)"), "each extent must be a whole number of at least 0; got"),
                arguments(
                        header("'<f4'", "False", "(" + "1,".repeat(65) + ")"),
                        "shape must have at most 64 axes; got 65"),
                arguments(
                        header("'|O'", "False", "(1,)"),
                        "elements of type '|O' are not supported, which are pickled"
                                + " Python objects: reading them would run code; save numbers instead"),
                arguments(
                        header("'<U4'", "False", "(1,)"), "elements of type '<U4' are not supported, which are texts"),
                arguments(
                        header("'|S4'", "False", "(1,)"), "elements of type '|S4' are not supported, which are texts"),
                arguments(
                        header("'<c8'", "False", "(1,)"),
                        "elements of type '<c8' are not supported, which are complex"),
                arguments(
                        header("'<M8[ns]'", "False", "(1,)"),
                        "elements of type '<M8[ns]' are not supported, which are"),
                arguments(header("'|V8'", "False", "(1,)"), "elements of type '|V8' are not supported; convert them"),
                arguments(header("'<f16'", "False", "(1,)"), "elements of type '<f16' are not supported; convert them"),
                arguments(header("'|f4'", "False", "(1,)"), "elements of type '|f4' are not supported; convert them"),
                arguments(header("'f4'", "False", "(1,)"), "elements of type 'f4' are not supported"),
                arguments(header("'<f4(2,)'", "False", "(1,)"), "elements of type '<f4(2,)' are not supported"),
                arguments(header("''", "False", "(1,)"), "elements of type '' are not supported"),
                arguments(
                        header("[('a', '<f4'), ('b', '<i4')]", "False", "(1,)"),
                        "elements must be plain numbers; got a structured type [[a, <f4], [b, <i4]]"),
                arguments(header("4", "False", "(1,)"), "elements must be plain numbers; got a structured type 4"),
                arguments(
                        header("'<f4'", "False", "(9223372036854775807,)"),
                        "shape [9223372036854775807] has more elements than any file"),
                arguments(
                        header("'<f4'", "False", "(4294967296, 4294967296, 4294967296)"),
                        "shape [4294967296, 4294967296, 4294967296] has more elements than any file"),
                arguments(
                        header("'<f4'", "False", "(2147483647,)"),
                        "shape [2147483647] of 'f4' takes 8589934588 bytes; got 16; the file is truncated"),
                arguments(
                        header("'<f8'", "True", "(3,)"),
                        "shape [3] of 'f8' takes 24 bytes; got 16; the file is truncated"),
                arguments(header("'<f4'", "False", "()"), "12 bytes follow the last element"),
                arguments(header("'<f4'", "False", "(0, 9223372036854775807)"), "16 bytes follow the last element"));
    }

    @ParameterizedTest
    @MethodSource("brokenHeaders")
    void whatIsWrongWithAHeaderIsNamed(String header, String message) throws IOException {
        Files.write(file, withHeader(header, new byte[16]));

        refused("cannot read %s: %s".formatted(file, message));
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        byte[] whole = withHeader(header("'<f4'", "False", "(2, 2)"), new byte[16]);
        Files.write(file, whole);
        assertThat(Npy.readFloats(file)).hasSize(4);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            refused("cannot read " + file + ": ");
        }
    }

    @Test
    void aByteChangedAnywhereIsRefusedOrMeansSomething() throws IOException {
        byte[] whole = withHeader(header("'<f4'", "False", "(2, 2)"), new byte[16]);
        Random random = new Random(1);
        for (int at = 0; at < whole.length - 16; at++) {
            byte[] changed = whole.clone();
            changed[at] = (byte) random.nextInt(256);
            Files.write(file, changed);

            try {
                assertThat(Npy.readFloats(file).length * Npy.header(file).type().bytes())
                        .isEqualTo(16);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("cannot read " + file + ": ");
            }
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatIsNoRegularFileIsNotOpened() throws Exception {
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        refused("cannot read %s: it is not a regular file".formatted(file));
        Files.delete(file);

        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        refused("cannot read %s: it is not a regular file".formatted(file));
        Files.delete(file);

        Files.createDirectory(file);
        refused("cannot read %s: it is a folder".formatted(file));
        Files.delete(file);

        refused("cannot read %s: it does not exist".formatted(file));
    }

    /// All ways of reading refuse it, with one message that begins so.
    private void refused(String message) {
        long before = allocated();
        assertTimeoutPreemptively(LONGEST, () -> {
            long own = allocated();
            assertThatIOException().isThrownBy(() -> Npy.header(file)).withMessageStartingWith(message);
            assertThatIOException().isThrownBy(() -> Npy.readFloats(file)).withMessageStartingWith(message);
            assertThatIOException().isThrownBy(() -> Npy.readIntegers(file)).withMessageStartingWith(message);
            try (Scope scope = Scope.open("test")) {
                assertThatIOException()
                        .isThrownBy(() -> Npy.read(file, scope))
                        .withMessageStartingWith(message)
                        .satisfies(e ->
                                assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("\n"));
            }
            assertThat(allocated() - own).isLessThan(MOST_BYTES);
        });
        assertThat(allocated() - before).isLessThan(MOST_BYTES);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static String header(String descr, String fortranOrder, String shape) {
        return "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n".formatted(descr, fortranOrder, shape);
    }

    private static byte[] withHeader(String header, byte[] elements) {
        byte[] text = bytes(header);
        return ByteBuffer.allocate(10 + text.length + elements.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(bytes("\u0093NUMPY\1\0"))
                .putShort((short) text.length)
                .put(text)
                .put(elements)
                .array();
    }

    private static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }
}
