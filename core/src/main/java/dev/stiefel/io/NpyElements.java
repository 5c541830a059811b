package dev.stiefel.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/// The elements of an npy file in the order in which they lie there, through a buffer of fixed size.
final class NpyElements {
    private static final int BYTES = 1 << 16;

    private final FileChannel channel;
    private final NpyHeader header;
    private final ByteBuffer bytes;

    /// Destination of elements.
    interface Sink {
        /// Takes the next one.
        ///
        /// @param at its number in row-major order
        /// @param from index of its first byte
        void take(long at, ByteBuffer bytes, int from) throws IOException;
    }

    /// @param channel channel at the position of the first element
    NpyElements(FileChannel channel, NpyHeader header) {
        this.channel = channel;
        this.header = header;
        this.bytes = ByteBuffer.allocate(BYTES).order(header.byteOrder());
    }

    void forEach(Sink sink) throws IOException {
        int width = header.header().type().bytes();
        long size = header.header().size();
        Position position = new Position(header.header().shape());
        for (long at = 0; at < size; at += BYTES / width) {
            int count = (int) Math.min(BYTES / width, size - at);
            ElementTransfer.fill(channel, bytes.clear().limit(count * width));
            for (int i = 0; i < count; i++) {
                sink.take(header.isRowByRow() ? at + i : position.next(), bytes, i * width);
            }
        }
    }

    /// The row-major numbers of elements that lie in column-major order.
    private static final class Position {
        private final long[] extents;
        private final long[] strides;
        private final long[] index;
        private long at;

        Position(List<Long> shape) {
            int order = shape.size();
            extents = new long[order];
            strides = new long[order];
            index = new long[order];
            long stride = 1;
            for (int axis = order - 1; axis >= 0; axis--) {
                extents[axis] = shape.get(axis);
                strides[axis] = stride;
                stride *= extents[axis]; // may overflow where an extent is 0, and then there is no element
            }
        }

        long next() {
            long current = at;
            for (int axis = 0; axis < extents.length; axis++) {
                at += strides[axis];
                if (++index[axis] < extents[axis]) {
                    break;
                }
                at -= strides[axis] * extents[axis];
                index[axis] = 0;
            }
            return current;
        }
    }
}
