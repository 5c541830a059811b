package dev.stiefel.tensor;

/// The native engine, for the record of a run: bits may differ from one to the other.
public final class Engine {
    private Engine() {}

    /// The versions of the libraries in use, their options, and the processor that they detect.
    public static String description() {
        return OneDnn.IN_USE ? Native.configuration() + "; products: " + OneDnn.version() : Native.configuration();
    }
}
