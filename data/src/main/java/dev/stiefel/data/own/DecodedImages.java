package dev.stiefel.data.own;

import dev.stiefel.data.own.ImageFolder.Entry;
import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Scaled images, decoded by several threads.
final class DecodedImages {
    private static final int BLOCK_BYTES = 64 << 20;
    private static final int SMALLEST_BLOCK = 16;
    private static final int LARGEST_BLOCK = 1024;

    private final Path folder;
    private final ImageSize size;
    private final boolean grey; // for all kinds of files
    private final List<Entry> entries;
    private final ImagePlanes planes;
    private final @Nullable String[] hashes;
    private final @Nullable String[] problems;

    private DecodedImages(Path folder, List<Entry> entries, ImageSize size, boolean grey) {
        this.folder = folder;
        this.size = size;
        this.grey = grey;
        this.entries = entries;
        planes = new ImagePlanes(entries.size(), size.pixels());
        hashes = new String[entries.size()];
        problems = new String[entries.size()];
    }

    /// Decodes all images, block by block. Each block is spread evenly over the folder, so that the images
    /// decoded so far represent the rest, however classes and sizes are ordered. An image that is coloured and
    /// scaled takes 12 times the memory of a grey one of the right size.
    ///
    /// @param channels 1 if all images become grey
    /// @throws IOException if the images need more memory than there is
    static DecodedImages of(Path folder, List<Entry> entries, ImageSize size, OptionalInt channels) throws IOException {
        DecodedImages images = new DecodedImages(folder, entries, size, channels.equals(OptionalInt.of(1)));
        int count = entries.size();
        int blocks = Math.ceilDiv(count, blockSize(size));
        int decoded = 0;
        long bytes = 0;
        long checked = 0;
        for (int first = 0; first < blocks; first++) {
            int start = first;
            int[] block = IntStream.range(0, Math.ceilDiv(count - start, blocks))
                    .map(i -> start + i * blocks)
                    .toArray();
            bytes += IntStream.of(block)
                    .parallel()
                    .mapToLong(i -> {
                        images.decode(i);
                        return images.planes.bytes(i);
                    })
                    .sum();
            decoded += block.length;
            long bytesEach = Math.ceilDiv(bytes, decoded);
            if (bytesEach > checked) { // else the last check allowed for it
                MemoryCheck.require(folder, count - decoded, images.widest(block), bytesEach);
                checked = bytesEach;
            }
        }
        return images;
    }

    /// The number of images decoded between two checks of the memory.
    private static int blockSize(ImageSize size) {
        int largest = 3 * Float.BYTES * size.pixels();
        return Math.clamp(BLOCK_BYTES / largest, SMALLEST_BLOCK, LARGEST_BLOCK);
    }

    private int widest(int[] block) {
        return IntStream.of(block).map(planes::values).max().orElse(0);
    }

    private void decode(int i) {
        Path file = entries.get(i).file();
        if (!Files.exists(file)) {
            problems[i] = "cannot read %s: it is a link that leads nowhere".formatted(file);
            return;
        }
        try {
            hashes[i] = Sha256.of(file);
            float[] colours = ImageFile.decode(file, size.height(), size.width());
            planes.set(i, grey || Pixels.isGrey(colours) ? Pixels.grey(colours) : colours);
        } catch (IOException e) {
            String message = String.valueOf(MessageText.cannotRead(file, e).getMessage());
            problems[i] = hashes[i] == null ? message : String.valueOf(e.getMessage());
        }
    }

    /// Returns whether an image could be decoded.
    boolean isGood(int i) {
        return problems[i] == null;
    }

    int bad() {
        return (int) Arrays.stream(problems).filter(Objects::nonNull).count();
    }

    /// The files that could not be decoded.
    List<Path> badFiles() {
        return IntStream.range(0, entries.size())
                .filter(i -> !isGood(i))
                .mapToObj(i -> entries.get(i).file())
                .toList();
    }

    /// The problem with the first image that could not be decoded.
    String firstProblem() {
        return Arrays.stream(problems).filter(Objects::nonNull).findFirst().orElse("");
    }

    /// The images' pixels.
    ImagePlanes planes() {
        return planes;
    }

    /// The SHA-256 of what `sha256sum` prints of files, sorted by their paths below the folder: of those that are
    /// images
    /// or are called like images that can be read.
    ///
    /// @param images their numbers
    String sha256(IntStream images) {
        TreeMap<String, String> lines = new TreeMap<>();
        for (int i : images.toArray()) {
            String hash = hashes[i];
            if (hash != null
                    && (isGood(i) || ImageFile.isCalledReadable(entries.get(i).file()))) {
                String path =
                        folder.relativize(entries.get(i).file()).toString().replace('\\', '/');
                lines.put(path, hash);
            }
        }
        MessageDigest digest = Sha256.digest();
        lines.forEach((path, hash) -> digest.update((hash + "  " + path + "\n").getBytes(StandardCharsets.UTF_8)));
        return Sha256.hex(digest);
    }
}
