package dev.stiefel.lab.report;

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

/// Run folders that nobody has trained, made fast: `run.json` and `history.csv` as a run has them, with errors that
/// fall
/// and rise again as those of a network near its interpolation threshold. As a program it writes a sweep:
/// `SyntheticRuns DIR RUNS EPOCHS`.
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
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("run.json"), record(spec, status));
        Files.writeString(folder.resolve("history.csv"), history(spec, epochs));
    }

    private static String record(Map<String, Object> spec, String status) {
        return """
            {"format": 1, "status": "%s", "started": "2026-01-31T12:00:00Z",
             "spec": {%s},
             "data": {"name": "digits", "sha256": {"digits-images-idx3-ubyte": "%s"}},
             "versions": {"stiefel": "0.1.0", "java": "25", "blas": "none"},
             "machine": {"system": "none", "architecture": "none", "cores": 2}}
            """.formatted(
                        status,
                        spec.entrySet().stream()
                                .map(entry -> "\"%s\": %s".formatted(entry.getKey(), json(entry.getValue())))
                                .collect(Collectors.joining(", ")),
                        "0".repeat(64));
    }

    private static String json(Object value) {
        return value instanceof String text ? '"' + text + '"' : value.toString();
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
        lines.add("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy,"
                + "learning_rate,seconds,evaluation_parameters" + (dense ? "" : ",rank_1,rank_2"));
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
