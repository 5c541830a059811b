package dev.stiefel.lab.session;

import dev.stiefel.train.Recorder;
import dev.stiefel.train.Trainer;
import java.nio.file.Path;

/// A listener of a run's progress, on the thread that trains: a progress bar, say.
public interface RunListener extends Recorder {
    /// A listener that does nothing.
    RunListener NONE = new RunListener() {};

    /// Before the first step: something that the user should know of the data that was read, in a line.
    default void remarked(String remark) {}

    /// Before the first step.
    ///
    /// @param folder the run's
    /// @param trainer trainer at the start of the session; a resumed run does not start at the beginning
    default void started(Path folder, Trainer trainer) {}
}
