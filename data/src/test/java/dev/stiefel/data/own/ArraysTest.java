package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArraysTest {
    @TempDir
    Path folder;

    Path inputs;
    Path targets;

    @BeforeEach
    void nameTheFiles() {
        inputs = folder.resolve("x.npy");
        targets = folder.resolve("y.npy");
    }

    @Test
    void wholeNumbersAreClassesAndPixelsLieInTheUnitInterval() throws IOException {
        bytes(inputs, "4, 1, 2", 0, 51, 102, 153, 204, 255, 0, 255);
        bytes(targets, "4,", 0, 2, 1, 0);

        OwnData data = OwnData.load(spec());

        assertThat(data.schema())
                .isEqualTo(new Schema(new Schema.Vector(2, 255), new Schema.Classes(List.of("0", "1", "2"))));
        assertThat(data.schema().encodeNpy(inputs)).as("raw").hasSize(4).startsWith(new float[] {0, 51}, new float[] {
            102, 153
        });
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Schema(new Schema.Vector(2), data.schema().outputs()).encodeNpy(inputs))
                .withMessageContaining("the model does not record how 8-bit numbers were scaled");
        assertThat(data.train().size()).isEqualTo(3);
        assertThat(data.test().size()).isEqualTo(1);
        assertThat(data.sha256().sequencedKeySet()).containsExactly("x.npy", "y.npy");
        float[] row = new float[2];
        data.train().copyInput(0, row, 0);
        assertThat(row).isIn(new float[] {0, 0.2f}, new float[] {0.4f, 0.6f});
    }

    @Test
    void pixelsTakeAByteAndMayHaveTargetVectors() throws IOException {
        int[] values = IntStream.range(0, 512).map(i -> i % 256).toArray();
        bytes(inputs, "2, 256", values);
        floats(targets, "2, 2", 1, 2, 3, 4);

        OwnData data = OwnData.load(spec());

        assertThat(data.task()).isEqualTo(Task.REGRESSION);
        float[] row = new float[256];
        data.test().copyInput(0, row, 0);
        for (int value = 0; value < 256; value++) {
            assertThat(row[value]).isEqualTo(value / 255f);
        }
        bytes(inputs, "2, 1000000", new int[2_000_000]);
        assertThat(Allocation.of(() -> OwnData.load(spec()))).isLessThan(5_000_000);
    }

    @Test
    void otherNumbersAreRegression() throws IOException {
        floats(inputs, "3, 2", 1, 2, Float.NaN, 4, 5, 6);
        floats(targets, "3,", 0.5f, 1, 2);

        OwnData data = OwnData.load(spec());

        assertThat(data.task()).isEqualTo(Task.REGRESSION);
        assertThat(data.schema().outputs()).isEqualTo(new Schema.Values(List.of("y")));
        assertThat(data.remarks()).containsExactly("1 of 6 numbers are missing");
        floats(targets, "3, 2", 1, 2, 3, 4, 5, 6);
        assertThat(OwnData.load(spec()).schema().outputs()).isEqualTo(new Schema.Values(List.of("y0", "y1")));
        bytes(targets, "3, 1", 0, 1, 1);
        assertThat(OwnData.load(spec()).task()).isEqualTo(Task.CLASSIFICATION);
        assertThat(OwnData.load(spec().withTask(Task.REGRESSION)).task()).isEqualTo(Task.REGRESSION);
    }

    @Test
    void arraysThatDoNotBelongTogetherAreNamed() throws IOException {
        floats(inputs, "3, 2", 1, 2, 3, 4, 5, 6);
        bytes(targets, "2,", 0, 1);
        refused(targets, "targets must be [3] or [3, k], as there are 3 inputs; got shape [2]");
        bytes(targets, "3,", 0, 0, 0);
        refused(targets, "the target must have at least 2 different values; column 'y' has only '0'");
        bytes(targets, "3, 2", 0, 1, 2, 3, 4, 5);
        assertThat(OwnData.load(spec()).task()).isEqualTo(Task.REGRESSION);
        floats(targets, "3,", 1, 2, Float.NaN);
        refused(targets, "targets must be finite; sample 2 has NaN");
        bytes(targets, "3,", 0, 1, 1);
        floats(inputs, "3, 2", 1, 2, 3, Float.POSITIVE_INFINITY, 5, 6);
        refused(inputs, "numbers must be finite, or NaN where they are missing; value 1 of sample 1 is Infinity");
        floats(inputs, "1, 2", 1, 2);
        refused(inputs, "inputs must be an array of at least 2 samples with at least 1 value each; got shape [1, 2]");
        floats(inputs, "3, 0");
        refused(inputs, "inputs must be an array of at least 2 samples with at least 1 value each; got shape [3, 0]");
        Files.writeString(inputs, "no array");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(spec()))
                .withMessageStartingWith("cannot read " + inputs + ": ");
        bytes(inputs, "3, 1", 1, 2, 3);
        floats(targets, "3, 2", 1, 0, 1, 1, 0, 1);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(spec().withTask(Task.CLASSIFICATION)))
                .withMessageContaining("classification has one target, or one of 0 and 1 for each class; got y0, y1");
    }

    @Test
    void targetsAreClassesOrNumbersByTheRuleOfTables() throws IOException {
        int samples = 60;
        bytes(inputs, samples + ", 1", new int[samples]);
        bytes(targets, samples + ",", IntStream.range(0, samples).toArray());
        assertThat(OwnData.load(spec()).task()).isEqualTo(Task.REGRESSION);

        bytes(
                targets,
                samples + ",",
                IntStream.range(0, samples).map(i -> 5 * (i % 15)).toArray());
        OwnData few = OwnData.load(spec());
        assertThat(((Schema.Classes) few.schema().outputs()).names())
                .hasSize(15)
                .startsWith("0", "5", "10");
        assertThat(few.remarks())
                .containsExactly("the target, 'y', has 15 different values, all whole: they were taken for classes;"
                        + " --task regression takes them for numbers");

        floats(targets, "60,", wholes(samples, 3));
        assertThat(OwnData.load(spec()).schema().outputs()).isEqualTo(new Schema.Classes(List.of("-1", "0", "1")));

        floats(targets, "30, 2", wholes(samples, 3));
        bytes(inputs, "30, 1", new int[30]);
        assertThat(OwnData.load(spec()).task()).isEqualTo(Task.REGRESSION);
    }

    @Test
    void oneOfSeveralTargetsIsAClass() throws IOException {
        bytes(inputs, "4, 1", 1, 2, 3, 4);
        floats(targets, "4, 3", 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1);

        OwnData data = OwnData.load(spec());

        assertThat(data.schema().outputs()).isEqualTo(new Schema.Classes(List.of("y0", "y1", "y2")));
        assertThat(data.remarks()).anyMatch(remark -> remark.startsWith("the targets are 1 for one of them"));
        assertThat(OwnData.load(spec().withTask(Task.REGRESSION)).schema().outputs())
                .isEqualTo(new Schema.Values(List.of("y0", "y1", "y2")));
    }

    /// −1, 0 and 1 in turn, say.
    private static float[] wholes(int count, int different) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i % different - 1;
        }
        return values;
    }

    @Test
    void theTargetsMustBeNamed() throws IOException {
        floats(inputs, "3, 2", 1, 2, 3, 4, 5, 6);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(OwnSpec.of(inputs, 1)))
                .withMessage("--target must name the .npy file of the targets that belong to " + inputs);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(OwnSpec.of(inputs, 1).withTarget("y")))
                .withMessage("--target must name the .npy file of the targets; got 'y'");
    }

    private OwnSpec spec() {
        return OwnSpec.of(inputs, 1).withTarget(targets.toString());
    }

    private void refused(Path file, String problem) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(spec()))
                .withMessage("cannot read %s: %s", file, problem);
    }

    private static void bytes(Path file, String shape, int... values) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(values.length);
        for (int value : values) {
            content.put((byte) value);
        }
        write(file, "|u1", shape, content.array());
    }

    private static void floats(Path file, String shape, float... values) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            content.putFloat(value);
        }
        write(file, "<f4", shape, content.array());
    }

    private static void write(Path file, String type, String shape, byte[] content) throws IOException {
        String header = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type, shape);
        String padded = header + " ".repeat(117 - header.length()) + "\n";
        ByteBuffer bytes = ByteBuffer.allocate(128 + content.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        bytes.putShort((short) padded.length())
                .put(padded.getBytes(StandardCharsets.US_ASCII))
                .put(content);
        Files.write(file, bytes.array());
    }
}
