package dev.stiefel.cli;

/// One command, after its arguments were read.
interface Command {
    /// Does it.
    ///
    /// @return the exit code
    int run() throws Exception;
}
