package dev.stiefel.io;

import dev.stiefel.io.SafetensorsHeader.Entry;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Tensors and string metadata in the [safetensors format](https://huggingface.co/docs/safetensors): eight bytes with
/// the length of a JSON header, the header, the elements. Little-endian. Written are float32 and float64; float16 and
/// bfloat16, which are read as well, become float32 without loss.
///
/// Elements pass through a buffer of bounded size, and no tensor is made before the header has been checked against
/// the file's length.
public final class Safetensors {
    private Safetensors() {}

    /// Content of a file: its tensors in the order of their elements in the file, and its metadata. Neither map
    /// can be changed; the tensors belong to the scope given for reading.
    public record SafetensorsFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
        /// Copies both maps, keeping their order.
        public SafetensorsFile {
            tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    /// Writes the tensors and the metadata in the order of their maps, replacing the file whole or not at all
    /// ([DurableFiles]). A view with gaps between its rows is written without them.
    ///
    /// @throws IllegalArgumentException if a name or a metadata text cannot stand in the header
    /// @throws IllegalStateException if a tensor is closed
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        DurableFiles.write(file, content(tensors, metadata));
    }

    /// The same for a file that a crash makes worthless: it is written over in place, and not
    /// forced to disk, which takes longer than writing does.
    public static void writeScratch(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        DurableFiles.writeScratch(file, content(tensors, metadata));
    }

    private static DurableFiles.Content content(Map<String, Tensor> tensors, Map<String, String> metadata) {
        byte[] header = SafetensorsHeader.encode(tensors, metadata);
        return channel -> {
            DurableFiles.writeFully(channel, littleEndian(header.length));
            DurableFiles.writeFully(channel, ByteBuffer.wrap(header));
            ElementTransfer transfer = new ElementTransfer(channel);
            for (Tensor tensor : tensors.values()) {
                transfer.write(tensor);
            }
        };
    }

    /// Reads all tensors of a file into `scope`; each is named as in the file. A file that breaks a rule of the
    /// format, or has another number format than those four, is an `IOException` saying which; then nothing is
    /// left in `scope`.
    public static SafetensorsFile read(Path file, Scope scope) throws IOException {
        return read(file, scope, _ -> true);
    }

    /// The same for some of the tensors. The others may have any number format; their content is skipped.
    ///
    /// @param wanted predicate of the names of tensors to read
    public static SafetensorsFile read(Path file, Scope scope, Predicate<String> wanted) throws IOException {
        try (FileChannel channel = RegularFile.open(file)) {
            SafetensorsHeader header = SafetensorsHeader.read(channel, wanted);
            return new SafetensorsFile(readTensors(channel, header, scope), header.metadata());
        } catch (IOException e) {
            throw Failures.cannotRead(file, e);
        }
    }

    private static Map<String, Tensor> readTensors(FileChannel channel, SafetensorsHeader header, Scope scope)
            throws IOException {
        ElementTransfer transfer = new ElementTransfer(channel);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        boolean whole = false;
        try {
            for (Entry entry : header.entries()) {
                if (entry.format().isEmpty()) {
                    channel.position(channel.position() + entry.end() - entry.begin());
                    continue;
                }
                NumberFormat format = entry.format().get();
                Tensor tensor = scope.uninitialized(format.read(), extents(entry.shape()))
                        .named(entry.name());
                tensors.put(entry.name(), tensor);
                transfer.read(tensor, format);
            }
            whole = true;
            return tensors;
        } finally {
            if (!whole) {
                tensors.values().forEach(Tensor::close);
            }
        }
    }

    private static ByteBuffer littleEndian(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .flip();
    }

    private static int[] extents(Shape shape) {
        int[] extents = new int[shape.order()];
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] = shape.extent(axis);
        }
        return extents;
    }
}
