package dev.stiefel.lab.model;

import java.io.IOException;

/// Thrown where a path holds no run or model, or a damaged one. The message is one line that names the file;
/// the machine is not to blame.
public final class InvalidRunException extends IOException {
    private static final long serialVersionUID = 1L;

    /// With a message for users.
    public InvalidRunException(String message) {
        super(message);
    }

    /// With a message for users and what it was learnt from.
    public InvalidRunException(String message, Throwable cause) {
        super(message, cause);
    }
}
