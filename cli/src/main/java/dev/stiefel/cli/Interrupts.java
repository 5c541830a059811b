package dev.stiefel.cli;

/// Ctrl-C, the system's request to end, and the end of the terminal.
public interface Interrupts {
    /// Nobody interrupts.
    Interrupts NONE = action -> () -> {};

    /// Lets the first interrupt do `action` instead of ending the process, until the result is closed. The second
    /// one ends the process at once.
    Guard first(Runnable action);

    /// Ends the handling of interrupts when it is closed.
    interface Guard extends AutoCloseable {
        /// The exit code of a command that was interrupted.
        default int exitCode() {
            return CommandFailures.INTERRUPTED;
        }

        @Override
        void close();
    }
}
