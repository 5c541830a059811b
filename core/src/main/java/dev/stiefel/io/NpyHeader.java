package dev.stiefel.io;

import dev.stiefel.io.Npy.ElementType;
import dev.stiefel.io.Npy.Header;
import dev.stiefel.io.Npy.Order;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The checked header of an npy file, with what the elements' bytes mean.
record NpyHeader(Header header, ByteOrder byteOrder) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final int LONGEST = 1 << 16; // NumPy itself trusts no header of more than 10,000 bytes
    private static final int MOST_AXES = 64; // NumPy's limit
    private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");
    private static final Pattern TYPE = Pattern.compile("([<>=|])([a-zA-Z])([0-9]*)(.*)");

    /// Returns whether the elements lie in row-major order, be it only that there is no other.
    boolean isRowByRow() {
        return header.order() == Order.ROW_MAJOR || header.shape().size() < 2;
    }

    // ---- elements ----

    float floatAt(ByteBuffer bytes, int at) {
        return switch (header.type()) {
            case FLOAT16 -> Float.float16ToFloat(bytes.getShort(at));
            case FLOAT32 -> bytes.getFloat(at);
            case FLOAT64 -> (float) bytes.getDouble(at);
            case UINT64 -> unsignedFloat(bytes.getLong(at));
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, BOOL -> (float) integerAt(bytes, at);
        };
    }

    double doubleAt(ByteBuffer bytes, int at) {
        return header.type() == ElementType.FLOAT64 ? bytes.getDouble(at) : floatAt(bytes, at);
    }

    /// The bits of the largest unsigned numbers, which a `long` takes for negative ones.
    long integerAt(ByteBuffer bytes, int at) {
        return switch (header.type()) {
            case INT8 -> bytes.get(at);
            case INT16 -> bytes.getShort(at);
            case INT32 -> bytes.getInt(at);
            case INT64, UINT64 -> bytes.getLong(at);
            case UINT8 -> Byte.toUnsignedLong(bytes.get(at));
            case UINT16 -> Short.toUnsignedLong(bytes.getShort(at));
            case UINT32 -> Integer.toUnsignedLong(bytes.getInt(at));
            case BOOL -> bytes.get(at) == 0 ? 0 : 1;
            case FLOAT16, FLOAT32, FLOAT64 -> throw new IllegalStateException(header.type() + " is not integral");
        };
    }

    /// Half of the number, its last bit kept so that rounding sees it, is a positive `long`.
    private static float unsignedFloat(long bits) {
        return bits >= 0 ? (float) bits : 2 * (float) ((bits >>> 1) | (bits & 1));
    }

    // ---- writing ----

    /// The bytes before the elements: version 1.0, padded so that they begin at a multiple of 64.
    static byte[] encode(DType type, Shape shape) {
        StringBuilder extents = new StringBuilder();
        for (int axis = 0; axis < shape.order(); axis++) {
            extents.append(axis == 0 ? "" : " ").append(shape.extent(axis)).append(',');
        }
        if (shape.order() > 1) {
            extents.setLength(extents.length() - 1);
        }
        String code = switch (type) {
            case FLOAT32 -> "<f4";
            case FLOAT64 -> "<f8";
        };
        String text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(code, extents);
        int before = MAGIC.length + 2 + Short.BYTES;
        int length = Math.ceilDiv(before + text.length() + 1, ALIGNMENT) * ALIGNMENT;
        byte[] all = new byte[length];
        Arrays.fill(all, (byte) ' ');
        ByteBuffer.wrap(all)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) (length - before))
                .put(text.getBytes(StandardCharsets.US_ASCII));
        all[length - 1] = '\n';
        return all;
    }

    // ---- reading ----

    /// Reads and checks the header of a file; the channel then stands at the first element.
    static NpyHeader read(FileChannel channel) throws IOException {
        long fileBytes = channel.size();
        if (fileBytes == 0) {
            throw new IOException("the file is empty");
        }
        byte[] start = new byte[(int) Math.min(fileBytes, MAGIC.length + 2)];
        ElementTransfer.fill(channel, ByteBuffer.wrap(start));
        if (!Arrays.equals(start, 0, Math.min(start.length, MAGIC.length), MAGIC, 0, MAGIC.length)) {
            throw new IOException("it does not begin with \\x93NUMPY; it is no npy file, or a truncated one");
        }
        if (start.length < MAGIC.length + 2) {
            throw tooShort(fileBytes);
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
            throw new IOException("npy versions 1.0, 2.0 and 3.0 are known; got %d.%d"
                    .formatted(Byte.toUnsignedInt(start[MAGIC.length]), Byte.toUnsignedInt(start[MAGIC.length + 1])));
        }
        byte[] text = new byte[length(channel, version == 1 ? Short.BYTES : Integer.BYTES, fileBytes)];
        ElementTransfer.fill(channel, ByteBuffer.wrap(text));
        NpyHeader read = parse(decode(text, version));
        requireLength(read.header, fileBytes - channel.position());
        return read;
    }

    private static int length(FileChannel channel, int bytes, long fileBytes) throws IOException {
        if (fileBytes < channel.position() + bytes) {
            throw tooShort(fileBytes);
        }
        ByteBuffer field = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ElementTransfer.fill(channel, field.limit(bytes));
        long length = Integer.toUnsignedLong(field.clear().getInt());
        if (length > fileBytes - channel.position()) {
            throw new IOException(
                    "header length %d exceeds the file (%d bytes); the file is truncated".formatted(length, fileBytes));
        }
        if (length > LONGEST) {
            throw new IOException(
                    "header length %d exceeds what numbers need (at most %d bytes)".formatted(length, LONGEST));
        }
        return (int) length;
    }

    private static IOException tooShort(long fileBytes) {
        return new IOException("its %d bytes are too few for a header; the file is truncated".formatted(fileBytes));
    }

    private static String decode(byte[] text, int version) throws IOException {
        try {
            return (version < 3 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8)
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("the header is not UTF-8; the file is damaged", e);
        }
    }

    private static NpyHeader parse(String text) throws IOException {
        Map<String, Object> said = new PythonLiteral(text).dictionary();
        if (!said.keySet().equals(KEYS)) {
            throw new IOException("the header must have descr, fortran_order and shape, and nothing else; got "
                    + Failures.quote(text.strip()));
        }
        if (!(said.get("fortran_order") instanceof Boolean columnMajor)) {
            throw new IOException("fortran_order must be True or False; got " + shown(said.get("fortran_order")));
        }
        List<Long> shape = shape(said.get("shape"));
        Object descr = said.get("descr");
        if (!(descr instanceof String code)) {
            throw new IOException("elements must be plain numbers; got a structured type " + shown(descr));
        }
        Matcher parts = TYPE.matcher(code);
        ElementType type = parts.matches() ? type(parts) : null;
        if (type == null) {
            throw new IOException("elements of type %s are not supported%s"
                    .formatted(Failures.quote(code), parts.matches() ? reason(parts.group(2)) : ""));
        }
        Order order = columnMajor ? Order.COLUMN_MAJOR : Order.ROW_MAJOR;
        return new NpyHeader(new Header(type, shape, order), byteOrder(parts.group(1)));
    }

    private static @Nullable ElementType type(Matcher parts) {
        String code = parts.group(2) + parts.group(3);
        for (ElementType type : ElementType.values()) {
            if (type.code().equals(code)
                    && parts.group(4).isEmpty()
                    && (!parts.group(1).equals("|") || type.bytes() == 1)) {
                return type;
            }
        }
        return null;
    }

    private static String reason(String kind) {
        return switch (kind) {
            case "O" -> ", which are pickled Python objects: reading them would run code; save numbers instead";
            case "S", "U", "a" -> ", which are texts; save numbers instead";
            case "c" -> ", which are complex numbers; save real ones instead";
            case "M", "m" -> ", which are dates; save numbers instead";
            default -> "; convert them, with astype(float32)";
        };
    }

    private static ByteOrder byteOrder(String mark) {
        return switch (mark) {
            case "<" -> ByteOrder.LITTLE_ENDIAN;
            case ">" -> ByteOrder.BIG_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
    }

    private static List<Long> shape(@Nullable Object said) throws IOException {
        if (!(said instanceof List<?> list)) {
            throw new IOException("shape must be a tuple of whole numbers; got " + shown(said));
        }
        if (list.size() > MOST_AXES) {
            throw new IOException("shape must have at most %d axes; got %d".formatted(MOST_AXES, list.size()));
        }
        for (Object extent : list) {
            if (!(extent instanceof Long number) || number < 0) {
                throw new IOException("each extent must be a whole number of at least 0; got shape " + shown(said));
            }
        }
        return list.stream().map(Long.class::cast).toList();
    }

    private static void requireLength(Header header, long dataBytes) throws IOException {
        long bytes;
        try {
            bytes = Math.multiplyExact(header.size(), header.type().bytes());
        } catch (ArithmeticException e) {
            throw new IOException("shape %s has more elements than any file".formatted(shown(header.shape())), e);
        }
        if (bytes > dataBytes) {
            throw new IOException("shape %s of '%s' takes %d bytes; got %d; the file is truncated"
                    .formatted(shown(header.shape()), header.type().code(), bytes, dataBytes));
        }
        if (bytes < dataBytes) {
            throw new IOException("%d bytes follow the last element".formatted(dataBytes - bytes));
        }
    }

    private static String shown(@Nullable Object said) {
        return Failures.brief(String.valueOf(said));
    }
}
