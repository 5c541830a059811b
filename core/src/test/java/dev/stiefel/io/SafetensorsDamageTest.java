package dev.stiefel.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
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

class SafetensorsDamageTest {
    private static final long MOST_BYTES = 64 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("model.safetensors");
    }

    static Stream<Arguments> brokenFiles() {
        return Stream.of(
                arguments(bytes(""), "the file is empty"),
                arguments(bytes("1234567"), "its 7 bytes are too few for a header; the file is truncated"),
                arguments(
                        prefixed(8388700, "{".repeat(1196)),
                        "header length 8388700 exceeds the file (1204 bytes); the file is truncated"),
                arguments(
                        prefixed(-1, "{}"),
                        "header length 18446744073709551615 exceeds the file (10 bytes); the file is truncated"),
                arguments(prefixed(3, "{}"), "header length 3 exceeds the file (10 bytes); the file is truncated"),
                arguments(prefixed(0, ""), NO_OBJECT),
                arguments(prefixed(4, "null"), NO_OBJECT),
                arguments(prefixed(3, " {}"), NO_OBJECT),
                arguments(prefixed(2, "[]"), NO_OBJECT),
                arguments(
                        new byte[] {3, 0, 0, 0, 0, 0, 0, 0, '{', (byte) 0xff, '}'},
                        "the header is not UTF-8; the file is damaged"),
                arguments(prefixed(4, "{}  1234"), "4 bytes follow the last tensor"));
    }

    static Stream<Arguments> brokenHeaders() {
        return Stream.of(
                arguments("{", "the header is not valid JSON (Unexpected end-of-input"),
                arguments("{}{}", "the header is not valid JSON (Trailing token"),
                arguments("{} x", "the header is not valid JSON (Unrecognized token 'x'"),
                arguments("{\"x\":NaN}", "the header is not valid JSON (Non-standard token 'NaN'"),
                arguments("{\"a\":" + "[".repeat(5000), "the header is not valid JSON (Document nesting depth"),
                arguments("{\"" + "n".repeat(60_000) + "\":1}", "the header is not valid JSON (Name length"),
                arguments(
                        "{\"a\":" + tensor("F32", "[0]", "[0,0]") + ",\"a\":" + tensor("F32", "[0]", "[0,0]") + "}",
                        "the header is not valid JSON (Duplicate Object property \"a\"); the file is damaged"),
                arguments(
                        "{\"__metadata__\":{\"k\":\"v\",\"k\":\"v\"}}",
                        "the header is not valid JSON (Duplicate Object property \"k\"); the file is damaged"),
                arguments("{\"__metadata__\":1}", "the metadata must be a JSON object of strings; got '1'"),
                arguments("{\"__metadata__\":{\"k\":null}}", "metadata 'k' must be a string; got 'null'"),
                arguments("{\"__metadata__\":{\"k\":{}}}", "metadata 'k' must be a string; got '{}'"),
                arguments(
                        "{\"x\":[]}",
                        "tensor 'x': must have dtype, shape and data_offsets, and nothing else; got '[]'"),
                arguments(
                        "{\"x\":{\"dtype\":\"F32\",\"shape\":[]}}",
                        "tensor 'x': must have dtype, shape and data_offsets, and nothing else; got"
                                + " '{\"dtype\":\"F32\",\"shape\":[]}'"),
                arguments(
                        "{\"x\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"more\":0}}",
                        "tensor 'x': must have dtype, shape and data_offsets, and nothing else; got"
                                + " '{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"more\":0}'"),
                arguments(
                        header("C64", "[2]", "[0,16]"),
                        "tensor 'x': number format C64 is not supported; convert to F32"),
                arguments(header("BF16", "[2]", "[0,8]"), "tensor 'x': [2] of BF16 takes 4 bytes; its offsets span 8"),
                arguments(
                        header("I64", "[2]", "[0,16]"),
                        "tensor 'x': number format I64 is not supported; convert to F32"),
                arguments(
                        header("F33", "[2]", "[0,8]"),
                        "tensor 'x': number format 'F33' is unknown; the file is damaged or newer"),
                arguments(
                        "{\"x\":{\"dtype\":32,\"shape\":[],\"data_offsets\":[0,4]}}",
                        "tensor 'x': number format '32' is unknown; the file is damaged or newer"),
                arguments(header("F32", "2", "[0,8]"), "tensor 'x': shape must be an array of integers; got '2'"),
                arguments(
                        header("F32", "[-1]", "[0,4]"),
                        "tensor 'x': each extent must be an integer of at least 0; got '-1'"),
                arguments(
                        header("F32", "[1.0]", "[0,4]"),
                        "tensor 'x': each extent must be an integer of at least 0; got '1.0'"),
                arguments(
                        header("F32", "[\"1\"]", "[0,4]"),
                        "tensor 'x': each extent must be an integer of at least 0; got '\"1\"'"),
                arguments(
                        header("F32", "[18446744073709551617]", "[0,4]"),
                        "tensor 'x': each extent must be an integer of at least 0; got '18446744073709551617'"),
                arguments(
                        header("F32", "[2147483648]", "[0,8589934592]"),
                        "tensor 'x': extents must not exceed 2147483647; got 2147483648"),
                arguments(
                        header("F32", "[2147483647,2147483647,4]", "[0,16]"),
                        "tensor 'x': shape [2147483647, 2147483647, 4] has more than 2147483647 elements"),
                arguments(header("F32", "[65536,65536,65536,65536,0]", "[0,0]"), "16 bytes follow the last tensor"),
                arguments(header("F32", "[1]", "4"), "tensor 'x': data_offsets must be two integers; got '4'"),
                arguments(header("F32", "[1]", "[0]"), "tensor 'x': data_offsets must be two integers; got '[0]'"),
                arguments(
                        header("F32", "[1]", "[0,4,8]"),
                        "tensor 'x': data_offsets must be two integers; got '[0,4,8]'"),
                arguments(
                        header("F32", "[1]", "[-4,0]"),
                        "tensor 'x': each offset must be an integer of at least 0; got '-4'"),
                arguments(
                        header("F32", "[1]", "[0,4e0]"),
                        "tensor 'x': each offset must be an integer of at least 0; got '4.0'"),
                arguments(
                        header("F32", "[1]", "[8,4]"),
                        "tensor 'x': its elements end at byte 4, before they begin at byte 8"),
                arguments(
                        header("F32", "[2,3]", "[0,20]"),
                        "tensor 'x': [2, 3] of F32 takes 24 bytes; its offsets span 20"),
                arguments(header("F64", "[2]", "[0,8]"), "tensor 'x': [2] of F64 takes 16 bytes; its offsets span 8"),
                arguments(
                        header("F32", "[2147483647]", "[0,8589934588]"),
                        "tensor 'x': its elements end at byte 8589934588 of 16; the file is truncated"),
                arguments(
                        header("F32", "[1]", "[4,8]"),
                        "tensor 'x': bytes 0 to 4 before its elements belong to no tensor"),
                arguments(
                        "{\"b\":" + tensor("F32", "[2]", "[8,16]") + ",\"a\":" + tensor("F32", "[1]", "[0,4]") + "}",
                        "tensor 'b': bytes 4 to 8 before its elements belong to no tensor"),
                arguments(
                        "{\"a\":" + tensor("F32", "[2]", "[0,8]") + ",\"b\":" + tensor("F32", "[3]", "[4,16]") + "}",
                        "tensor 'b': its elements begin at byte 4, inside those of another tensor, which end at byte"
                                + " 8"),
                arguments(header("F32", "[2]", "[0,8]"), "8 bytes follow the last tensor"),
                arguments(
                        "{\"a\\n\\u001b[31m" + "b".repeat(100) + "\":0}",
                        "tensor 'a??[31m" + "b".repeat(73) + "…': must have dtype, shape and data_offsets, and nothing"
                                + " else; got '0'"));
    }

    @ParameterizedTest
    @MethodSource("brokenFiles")
    void aBrokenFileIsNamedWithItsFault(byte[] content, String fault) throws IOException {
        Files.write(file, content);

        assertThat(failure()).isEqualTo("cannot read " + file + ": " + fault);
    }

    @ParameterizedTest
    @MethodSource("brokenHeaders")
    void aBrokenHeaderIsNamedWithItsFault(String header, String fault) throws IOException {
        Files.write(file, withHeader(header, new byte[16]));

        assertThat(failure()).startsWith("cannot read " + file + ": " + fault).doesNotContain("\n");
    }

    @Test
    void tensorsMayStandInTheHeaderInAnyOrder() throws IOException {
        Files.write(
                file,
                withHeader(
                        "{\"b\":" + tensor("F32", "[2]", "[4,12]") + ",\"e\":" + tensor("F32", "[0]", "[4,4]")
                                + ",\"a\":" + tensor("F32", "[1]", "[0,4]") + "}",
                        new byte[12]));

        try (Scope scope = Scope.open("read")) {
            assertThat(Safetensors.read(file, scope).tensors().keySet()).containsExactly("a", "e", "b");
        }
    }

    @Test
    void whatIsNoFileIsNamed() {
        assertThat(failure()).isEqualTo("cannot read " + file + ": it does not exist");
        Path asFolder = folder;
        assertThatIOException()
                .isThrownBy(() -> read(asFolder))
                .withMessage("cannot read " + asFolder + ": it is a folder");
        Path device = Path.of("/dev/null");
        if (Files.exists(device)) {
            assertThatIOException()
                    .isThrownBy(() -> read(device))
                    .withMessage("cannot read /dev/null: it is not a regular file");
        }
    }

    @Test
    void aHeaderOverTheFormatsLimitIsNotRead() throws IOException {
        try (var channel = Files.newByteChannel(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(prefixed(100_000_001, "{")));
            channel.position(100_000_100);
            channel.write(ByteBuffer.allocate(1));
        }

        assertThat(failure())
                .endsWith("header length 100000001 exceeds the format's limit (100000000 bytes); it is no safetensors"
                        + " file");
    }

    @Test
    void anyFlippedBitIsReadOrRefused() throws IOException {
        byte[] whole = small();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            readOrRefuse(damaged);
        }
    }

    @Test
    void anyTruncationIsRefused() throws IOException {
        byte[] whole = small();
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            failure();
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThat(failure()).endsWith("1 bytes follow the last tensor");
    }

    @Test
    void anyByteOverwrittenIsReadOrRefused() throws IOException {
        byte[] whole = small();
        Random random = new Random(1);
        for (int trial = 0; trial < 1000; trial++) {
            byte[] damaged = whole.clone();
            for (int count = random.nextInt(1, 4); count > 0; count--) {
                damaged[random.nextInt(damaged.length)] = (byte) JSON.charAt(random.nextInt(JSON.length()));
            }
            readOrRefuse(damaged);
        }
    }

    // ---- helpers ----

    private static final String JSON = " \"{}[]:,0123456789-+eE.Fnul\\\0\377";
    private static final String NO_OBJECT = "the header is not a JSON object; it is no safetensors file, or damaged";

    private byte[] small() throws IOException {
        try (Scope scope = Scope.open("small")) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("a", scope.matrix(2, 2, 1, 2, 3, 4));
            tensors.put("é", scope.matrix64(1, 1, 5));
            tensors.put("none", scope.zeros(DType.FLOAT32, 0));
            Safetensors.write(file, tensors, Map.of("k", "v"));
        }
        return Files.readAllBytes(file);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatHasNoEndIsNotOpened() throws Exception {
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        assertThat(failure()).isEqualTo("cannot read " + file + ": it is not a regular file");
        Files.delete(file);

        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        assertTimeoutPreemptively(
                LONGEST, () -> assertThat(failure()).isEqualTo("cannot read " + file + ": it is not a regular file"));
    }

    static Stream<Arguments> greedyFiles() {
        String deep = "{\"a\":" + "[".repeat(1_000_000);
        String wide = "{\"a\":" + "[0,".repeat(500_000);
        String lengthy = "{\"" + "n".repeat(4_000_000) + "\":0}";
        return Stream.of(
                arguments(prefixed(deep.length(), deep)),
                arguments(prefixed(wide.length(), wide)),
                arguments(prefixed(lengthy.length(), lengthy)),
                arguments(prefixed(Long.MAX_VALUE, "{}")),
                arguments(prefixed(100_000_000, "{}")),
                arguments(withHeader(header("F32", "[2147483647]", "[0,8589934588]"), new byte[16])),
                arguments(withHeader(header("F16", "[1073741824,1]", "[0,2147483648]"), new byte[16])),
                arguments(withHeader(header("F64", "[" + "2147483647,".repeat(1000) + "0]", "[0,0]"), new byte[16])));
    }

    @ParameterizedTest
    @MethodSource("greedyFiles")
    void whatAFileClaimsTakesNoMemory(byte[] content) throws IOException {
        Files.write(file, content);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        assertTimeoutPreemptively(LONGEST, () -> {
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThat(failure()).startsWith("cannot read " + file + ": ").hasSizeLessThan(500);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
        });
    }

    private void readOrRefuse(byte[] content) throws IOException {
        Files.write(file, content);
        long before = Scope.liveOwners();
        try (Scope scope = Scope.open("read")) {
            try {
                Safetensors.read(file, scope);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("cannot read " + file + ": ");
                assertThat(Scope.liveOwners()).isEqualTo(before);
            }
        }
    }

    private String failure() {
        try {
            read(file);
        } catch (IOException e) {
            return e.getMessage();
        }
        throw new AssertionError("the file was read");
    }

    private static void read(Path path) throws IOException {
        try (Scope scope = Scope.open("read")) {
            Safetensors.read(path, scope);
        }
    }

    private static String header(String dtype, String shape, String offsets) {
        return "{\"x\":" + tensor(dtype, shape, offsets) + "}";
    }

    private static String tensor(String dtype, String shape, String offsets) {
        return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}".formatted(dtype, shape, offsets);
    }

    private static byte[] withHeader(String header, byte[] elements) {
        byte[] json = bytes(header);
        return ByteBuffer.allocate(8 + json.length + elements.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(elements)
                .array();
    }

    private static byte[] prefixed(long length, String rest) {
        byte[] bytes = bytes(rest);
        return ByteBuffer.allocate(8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(bytes)
                .array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
