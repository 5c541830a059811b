package dev.stiefel.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.stiefel.io.Npy.ElementType;
import dev.stiefel.io.Npy.Header;
import dev.stiefel.io.Npy.Order;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The files of NumPy's making are beside the script that made them: `npy/make.py`.
class NpyTest {
    private static final Path REFERENCES = Path.of("src/test/resources/dev/stiefel/io/npy");

    @TempDir
    private Path folder;

    private Path file;
    private Scope scope;

    @BeforeEach
    void open() {
        file = folder.resolve("x.npy");
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({
        "f2, FLOAT16",
        "f4, FLOAT32",
        "f8, FLOAT64",
        "i1, INT8",
        "i2, INT16",
        "i4, INT32",
        "i8, INT64",
        "u1, UINT8",
        "u2, UINT16",
        "u4, UINT32",
        "u8, UINT64",
        "b1, BOOL"
    })
    void numpysArraysOfEveryTypeAreRead(String code, ElementType type) throws IOException {
        boolean truth = type == ElementType.BOOL;
        for (String suffix : type.bytes() == 1 ? List.of("") : List.of("", "-big-endian")) {
            Path reference = REFERENCES.resolve("2x3-" + code + suffix + ".npy");

            assertThat(Npy.header(reference)).isEqualTo(new Header(type, List.of(2L, 3L), Order.ROW_MAJOR));
            assertThat(Npy.readFloats(reference))
                    .containsExactly(truth ? new float[] {0, 1, 1, 1, 1, 1} : new float[] {0, 1, 2, 3, 4, 5});
            if (type == ElementType.UINT8) {
                assertThat(Npy.readBytes(reference)).containsExactly(0, 1, 2, 3, 4, 5);
            }
            if (type.isIntegral()) {
                assertThat(Npy.readIntegers(reference))
                        .containsExactly(truth ? new long[] {0, 1, 1, 1, 1, 1} : new long[] {0, 1, 2, 3, 4, 5});
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2x3-f4",
                "2x3-f8",
                "2x3-f4-big-endian",
                "2x3-f8-big-endian",
                "2x3-f4-columns",
                "2x3-f8-columns-big-endian",
                "2x3-f4-version-2",
                "2x3-f4-version-3"
            })
    void numpysMatricesBecomeTensorsAsTheyAre(String name) throws IOException {
        Tensor read = Npy.read(REFERENCES.resolve(name + ".npy"), scope);

        assertThat(read.type()).isEqualTo(name.contains("f4") ? DType.FLOAT32 : DType.FLOAT64);
        assertThat(read.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(read.toDoubles()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void numpysArraysOfOtherShapesAreReadInRowMajorOrder() throws IOException {
        float[] cube = Npy.readFloats(REFERENCES.resolve("2x3x4-i2-columns.npy"));
        for (int i = 0; i < 24; i++) {
            assertThat(cube[i]).isEqualTo(i);
        }
        assertThat(Npy.header(REFERENCES.resolve("2x3x4-i2-columns.npy")))
                .isEqualTo(new Header(ElementType.INT16, List.of(2L, 3L, 4L), Order.COLUMN_MAJOR));
        assertThat(Npy.readFloats(REFERENCES.resolve("scalar-f8.npy"))).containsExactly(0);
        assertThat(Npy.readFloats(REFERENCES.resolve("0x3-f4.npy"))).isEmpty();
        assertThat(Npy.read(REFERENCES.resolve("0x3-f4.npy"), scope).shape()).isEqualTo(Shape.of(0, 3));
        Tensor vector = Npy.read(REFERENCES.resolve("5-f4.npy"), scope);
        assertThat(vector.shape()).isEqualTo(Shape.of(5));
        assertThat(vector.toFloats()).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void theExtremesOfEveryTypeAreExact() throws IOException {
        assertThat(integers("<i1", buffer(2).put((byte) -128).put((byte) 127))).containsExactly(-128, 127);
        assertThat(integers("<u1", buffer(1).put((byte) -1))).containsExactly(255);
        assertThat(integers("<i2", buffer(2).putShort(Short.MIN_VALUE))).containsExactly(-32768);
        assertThat(integers("<u2", buffer(2).putShort((short) -1))).containsExactly(65535);
        assertThat(integers("<i4", buffer(4).putInt(Integer.MIN_VALUE))).containsExactly(Integer.MIN_VALUE);
        assertThat(integers("<u4", buffer(4).putInt(-1))).containsExactly(4294967295L);
        assertThat(integers("<i8", buffer(8).putLong(Long.MIN_VALUE))).containsExactly(Long.MIN_VALUE);
        assertThat(integers("<u8", buffer(8).putLong(Long.MAX_VALUE))).containsExactly(Long.MAX_VALUE);
        assertThat(floats("<u8", buffer(8).putLong(-1))).containsExactly(0x1p64f);
        assertThat(floats("<f2", buffer(4).putShort((short) 0x7bff).putShort((short) 0x0001)))
                .containsExactly(65504, 0x1p-24f);
        assertThat(floats("<f8", buffer(16).putDouble(1.0 / 3).putDouble(Double.NaN)))
                .containsExactly(1f / 3, Float.NaN);
        assertThatIOException()
                .isThrownBy(() -> integers("<u8", buffer(16).putLong(0).putLong(-1)))
                .withMessage("cannot read %s: element 1 is 18446744073709551615; whole numbers must be below 2^63"
                        .formatted(file));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsReadIsWhatWasWritten(DType type) throws IOException {
        for (int[] extents : new int[][] {{7}, {1, 1}, {5, 3}, {0, 3}, {3, 0}, {131, 257}}) {
            Tensor written = scope.zeros(type, extents);
            Rng.seeded(extents[0]).fillNormal(written, 1);

            Npy.write(file, written);
            Tensor read = Npy.read(file, scope);

            assertThat(read.type()).isEqualTo(type);
            assertThat(read.shape()).isEqualTo(written.shape());
            assertThat(read.toDoubles()).containsExactly(written.toDoubles());
        }
    }

    @Test
    void aViewIsWrittenWithoutItsGaps() throws IOException {
        Npy.write(file, scope.matrix(2, 3, 0, 1, 2, 3, 4, 5).columnRange(1, 3));

        assertThat(Npy.readFloats(file)).containsExactly(1, 2, 4, 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2x3-f4", "2x3-f8", "5-f4", "0x3-f4"})
    void theBytesWrittenAreNumpys(String name) throws IOException {
        Path reference = REFERENCES.resolve(name + ".npy");

        Npy.write(file, Npy.read(reference, scope));

        assertThat(file).hasSameBinaryContentAs(reference);
    }

    @Test
    void arraysLargerThanTheBufferKeepEveryElementInEitherOrder() throws IOException {
        int rows = 331;
        int columns = 257;
        ByteBuffer elements = buffer(rows * columns * 4);
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                elements.putFloat(i * columns + j);
            }
        }
        write("{'descr': '<f4', 'fortran_order': True, 'shape': (331, 257)}", bytesOf(elements));

        float[] read = Npy.readFloats(file);

        for (int i = 0; i < read.length; i++) {
            assertThat(read[i]).isEqualTo(i);
        }
        assertThat(Npy.read(file, scope).toFloats()).containsExactly(read);
    }

    @Test
    void headersOfOtherWritersAreUnderstood() throws IOException {
        write("{\"shape\":(2L,),\"fortran_order\":False,\"descr\":\"<f4\"}", new byte[8]);
        assertThat(Npy.header(file)).isEqualTo(new Header(ElementType.FLOAT32, List.of(2L), Order.ROW_MAJOR));

        write("{ 'descr' : '=f4' , 'fortran_order' : True , 'shape' : [ 2 , 1 , ] , } \n", new byte[8]);
        assertThat(Npy.header(file)).isEqualTo(new Header(ElementType.FLOAT32, List.of(2L, 1L), Order.COLUMN_MAJOR));
    }

    @Test
    void whatDoesNotFitATensorIsRefused() throws IOException {
        refused("2x3-i4", "its elements must be float32 or float64; got 'i4'; convert them, with astype(float32)");
        refused("2x3x4-i2-columns", "it must hold a vector or a matrix; got shape [2, 3, 4]");
        refused("scalar-f8", "it must hold a vector or a matrix; got shape []");
        Path floats = REFERENCES.resolve("2x3-f4.npy");
        assertThatIOException()
                .isThrownBy(() -> Npy.readIntegers(floats))
                .withMessage(
                        "cannot read %s: its elements must be whole numbers; got 'f4'; convert them, with"
                                + " astype(int64)",
                        floats);
        assertThatIOException()
                .isThrownBy(() -> Npy.readBytes(floats))
                .withMessage("cannot read %s: its elements must be 8-bit unsigned numbers; got 'f4'", floats);
        write("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}", new byte[] {0, 3, 1, 4, 2, -1});
        assertThat(Npy.readBytes(file)).containsExactly(0, 1, 2, 3, 4, -1);
        write("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296)}", new byte[0]);
        assertThatIOException()
                .isThrownBy(() -> Npy.read(file, scope))
                .withMessage("cannot read %s: extents must not exceed 2147483647; got shape [0, 4294967296]", file);
    }

    private void refused(String name, String reason) {
        Path reference = REFERENCES.resolve(name + ".npy");
        assertThatIOException()
                .isThrownBy(() -> Npy.read(reference, scope))
                .withMessage("cannot read %s: %s", reference, reason);
    }

    private long[] integers(String code, ByteBuffer elements) throws IOException {
        write(code, elements);
        return Npy.readIntegers(file);
    }

    private float[] floats(String code, ByteBuffer elements) throws IOException {
        write(code, elements);
        return Npy.readFloats(file);
    }

    private void write(String code, ByteBuffer elements) throws IOException {
        int count = elements.capacity() / Character.digit(code.charAt(2), 10);
        write("{'descr': '%s', 'fortran_order': False, 'shape': (%d,)}".formatted(code, count), bytesOf(elements));
    }

    private void write(String header, byte[] elements) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        Files.write(
                file,
                buffer(10 + text.length + elements.length)
                        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                        .putShort((short) text.length)
                        .put(text)
                        .put(elements)
                        .array());
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.clear().get(bytes);
        return bytes;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
