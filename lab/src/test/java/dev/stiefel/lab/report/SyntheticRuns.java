package dev.stiefel.lab.report;

import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/// Run folders that nobody has trained, made fast: `run.json` and `history.csv` as a run has them, with
/// errors that fall and rise again as those of a network near its interpolation threshold. As a program it
/// writes a sweep: `SyntheticRuns DIR RUNS EPOCHS`.
public final class SyntheticRuns {
    private static final int PEAK = 40;

    private SyntheticRuns() {}

    /// A sweep over widths and ranks with some seeds each.
    ///
    /// @param widths the values of the first axis
    /// @param ranks those of the second
    public static void sweep(Path folder, String name, List<Integer> widths, List<Integer> ranks, int seeds, int epochs)
            throws IOException {
        Files.createDirectories(folder.resolve("runs"));
        Files.writeString(folder.resolve("sweep.json"), """
            {"format": 1, "name": "%s", "spec": {"name": "%s",
             "base": {"experiment": "digits", "method": "bug", "epochs": %d},
             "axes": {"width": %s, "rank": %s}, "runs": %d}, "versions": {"stiefel": "0.1.0"}}
            """.formatted(name, name, epochs, widths, ranks, seeds));
        for (int width : widths) {
            for (int rank : ranks) {
                for (int seed = 0; seed < seeds; seed++) {
                    run(
                            folder.resolve("runs").resolve("%08x".formatted((width * 1009 + rank) * 31 + seed)),
                            Map.of("width", width, "rank", rank, "seed", seed, "epochs", epochs),
                            "done",
                            epochs);
                }
            }
        }
    }

    /// A run.
    ///
    /// @param options what differs from a run on digits of rank 5 by fixed-rank BUG
    /// @param status as `run.json` has it
    /// @param epochs as many as `history.csv` has
    public static void run(Path folder, Map<String, ?> options, String status, int epochs) throws IOException {
        Map<String, Object> spec = spec(options, epochs);
        write(folder, record(spec, status, ""), history(spec, epochs));
    }

    /// A run whose history is given, row by row.
    ///
    /// @param options what differs from a run on digits of rank 5 by fixed-rank BUG
    /// @param status as `run.json` has it
    /// @param message why it ended so; empty: nothing to say
    /// @param rows of `history.csv`, without its header
    public static void run(Path folder, Map<String, ?> options, String status, String message, List<String> rows)
            throws IOException {
        Map<String, Object> spec = spec(options, Math.max(1, rows.size()));
        String said = message.isEmpty() ? "" : ", \"message\": " + Json.line(message);
        write(folder, record(spec, status, said), header(spec) + "\n" + lines(rows));
    }

    /// A run that other code has trained, of whose epochs any may be missing.
    ///
    /// @param configuration what it is part of
    /// @param number which run of that it is
    /// @param rows of `history.csv`, without its header
    public static void imported(
            Path folder, Map<String, ?> options, String configuration, int number, List<String> rows)
            throws IOException {
        Map<String, Object> spec = spec(options, Math.max(1, rows.size()));
        String log = ", \"imported\": {\"configuration\": %s, \"run\": %d, \"file\": \"log.csv\", \"sha256\": \"%s\"}"
                .formatted(Json.line(configuration), number, "1".repeat(64));
        write(folder, record(spec, "done", log), header(spec) + "\n" + lines(rows));
    }

