package dev.stiefel.data.vision;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Tar archives for tests.
final class Tars {
    private Tars() {}

    /// An archive of plain files of these names and contents in a folder, whose name ends with a slash.
    static byte[] of(String folder, List<String> names, byte[]... contents) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        for (int i = 0; i < contents.length; i++) {
            archive.writeBytes(header(folder + names.get(i), contents[i].length));
            archive.writeBytes(Arrays.copyOf(contents[i], (contents[i].length + 511) / 512 * 512));
        }
        archive.writeBytes(new byte[1024]);
        return archive.toByteArray();
    }

    private static byte[] header(String name, int length) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 124, "%011o".formatted(length));
        header[156] = '0';
        put(header, 257, "ustar\00000");
        put(header, 148, "        ");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
