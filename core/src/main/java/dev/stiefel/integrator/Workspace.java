package dev.stiefel.integrator;

import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;

/// Memory and threads of a step: the memory is reused, and the threads share layers. Both belong to the caller.
///
/// @param pool pool that provides the memory of steps
/// @param threads who works
/// @param listener listener of every stage
public record Workspace(Pool pool, Threads threads, Stage.Listener listener) {
    /// A workspace whose stages have no listener.
    public Workspace(Pool pool, Threads threads) {
        this(pool, threads, Stage.Listener.NONE);
    }

    /// Tells the listener that a stage begins.
    public void enter(Stage stage) {
        listener.entered(stage);
    }
}
