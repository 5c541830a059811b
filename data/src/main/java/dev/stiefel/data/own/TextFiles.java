package dev.stiefel.data.own;

import dev.stiefel.data.text.LabelledText;
import dev.stiefel.data.text.ParallelText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Reads texts from a user's files in UTF-8, packed where their names end in `.gz`: a plain text, texts with labels,
/// or texts and their translations.
///
/// Tables are `.csv`, with cells quoted as in RFC 4180 and any of comma, semicolon, tab and bar between them, or
/// `.tsv`, where tabs part cells and quotes are characters like others. Empty lines are passed over; every other
/// line must have all texts. A problem with a file is an [IOException] that names the file and, if there is one,
/// the line.
///
/// Every method reports progress: `bytesRead` receives, again and again, the number of bytes read so far of the file
/// on disk. Memory: what is returned, and some kilobytes; while a plain text is read, as much again.
public final class TextFiles {
    private static final int CHUNK = 1 << 16;
    private static final int MOST_CHARACTERS = 1 << 30; // a Java string of characters beyond Latin-1 has no more

    private TextFiles() {}

    /// All of a file as one text.
    public static String plain(Path file, LongConsumer bytesRead) throws IOException {
        try (InputStream in = new UnpackedFile(file, bytesRead).open();
                TextReader reader = new TextReader(in)) {
            List<String> parts = new ArrayList<>();
            char[] buffer = new char[CHUNK];
            long characters = 0;
            boolean isBlank = true;
            for (int n = reader.read(buffer, 0, CHUNK); buffer[n - 1] != TextReader.END; n = reader.read(buffer)) {
                String part = new String(buffer, 0, n);
                parts.add(part);
                isBlank = isBlank && part.isBlank();
                characters += n;
                if (characters > MOST_CHARACTERS) {
                    throw new IOException(MessageText.format(
                            "a text must have at most %,d characters; this one has more", MOST_CHARACTERS));
                }
            }
            if (isBlank) {
                throw new IOException("it must have text; it is empty");
            }
            return String.join("", parts);
        } catch (IOException e) {
            throw MessageText.cannotRead(file, e);
        }
    }

    /// Texts and their translations in two columns of a table.
    ///
    /// @throws IllegalArgumentException if the columns are the same, or not of the table, or if one is chosen by
    ///     name and the other by number
    public static ParallelText parallel(Path table, ColumnChoice source, ColumnChoice target, LongConsumer bytesRead)
            throws IOException {
        List<List<String>> columns = new TextColumns(new UnpackedFile(table, bytesRead), source, target).read();
        return new ParallelText(columns.get(0), columns.get(1));
    }

    /// Texts and their translations in two files, on the same lines of both. No line may be empty.
    ///
    /// @param bytesRead receives the number of bytes read of both files together
    public static ParallelText parallel(Path sources, Path targets, LongConsumer bytesRead) throws IOException {
        long[] first = {0};
        UnpackedFile one = new UnpackedFile(sources, bytes -> {
            first[0] = bytes;
            bytesRead.accept(bytes);
        });
        UnpackedFile other = new UnpackedFile(targets, bytes -> bytesRead.accept(first[0] + bytes));
        String remedy = "give it a text, or delete the line in both files";
        List<String> sourceLines = lines(one, remedy);
        List<String> targetLines = lines(other, remedy);
        if (sourceLines.size() != targetLines.size()) {
            throw new IOException(MessageText.format(
                    "parallel text: each line of one file must belong to one of the other; %s has %,d lines and %s has"
                            + " %,d",
                    sources, sourceLines.size(), targets, targetLines.size()));
        }
        return new ParallelText(sourceLines, targetLines);
    }

    /// The texts in one column of a table.
    ///
    /// @throws IllegalArgumentException if the column is not of the table
    public static List<String> column(Path table, ColumnChoice column, LongConsumer bytesRead) throws IOException {
        return new TextColumns(new UnpackedFile(table, bytesRead), column)
                .read()
                .getFirst();
    }

    /// The lines of a file, none of them empty.
    public static List<String> lines(Path file, LongConsumer bytesRead) throws IOException {
        return lines(new UnpackedFile(file, bytesRead), "give it a text, or delete the line");
    }

    private static List<String> lines(UnpackedFile file, String remedy) throws IOException {
        List<String> all = new ArrayList<>();
        try (InputStream in = file.open();
                TextLines lines = new TextLines(in, CsvFile.Limits.STANDARD.line())) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    throw new IOException(
                            MessageText.format("line %,d: it must not be empty; %s", lines.number(), remedy));
                }
                all.add(line);
            }
            if (all.isEmpty()) {
                throw new IOException("it must have lines of text; it is empty");
            }
            return all;
        } catch (IOException e) {
            throw MessageText.cannotRead(file.path(), e);
        }
    }

    /// Texts and their labels, a class's name or another target, in two columns of a table.
    ///
    /// @throws IllegalArgumentException if the columns are the same, or not of the table, or if one is chosen by
    ///     name and the other by number
    public static LabelledText labelled(Path table, ColumnChoice text, ColumnChoice label, LongConsumer bytesRead)
            throws IOException {
        List<List<String>> columns = new TextColumns(new UnpackedFile(table, bytesRead), text, label).read();
        return new LabelledText(columns.get(0), columns.get(1));
    }
}
