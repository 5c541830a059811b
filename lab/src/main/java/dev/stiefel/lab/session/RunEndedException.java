package dev.stiefel.lab.session;

import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.record.Summary;

/// The run is done, or has diverged: there is nothing to resume.
public final class RunEndedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    RunEndedException(RunFolder run) {
        super("resume: run '%s' %s".formatted(run.path(), how(run)));
    }

    private static String how(RunFolder run) {
        return run.status() == RunStatus.DONE
                ? "is done (%s epochs)"
                        .formatted(run.summary().map(Summary::epochs).orElse(0))
                : "has diverged, and would again";
    }
}
