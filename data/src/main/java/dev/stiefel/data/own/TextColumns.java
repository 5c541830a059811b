package dev.stiefel.data.own;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The texts in some columns of a table. Each must be there on every line. A text that a column has again and again,
/// a class's name, is held once.
final class TextColumns implements CellHandler {
    private static final int MOST_SHARED = 10_000;

    private final UnpackedFile file;
    private final List<ColumnChoice> choices;
    private final List<List<String>> texts = new ArrayList<>(); // of each chosen column
    private final Map<String, String> shared = new HashMap<>();
    private int[] columns = new int[0];
    private String[] cells = new String[0];
    private List<String> firstCells = List.of();
    private long firstLine;

    /// @param choices columns by their names, or all of them by their numbers
    TextColumns(UnpackedFile file, ColumnChoice... choices) {
        this.file = file;
        this.choices = List.of(choices);
        if (this.choices.stream().distinct().count() < choices.length) {
            throw new IllegalArgumentException("columns must differ; got %s twice".formatted(choices[0]));
        }
        if (this.choices.stream().map(Object::getClass).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "columns must all be chosen by name, of a table with a header, or all by number; got " + list());
        }
        this.choices.forEach(_ -> texts.add(new ArrayList<>()));
    }

    private String list() {
        return String.join(" and ", choices.stream().map(ColumnChoice::toString).toList());
    }

    /// Reads all of the file.
    ///
    /// @return of each chosen column the texts
    List<List<String>> read() throws IOException {
        if (file.endsIn(".csv")) {
            CsvFile.readAll(file, CsvFile.Limits.STANDARD, this);
        } else if (file.endsIn(".tsv")) {
            readTabs();
        } else {
            throw new IllegalArgumentException(
                    "a table of texts must be a file .csv or .tsv, or one of these as .gz; got " + file.path());
        }
        if (texts.getFirst().isEmpty()) {
            throw new IOException(
                    "cannot read %s: it must have lines below its header; got none".formatted(file.path()));
        }
        return texts;
    }

    /// Tabs part cells, and quotes are characters like others.
    private void readTabs() throws IOException {
        try (InputStream in = file.open();
                TextLines lines = new TextLines(in, CsvFile.Limits.STANDARD.line())) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isEmpty()) {
                    continue; // as in CSV files
                }
                List<String> row =
                        Stream.of(line.split("\t", -1)).map(String::strip).toList();
                if (columns.length == 0) {
                    header(row, lines.number());
                } else {
                    take(row);
                    end(lines.number(), row.size());
                }
            }
            if (columns.length == 0) {
                throw new IOException("it must have lines of texts; it is empty");
            }
        } catch (IOException e) {
            throw MessageText.cannotRead(file.path(), e);
        }
    }

    private void take(List<String> row) {
        for (int k = 0; k < columns.length; k++) {
            cells[k] = columns[k] < row.size() ? row.get(columns[k]) : "";
        }
    }

    @Override
    public void header(List<String> names, long line) throws IOException {
        firstCells = List.copyOf(names);
        firstLine = line;
        columns = new int[choices.size()];
        cells = new String[choices.size()];
        for (int k = 0; k < columns.length; k++) {
            columns[k] = switch (choices.get(k)) {
                case ColumnChoice.Named(String name) -> find(name, line);
                case ColumnChoice.Numbered(int number) -> number - 1;
            };
        }
        for (int k = 0; k < columns.length; k++) {
            if (columns[k] >= names.size()) {
                throw new IOException("line %s: it must have a column %s; got %s columns"
                        .formatted(line, choices.get(k), names.size()));
            }
        }
        if (choices.getFirst() instanceof ColumnChoice.Numbered) { // this was no header, but the first texts
            take(firstCells);
            end(line, names.size());
        }
    }

    private int find(String name, long line) throws IOException {
        int column = firstCells.indexOf(name);
        if (column < 0) {
            throw new IllegalArgumentException("there is no column %s in %s; its columns are %s"
                    .formatted(MessageText.quote(name), file.path(), MessageText.list(firstCells)));
        }
        if (firstCells.lastIndexOf(name) != column) {
            throw new IOException("line %s: column names must differ; columns %s and %s are both called %s"
                    .formatted(line, column + 1, firstCells.lastIndexOf(name) + 1, MessageText.quote(name)));
        }
        return column;
    }

    @Override
    public void cell(int column, char[] text, int from, int to) {
        for (int k = 0; k < columns.length; k++) {
            if (columns[k] == column) {
                cells[k] = new String(text, from, to - from);
            }
        }
    }

    @Override
    public boolean end(long line, int count) throws IOException {
        if (count != firstCells.size()) {
            throw new IOException("line %s: it must have %s cells, as line %s has; got %s; %s"
                    .formatted(
                            line,
                            firstCells.size(),
                            firstLine,
                            count,
                            file.endsIn(".csv") ? "quote texts that have delimiters" : "take tabs out of texts"));
        }
        for (int k = 0; k < columns.length; k++) {
            if (cells[k].isBlank()) {
                throw new IOException("line %s: column %s must not be empty; give it a text, or delete the line"
                        .formatted(line, choices.get(k)));
            }
            texts.get(k).add(shared(cells[k]));
        }
        return true;
    }

    private String shared(String text) {
        if (shared.size() < MOST_SHARED) {
            shared.putIfAbsent(text, text);
        }
        return shared.getOrDefault(text, text);
    }
}
