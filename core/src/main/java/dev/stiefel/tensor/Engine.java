package dev.stiefel.tensor;

/// The native engine, for the record of a run: bits may differ from one to the other.
public final class Engine {
    private Engine() {}

    /// The version of OpenBLAS, its options, and the processor that it takes this machine's for.
    public static String description() {
        return Native.configuration();
    }
}
