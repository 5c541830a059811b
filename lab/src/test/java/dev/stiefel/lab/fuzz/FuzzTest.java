package dev.stiefel.lab.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.stiefel.data.own.OwnData;
import dev.stiefel.data.own.OwnSpec;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.own.Schema.Category;
import dev.stiefel.data.own.Schema.Classes;
import dev.stiefel.data.own.Schema.Image;
import dev.stiefel.data.own.Schema.Number;
import dev.stiefel.data.own.Schema.Table;
import dev.stiefel.data.own.Schema.Values;
import dev.stiefel.io.Npy;
import dev.stiefel.io.Safetensors;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Readers of foreign files, given files that nobody would write: each is read, or refused by an `IOException` or an
/// `IllegalArgumentException` of one line, within a bound of memory and time, and nothing is left behind.
///
/// In every build for a moment; `mvn -Pfuzz verify -pl lab -am -Dtest=FuzzTest -Dsurefire.failIfNoSpecifiedTests=false`
/// goes on for two minutes a format. A failure writes the file that it took, and its name into the message.
class FuzzTest {
    private static final double SECONDS = Double.parseDouble(System.getProperty("fuzz.seconds", "0.5"));
    private static final long SEED = Long.getLong("fuzz.seed", 1);

    /// Heap that reading one file, of at most 1 MiB, may take in all.
    private static final long MOST_BYTES = 192L << 20;

    private static final long MOST_NANOS = 5_000_000_000L; // a machine may be busy

    private static final Schema TABLE = new Schema(
            new Table(List.of(new Number("a"), new Category("b", List.of("x", "z")))), new Values(List.of("y")));

    private static final Schema PICTURE = new Schema(new Image(4, 4, 3), new Classes(List.of("a", "b")));

    @TempDir
    static Path folder;

    /// What is read, how, and what good files of it look like.
    enum Format {
        SAFETENSORS("safetensors") {
            @Override
            List<byte[]> good(Path at) throws IOException {
                try (Scope scope = Scope.open("good")) {
                    Map<String, Tensor> tensors = new LinkedHashMap<>();
                    tensors.put("a", scope.matrix(2, 3, 1, 2, 3, 4, 5, 6));
                    tensors.put("b", scope.matrix64(1, 2, 1, 2));
                    Safetensors.write(at, tensors, Map.of("key", "value"));
                }
                return List.of(Files.readAllBytes(at));
            }

            @Override
            void read(Path file) throws IOException {
                try (Scope scope = Scope.open("fuzz")) {
                    Safetensors.read(file, scope);
                }
            }
        },
        MODEL("safetensors") {
            @Override
            List<byte[]> good(Path at) throws IOException {
                List<byte[]> all = new ArrayList<>();
                try (Network network = Network.builder(4)
                        .factored(3, 2, Activation.RELU)
                        .dense(2, Activation.IDENTITY)
                        .build(Rng.seeded(1))) {
                    ModelFile.write(at, network);
                    all.add(Files.readAllBytes(at));
                }
                try (Scope scope = Scope.open("good")) {
                    Map<String, Tensor> tensors = new LinkedHashMap<>();
                    tensors.put("0.weight", scope.matrix(3, 2, 1, 2, 3, 4, 5, 6));
                    tensors.put("0.bias", scope.matrix(1, 3, 1, 2, 3).slice(0, 3));
                    tensors.put("2.weight", scope.matrix(2, 3, 1, 2, 3, 4, 5, 6));
                    tensors.put("2.bias", scope.matrix(1, 2, 1, 2).slice(0, 2));
                    Safetensors.write(at, tensors, Map.of());
                    all.add(Files.readAllBytes(at));
                }
                return all;
            }

            @Override
            void read(Path file) throws IOException {
                ModelFile.read(file).close();
            }
        },
        NPY("npy") {
            @Override
            List<byte[]> good(Path at) throws IOException {
                try (Scope scope = Scope.open("good")) {
                    Npy.write(at, scope.matrix(2, 3, 1, 2, 3, 4, 5, 6));
                }
                byte[] floats = Files.readAllBytes(at);
                String text = new String(floats, StandardCharsets.ISO_8859_1);
                return List.of(
                        floats,
                        text.replace("<f4", "<i4").getBytes(StandardCharsets.ISO_8859_1),
                        text.replace("False", "True ").getBytes(StandardCharsets.ISO_8859_1));
            }

            @Override
            void read(Path file) throws IOException {
                Npy.header(file);
                Npy.readFloats(file);
            }
        },
        CSV("csv") {
            @Override
            List<byte[]> good(Path at) {
                return List.of(
                        "a,b,y\n1,x,3\n2,z,4\n3,x,5.5\n4,z,6\n5,x,7\n".getBytes(StandardCharsets.UTF_8),
                        "a;b;y\r\n1;\"x;\"\"\";ja\r\n;z;nein\r\n3;x;ja\r\n4;x;nein\r\n"
                                .getBytes(StandardCharsets.UTF_8),
                        "a\tb\ty\n1\t2\t1\n1\t2\t0\n3\t4\t1\n1\t1\t0\n".getBytes(StandardCharsets.UTF_16));
            }

            @Override
            void read(Path file) throws IOException {
                OwnData.load(OwnSpec.of(file, 1).withTarget("y"));
            }
        },
        ROWS("csv") {
            @Override
            List<byte[]> good(Path at) {
                return List.of("b,a\nx,1\nz,\n\"x\",-1e3\n".getBytes(StandardCharsets.UTF_8));
            }

            @Override
            void read(Path file) throws IOException {
                TABLE.encodeCsv(file);
            }
        },
        IMAGE("png") {
            @Override
            List<byte[]> good(Path at) throws IOException {
                BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
                for (int i = 0; i < 63; i++) {
                    image.setRGB(i % 9, i / 9, 0x10203 * i);
                }
                List<byte[]> all = new ArrayList<>();
                for (String format : List.of("png", "jpg", "gif", "bmp")) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    ImageIO.write(image, format, bytes);
                    all.add(bytes.toByteArray());
                }
                return all;
            }