    /// A sweep over widths and ranks whose runs are as uneven as runs get: one has diverged, one has failed and one was
    /// stopped; all at width 12 and rank 3 have failed; one has fewer epochs; some lack validation samples, a test
    /// score here and there, or ranks that stay; training errors reach 0; and nothing depends on anything.
    ///
    /// @param epochs of most runs
    public static void irregular(Path folder, List<Integer> widths, List<Integer> ranks, int seeds, int epochs)
            throws IOException {
        Files.createDirectories(folder.resolve("runs"));
        Files.writeString(folder.resolve("sweep.json"), """
            {"format": 1, "name": "uneven", "command": "stiefel sweep uneven.yaml", "spec": {"name": "uneven",
             "base": {"experiment": "digits", "method": "bug"}, "axes": {"width": %s, "rank": %s}, "runs": %d}}
            """.formatted(widths, ranks, seeds));
        SplittableRandom random = new SplittableRandom(20260131);
        for (int width : widths) {
            for (int rank : ranks) {
                for (int seed = 0; seed < seeds; seed++) {
                    boolean lost = width == 12 && rank == 3;
                    boolean diverged = width == 8 && rank == 3 && seed == 1;
                    int count = width == 20 && rank == 2 && seed == 1 ? epochs - 3 : epochs;
                    List<String> rows = new ArrayList<>();
                    for (int epoch = 1; epoch <= count; epoch++) {
                        boolean gap = seed == 0 && (epoch == 2 || (width == 40 && epoch == epochs));
                        int now = width == 60 && epoch < 4 ? rank - 1 : rank;
                        rows.add(row(
                                epoch,
                                Math.max(0, random.nextDouble() * 0.3 - width / 150.0),
                                width == 20 && seed == 2 ? Double.NaN : 0.1 + 0.4 * random.nextDouble(),
                                gap ? Double.NaN : 0.1 + 0.4 * random.nextDouble(),
                                now * (64L + 3L * width) + 10L * width,
                                now,
                                now));
                    }
                    if (diverged) {
                        rows.add((count + 1) + ",NaN,0.1,Infinity,0.1,NaN,0.1,0.001,0.5,9,3,3");
                    }
                    String status = diverged ? "diverged" : lost || (width == 4 && seed == 2) ? "failed" : "done";
                    status = width == 60 && rank == 2 && seed == 1 ? "interrupted" : status;
                    run(
                            folder.resolve("runs").resolve("w%03d-r%02d-s%d".formatted(width, rank, seed)),
                            Map.of("width", width, "rank", rank, "seed", seed, "epochs", epochs),
                            status,
                            status.equals("done") ? "" : "it is <" + status + "> & \"over\"",
                            rows);
                }
            }
        }
    }

    /// A row of `history.csv`, with errors in place of accuracies and losses of three times the errors; NaN: a cell
    /// that is empty.
    public static String row(int epoch, double train, double validation, double test, long parameters, int... ranks) {
        StringBuilder row = new StringBuilder().append(epoch);
        for (double error : new double[] {train, validation, test}) {
            row.append(Double.isNaN(error) ? ",," : "," + 3 * error + "," + (1 - error));
        }
        row.append(",0.001,0.5,").append(parameters < 0 ? "" : Long.toString(parameters));
        for (int rank : ranks) {
            row.append(',').append(rank);
        }
        return row.toString();
    }

