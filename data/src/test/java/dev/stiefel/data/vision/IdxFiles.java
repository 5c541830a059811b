package dev.stiefel.data.vision;

import java.nio.ByteBuffer;

/// Makes IDX files for tests.
final class IdxFiles {
    private IdxFiles() {}

    /// A file with a header of this shape and these elements, whether they fit it or not.
    static byte[] bytes(int[] shape, int... elements) {
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + elements.length);
        file.putShort((short) 0).put((byte) 8).put((byte) shape.length);
        for (int size : shape) {
            file.putInt(size);
        }
        for (int element : elements) {
            file.put((byte) element);
        }
        return file.array();
    }
}
