package dev.stiefel.data.own;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/// A table in a text file: records of cells between delimiters, quoted as in RFC 4180.
///
/// [CsvDialect] determines the delimiter and the place of the header. Memory: one cell. A cell or a record beyond
/// the limits is an [IOException], however long the line is.
final class CsvFile {
    /// The most that is read.
    ///
    /// @param cell characters of a cell
    /// @param line characters of a record
    /// @param columns cells of a record
    record Limits(int cell, int line, int columns) {
        static final Limits STANDARD = new Limits(16 << 20, 64 << 20, 1_000_000);
    }

    private CsvFile() {}

    /// Hands all cells on until no more are wanted.
    static void read(Path file, Limits limits, CellHandler cells) throws IOException {
        try {
            CsvDialect dialect = CsvDialect.of(Files.newInputStream(file), file, limits.line);
            try (InputStream in = Files.newInputStream(file)) {
                pass(in, dialect, limits, cells);
            }
        } catch (IOException e) {
            throw MessageText.cannotRead(file, e);
        }
    }

    /// Hands all cells of a file on that may be packed.
    static void readAll(UnpackedFile file, Limits limits, CellHandler cells) throws IOException {
        try {
            CsvDialect dialect = CsvDialect.of(file.silent().open(), file.path(), limits.line);
            try (InputStream in = file.open()) {
                pass(in, dialect, limits, cells);
            }
        } catch (IOException e) {
            throw MessageText.cannotRead(file.path(), e);
        }
    }

    /// Hands all cells on and gives the SHA-256 of the file.
    static String readAll(Path file, Limits limits, CellHandler cells) throws IOException {
        try {
            CsvDialect dialect = CsvDialect.of(Files.newInputStream(file), file, limits.line);
            MessageDigest digest = Sha256.digest();
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                pass(in, dialect, limits, cells);
            }
            return Sha256.hex(digest);
        } catch (IOException e) {
            throw MessageText.cannotRead(file, e);
        }
    }

    private static void pass(InputStream in, CsvDialect dialect, Limits limits, CellHandler cells) throws IOException {
        Handler handler = new Handler(cells, limits);
        TextReader text = new TextReader(in);
        cells.begin(dialect, text.encoding(), text::taken);
        try (CsvReader<Handler> reader = CsvReader.builder()
                .fieldSeparator(dialect.delimiter())
                .allowExtraFields(true)
                .allowMissingFields(true)
                .allowExtraCharsAfterClosingQuote(false)
                .maxBufferSize(limits.cell)
                .build(handler, text)) {
            reader.skipLines(dialect.above());
            CloseableIterator<Handler> records = reader.iterator(); // closed with its reader
            boolean wanted = true;
            while (wanted && records.hasNext()) {
                wanted = records.next().finish();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CsvParseException e) {
            throw handler.explain(e);
        }
        if (!handler.begun) {
            throw new IOException("it must begin with a header, a line of column names; it is empty");
        }
    }

    /// Passes a record's cells on while FastCSV finds them.
    private static final class Handler extends AbstractBaseCsvCallbackHandler<Handler> {
        private final CellHandler cells;
        private final Limits limits;
        private final List<String> names = new ArrayList<>();
        private boolean begun;
        private boolean open;
        private boolean atEnd;
        private long line = 1;
        private long characters;
        private int count;

        Handler(CellHandler cells, Limits limits) {
            this.cells = cells;
            this.limits = limits;
        }

        @Override
        protected void handleBegin(long startingLine) {
            line = startingLine;
            characters = 0;
            count = 0;
            open = false;
        }

        @Override
        protected void handleField(int column, char[] text, int offset, int length, boolean quoted) {
            characters += length + 1L;
            count = column + 1;
            if (characters > limits.line || count > limits.columns) {
                throw new UncheckedIOException(new IOException(MessageText.format(
                        "line %d: a line must have at most %,d characters and %,d cells; this one has more",
                        line, limits.line, limits.columns)));
            }
            int from = offset;
            int to = offset + length;
            if (length > 0 && text[to - 1] == TextReader.END) {
                atEnd = true;
                open = quoted;
                return;
            }
            while (from < to && isSpace(text[from])) {
                from++;
            }
            while (from < to && isSpace(text[to - 1])) {
                to--;
            }
            if (begun) {
                cells.cell(column, text, from, to);
            } else {
                names.add(CellText.of(text, from, to));
            }
        }

        private static boolean isSpace(char c) {
            return c == ' ' || c == '\t' || c == '\ufeff' || (c > '~' && Character.isSpaceChar(c));
        }

        @Override
        protected Handler buildRecord() {
            return this;
        }

        private boolean finish() throws IOException {
            if (open) {
                throw new IOException("line %s: a quote is opened and never closed".formatted(line));
            }
            if (atEnd) {
                return false;
            }
            if (begun) {
                return cells.end(line, count);
            }
            begun = true;
            cells.header(names, line);
            names.clear();
            return true;
        }

        private IOException explain(CsvParseException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            if (root instanceof IOException io) {
                return io;
            }
            String message = String.valueOf(root.getMessage());
            if (message.startsWith("The maximum buffer size")) {
                return new IOException(MessageText.format(
                        "line %d: a cell must have at most %,d characters; is a quote left open?", line, limits.cell));
            }
            String problem = message.startsWith("Unexpected character after closing quote")
                    ? "after a closing quote must come a delimiter or the line's end; double a quote inside quotes"
                    : MessageText.brief(message);
            return new IOException("line %s: %s".formatted(line, problem));
        }
    }
}
