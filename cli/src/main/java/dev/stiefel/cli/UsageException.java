package dev.stiefel.cli;

/// The caller's mistake: its message goes to stderr as one line, and the command ends with 2.
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
