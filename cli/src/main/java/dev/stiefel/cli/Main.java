package dev.stiefel.cli;

/// The entry point of `stiefel`.
public final class Main {
    private Main() {}

    /// Prints how to use the command line.
    public static void main(String[] args) {
        System.err.println("usage: stiefel COMMAND [options]");
        System.exit(2);
    }
}
