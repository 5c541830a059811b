package dev.stiefel.bench;

import dev.stiefel.lab.bench.BenchNetwork;
import dev.stiefel.lab.bench.StepProfile;
import dev.stiefel.lab.bench.StepRig;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.model.TransformerSize;
import dev.stiefel.tensor.Counts;
import dev.stiefel.train.Method;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/// Times training steps on request, so that other processes can alternate with it, or run beside it:
/// each line `run` on standard input times one repeat, and one line of JSON with `ms` and `steps`
/// answers it. `budget` answers with a line for each stage of a step and ends with an empty one.
///
/// Arguments: `name=value`, of `method`, `network` (mlp, transformer, transformer-512, or a network for
/// images), `width`, `depth`, `rank`, `batch`, `threads`, `optimizer`
/// (sgd, momentum, adam or muon), `adapt` (every how many steps the rank is adapted; 0 never), `seconds` (a
/// repeat), `warm` (seconds before the first), and `what`: `step`, `predict`, or `epoch` (20 steps and
/// the evaluation of 2,000 samples).
public final class StepServer {
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("method", "riemannian"),
            Map.entry("network", "mlp"),
            Map.entry("width", "500"),
            Map.entry("depth", "4"),
            Map.entry("rank", "20"),
            Map.entry("batch", "256"),
            Map.entry("threads", "2"),
            Map.entry("optimizer", "momentum"),
            Map.entry("adapt", "0"),
            Map.entry("seconds", "1"),
            Map.entry("warm", "5"),
            Map.entry("what", "step"));
    private static final int EPOCH_STEPS = 20;
    private static final int EPOCH_SAMPLES = 2_000;

    private StepServer() {}

    /// Serves until the end of input.
    public static void main(String[] arguments) throws IOException {
        Map<String, String> options = new HashMap<>(DEFAULTS);
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            if (pair.length < 2 || options.put(pair[0], pair[1]) == null) {
                throw new IllegalArgumentException("arguments must be name=value, the names among %s; got '%s'"
                        .formatted(DEFAULTS.keySet(), argument));
            }
        }
        try (StepRig rig = new StepRig(shape(options));
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            serve(rig, options, in, System.out);
        }
    }

    private static StepRig.Shape shape(Map<String, String> options) {
        return new StepRig.Shape(
                Method.of(word(options, "method")),
                network(options),
                number(options, "rank"),
                number(options, "batch"),
                number(options, "threads"),
                Options.OPTIMIZER.parse("optimizer", word(options, "optimizer")).usual(),
                number(options, "adapt"));
    }

    private static BenchNetwork network(Map<String, String> options) {
        String name = word(options, "network");
        return switch (name) {
            case "mlp" -> BenchNetwork.mlp(number(options, "width"), number(options, "depth"));
            case "transformer" -> BenchNetwork.translation(name, TransformerSize.small());
            case "transformer-512" -> BenchNetwork.translation(name, TransformerSize.published(4, 512, 8, 2048));
            default -> BenchNetwork.of(Options.NETWORK.parse("network", name));
        };
    }

    private static int number(Map<String, String> options, String name) {
        return Integer.parseInt(word(options, name));
    }

    private static String word(Map<String, String> options, String name) {
        return Objects.requireNonNull(options.get(name), name);
    }

    private static LongSupplier work(StepRig rig, String what) {
        return switch (what) {
            case "step" -> rig::step;
            case "predict" -> rig::predict;
            case "epoch" ->
                () -> {
                    long nanos = 0;
                    for (int i = 0; i < EPOCH_STEPS; i++) {
                        nanos += rig.step();
                    }
                    return nanos + rig.evaluate(EPOCH_SAMPLES);
                };
            default ->
                throw new IllegalArgumentException("what must be one of step, predict, epoch; got '" + what + "'");
        };
    }

    private static void serve(StepRig rig, Map<String, String> options, BufferedReader in, PrintStream out)
            throws IOException {
        LongSupplier work = work(rig, word(options, "what"));
        double seconds = Double.parseDouble(word(options, "seconds"));
        time(work, Double.parseDouble(word(options, "warm")));
        out.println("{\"event\": \"ready\"}");
        for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
            if (line.equals("budget")) {
                budget(rig, work, seconds, out);
            } else {
                time(work, 0.1); // the caches were somebody else's
                Repeat repeat = time(work, seconds);
                out.printf(
                        Locale.ROOT,
                        "{\"kind\": \"%s\", \"ms\": %.4f, \"steps\": %d}%n",
                        word(options, "method"),
                        repeat.milliseconds,
                        repeat.steps);
            }
            out.flush();
        }
    }

    private static void budget(StepRig rig, LongSupplier work, double seconds, PrintStream out) {
        Counts.start();
        time(work, 3); // code that has never counted was compiled without it
        rig.budget().clear();
        time(work, seconds);
        for (StepProfile.Line line : rig.budget().lines()) {
            out.printf(
                    Locale.ROOT,
                    "{\"stage\": \"%s\", \"ms\": %.4f, \"calls\": %.1f, \"megaflops\": %.3f, \"megabytes\": %.3f}%n",
                    line.name(),
                    line.milliseconds(),
                    line.nativeCalls(),
                    line.megaflops(),
                    line.megabytes());
        }
        out.println();
    }

    private record Repeat(double milliseconds, int steps) {}

    private static Repeat time(LongSupplier work, double seconds) {
        long begun = System.nanoTime();
        long worked = 0;
        int steps = 0;
        while (steps < 3 || System.nanoTime() - begun < seconds * 1e9) {
            worked += work.getAsLong();
            steps++;
        }
        return new Repeat(worked / 1e6 / steps, steps);
    }
}
