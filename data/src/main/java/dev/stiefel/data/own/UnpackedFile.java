package dev.stiefel.data.own;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// A file as bytes, unpacked where its name ends in `.gz`.
///
/// @param path path of the file
/// @param bytesRead receives the number of bytes read so far, of the file as it is stored
record UnpackedFile(Path path, LongConsumer bytesRead) {
    private static final int BUFFER = 1 << 16;
    private static final String GZIP = ".gz";

    /// Returns whether its name, without `.gz`, has this ending.
    boolean endsIn(String ending) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(ending) || name.endsWith(ending + GZIP);
    }

    /// The same, without reports of progress.
    UnpackedFile silent() {
        return new UnpackedFile(path, bytes -> {});
    }

    InputStream open() throws IOException {
        InputStream file = new Counted(Files.newInputStream(path), bytesRead);
        if (!endsIn(GZIP)) {
            return file;
        }
        try {
            return new Unpacked(new GZIPInputStream(file, BUFFER));
        } catch (IOException e) {
            file.close();
            throw explained(e);
        }
    }

    private static IOException explained(IOException e) {
        return e instanceof EOFException || e instanceof ZipException
                ? new IOException("it is a damaged gzip file", e)
                : e;
    }

    private static final class Counted extends FilterInputStream {
        private final LongConsumer bytesRead;
        private long read;

        Counted(InputStream in, LongConsumer bytesRead) {
            super(in);
            this.bytesRead = bytesRead;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int n = super.read(into, from, length);
            if (n > 0) {
                read += n;
                bytesRead.accept(read);
            }
            return n;
        }
    }

    private static final class Unpacked extends FilterInputStream {
        Unpacked(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                return super.read(into, from, length);
            } catch (IOException e) {
                throw explained(e);
            }
        }
    }
}
