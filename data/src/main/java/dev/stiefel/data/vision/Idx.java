package dev.stiefel.data.vision;

import dev.stiefel.train.ByteSamples;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// An array of unsigned bytes in the IDX format of the MNIST files: two zero bytes, the element type, the number of
/// dimensions, each dimension as a big-endian 32-bit integer, then the elements.
///
/// Only type `0x08` (unsigned byte) is read, with one to four dimensions of at least 1; anything else, a missing
/// byte or a byte too many is an [IOException] that names the file. Memory: the file's content, once.
public final class Idx {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;
    private static final int GZIP_MAGIC = 0x1f8b;

    private final byte[] content;
    private final int[] shape;

    private Idx(byte[] content, int[] shape) {
        this.content = content;
        this.shape = shape;
    }

    /// Reads a file, plain or gzip (told apart by its first bytes, not by its name).
    public static Idx read(Path file) throws IOException {
        byte[] content = bytesOf(file);
        boolean gzip = content.length >= 2 && ByteBuffer.wrap(content).getChar(0) == GZIP_MAGIC;
        return gzip ? parse(gunzip(file), file.toString()) : parse(content, file.toString());
    }

    private static byte[] bytesOf(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException("cannot read " + file + ": no such file", e);
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /// Takes a plain file's content over; `name` is what messages call it.
    static Idx parse(byte[] content, String name) throws IOException {
        int[] shape = shape(content, name);
        long needed = bytes(shape);
        if (needed != content.length) {
            throw broken(
                    name,
                    "%s needs %s bytes; got %s; the file %s"
                            .formatted(
                                    Arrays.toString(shape),
                                    needed,
                                    content.length,
                                    content.length < needed ? "is truncated" : "is too long"));
        }
        return new Idx(content, shape);
    }

    /// The dimensions: `[N, height, width]` for images, `[N]` for labels.
    public List<Integer> shape() {
        return Arrays.stream(shape).boxed().toList();
    }

    /// The number of elements.
    public int size() {
        return content.length - header();
    }

    /// Element `index`, in `[0, 255]`, in row-major order.
    public int get(int index) {
        if (index < 0) {
            throw new IndexOutOfBoundsException("IDX: index must be at least 0; got " + index);
        }
        return content[header() + index] & 0xff;
    }

    /// Adds all elements, in row-major order, to a builder of samples.
    public void addTo(ByteSamples.Builder samples) {
        samples.addAll(content, header(), size());
    }

    /// All elements as new integers.
    public int[] toInts() {
        int[] values = new int[size()];
        Arrays.setAll(values, this::get);
        return values;
    }

    private int header() {
        return 4 + 4 * shape.length;
    }

    private static int[] shape(byte[] content, String name) throws IOException {
        requireHeader(content, 4, name);
        if (content[0] != 0 || content[1] != 0) {
            throw broken(
                    name,
                    String.format(
                            Locale.ROOT,
                            "the first two bytes must be 0x00 0x00; got 0x%02x 0x%02x; this is not an IDX file",
                            content[0],
                            content[1]));
        }
        if (content[2] != UNSIGNED_BYTE) {
            throw broken(
                    name,
                    String.format(
                            Locale.ROOT, "the element type must be 0x08 (unsigned byte); got 0x%02x", content[2]));
        }
        int dimensions = content[3] & 0xff;
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw broken(
                    name, "the number of dimensions must be in [1, %s]; got %s".formatted(MAX_DIMENSIONS, dimensions));
        }
        requireHeader(content, 4 + 4 * dimensions, name);
        int[] shape = new int[dimensions];
        ByteBuffer.wrap(content, 4, 4 * dimensions).asIntBuffer().get(shape);
        for (int size : shape) {
            if (size < 1) {
                throw broken(name, "every dimension must be in [1, 2147483647]; got " + Arrays.toString(shape));
            }
        }
        if (bytes(shape) > MAX_BYTES) {
            throw broken(
                    name, "an array must fit %s bytes; got the shape %s".formatted(MAX_BYTES, Arrays.toString(shape)));
        }
        return shape;
    }

    private static void requireHeader(byte[] content, int bytes, String name) throws IOException {
        if (content.length < bytes) {
            throw broken(
                    name, "the header needs %s bytes; got %s; the file is truncated".formatted(bytes, content.length));
        }
    }

    /// Bytes of a whole file; more than [Long#MAX_VALUE] would be counts as that.
    private static long bytes(int[] shape) {
        long elements = 1;
        for (int size : shape) {
            if (elements > Long.MAX_VALUE / 2 / size) {
                return Long.MAX_VALUE;
            }
            elements *= size;
        }
        return elements + 4 + 4L * shape.length;
    }

    private static byte[] gunzip(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            byte[] header = in.readNBytes(4 + 4 * MAX_DIMENSIONS);
            int[] shape = shape(header, file.toString());
            // One byte more than the shape needs shows that a file is too long, however large it expands.
            int most = (int) Math.min(bytes(shape) + 1, MAX_BYTES);
            if (most <= header.length) {
                return header;
            }
            byte[] rest = in.readNBytes(most - header.length);
            byte[] content = Arrays.copyOf(header, header.length + rest.length);
            System.arraycopy(rest, 0, content, header.length, rest.length);
            return content;
        } catch (EOFException | ZipException e) {
            throw broken(file.toString(), "it must be a whole gzip file; got: " + e.getMessage());
        }
    }

    private static IOException broken(String name, String problem) {
        return new IOException("cannot read " + name + ": " + problem);
    }
}
