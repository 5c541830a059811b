package dev.stiefel.data.own;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Dialect of a text file with a table: the delimiter of its cells, and the number of lines above its header.
///
/// The delimiter is a tab where the file's name ends in `.tsv` or `.tab`, what a first line `sep=;` says, or else what
/// the header has most of, outside quotes, of comma, semicolon, tab and bar. Lines above the header that begin with
/// `#` are comments, unless the last of them has as many cells as the line below it, and so is the header.
///
/// @param delimiter between cells
/// @param above lines above the header
/// @param comments of these, lines that are comments
record CsvDialect(char delimiter, int above, int comments) {
    private static final String DELIMITERS = ",;\t|";
    private static final Pattern SEPARATOR_LINE = Pattern.compile("\\s*\"?sep=(.)\"?\\s*", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST_PREFIX = 64;

    /// Finds it out; closes the stream.
    ///
    /// @param most maximum number of characters to examine
    static CsvDialect of(InputStream in, Path file, long most) throws IOException {
        Search search = new Search(endsInTab(file) ? Optional.of('\t') : Optional.empty());
        try (in;
                Reader text = new TextReader(in)) {
            char[] buffer = new char[1 << 13];
            long left = most;
            for (int n = text.read(buffer, 0, buffer.length); n > 0 && left > 0; n = text.read(buffer)) {
                left -= n;
                for (int i = 0; i < n; i++) {
                    if (search.accept(buffer[i])) {
                        return search.found();
                    }
                }
            }
        }
        search.endLine();
        return search.found();
    }

    private static boolean endsInTab(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        String unpacked = name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
        return unpacked.endsWith(".tsv") || unpacked.endsWith(".tab");
    }

    /// It in words.
    String describe() {
        return switch (delimiter) {
            case ',' -> "commas";
            case ';' -> "semicolons";
            case '\t' -> "tabs";
            case '|' -> "bars";
            default -> MessageText.quote(String.valueOf(delimiter));
        };
    }

    /// Looks at the lines above the header, and at the header.
    private static final class Search {
        private Optional<Character> fixed;
        private final int[] counts = new int[DELIMITERS.length()];
        private final StringBuilder prefix = new StringBuilder();
        private boolean quoted;
        private char last;
        private int lines; // that have ended
        private int above;
        private int comments;
        private int lastComment = -1; // how many lines had ended where it began
        private int[] lastCounts = new int[0]; // delimiters of the last comment
        private boolean done;

        Search(Optional<Character> fixed) {
            this.fixed = fixed;
        }

        /// Takes a character; tells whether the header has ended.
        boolean accept(char c) {
            boolean isEnd = c == '\n' || c == '\r';
            if (isEnd && !quoted) {
                boolean isSecondHalf = c == '\n' && last == '\r';
                last = c;
                if (!isSecondHalf) {
                    endLine();
                    lines++;
                }
                return done;
            }
            last = c;
            if (prefix.length() < LONGEST_PREFIX) {
                prefix.append(c);
            }
            quoted ^= c == '"' && prefix.charAt(0) != '#';
            int kind = quoted ? -1 : DELIMITERS.indexOf(c);
            if (kind >= 0) {
                counts[kind]++;
            }
            return false;
        }

        void endLine() {
            if (prefix.isEmpty() || done) {
                return;
            }
            Matcher separator = SEPARATOR_LINE.matcher(prefix);
            if (above == 0 && lastComment < 0 && separator.matches()) {
                fixed = Optional.of(separator.group(1).charAt(0));
                above = lines + 1;
            } else if (prefix.charAt(0) == '#') {
                lastComment = lines;
                lastCounts = counts.clone();
                comments++;
            } else {
                done = true;
                return;
            }
            prefix.setLength(0);
            Arrays.fill(counts, 0);
        }

        CsvDialect found() {
            char delimiter = fixed.orElseGet(() -> mostOf(counts));
            if (lastComment < 0) {
                return new CsvDialect(delimiter, above, 0);
            }
            int kind = DELIMITERS.indexOf(delimiter);
            boolean isHeader = !done || (kind >= 0 && counts[kind] > 0 && lastCounts[kind] == counts[kind]);
            return isHeader
                    ? new CsvDialect(delimiter, lastComment, comments - 1)
                    : new CsvDialect(delimiter, lastComment + 1, comments);
        }

        private static char mostOf(int[] counts) {
            int most = 0;
            for (int i = 1; i < counts.length; i++) {
                most = counts[i] > counts[most] ? i : most;
            }
            return DELIMITERS.charAt(most);
        }
    }
}
