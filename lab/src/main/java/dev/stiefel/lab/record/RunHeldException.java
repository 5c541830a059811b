package dev.stiefel.lab.record;

import java.nio.file.Path;

/// Another process trains the run.
public final class RunHeldException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    RunHeldException(Path run) {
        super("run %s is being trained by another process".formatted(run));
    }
}
