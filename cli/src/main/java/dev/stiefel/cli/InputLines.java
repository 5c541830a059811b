package dev.stiefel.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lines of text on standard input, in UTF-8. Only a line feed ends a line, as for `wc`; a carriage return before it is
/// taken off, and so is a byte order mark before the first line.
final class InputLines {
    private static final int LONGEST = 1 << 24; // bytes
    private static final int BUFFER = 1 << 16;
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final InputStream in;
    private long number;

    InputLines(InputStream bytes) {
        this.in = new BufferedInputStream(bytes, BUFFER);
    }

    /// The next lines: one at least unless the input has ended, then those that are there already.
    ///
    /// @param most lines
    /// @throws UsageException if a line is too long, or not UTF-8. Reading may continue after it
    List<String> next(int most) throws IOException {
        List<String> lines = new ArrayList<>();
        while (lines.size() < most && (lines.isEmpty() || in.available() > 0)) {
            String line = line();
            if (line == null) {
                break;
            }
            lines.add(line);
        }
        return lines;
    }

    private @Nullable String line() throws IOException {
        try {
            return readLine();
        } catch (IOException e) {
            throw new IOException("cannot read standard input: " + e.getMessage(), e);
        }
    }

    private @Nullable String readLine() throws IOException {
        int b = in.read();
        if (b < 0) {
            return null;
        }
        number++;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() <= LONGEST) {
                line.write(b);
            }
        }
        if (line.size() > LONGEST) {
            throw new UsageException("line %s: must have at most %s bytes".formatted(number, LONGEST));
        }
        String text = decoded(line.toByteArray());
        int from = number == 1 && text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
        int to = text.endsWith("\r") ? text.length() - 1 : text.length();
        return text.substring(from, to);
    }

    private String decoded(byte[] line) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UsageException("line %s: must be text in UTF-8".formatted(number));
        }
    }
}
