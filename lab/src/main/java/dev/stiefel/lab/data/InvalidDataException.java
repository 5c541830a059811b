package dev.stiefel.lab.data;

import java.io.IOException;

/// A user's own file cannot be read as data. One line that names the file, and the line in it where there is one; the
/// machine is not to blame.
public final class InvalidDataException extends IOException {
    private static final long serialVersionUID = 1L;

    private InvalidDataException(IOException cause) {
        super(cause.getMessage(), cause);
    }

    /// One that says this.
    static InvalidDataException of(String message) {
        return new InvalidDataException(new IOException(message));
    }

    /// Reads something of a user's own file.
    public interface Reading<T> {
        /// Reads the data.
        ///
        /// @throws IOException if the file cannot be read
        T read() throws IOException;
    }

    /// Reads a user's own file, and turns its errors into this exception.
    public static <T> T guarding(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new InvalidDataException(e);
        }
    }
}
