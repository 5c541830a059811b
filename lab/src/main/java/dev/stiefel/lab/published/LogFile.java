package dev.stiefel.lab.published;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// The rows of a log, cell by cell, as far as they can be read:
/// `loss_train;acc_train;loss_val;acc_val;loss_test; acc_test` and four ranks, under a header
/// that may name three of them only. Cells that cannot be read are NaN, each with its reason;
/// nothing is guessed.
final class LogFile {
    /// Names of the columns before the ranks.
    static final List<String> SCORES =
            List.of("loss_train", "acc_train", "loss_val", "acc_val", "loss_test", "acc_test");

    static final int RANKS = 4;
    private static final int CELLS = SCORES.size() + RANKS;

    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(\\.\\d*)?([eE][-+]?\\d{1,4})?");
    private static final Pattern NO_NUMBER = Pattern.compile("(?i)nan|[-+]?inf(inity)?");
    private static final Pattern GROUPED = Pattern.compile("\\d{1,3}(\\.\\d{3}){2,}");
    private static final Pattern MAYBE_GROUPED = Pattern.compile("[1-9]\\d{0,2}\\.\\d{3}");
    private static final Pattern RANK = Pattern.compile("[1-9]\\d{0,5}");
    private static final int SHOWN = 24;

    private final String path;
    private final List<LogProblem> problems = new ArrayList<>();
    private final List<List<Row>> blocks = new ArrayList<>();
    private boolean grouped;

    /// An epoch's row.
    ///
    /// @param line number of the line
    /// @param text as it stands there
    /// @param scores as [#SCORES] has them; NaN where one cannot be read
    /// @param ranks none where one of them cannot be read
    /// @param whole true if every cell was read
    record Row(int line, String text, List<Double> scores, List<Integer> ranks, boolean whole) {
        /// Returns whether the log itself says that a loss was no longer finite.
        boolean diverged() {
            String[] cells = text.split(";", -1);
            return cells.length == CELLS && NO_NUMBER.matcher(cells[0].strip()).matches();
        }

        boolean isEmpty() {
            return scores.stream().allMatch(score -> Double.isNaN(score));
        }
    }

    private LogFile(String path) {
        this.path = path;
    }

    /// @param path for the problems
    static LogFile of(String path, byte[] bytes) {
        LogFile file = new LogFile(path);
        file.read(bytes);
        return file;
    }

    List<LogProblem> problems() {
        return problems;
    }

    /// The rows between headers; none if the file cannot be read at all.
    List<List<Row>> blocks() {
        return blocks;
    }

