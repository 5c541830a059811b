package dev.stiefel.lab.record;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// `history.csv`: one row an epoch, replaced whole whenever there are new ones.
public final class HistoryFile {
    private final Path file;
    private final int factored;
    private final List<HistoryRow> rows = new ArrayList<>();

    private HistoryFile(Path file, int factored) {
        this.file = file;
        this.factored = factored;
    }

    /// The rows of the first epochs of a run, in the file; later ones are dropped from it.
    ///
    /// @throws InvalidRunException if not all are there
    public static HistoryFile keeping(Path file, int factored, int epochs) throws IOException {
        HistoryFile history = new HistoryFile(file, factored);
        if (epochs > 0) {
            List<HistoryRow> all = read(file);
            if (all.size() < epochs) {
                throw new InvalidRunException(
                        "cannot read %s: it must have %s rows; it has %s".formatted(file, epochs, all.size()));
            }
            history.rows.addAll(all.subList(0, epochs));
            history.write();
        } else { // a crash makes it worthless: the run then begins again
            DurableFiles.writeScratch(file, history.text().getBytes(StandardCharsets.UTF_8));
        }
        return history;
    }

    /// All rows so far, in the file or not.
    public List<HistoryRow> rows() {
        return Collections.unmodifiableList(rows);
    }

    /// Adds a row, which is in the file after [#write].
    public void add(HistoryRow row) {
        rows.add(row);
    }

    /// Replaces the file by one with all rows so far.
    public void write() throws IOException {
        DurableFiles.writeString(file, text());
    }

    private String text() {
        Set<String> further = new LinkedHashSet<>();
        rows.forEach(row -> further.addAll(row.furtherColumns()));
        List<String> columns = List.copyOf(further);
        StringBuilder text = new StringBuilder(HistoryRow.header(factored, columns)).append('\n');
        rows.forEach(row -> text.append(row.line(factored, columns)).append('\n'));
        return text.toString();
    }

    static List<HistoryRow> read(Path file) throws IOException {
        List<HistoryRow> rows = rows(file);
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).epoch() != i + 1) {
                throw new InvalidRunException("cannot read %s: row %s is of epoch %s"
                        .formatted(file, i + 1, rows.get(i).epoch()));
            }
        }
        return rows;
    }

    /// The rows of a run whose log was imported: by rising epochs, of which some may be
    /// missing.
    static List<HistoryRow> readImported(Path file) throws IOException {
        List<HistoryRow> rows = rows(file);
        int before = 0;
        for (HistoryRow row : rows) {
            if (row.epoch() <= before) {
                throw new InvalidRunException(
                        "cannot read %s: epochs must rise; got %s after %s".formatted(file, row.epoch(), before));
            }
            before = row.epoch();
        }
        return rows;
    }

    private static List<HistoryRow> rows(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new InvalidRunException("cannot read %s: %s".formatted(file, Json.reason(e)), e);
        }
        try {
            List<HistoryRow> rows = new ArrayList<>();
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                rows.add(HistoryRow.read(lines.getFirst(), line));
            }
            return rows;
        } catch (IOException e) {
            throw new InvalidRunException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
