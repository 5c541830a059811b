package dev.stiefel.bench;

import dev.stiefel.train.Method;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Times training steps on request, so that another process can alternate with it: each line `run` on standard input
/// times one repeat, and one line of JSON with `ms` and `steps` answers it.
///
/// Arguments: method, width, depth, rank, batch size, threads, optimizer, seconds a repeat.
public final class StepServer {
    private StepServer() {}

    /// Serves until the end of input.
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 8) {
            throw new IllegalArgumentException(
                    "usage: StepServer METHOD WIDTH DEPTH RANK BATCH THREADS OPTIMIZER SECONDS");
        }
        double seconds = Double.parseDouble(arguments[7]);
        PrintStream out = System.out;
        try (StepRig rig = new StepRig(
                        Method.of(arguments[0]),
                        Integer.parseInt(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]),
                        Integer.parseInt(arguments[4]),
                        Integer.parseInt(arguments[5]),
                        arguments[6]);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            time(rig, 3 * seconds); // compile
            out.println("{\"event\": \"ready\"}");
            for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
                time(rig, 0.1); // the caches were somebody else's
                Repeat repeat = time(rig, seconds);
                out.printf(
                        Locale.ROOT,
                        "{\"kind\": \"%s\", \"ms\": %.4f, \"steps\": %d}%n",
                        arguments[0],
                        repeat.milliseconds,
                        repeat.steps);
                out.flush();
            }
        }
    }

    private record Repeat(double milliseconds, int steps) {}

    private static Repeat time(StepRig rig, double seconds) {
        long begun = System.nanoTime();
        int steps = 0;
        while (System.nanoTime() - begun < seconds * 1e9 || steps < 3) {
            rig.step();
            steps++;
        }
        return new Repeat((System.nanoTime() - begun) / 1e6 / steps, steps);
    }
}
