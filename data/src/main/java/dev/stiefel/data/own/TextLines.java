package dev.stiefel.data.own;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The lines of a text file, without their ends: a line feed, or carriage return and line feed. Memory: one line.
final class TextLines implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final TextReader text;
    private final int longest;
    private final char[] buffer = new char[BUFFER];
    private int at;
    private int end;
    private long number;

    /// @param in in UTF-8, or in what its byte order mark says
    /// @param longest most characters of a line
    TextLines(InputStream in, int longest) throws IOException {
        this.text = new TextReader(in);
        this.longest = longest;
    }

    /// The number of the last line read, counted from 1.
    long number() {
        return number;
    }

    /// The next line, or null after the last one.
    @Nullable
    String next() throws IOException {
        StringBuilder line = new StringBuilder();
        number++;
        while (true) {
            if (at == end) {
                end = Math.max(0, text.read(buffer, 0, buffer.length));
                at = 0;
            }
            if (end == 0 || buffer[at] == TextReader.END) {
                return null;
            }
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            line.append(buffer, from, at - from);
            if (line.length() > longest) {
                throw new IOException(MessageText.format(
                        "line %d: a line must have at most %,d characters; this one has more", number, longest));
            }
            if (at < end) {
                at++;
                return isLast(line) ? null : withoutReturn(line);
            }
        }
    }

    /// Returns whether nothing but the reader's mark of the end follows an empty line, which is then none.
    private boolean isLast(StringBuilder line) {
        return line.isEmpty() && at < end && buffer[at] == TextReader.END;
    }

    private static String withoutReturn(StringBuilder line) {
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
