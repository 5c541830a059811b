package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the rows of a file as inputs of a schema: all of them, or none.
final class CsvEncoder {
    private static final int ROWS_BETWEEN_CHECKS = 1024;
    private static final int NOT_WANTED = -1;

    private CsvEncoder() {}

    static List<float[]> encode(Path file, Schema.Inputs inputs) throws IOException {
        Rows rows = switch (inputs) {
            case Schema.Table table -> new TableInputs(file, table);
            case Schema.Image image -> new PlainInputs(file, image.width());
            case Schema.Vector vector -> new PlainInputs(file, vector.width());
            case Schema.Text _, Schema.TextPair _ ->
                throw new IllegalArgumentException("rows: the model takes texts; give it texts");
        };
        CsvFile.readAll(new UnpackedFile(file, _ -> {}), CsvFile.Limits.STANDARD, rows);
        return rows.all;
    }

    /// Collects the rows of a file; a problem with one is reported with its line.
    private abstract static class Rows implements CellHandler {
        private final Path file;
        private final List<float[]> all = new ArrayList<>();
        private @Nullable String problem;

        Rows(Path file) {
            this.file = file;
        }

        final void problem(String text) {
            if (problem == null) {
                problem = text;
            }
        }

        final void forgetProblem() {
            problem = null;
        }

        final boolean add(float[] row, long line, int cells, int cellsNeeded) throws IOException {
            if (cells != cellsNeeded) {
                problem = MessageText.format("it must have %,d cells; got %,d", cellsNeeded, cells);
            }
            if (problem != null) {
                throw new IllegalArgumentException("cannot read %s: line %s: %s".formatted(file, line, problem));
            }
            if (all.size() % ROWS_BETWEEN_CHECKS == 0) {
                MemoryCheck.require(ROWS_BETWEEN_CHECKS, row.length, (long) Float.BYTES * row.length + Long.BYTES);
            }
            all.add(row);
            return true;
        }
    }

    /// Rows of a table by its header, in which all of the schema's columns must be.
    private static final class TableInputs extends Rows {
        private final Path file;
        private final Schema.Table table;
        private final RowEncoder encoder;
        private int[] columns = new int[0];
        private float[] row;
        private RowShape shape = new RowShape(0);

        TableInputs(Path file, Schema.Table table) {
            super(file);
            this.file = file;
            this.table = table;
            encoder = new RowEncoder(table);
            row = encoder.empty();
        }

        @Override
        public void header(List<String> cells, long line) throws IOException {
            List<String> names = Header.named(cells);
            Map<String, Integer> index = Header.index(names, line);
            shape = new RowShape(names.size());
            columns = new int[names.size()];
            Arrays.fill(columns, NOT_WANTED);
            List<Schema.Column> wanted = table.columns();
            for (int column = 0; column < wanted.size(); column++) {
                Integer found = index.get(CellText.of(wanted.get(column).name()));
                if (found == null) {
                    throw new IllegalArgumentException(
                            "cannot read %s: line %s: it must have the column %s; its columns are %s"
                                    .formatted(
                                            file,
                                            line,
                                            MessageText.quote(wanted.get(column).name()),
                                            MessageText.list(names)));
                }
                columns[found] = column;
            }
        }

        @Override
        public void cell(int column, char[] text, int from, int to) {
            shape.cell(column, text, from, to);
            if (column < columns.length && columns[column] != NOT_WANTED) {
                try {
                    encoder.encode(columns[column], text, from, to, row);
                } catch (IllegalArgumentException e) {
                    problem(String.valueOf(e.getMessage()));
                }
            }
        }

        @Override
        public boolean end(long line, int cells) throws IOException {
            float[] read = row;
            row = encoder.empty();
            return switch (shape.end(cells)) {
                case WHOLE, TRAILING -> add(read, line, columns.length, columns.length);
                case BROKEN -> add(read, line, cells, columns.length);
                case COMMENT -> {
                    forgetProblem();
                    yield true;
                }
            };
        }
    }

    /// Rows of plain numbers. The first line is a header if it holds a text, or the columns'
    /// numbers from 0 or 1 on.
    private static final class PlainInputs extends Rows {
        private static final int FEWEST_NUMBERED = 3;
        private static final MissingWords.Lookup WORDS = MissingWords.USUAL.lookup();

        private float[] row;

        PlainInputs(Path file, int width) {
            super(file);
            row = new float[width];
        }

        @Override
        public void header(List<String> names, long line) throws IOException {
            if (isNumbered(names, 0) || isNumbered(names, 1) || names.stream().anyMatch(PlainInputs::isText)) {
                return;
            }
            for (int column = 0; column < names.size(); column++) {
                char[] text = names.get(column).toCharArray();
                cell(column, text, 0, text.length);
            }
            end(line, names.size());
        }

        private static boolean isText(String cell) {
            return !WORDS.isMissingNumber(cell.toCharArray(), 0, cell.length())
                    && !Double.isFinite(Decimal.parseDouble(cell));
        }

        private static boolean isNumbered(List<String> names, int first) {
            if (names.size() < FEWEST_NUMBERED) {
                return false;
            }
            for (int column = 0; column < names.size(); column++) {
                if (!names.get(column).equals(Integer.toString(column + first))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void cell(int column, char[] text, int from, int to) {
            if (column < row.length) {
                row[column] = WORDS.isMissingNumber(text, from, to) ? Float.NaN : Decimal.parse(text, from, to);
                if (row[column] == Decimal.NONE) {
                    problem(MessageText.format(
                            "value %,d must be a number; got %s",
                            column + 1, MessageText.quote(new String(text, from, to - from))));
                }
            }
        }

        @Override
        public boolean end(long line, int cells) throws IOException {
            boolean more = add(row, line, cells, row.length);
            row = new float[row.length];
            return more;
        }
    }
}
