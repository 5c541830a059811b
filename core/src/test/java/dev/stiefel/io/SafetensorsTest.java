package dev.stiefel.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.stiefel.io.Safetensors.SafetensorsFile;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
    @TempDir
    private Path folder;

    private Path file;
    private Scope scope;

    @BeforeEach
    void open() {
        file = folder.resolve("model.safetensors");
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsReadIsWhatWasWritten(DType type) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("scalar", normal(type));
        tensors.put("vector", normal(type, 7));
        tensors.put("matrix", normal(type, 5, 3));
        tensors.put("no rows", normal(type, 0, 3));
        tensors.put("no columns", normal(type, 3, 0));
        tensors.put("cube", normal(type, 2, 3, 4));
        tensors.put("", normal(type, 1));
        tensors.put("größe \"β\"\n\\日本 😀", normal(type, 1, 1));
        Map<String, String> metadata = Map.of("stiefel", "{\"layers\": [1, 2]}", "ключ 😀", "");

        Safetensors.write(file, tensors, metadata);
        SafetensorsFile read = Safetensors.read(file, scope);

        assertThat(read.metadata()).isEqualTo(metadata);
        assertThat(read.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
        tensors.forEach((name, written) ->
                assertEqual(Objects.requireNonNull(read.tensors().get(name)), written));
    }

    @ParameterizedTest
    @EnumSource
    void tensorsLargerThanTheBufferKeepEveryElement(DType type) throws IOException {
        Tensor wide = normal(type, 131, 257);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("gapless", wide);
        tensors.put("gaps", wide.columnRange(1, 252));
        tensors.put("rows", wide.rows(3, 130));
        tensors.put("narrow", wide.columnRange(256, 257));
        tensors.put("nothing", wide.columnRange(4, 4));

        Safetensors.write(file, tensors, Map.of());
        SafetensorsFile read = Safetensors.read(file, scope);

        tensors.forEach((name, written) ->
                assertEqual(Objects.requireNonNull(read.tensors().get(name)), written));
    }

    @Test
    void everyBitOfANumberSurvives() throws IOException {
        float[] floats = {Float.intBitsToFloat(0x7f800001), Float.intBitsToFloat(0xffc12345), -0f, Float.MIN_VALUE};
        double[] doubles = {
            Double.longBitsToDouble(0x7ff0000000000001L), Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE
        };

        Safetensors.write(file, Map.of("x", scope.matrix(1, 4, floats), "y", scope.matrix64(1, 4, doubles)), Map.of());
        Map<String, Tensor> read = Safetensors.read(file, scope).tensors();

        float[] x = read.get("x").toFloats();
        double[] y = read.get("y").toDoubles();
        for (int i = 0; i < 4; i++) {
            assertThat(Float.floatToRawIntBits(x[i])).isEqualTo(Float.floatToRawIntBits(floats[i]));
            assertThat(Double.doubleToRawLongBits(y[i])).isEqualTo(Double.doubleToRawLongBits(doubles[i]));
        }
    }

    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", scope.matrix(1, 2, 1, -2));
        tensors.put("a", scope.matrix64(1, 1, 0.5));

        Safetensors.write(file, tensors, Map.of("k", "v"));

        String header = """
            {"__metadata__":{"k":"v"},\
            "b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},\
            "a":{"dtype":"F64","shape":[1,1],"data_offsets":[8,16]}}\
            """;
        byte[] padded = (header + " ".repeat(7)).getBytes(StandardCharsets.UTF_8);
        assertThat(padded.length % 8).isZero();
        ByteBuffer expected = ByteBuffer.allocate(8 + padded.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded.length).put(padded).putFloat(1).putFloat(-2).putDouble(0.5);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
    }

    @Test
    void elementsBeginAtAMultipleOfEightWhateverTheHeadersLength() throws IOException {
        for (int length = 0; length < 9; length++) {
            Safetensors.write(file, Map.of(), Map.of("k", "v".repeat(length)));

            assertThat(Files.size(file) % 8).isZero();
            assertThat(Safetensors.read(file, scope).metadata()).containsEntry("k", "v".repeat(length));
        }
    }

    @Test
    void aFileMayHoldNothing() throws IOException {
        Safetensors.write(file, Map.of(), Map.of());

        assertThat(Files.readString(file)).isEqualTo("\10\0\0\0\0\0\0\0{}      ");
        SafetensorsFile read = Safetensors.read(file, scope);
        assertThat(read.tensors()).isEmpty();
        assertThat(read.metadata()).isEmpty();
    }

    @Test
    void theReferenceLibrarysFileIsRead() throws IOException {
        copyResource("reference.safetensors");

        SafetensorsFile read = Safetensors.read(file, scope);

        Map<String, Tensor> tensors = read.tensors();
        assertThat(tensors.keySet())
                .containsExactly("vector", "cube", "empty", "größe.β", "matrix", "scalar"); // as that library sorts
        assertThat(tensors.get("vector").toDoubles())
                .containsExactly(1.0 / 3, -0.0, Double.POSITIVE_INFINITY, Double.MIN_VALUE);
        assertThat(tensors.get("cube").shape()).isEqualTo(Shape.of(2, 3, 4));
        for (int i = 0; i < 24; i++) {
            assertThat(tensors.get("cube").toFloats()[i]).isEqualTo(i);
        }
        assertThat(tensors.get("empty").shape()).isEqualTo(Shape.of(3, 0));
        assertThat(tensors.get("größe.β").toFloats()).containsExactly(7);
        assertThat(tensors.get("matrix").shape()).isEqualTo(Shape.of(2, 3));
        assertThat(tensors.get("matrix").toFloats()).containsExactly(0, 0.25f, 0.5f, 0.75f, 1, 1.25f);
        assertThat(tensors.get("scalar").shape().order()).isZero();
        assertThat(tensors.get("scalar").toFloats()).containsExactly(2.5f);
        assertThat(read.metadata()).isEqualTo(Map.of("format", "np", "note", "a \"quoted\" line\nand another, 日本"));
    }

    @Test
    void halfPrecisionBecomesSinglePrecisionWithoutLoss() throws IOException {
        copyResource("half.safetensors");

        Map<String, Tensor> tensors = Safetensors.read(file, scope).tensors();

        assertThat(tensors.get("float16").shape()).isEqualTo(Shape.of(3, 3));
        assertThat(tensors.get("float16").toFloats())
                .containsExactly(0, -0f, 1, -2.5f, 0x1p-10f, 240, Float.POSITIVE_INFINITY, 0x1p-14f, 65504);
        assertThat(tensors.get("bfloat16").toFloats())
                .containsExactly(0, -0f, 1, -2.5f, 0x1p-10f, 240, Float.POSITIVE_INFINITY, 0x1p-14f, 0x1p100f);
        assertThat(tensors.get("smallest.float16").toFloats()).containsExactly(0x1p-24f);
        assertThat(tensors.get("smallest.bfloat16").toFloats()).containsExactly(0x1p-133f);
    }

    @Test
    void halfPrecisionTensorsLargerThanTheBufferKeepEveryElement() throws IOException {
        int count = 70_001;
        String header =
                "{\"x\":{\"dtype\":\"F16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(count, 2 * count);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 2 * count).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < count; i++) {
            bytes.putShort(Float.floatToFloat16(i % 2048));
        }
        Files.write(file, bytes.array());

        float[] read = Safetensors.read(file, scope).tensors().get("x").toFloats();

        for (int i = 0; i < count; i++) {
            assertThat(read[i]).isEqualTo(i % 2048);
        }
    }

    /// `check-ours.py` reads the file with the reference library.
    @Test
    void theFileThatTheReferenceLibraryWasTriedOnIsStillWritten() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("matrix", scope.matrix(2, 3, 0, 0.25f, 0.5f, 0.75f, 1, 1.25f));
        Tensor vector = scope.zeros(DType.FLOAT64, 4);
        vector.setAll(new double[] {1.0 / 3, -0.0, Double.POSITIVE_INFINITY, Double.MIN_VALUE});
        tensors.put("vector", vector);
        tensors.put("none", scope.zeros(DType.FLOAT32, 3, 0));

        Safetensors.write(file, tensors, Map.of("note", "日本"));

        Path tried = folder.resolve("tried");
        try (InputStream resource = getClass().getResourceAsStream("ours.safetensors")) {
            Files.copy(Objects.requireNonNull(resource), tried);
        }
        assertThat(file).hasSameBinaryContentAs(tried);
    }

    @Test
    void whatIsNotWantedIsPassedOverWhateverItsFormat() throws IOException {
        String header = """
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
            "counter":{"dtype":"I64","shape":[],"data_offsets":[4,12]},\
            "strange":{"dtype":"I4","shape":[3],"data_offsets":[12,14]},\
            "b":{"dtype":"F32","shape":[2],"data_offsets":[14,22]}}\
            """;
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 22).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
        bytes.putFloat(1.5f).putLong(7).putShort((short) -1).putFloat(2).putFloat(3);
        Files.write(file, bytes.array());

        Map<String, Tensor> read =
                Safetensors.read(file, scope, name -> name.length() == 1).tensors();

        assertThat(read.keySet()).containsExactly("a", "b");
        assertThat(read.get("a").toFloats()).containsExactly(1.5f);
        assertThat(read.get("b").toFloats()).containsExactly(2, 3);
        assertThatIOException()
                .isThrownBy(() -> Safetensors.read(file, scope))
                .withMessageEndingWith("tensor 'counter': number format I64 is not supported; convert to F32");
        assertThatIOException()
                .isThrownBy(() -> {
                    Files.write(file, Arrays.copyOf(bytes.array(), bytes.capacity() - 9));
                    Safetensors.read(file, scope, "a"::equals);
                })
                .withMessageContaining("the file is truncated");
    }

    @Test
    void aTensorIsNamedAsInTheFile() throws IOException {
        Safetensors.write(file, Map.of("layers.0.bias", normal(DType.FLOAT32, 3)), Map.of());

        assertThat(Safetensors.read(file, scope).tensors().get("layers.0.bias").name())
                .isEqualTo("layers.0.bias");
    }

    @Test
    void whatWasReadCannotBeChanged() throws IOException {
        Safetensors.write(file, Map.of("x", normal(DType.FLOAT32, 3)), Map.of("k", "v"));
        SafetensorsFile read = Safetensors.read(file, scope);

        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> read.tensors().clear());
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> read.metadata().clear());
    }

    @Test
    void namesThatCannotStandInTheHeaderAreRefused() {
        Map<String, Tensor> reserved = Map.of("__metadata__", normal(DType.FLOAT32, 3));
        Map<String, Tensor> half = Map.of("x\ud800", normal(DType.FLOAT32, 3));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.write(file, reserved, Map.of()))
                .withMessage("safetensors: no tensor may be named '__metadata__'; the format keeps that name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.write(file, half, Map.of()))
                .withMessageStartingWith("safetensors: names and metadata must be Unicode; got half a surrogate pair");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Safetensors.write(file, Map.of(), Map.of("k", "\udc00")))
                .withMessageStartingWith("safetensors: names and metadata must be Unicode; got half a surrogate pair");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aHeaderThatNobodyCouldReadIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsHeader.padded(new byte[100_000_001]))
                .withMessage("safetensors: the header must not exceed 100000000 bytes; got 100000008; shorten the"
                        + " metadata");
    }

    @Test
    void aClosedTensorLeavesTheOldFileWhole() throws IOException {
        Files.writeString(file, "old");
        Tensor closed = normal(DType.FLOAT32, 3).named("w");
        closed.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> Safetensors.write(file, Map.of("x", closed), Map.of()))
                .withMessageContaining("'w' is closed");
        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    private void copyResource(String name) throws IOException {
        try (InputStream resource = getClass().getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(resource), file);
        }
    }

    private Tensor normal(DType type, int... extents) {
        Tensor tensor = scope.zeros(type, extents);
        Rng.seeded(extents.length).fillNormal(tensor, 1);
        return tensor;
    }

    private static void assertEqual(Tensor actual, Tensor expected) {
        assertThat(actual.type()).isEqualTo(expected.type());
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.toDoubles()).containsExactly(expected.toDoubles());
    }
}
