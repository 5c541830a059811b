package dev.stiefel.io;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/// Arrays in NumPy's [npy format](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), versions
/// 1.0, 2.0 and 3.0: a magic string, a header that is a Python dictionary, the elements. Numbers and truth values of
/// either byte order and either order of elements; what else the format can hold (Python objects, records, texts,
/// complex numbers, dates) is refused, and nothing in a file is ever executed.
///
/// Elements pass through a buffer of bounded size, and no memory is taken for them before the header has been checked
/// against the file's length.
public final class Npy {
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private Npy() {}

    /// Element type, shape and order of a file's array.
    ///
    /// @param shape outermost extent first; empty for a single number
    public record Header(ElementType type, List<Long> shape, Order order) {
        /// Copies the shape.
        public Header {
            shape = List.copyOf(shape);
        }

        /// The number of elements.
        ///
        /// @throws ArithmeticException if they are too many to count, which those of a file never are
        public long size() {
            return shape.contains(0L) ? 0 : shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /// A type of elements.
    public enum ElementType {
        /// IEEE 754 half precision.
        FLOAT16("f2", 2),
        /// IEEE 754 single precision.
        FLOAT32("f4", 4),
        /// IEEE 754 double precision.
        FLOAT64("f8", 8),
        /// −2⁷ to 2⁷ − 1.
        INT8("i1", 1),
        /// −2¹⁵ to 2¹⁵ − 1.
        INT16("i2", 2),
        /// −2³¹ to 2³¹ − 1.
        INT32("i4", 4),
        /// −2⁶³ to 2⁶³ − 1.
        INT64("i8", 8),
        /// 0 to 2⁸ − 1.
        UINT8("u1", 1),
        /// 0 to 2¹⁶ − 1.
        UINT16("u2", 2),
        /// 0 to 2³² − 1.
        UINT32("u4", 4),
        /// 0 to 2⁶⁴ − 1.
        UINT64("u8", 8),
        /// False or true: 0 or 1.
        BOOL("b1", 1);

        private final String code;
        private final int bytes;

        ElementType(String code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }

        /// Bytes an element takes.
        public int bytes() {
            return bytes;
        }

        /// Returns whether its elements are whole numbers; truth values are.
        public boolean isIntegral() {
            return switch (this) {
                case FLOAT16, FLOAT32, FLOAT64 -> false;
                case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> true;
            };
        }

        /// The code that NumPy uses, without the byte order: `f4`.
        String code() {
            return code;
        }
    }

    /// Order of a file's elements: the axis that runs fastest.
    public enum Order {
        /// The last one, as in C.
        ROW_MAJOR,
        /// The first one, as in Fortran.
        COLUMN_MAJOR
    }

    /// The header of a file, checked against the file's length. No element is read.
    public static Header header(Path file) throws IOException {
        return read(file, (_, header) -> header.header());
    }

    /// The vector or matrix of float32 or float64 numbers in a file, in that format.
    ///
    /// @throws IOException if the file is broken, or holds something else; then nothing is left in `scope`
    public static Tensor read(Path file, Scope scope) throws IOException {
        return read(file, (channel, header) -> readTensor(channel, header, scope));
    }

    /// All elements of a file in row-major order, whatever their own order and shape: each rounded to a float; truth
    /// values are 0 and 1.
    public static float[] readFloats(Path file) throws IOException {
        return read(file, (channel, header) -> {
            float[] all = new float[count(header.header())];
            new NpyElements(channel, header).forEach((at, bytes, from) -> all[(int) at] = header.floatAt(bytes, from));
            return all;
        });
    }

    /// All elements of a file of 8-bit unsigned numbers, in row-major order.
    ///
    /// @throws IOException if the file is broken, or holds other numbers
    public static byte[] readBytes(Path file) throws IOException {
        return read(file, (channel, header) -> {
            if (header.header().type() != ElementType.UINT8) {
                throw new IOException("its elements must be 8-bit unsigned numbers; got '%s'"
                        .formatted(header.header().type().code()));
            }
            byte[] all = new byte[count(header.header())];
            new NpyElements(channel, header).forEach((at, bytes, from) -> all[(int) at] = bytes.get(from));
            return all;
        });
    }

    /// All elements of a file of whole numbers or truth values, in row-major order.
    ///
    /// @throws IOException if the file is broken, holds numbers that need not be whole, or one above 2⁶³ − 1
    public static long[] readIntegers(Path file) throws IOException {
        return read(file, (channel, header) -> {
            if (!header.header().type().isIntegral()) {
                throw new IOException("its elements must be whole numbers; got '%s'; convert them, with astype(int64)"
                        .formatted(header.header().type().code()));
            }
            long[] all = new long[count(header.header())];
            new NpyElements(channel, header).forEach((at, bytes, from) -> {
                all[(int) at] = header.integerAt(bytes, from);
                if (all[(int) at] < 0 && header.header().type() == ElementType.UINT64) {
                    throw new IOException("element %d is %s; whole numbers must be below 2^63"
                            .formatted(at, Long.toUnsignedString(all[(int) at])));
                }
            });
            return all;
        });
    }

    /// Writes the elements of a tensor, little-endian and row by row, replacing the file whole or not at all
    /// ([DurableFiles]). A view with gaps between its rows is written without them.
    ///
    /// @throws IllegalStateException if the tensor is closed
    public static void write(Path file, Tensor tensor) throws IOException {
        byte[] header = NpyHeader.encode(tensor.type(), tensor.shape());
        DurableFiles.write(file, channel -> {
            DurableFiles.writeFully(channel, ByteBuffer.wrap(header));
            new ElementTransfer(channel).write(tensor);
        });
    }

    /// Reads an open file, after its header.
    private interface Reading<T> {
        T of(FileChannel channel, NpyHeader header) throws IOException;
    }

    private static <T> T read(Path file, Reading<T> reading) throws IOException {
        try (FileChannel channel = RegularFile.open(file)) {
            return reading.of(channel, NpyHeader.read(channel));
        } catch (IOException e) {
            throw Failures.cannotRead(file, e);
        }
    }

    private static Tensor readTensor(FileChannel channel, NpyHeader header, Scope scope) throws IOException {
        List<Long> shape = header.header().shape();
        if (shape.isEmpty() || shape.size() > 2) {
            throw new IOException("it must hold a vector or a matrix; got shape " + shape);
        }
        int[] extents = new int[shape.size()];
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] = (int) Math.min(shape.get(axis), Integer.MAX_VALUE);
            if (extents[axis] != shape.get(axis)) {
                throw new IOException("extents must not exceed %d; got shape %s".formatted(Integer.MAX_VALUE, shape));
            }
        }
        count(header.header());
        Tensor tensor = scope.uninitialized(tensorType(header.header().type()), extents);
        boolean whole = false;
        try {
            if (header.isRowByRow() && header.byteOrder() == ByteOrder.LITTLE_ENDIAN) {
                new ElementTransfer(channel).read(tensor);
            } else {
                int columns = extents[extents.length - 1];
                Tensor matrix = extents.length == 2 ? tensor : tensor.slice(0, 1, columns);
                new NpyElements(channel, header)
                        .forEach((at, bytes, from) ->
                                matrix.set((int) (at / columns), (int) (at % columns), header.doubleAt(bytes, from)));
            }
            whole = true;
            return tensor;
        } finally {
            if (!whole) {
                tensor.close();
            }
        }
    }

    private static DType tensorType(ElementType type) throws IOException {
        return switch (type) {
            case FLOAT32 -> DType.FLOAT32;
            case FLOAT64 -> DType.FLOAT64;
            case FLOAT16, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                throw new IOException(
                        "its elements must be float32 or float64; got '%s'; convert them, with ".formatted(type.code)
                                + "astype(float32)");
        };
    }

    private static int count(Header header) throws IOException {
        if (header.size() > LARGEST_ARRAY) {
            throw new IOException("it must hold at most %d elements; got shape %s"
                    .formatted(LARGEST_ARRAY, Failures.brief(header.shape().toString())));
        }
        return (int) header.size();
    }
}
