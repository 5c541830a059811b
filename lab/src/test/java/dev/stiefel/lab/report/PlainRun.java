package dev.stiefel.lab.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A run's folder read a second time, in the plainest way and by no code of the program, with
/// the plainest statistics: what figures and tables say is compared with it. A missing number
/// is NaN.
public final class PlainRun {
    private final Path folder;
    private final String record;
    private final TreeMap<Integer, Map<String, String>> rows = new TreeMap<>();

    private PlainRun(Path folder, String record) {
        this.folder = folder;
        this.record = record;
    }

    /// A run.
    public static PlainRun read(Path folder) throws IOException {
        PlainRun run = new PlainRun(folder, Files.readString(folder.resolve("run.json")));
        List<String> lines = Files.readAllLines(folder.resolve("history.csv"));
        String[] names = lines.getFirst().split(",", -1);
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < cells.length; i++) {
                row.put(i < names.length ? names[i] : "rank_" + (i - 9), cells[i]);
            }
            run.rows.put(Integer.parseInt(cells[0]), row);
        }
        return run;
    }

    /// The runs of a sweep, in the order of their folders' names.
    public static List<PlainRun> all(Path sweep) throws IOException {
        List<PlainRun> all = new ArrayList<>();
        try (Stream<Path> folders = Files.list(sweep.resolve("runs"))) {
            for (Path folder : folders.sorted().toList()) {
                all.add(read(folder));
            }
        }
        return all;
    }

    /// Where it lies.
    public Path folder() {
        return folder;
    }

    /// An option of its spec as text; empty if it has none.
    public String option(String key) {
        Matcher matcher =
                Pattern.compile("\"%s\"\\s*:\\s*\"?([^,\"}]*)".formatted(key)).matcher(record);
        return matcher.find() ? matcher.group(1) : "";
    }

    /// Whether its status is done.
    public boolean isDone() {
        return option("status").equals("done");
    }

    /// The number of its last epoch; 0 if there is none.
    public int epochs() {
        return rows.isEmpty() ? 0 : rows.lastKey();
    }

    /// A number of an epoch's row.
    public double number(String column, int epoch) {
        String cell = rows.getOrDefault(epoch, Map.of()).getOrDefault(column, "");
        double value = cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
        return Double.isInfinite(value) ? Double.NaN : value;
    }

    /// The share of a split's samples that an epoch's network puts into a wrong class.
    public double error(String split, int epoch) {
        return 1 - number(split + "_accuracy", epoch);
    }

    /// The ranks after an epoch.
    public List<Integer> ranks(int epoch) {
        List<Integer> ranks = new ArrayList<>();
        rows.getOrDefault(epoch, Map.of()).forEach((name, cell) -> {
            if (name.startsWith("rank_") && !cell.isEmpty()) {
                ranks.add(Integer.valueOf(cell));
            }
        });
        return ranks;
    }

    /// The error after the last epoch.
    public double last(String split) {
        return error(split, epochs());
    }

    /// The least error of all epochs.
    public double best(String split) {
        double best = Double.NaN;
        for (int epoch = 1; epoch <= epochs(); epoch++) {
            double error = error(split, epoch);
            if (!Double.isNaN(error) && !(error >= best)) {
                best = error;
            }
        }
        return best;
    }

    /// The first epoch with the least error; NaN if there is none.
    public double bestEpoch(String split) {
        for (int epoch = 1; epoch <= epochs(); epoch++) {
            if (error(split, epoch) == best(split)) {
                return epoch;
            }
        }
        return Double.NaN;
    }

    /// The mean of the last ten epochs' errors.
    public double lastTen(String split) {
        List<Double> errors = new ArrayList<>();
        for (int epoch = epochs(); epoch > 0 && epoch > epochs() - 10; epoch--) {
            errors.add(error(split, epoch));
        }
        return mean(errors);
    }

    /// The error at the first epoch of the least validation error.
    public double atBestValidation(String split) {
        double epoch = bestEpoch("validation");
        return Double.isNaN(epoch) ? Double.NaN : error(split, (int) epoch);
    }

    // ---- statistics, of numbers that are not missing ----

    /// Those that are not missing.
    public static List<Double> present(List<Double> values) {
        List<Double> present = new ArrayList<>();
        for (double value : values) {
            if (!Double.isNaN(value)) {
                present.add(value);
            }
        }
        return present;
    }

    /// Their mean.
    public static double mean(List<Double> values) {
        double sum = 0;
        for (double value : present(values)) {
            sum += value;
        }
        return sum / present(values).size();
    }

    /// Their standard deviation, with `n − 1`.
    public static double deviation(List<Double> values) {
        List<Double> present = present(values);
        double squares = 0;
        for (double value : present) {
            squares += Math.pow(value - mean(present), 2);
        }
        return present.size() < 2 ? Double.NaN : Math.sqrt(squares / (present.size() - 1));
    }

    /// Their middle.
    public static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(present(values));
        sorted.sort(Double::compare);
        int size = sorted.size();
        return size == 0 ? Double.NaN : (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    // ---- tables ----

    /// The rows of a CSV file, the header among them, by a reader of its own.
    public static List<List<String>> csv(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || c == '\n')) {
                row.add(cell.toString());
                cell.setLength(0);
                if (c == '\n') {
                    rows.add(row);
                    row = new ArrayList<>();
                }
            } else {
                cell.append(c);
            }
        }
        return rows;
    }

    /// The cell of a row of a table, by its column's name.
    public static String cell(List<List<String>> table, List<String> row, String column) {
        return row.get(table.getFirst().indexOf(column));
    }

    /// The same as a number; NaN if it is empty.
    public static double number(List<List<String>> table, List<String> row, String column) {
        String cell = cell(table, row, column);
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }
}
