package dev.stiefel.data.own;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Rotation that shows a stored image upright: Exif's tag 0x0112 (CIPA DC-008, section 4.6.4).
///
/// @param number from 1, as stored, to 8
record ImageOrientation(int number) {
    private static final int TAG = 0x0112;
    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int ENTRY = 12; // bytes
    private static final int MAGIC = 42;
    private static final int FIRST_SWAPPED = 5;

    /// The image is to be seen as it is stored.
    static final ImageOrientation AS_STORED = new ImageOrientation(1);

    /// The one that Exif data says; as stored where it says none, or is damaged.
    ///
    /// @param exif from its byte order on, `II` or `MM`
    static ImageOrientation ofExif(byte[] exif) {
        try {
            ByteBuffer data = ByteBuffer.wrap(exif);
            data.order(data.getShort() == ('I' << Byte.SIZE | 'I') ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            if (data.getShort() != MAGIC) {
                return AS_STORED;
            }
            data.position(data.getInt());
            int entries = data.getShort() & 0xffff;
            for (int i = 0, start = data.position(); i < entries; i++) {
                data.position(start + i * ENTRY);
                if ((data.getShort() & 0xffff) == TAG) {
                    return ofValue(data);
                }
            }
            return AS_STORED;
        } catch (BufferUnderflowException | IllegalArgumentException _) { // a position beyond its end
            return AS_STORED;
        }
    }

    private static ImageOrientation ofValue(ByteBuffer data) {
        int type = data.getShort();
        data.getInt(); // how many
        int value = switch (type) {
            case BYTE -> data.get();
            case SHORT -> data.getShort();
            case LONG -> data.getInt();
            default -> 0;
        };
        return value >= 1 && value <= Byte.SIZE ? new ImageOrientation(value) : AS_STORED;
    }

    /// Returns whether rows become columns.
    boolean swapsAxes() {
        return number >= FIRST_SWAPPED;
    }

    /// Planes as they are to be seen.
    ///
    /// @param planes as stored, of `columns` rows and `rows` columns if [#swapsAxes]
    /// @param rows of the result
    /// @param columns likewise
    float[] upright(float[] planes, int rows, int columns) {
        if (number == 1) {
            return planes;
        }
        float[] upright = new float[planes.length];
        int size = rows * columns;
        for (int at = 0; at < planes.length; at += size) {
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    upright[at + y * columns + x] = planes[at + stored(y, x, rows, columns)];
                }
            }
        }
        return upright;
    }

    /// The place at which the pixel of a row and a column of the upright image is stored.
    private int stored(int y, int x, int rows, int columns) {
        int down = rows - 1 - y;
        int across = columns - 1 - x;
        return switch (number) {
            case 2 -> y * columns + across;
            case 3 -> down * columns + across;
            case 4 -> down * columns + x;
            case 5 -> x * rows + y;
            case 6 -> across * rows + y;
            case 7 -> across * rows + down;
            case 8 -> x * rows + down;
            default -> y * columns + x;
        };
    }
}
