package dev.stiefel.bench;

import dev.stiefel.lab.bench.Bench;

/// Prints what this machine can do at most: GFLOP/s in square products, and GB/s in sums of long
/// vectors. Argument: threads.
public final class Peaks {
    private Peaks() {}

    /// Measures and prints.
    public static void main(String[] arguments) {
        int threads = Integer.parseInt(arguments[0]);
        System.out.println(Bench.gemmGflops(threads) + " " + Bench.streamGigabytes(threads));
    }
}
