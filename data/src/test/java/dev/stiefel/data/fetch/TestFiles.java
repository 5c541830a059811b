package dev.stiefel.data.fetch;

import dev.stiefel.io.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/// Contents of files for tests.
final class TestFiles {
    private TestFiles() {}

    /// Bytes that do not compress.
    static byte[] randomBytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    static DataFile describe(String name, byte[] content) {
        MessageDigest digest = Sha256.digest();
        digest.update(content);
        return new DataFile(name, content.length, Sha256.hex(digest));
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    /// A tar archive's header and padded content for one plain file.
    static byte[] tarEntry(String name, byte[] content) {
        byte[] entry = new byte[512 + (content.length + 511) / 512 * 512];
        put(entry, 0, name);
        put(entry, 100, "0000644\0");
        put(entry, 124, "%011o".formatted(content.length));
        entry[156] = '0';
        put(entry, 257, "ustar\00000");
        sign(entry);
        System.arraycopy(content, 0, entry, 512, content.length);
        return entry;
    }

    /// Gives a header the checksum that it needs.
    static void sign(byte[] entry) {
        put(entry, 148, "        ");
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += entry[i] & 0xff;
        }
        put(entry, 148, "%06o\0 ".formatted(sum));
    }

    /// A whole archive of such entries.
    static byte[] tar(byte[]... entries) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        for (byte[] entry : entries) {
            archive.writeBytes(entry);
        }
        archive.writeBytes(new byte[1024]);
        return archive.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
