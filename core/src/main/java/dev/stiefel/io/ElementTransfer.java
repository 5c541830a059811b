package dev.stiefel.io;

import dev.stiefel.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/// Moves tensors between native memory and a file, little-endian and bit for bit, through a buffer of fixed size.
final class ElementTransfer {
    private static final int BYTES = 1 << 16;

    private final FileChannel channel;
    private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final float[] floats = new float[BYTES / Float.BYTES];
    private final double[] doubles = new double[BYTES / Double.BYTES];

    ElementTransfer(FileChannel channel) {
        this.channel = channel;
    }

    /// Writes the elements of a tensor, row by row.
    void write(Tensor tensor) throws IOException {
        bytes.clear();
        if (tensor.isContiguous()) {
            append(tensor);
        } else {
            for (int i = 0; i < tensor.rows(); i++) {
                append(tensor.rows(i, i + 1));
            }
        }
        flush();
    }

    /// Fills a gapless tensor.
    void read(Tensor tensor) throws IOException {
        read(tensor, NumberFormat.of(tensor.type()));
    }

    /// Fills a gapless tensor with elements that lie in the file in a format that becomes the tensor's.
    void read(Tensor tensor, NumberFormat format) throws IOException {
        int most = BYTES / Math.max(format.bytes(), tensor.type().bytes());
        for (long at = 0; at < tensor.size(); at += most) {
            int count = (int) Math.min(most, tensor.size() - at);
            fill(channel, bytes.clear().limit(count * format.bytes()));
            bytes.flip();
            take(tensor, format, at, count);
        }
    }

    /// Reads until the buffer is full.
    static void fill(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("it became shorter while it was read; read it again");
            }
        }
    }

    private void append(Tensor tensor) throws IOException {
        long at = 0;
        while (at < tensor.size()) {
            if (!bytes.hasRemaining()) {
                flush();
            }
            int count = (int) Math.min(bytes.remaining() / tensor.type().bytes(), tensor.size() - at);
            put(tensor, at, count);
            at += count;
        }
    }

    private void flush() throws IOException {
        DurableFiles.writeFully(channel, bytes.flip());
        bytes.clear();
    }

    private void put(Tensor tensor, long at, int count) {
        switch (tensor.type()) {
            case FLOAT32 -> {
                tensor.read(at, floats, 0, count);
                bytes.asFloatBuffer().put(floats, 0, count);
            }
            case FLOAT64 -> {
                tensor.read(at, doubles, 0, count);
                bytes.asDoubleBuffer().put(doubles, 0, count);
            }
        }
        bytes.position(bytes.position() + count * tensor.type().bytes());
    }

    private void take(Tensor tensor, NumberFormat format, long at, int count) {
        switch (format) {
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    floats[i] = Float.float16ToFloat(bytes.getShort(i * Short.BYTES));
                }
                tensor.write(at, floats, 0, count);
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    floats[i] = Float.intBitsToFloat(bytes.getShort(i * Short.BYTES) << Short.SIZE);
                }
                tensor.write(at, floats, 0, count);
            }
            case F32 -> {
                bytes.asFloatBuffer().get(floats, 0, count);
                tensor.write(at, floats, 0, count);
            }
            case F64 -> {
                bytes.asDoubleBuffer().get(doubles, 0, count);
                tensor.write(at, doubles, 0, count);
            }
        }
    }
}
