package dev.stiefel.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/// Standard output, which ends a command when it cannot be written. A [java.io.PrintStream] alone would swallow that:
/// results would be lost with exit code 0, and a command whose reader has gone away would go on for ever.
final class StandardOutput extends OutputStream {
    private static final String READER_GONE = "Broken pipe"; // of EPIPE

    private final OutputStream out;

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    /// The standard output of this process.
    static StandardOutput ofProcess() {
        return new StandardOutput(new FileOutputStream(FileDescriptor.out));
    }

    /// Nobody reads standard output any more: `| head -1` has what it wanted.
    static final class ReaderGoneException extends IOException {
        private static final long serialVersionUID = 1L;

        ReaderGoneException(IOException cause) {
            super("nobody reads standard output any more", cause);
        }
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static UncheckedIOException failed(IOException e) {
        String reason = String.valueOf(e.getMessage());
        return new UncheckedIOException(
                reason.contains(READER_GONE)
                        ? new ReaderGoneException(e)
                        : new IOException("cannot write standard output: " + reason, e));
    }
}
