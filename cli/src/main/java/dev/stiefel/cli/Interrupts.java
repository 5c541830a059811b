package dev.stiefel.cli;

/// Ctrl-C and the system's request to end.
public interface Interrupts {
    /// Nobody interrupts.
    Interrupts NONE = action -> () -> {};

    /// Lets the first interrupt do `action` instead of ending the process, until the result is closed. The second
    /// one ends the process at once.
    Guard first(Runnable action);

    /// What ends the care for interrupts.
    interface Guard extends AutoCloseable {
        @Override
        void close();
    }
}
