package dev.stiefel.data.own;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The characters of a text file in UTF-8, or in what its byte order mark says; then a line end
/// and [#END].
///
/// Bytes that are no characters, and the character NUL, are an [IOException] that names the line.
/// So NUL can serve as the mark of the end: a parser that meets it inside a quoted cell has met a
/// quote that was never closed.
final class TextReader extends Reader {
    /// Follows the last line's end.
    static final char END = '\0';

    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
    private final CharsetDecoder decoder;
    private boolean drained;
    private boolean decoded;
    private String suffix = "\n" + END;
    private long line = 1;
    private long taken;
    private char last;

    TextReader(InputStream in) throws IOException {
        this.in = in;
        fill();
        decoder = detect().newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    private Charset detect() throws IOException {
        while (bytes.remaining() < 3 && !drained) {
            fill();
        }
        if (startsWith(0xef, 0xbb, 0xbf)) {
            return StandardCharsets.UTF_8;
        }
        if (startsWith(0xfe, 0xff)) {
            return StandardCharsets.UTF_16BE;
        }
        return startsWith(0xff, 0xfe) ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
    }

    /// Skips these bytes if they come next, and returns whether they did.
    private boolean startsWith(int... mark) {
        if (bytes.remaining() < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((bytes.get(bytes.position() + i) & 0xff) != mark[i]) {
                return false;
            }
        }
        bytes.position(bytes.position() + mark.length);
        return true;
    }

    private void fill() throws IOException {
        bytes.compact();
        int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (n < 0) {
            drained = true;
        } else {
            bytes.position(bytes.position() + n);
            taken += n;
        }
        bytes.flip();
    }

    @Override
    public int read(char[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!decoded) {
            CharBuffer chars = CharBuffer.wrap(into, from, length);
            CoderResult result = decoder.decode(bytes, chars, drained);
            int n = chars.position() - from;
            check(into, from, from + n);
            if (result.isError()) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "line %s: it must be text in UTF-8; got the byte 0x%02x; save it as UTF-8",
                        line,
                        bytes.get(bytes.position())));
            }
            if (n > 0) {
                return n;
            }
            if (result.isOverflow()) { // a surrogate pair does not fit one character
                throw new IllegalArgumentException("text: at least 2 characters must be asked for; got " + length);
            }
            if (drained) {
                decoded = true;
            } else {
                fill();
            }
        }
        int n = Math.min(length, suffix.length());
        suffix.getChars(0, n, into, from);
        suffix = suffix.substring(n);
        return n == 0 ? -1 : n;
    }

    /// The encoding of the characters.
    Charset encoding() {
        return decoder.charset();
    }

    /// The number of bytes read from the file.
    long taken() {
        return taken;
    }

    private void check(char[] text, int from, int to) throws IOException {
        char previous = last;
        for (int i = from; i < to; i++) {
            char c = text[i];
            if (c < ' ') {
                if (c == END) {
                    throw new IOException(
                            "line %s: it must be text in UTF-8, or UTF-16 with a byte order mark; got ".formatted(line)
                                    + "the character NUL");
                }
                if (c == '\r' || (c == '\n' && previous != '\r')) {
                    line++;
                }
            }
            previous = c;
        }
        last = previous;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