    private static void write(Path folder, String record, String history) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("run.json"), record);
        Files.writeString(folder.resolve("history.csv"), history);
    }

    private static String lines(List<String> rows) {
        return rows.stream().map(row -> row + "\n").collect(Collectors.joining());
    }

    private static String header(Map<String, Object> spec) {
        return "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy,"
                + "learning_rate,seconds,evaluation_parameters"
                + ("dense".equals(spec.get("method")) ? "" : ",rank_1,rank_2");
    }

    private static Map<String, Object> spec(Map<String, ?> options, int epochs) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("experiment", "digits");
        spec.put("data", "digits");
        spec.put("method", "bug");
        spec.put("rank", 5);
        spec.put("initialSpectrum", "gaussian");
        spec.put("width", 64);
        spec.put("depth", 2);
        spec.put("optimizer", "adam");
        spec.put("learningRate", 0.001);
        spec.put("schedule", "constant");
        spec.put("warmUp", 0);
        spec.put("clipNorm", "none");
        spec.put("weightDecay", 0.0);
        spec.put("l1", 0.0);
        spec.put("l2", 0.0);
        spec.put("conditionPenalty", 0.0);
        spec.put("epochs", epochs);
        spec.put("batchSize", 32);
        spec.put("seed", 0);
        spec.put("threads", 1);
        spec.put("trainFraction", 1.0);
        spec.put("evaluationFraction", 1.0);
        spec.put("labelNoise", 0.0);
        spec.put("validation", 300);
        spec.put("standardize", false);
        spec.put("earlyStopping", 0);
        spec.putAll(options);
        if ("dense".equals(spec.get("method"))) {
            spec.remove("rank");
            spec.remove("initialSpectrum");
        }
        return spec;
    }

    /// @param further keys of the record and their values, after a comma; may be empty
    private static String record(Map<String, Object> spec, String status, String further) {
        return """
            {"format": 1, "status": "%s", "started": "2026-01-31T12:00:00Z",
             "spec": {%s},
             "data": {"name": "digits", "sha256": {"digits-images-idx3-ubyte": "%s"}},
             "versions": {"stiefel": "0.1.0", "java": "25", "blas": "none"},
             "machine": {"system": "none", "architecture": "none", "cores": 2}%s}
            """.formatted(
                        status,
                        spec.entrySet().stream()
                                .map(entry -> "\"%s\": %s".formatted(entry.getKey(), json(entry.getValue())))
                                .collect(Collectors.joining(", ")),
                        "0".repeat(64),
                        further);
    }

    private static String json(Object value) {
        return value instanceof String text ? Json.line(text) : value.toString();
    }

    /// Training errors fall to zero the faster, the wider the network; test errors peak where they just reach it.
    private static String history(Map<String, Object> spec, int epochs) {
        int width = (int) spec.get("width");
        int rank = spec.get("rank") instanceof Integer some ? some : width;
        boolean dense = "dense".equals(spec.get("method"));
        SplittableRandom random = new SplittableRandom(31L * width + 7L * rank + (int) spec.get("seed"));
        double size = Math.min(width, 4 * rank);
        double level = 0.1 * (random.nextDouble() - 0.5);
        List<String> lines = new ArrayList<>();
        lines.add(header(spec));
        int kept = Math.min(rank, width);
        long parameters =
                dense ? 64L * width + (long) width * width + 10L * width : (64L + 3L * width) * kept + 10L * width;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double train = 0.9 * Math.exp(-epoch * size / 800.0);
            double overfit = 0.12 * Math.exp(-Math.pow((size - PEAK) / 12.0, 2)) * (1 - Math.exp(-epoch / 40.0));
            double noise = 0.01 * (random.nextDouble() - 0.5);
            double test =
                    Math.clamp(0.05 + 0.85 * Math.exp(-epoch * size / 900.0) + overfit * (1 + level) + noise, 0, 1);
            double validation = Math.clamp(test + 0.01 * (random.nextDouble() - 0.5), 0, 1);
            lines.add(String.format(
                    Locale.ROOT,
                    "%d,%.6f,%.6f,%.6f,%.6f,%.6f,%.6f,0.001,0.5,%d%s",
                    epoch,
                    2 * train,
                    1 - train,
                    3 * validation,
                    1 - validation,
                    3 * test,
                    1 - test,
                    parameters,
                    dense ? "" : "," + kept + "," + kept));
        }
        return String.join("\n", lines) + "\n";
    }

    /// Writes a sweep.
    public static void main(String[] arguments) throws IOException {
        int runs = Integer.parseInt(arguments[1]);
        List<Integer> widths = new ArrayList<>();
        for (int i = 1; i <= Math.max(1, runs / 20); i++) {
            widths.add(2 * i);
        }
        sweep(Path.of(arguments[0]), "synthetic", widths, List.of(2, 5, 10, 20), 5, Integer.parseInt(arguments[2]));
    }
}
