package dev.stiefel.data.own;

import dev.stiefel.data.own.ImageFolder.Entry;
import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Scaled images, decoded by several threads. One plane is kept of what is grey, else three.
final class DecodedImages {
    private final Path folder;
    private final int size;
    private final int pixels;
    private final List<Entry> entries;
    private final float[][] planes;
    private final @Nullable String[] hashes;
    private final @Nullable String[] problems;

    private DecodedImages(Path folder, List<Entry> entries, int size) {
        this.folder = folder;
        this.size = size;
        pixels = size * size;
        this.entries = entries;
        planes = new float[entries.size()][];
        hashes = new String[entries.size()];
        problems = new String[entries.size()];
    }

    static DecodedImages of(Path folder, List<Entry> entries, int size) throws IOException {
        DecodedImages images = new DecodedImages(folder, entries, size);
        int first = 0;
        images.decode(first);
        while (first + 1 < entries.size() && images.planes[first].length == 0) {
            images.decode(++first);
        }
        // Like the first one: what is read, what is trained and tested on, and its scaled copy.
        MemoryCheck.require(
                folder, entries.size(), images.planes[first].length, 3L * Float.BYTES * images.planes[first].length);
        IntStream.range(first + 1, entries.size()).parallel().forEach(i -> images.decode(i));
        return images;
    }

    private void decode(int i) {
        Path file = entries.get(i).file();
        planes[i] = new float[0];
        try {
            hashes[i] = Sha256.of(file);
            float[] colours = ImageFile.decode(file, size, size);
            planes[i] = Pixels.isGrey(colours) ? Pixels.grey(colours) : colours;
        } catch (IOException e) {
            String message = String.valueOf(MessageText.cannotRead(file, e).getMessage());
            problems[i] = hashes[i] == null ? message : String.valueOf(e.getMessage());
        }
    }

    /// Whether an image could be decoded.
    boolean isGood(int i) {
        return problems[i] == null;
    }

    int bad() {
        return (int) Arrays.stream(problems).filter(Objects::nonNull).count();
    }

    /// Why the first image that could not be decoded could not.
    String firstProblem() {
        return Arrays.stream(problems).filter(Objects::nonNull).findFirst().orElse("");
    }

    /// One if every image is grey, else three.
    int channels() {
        return Arrays.stream(planes).allMatch(image -> image.length <= pixels) ? 1 : 3;
    }

    /// Copies an image, a grey one into each of the planes, and frees it.
    void take(int i, int channels, float[] into, int from) {
        float[] image = planes[i];
        planes[i] = new float[0];
        int at = from;
        for (int left = image.length < 3 * pixels ? channels : 1; left > 0; left--) {
            System.arraycopy(image, 0, into, at, image.length);
            at += image.length;
        }
    }

    /// The SHA-256 of what `sha256sum` prints of all files that could be read, sorted by their
    /// paths below the folder.
    String sha256() {
        TreeMap<String, String> lines = new TreeMap<>();
        for (int i = 0; i < hashes.length; i++) {
            String hash = hashes[i];
            if (hash != null) {
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
