package dev.stiefel.lab.model;

import java.io.IOException;

/// Thrown where a path holds no run or model, or a damaged one. The message is one line that names the file;
/// the machine is not to blame.
public final class InvalidRunException extends IOException {
    private static final long serialVersionUID = 1L;

    /// Makes an exception with a message for users.
    public InvalidRunException(String message) {
        super(message);
    }

    /// Makes an exception with a message for users and its cause.
    public InvalidRunException(String message, Throwable cause) {
        super(message, cause);
    }
}
