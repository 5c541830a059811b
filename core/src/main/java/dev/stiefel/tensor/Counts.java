package dev.stiefel.tensor;

import java.util.concurrent.atomic.LongAdder;

/// Work of the native engine in the whole process: figures that do not depend on the load of the machine.
///
/// Counting is off until [#start], since counters are not free in a small step.
///
/// @param nativeCalls calls of native functions for products, sums and factorizations
/// @param flops floating-point operations of those calls, counted from shapes: `2 m n k` for a product
/// @param bytes bytes of the matrices that those calls read and write, each matrix once a call, and of
/// what is copied between tensors and arrays for the arithmetic that is ours
public record Counts(long nativeCalls, long flops, long bytes) {
    private static final LongAdder CALLS = new LongAdder();
    private static final LongAdder FLOPS = new LongAdder();
    private static final LongAdder BYTES = new LongAdder();
    private static boolean counting; // read without a barrier: a thread may notice late

    /// Starts counting. Never stopped, and counts only grow: take differences.
    public static void start() {
        counting = true;
    }

    /// The counts so far.
    public static Counts now() {
        return new Counts(CALLS.sum(), FLOPS.sum(), BYTES.sum());
    }

    /// The counts since then.
    public Counts since(Counts before) {
        return new Counts(nativeCalls - before.nativeCalls, flops - before.flops, bytes - before.bytes);
    }

    /// The sum of both.
    public Counts plus(Counts other) {
        return new Counts(nativeCalls + other.nativeCalls, flops + other.flops, bytes + other.bytes);
    }

    static void moved(long bytes) {
        if (counting) {
            BYTES.add(bytes);
        }
    }

    static void add(long flops, long bytes) {
        if (counting) {
            CALLS.increment();
            FLOPS.add(flops);
            BYTES.add(bytes);
        }
    }
}