    private void read(byte[] bytes) {
        if (bytes.length == 0) {
            problem(0, "the file is empty");
            return;
        }
        if (bytes.length > 1 && (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE))) {
            problem(0, "the file is UTF-16; it must be UTF-8 or ASCII");
            return;
        }
        String text = decoded(bytes);
        grouped = hasGroupedDigits(text);
        String[] lines = text.split("\r\n|\n|\r", -1);
        int count = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
        int first = 0;
        if (!isHeader(lines[0])) {
            if (!isRow(lines[0])) {
                problem(1, "the first line must be %s;…; got %s".formatted(String.join(";", SCORES), shown(lines[0])));
                return;
            }
            problem(1, "there is no header; the columns are taken to be the usual ones");
        } else {
            first = 1;
        }
        List<Row> block = new ArrayList<>();
        blocks.add(block);
        for (int i = first; i < count; i++) {
            if (isHeader(lines[i])) {
                block = new ArrayList<>();
                blocks.add(block);
            } else {
                block.add(row(i + 1, lines[i]));
            }
        }
        dropEmptyEnd();
    }

    private static boolean hasGroupedDigits(String text) {
        int begin = 0;
        int dots = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ';';
            if (c == '.') {
                dots++;
            } else if (c == ';' || c == '\n' || c == '\r') {
                if (dots > 1 && GROUPED.matcher(text.substring(begin, i)).matches()) {
                    return true;
                }
                begin = i + 1;
                dots = 0;
            }
        }
        return false;
    }

    /// Rows after the last that says anything are no epochs.
    private void dropEmptyEnd() {
        List<Row> last = blocks.getLast();
        while (!last.isEmpty() && last.getLast().isEmpty() && !last.getLast().diverged()) {
            last.removeLast();
        }
    }

    private Row row(int line, String text) {
        List<Double> scores = new ArrayList<>();
        List<Integer> ranks = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        String[] cells = text.split(";", -1);
        if (!saysSomething(text)) {
            reasons.add("the row is empty");
        } else if (cells.length != CELLS) {
            reasons.add("the row must have %s cells; got %s: %s".formatted(CELLS, cells.length, shown(text)));
        }
        if (!reasons.isEmpty()) {
            for (int i = 0; i < SCORES.size(); i++) {
                scores.add(Double.NaN);
            }
        } else {
            for (int i = 0; i < SCORES.size(); i++) {
                scores.add(score(SCORES.get(i), cells[i].strip(), reasons));
            }
            for (int i = 0; i < RANKS; i++) {
                rank(i + 1, cells[SCORES.size() + i].strip(), ranks, reasons);
            }
        }
        if (!reasons.isEmpty()) {
            problem(line, String.join("; ", reasons));
        }
        boolean whole = reasons.isEmpty();
        return new Row(line, text, scores, ranks.size() == RANKS ? ranks : List.of(), whole);
    }

    private static boolean saysSomething(String text) {
        return text.chars().anyMatch(c -> c != ';' && !Character.isWhitespace(c));
    }

    private double score(String column, String cell, List<String> reasons) {
        if (isPlain(cell) && !(grouped && MAYBE_GROUPED.matcher(cell).matches())) {
            double value = Double.parseDouble(cell);
            if (value <= 1 || !column.startsWith("acc")) {
                return value;
            }
        }
        if (cell.isEmpty()) {
            reasons.add(column + " is empty");
            return Double.NaN;
        }
        if (NO_NUMBER.matcher(cell).matches()) {
            reasons.add("%s is no number: %s".formatted(column, cell));
            return Double.NaN;
        }
        if (GROUPED.matcher(cell).matches()) {
            reasons.add("%s has grouped digits: %s".formatted(column, shown(cell)));
            return Double.NaN;
        }
        if (!NUMBER.matcher(cell).matches()) {
            reasons.add("%s is not a number: %s".formatted(column, shown(cell)));
            return Double.NaN;
        }
        if (grouped && MAYBE_GROUPED.matcher(cell).matches()) {
            reasons.add("%s may have grouped digits, as others in this file do: %s".formatted(column, cell));
            return Double.NaN;
        }
        double value = Double.parseDouble(cell);
        double most = column.startsWith("acc") ? 1 : Double.MAX_VALUE;
        if (!(value >= 0 && value <= most)) {
            reasons.add("%s must be %s; got %s"
                    .formatted(column, most == 1 ? "in [0, 1]" : "at least 0 and finite", shown(cell)));
            return Double.NaN;
        }
        return value;
    }

    /// Returns whether it is digits with at most one point in between, as nearly all are.
    private static boolean isPlain(String cell) {
        int points = 0;
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c == '.' && i > 0) {
                points++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return !cell.isEmpty() && points <= 1;
    }

    private static void rank(int number, String cell, List<Integer> ranks, List<String> reasons) {
        if (RANK.matcher(cell).matches()) {
            ranks.add(Integer.valueOf(cell));
        } else {
            reasons.add("rank %s must be a whole number, at least 1; got %s"
                    .formatted(number, cell.isEmpty() ? "nothing" : shown(cell)));
        }
    }

    private static boolean isHeader(String line) {
        if (!line.contains(SCORES.getFirst())) {
            return false;
        }
        List<String> names =
                Arrays.stream(line.split(";", -1)).map(String::strip).toList();
        return names.size() >= SCORES.size() && names.subList(0, SCORES.size()).equals(SCORES);
    }

    private static boolean isRow(String line) {
        String[] cells = line.split(";", -1);
        return cells.length == CELLS
                && Arrays.stream(cells)
                        .allMatch(cell -> NUMBER.matcher(cell.strip()).matches());
    }

    private static String decoded(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1); // numbers are read, other cells are reported
        }
    }

    private static boolean startsWith(byte[] bytes, int first, int second) {
        return (bytes[0] & 0xFF) == first && (bytes[1] & 0xFF) == second;
    }

    private void problem(int line, String reason) {
        problems.add(new LogProblem(path, line, reason));
    }

    private static String shown(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7E]", "?");
        return "'" + (clean.length() <= SHOWN ? clean : clean.substring(0, SHOWN) + "…") + "'";
    }
}
