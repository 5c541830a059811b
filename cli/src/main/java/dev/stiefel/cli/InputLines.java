package dev.stiefel.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lines of text on standard input, in UTF-8. Only a line feed ends a line, as for `wc`; a carriage return before it is
/// taken off.
final class InputLines {
    private static final int LONGEST = 1 << 24; // characters
    private static final int BUFFER = 1 << 16;

    private final BufferedReader in;
    private long number;

    InputLines(InputStream bytes) {
        this.in = new BufferedReader(
                new InputStreamReader(
                        bytes,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)),
                BUFFER);
    }

    /// The next lines: one at least unless the input has ended, then those that are there already.
    ///
    /// @param most lines
    List<String> next(int most) throws IOException {
        List<String> lines = new ArrayList<>();
        while (lines.size() < most && (lines.isEmpty() || in.ready())) {
            String line = line();
            if (line == null) {
                break;
            }
            lines.add(line);
        }
        return lines;
    }

    private @Nullable String line() throws IOException {
        number++;
        StringBuilder line = new StringBuilder();
        try {
            int c = in.read();
            if (c < 0) {
                return null;
            }
            for (; c >= 0 && c != '\n'; c = in.read()) {
                line.append((char) c);
                if (line.length() > LONGEST) {
                    throw new UsageException("line %d: must have at most %,d characters".formatted(number, LONGEST));
                }
            }
        } catch (CharacterCodingException e) {
            throw new UsageException("line %d: must be text in UTF-8".formatted(number));
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }
}
