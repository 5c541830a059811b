package dev.stiefel.bench;

import dev.stiefel.lab.bench.BenchNetwork;
import dev.stiefel.lab.bench.StepRig;
import dev.stiefel.optim.Momentum;
import dev.stiefel.train.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Measures the peak of resident memory in rank-adaptive training (Riemannian, momentum, rank adapted
/// every step) over what the runtime and the data take, against what training must hold on paper. Linux
/// only.
///
/// The runtime is what the process takes after training a small network of the same kind: libraries
/// loaded, code compiled. On paper: factors `r (m + n) + r²`, their velocity and their gradient `r (m +
/// n)` each, activations `B m`, and the dense last layer with its velocity and gradient; 4 bytes a
/// number.
///
/// Arguments: width, depth, rank, batch.
public final class MemoryProbe {
    private static final double MEBI = 1 << 20;

    private MemoryProbe() {}

    /// Measures and prints a line of JSON, sizes in MiB.
    public static void main(String[] arguments) throws IOException {
        int width = Integer.parseInt(arguments[0]);
        int depth = Integer.parseInt(arguments[1]);
        int rank = Integer.parseInt(arguments[2]);
        int batch = Integer.parseInt(arguments[3]);
        try (StepRig small = new StepRig(shape(64, depth, 8, batch), 2 * batch)) {
            small.warmUp(6_000_000_000L);
        }
        System.gc();
        long data = 2L * batch * 784 * 4;
        long before = status("VmRSS");
        Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the peak is what it is now
        try (StepRig rig = new StepRig(shape(width, depth, rank, batch), 2 * batch)) {
            for (int i = 0; i < 20; i++) {
                rig.step();
            }
        }
        double peak = status("VmHWM") - before - data;
        System.out.printf(
                Locale.ROOT,
                "{\"paper\": %.3f, \"peak\": %.3f}%n",
                4 * paper(width, depth, rank, batch) / MEBI,
                peak / MEBI);
    }

    private static StepRig.Shape shape(int width, int depth, int rank, int batch) {
        return new StepRig.Shape(
                Method.RIEMANNIAN, BenchNetwork.mlp(width, depth), rank, batch, 2, new Momentum(0.9), 1);
    }

    private static double paper(long width, long depth, long rank, long batch) {
        long factors = 0;
        long inputs = 784;
        for (int i = 0; i < depth; i++) {
            factors += rank * (width + inputs);
            inputs = width;
        }
        long dense = 10 * width + 10 + depth * width;
        long activations = batch * (784 + depth * width + 10);
        return 3.0 * factors + depth * rank * rank + 3.0 * dense + activations;
    }

    /// A line of the kernel's account of this process, in bytes.
    private static long status(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
