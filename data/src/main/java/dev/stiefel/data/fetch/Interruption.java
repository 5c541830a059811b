package dev.stiefel.data.fetch;

import java.io.InterruptedIOException;

/// Turns an interruption into the exception of input and output, keeping the thread interrupted.
final class Interruption {
    private Interruption() {}

    static InterruptedIOException of(InterruptedException cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException e = new InterruptedIOException("fetching was interrupted");
        e.initCause(cause);
        return e;
    }
}
