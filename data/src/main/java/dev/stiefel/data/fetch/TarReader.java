package dev.stiefel.data.fetch;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads the plain files of a tar archive (POSIX ustar and what GNU tar writes for short names), one after another.
/// Nothing is unpacked to a disk, so an entry's name cannot lead anywhere.
final class TarReader {
    private static final int BLOCK = 512;

    private final InputStream in;
    private String name = "";
    private long left;
    private long padding;

    TarReader(InputStream in) {
        this.in = in;
    }

    /// Hands each wanted file that lies in `folder` of the archive, plain or as `….gz`, to the cache writer.
    void hand(String folder, List<DataFile> wanted, CacheWriter writer) throws IOException {
        List<DataFile> missing = new ArrayList<>(wanted);
        while (!missing.isEmpty() && next()) {
            for (DataFile file : List.copyOf(missing)) {
                String path = folder + "/" + file.name();
                if (name.equals(path) || name.equals(path + ".gz")) {
                    writer.accept(file, content());
                    missing.remove(file);
                    break;
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new IOException("its archive has no %s/%s"
                    .formatted(folder, missing.getFirst().name()));
        }
    }

    /// Moves to the next plain file, if there is one.
    boolean next() throws IOException {
        while (true) {
            in.skipNBytes(left + padding);
            byte[] header = in.readNBytes(BLOCK);
            if (header.length < BLOCK) {
                throw new EOFException("the tar archive is truncated");
            }
            if (isZero(header)) {
                return false;
            }
            requireChecksum(header);
            left = octal(header, 124, 12);
            padding = (BLOCK - left % BLOCK) % BLOCK;
            name = name(header);
            if (header[156] == '0' || header[156] == 0) {
                return true;
            }
        }
    }

    /// The current file's name, with its folders.
    String name() {
        return name;
    }

    /// The current file's content, to be read before [#next()].
    InputStream content() {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int n = super.read(bytes, from, (int) Math.min(length, left));
                if (n < 0) {
                    throw new EOFException("the tar archive is truncated");
                }
                left -= n;
                return n;
            }
        };
    }

    private static String name(byte[] header) {
        String prefix = header[257] == 'u' && header[262] == 0 ? text(header, 345, 155) : "";
        String path = (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, 100);
        return path.startsWith("./") ? path.substring(2) : path;
    }

    private static void requireChecksum(byte[] header) throws IOException {
        long sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : header[i] & 0xff;
        }
        if (sum != octal(header, 148, 8)) {
            throw new IOException("the tar archive is damaged: a header has the wrong checksum");
        }
    }

    private static long octal(byte[] header, int from, int length) throws IOException {
        try {
            return Long.parseUnsignedLong(text(header, from, length).strip(), 8); // at most 12 digits: no sign bit
        } catch (NumberFormatException e) {
            throw new IOException("the tar archive is damaged: a header has no number at byte " + from, e);
        }
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }
}
