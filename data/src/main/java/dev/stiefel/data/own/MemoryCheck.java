package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.file.Path;

/// Checks that data fits the memory that Java may still take.
final class MemoryCheck {
    private static final int MEBIBYTE = 1 << 20;

    private MemoryCheck() {}

    /// Refuses samples that would not fit, with what they need and how to give more.
    ///
    /// @param bytesEach largest number of bytes held in memory per sample
    static void require(Path file, long samples, long width, long bytesEach) throws IOException {
        try {
            require(samples, width, bytesEach);
        } catch (IOException e) {
            throw MessageText.cannotRead(file, e);
        }
    }

    /// The same in words that do not name the file.
    static void require(long samples, long width, long bytesEach) throws IOException {
        if (width > Schema.WIDEST) {
            throw new IOException(
                    MessageText.format("a sample must have at most %,d values; got %,d", Schema.WIDEST, width));
        }
        long needed = samples * bytesEach;
        if (needed > left()) {
            System.gc(); // used memory includes garbage
            long left = left();
            if (needed > left) {
                throw new IOException(MessageText.format(
                        "about %,d samples of %,d values need %,d MiB of memory; %,d MiB are left; give Java more with "
                                + "JAVA_TOOL_OPTIONS=-Xmx%dm, or use a smaller file",
                        samples,
                        width,
                        Math.ceilDiv(needed, MEBIBYTE),
                        left / MEBIBYTE,
                        Math.ceilDiv(needed + Runtime.getRuntime().maxMemory() - left, MEBIBYTE)));
            }
        }
    }

    private static long left() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    }
}