            @Override
            void read(Path file) throws IOException {
                PICTURE.encodeImage(file);
            }
        },
        SCHEMA("json") {
            @Override
            List<byte[]> good(Path at) {
                return List.of(
                        TABLE.toJson().getBytes(StandardCharsets.UTF_8),
                        PICTURE.toJson().getBytes(StandardCharsets.UTF_8));
            }

            @Override
            void read(Path file) throws IOException {
                Schema.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            }
        };

        private final String extension;

        Format(String extension) {
            this.extension = extension;
        }

        abstract List<byte[]> good(Path at) throws IOException;

        abstract void read(Path file) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void noFileDoesHarm(Format format) throws IOException {
        Path file = folder.resolve(format.name() + "." + format.extension);
        Mutator mutator = new Mutator(SEED, format.good(file));
        for (byte[] good : format.good(file)) {
            Files.write(file, good);
            format.read(file); // a good file is read: else nothing would be tested
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long owners = Scope.liveOwners();
        long end = System.nanoTime() + (long) (1e9 * SECONDS);
        int files = 0;
        while (System.nanoTime() < end) {
            byte[] bytes = mutator.next();
            Files.write(file, bytes);
            long begun = System.nanoTime();
            long allocated = threads.getCurrentThreadAllocatedBytes();
            String said;
            try {
                format.read(file);
                said = "read";
            } catch (IOException | IllegalArgumentException e) {
                said = String.valueOf(e.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("%s broke on %s".formatted(format, kept(bytes, format)), e);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
            long nanos = System.nanoTime() - begun;
            if (allocated > MOST_BYTES || nanos > MOST_NANOS || said.contains("\n") || Scope.liveOwners() != owners) {
                throw new AssertionError("%s took %d bytes and %d ms, and left %d tensors, on %s: %s"
                        .formatted(
                                format,
                                allocated,
                                nanos / 1_000_000,
                                Scope.liveOwners() - owners,
                                kept(bytes, format),
                                said));
            }
            mutator.told(bytes, said);
            files++;
        }
        assertThat(mutator.kinds()).as("kinds of answers to %d files", files).isGreaterThan(2);
    }

    private static Path kept(byte[] bytes, Format format) throws IOException {
        return Files.write(Files.createTempFile("fuzz-" + format + "-", "." + format.extension), bytes);
    }
}
