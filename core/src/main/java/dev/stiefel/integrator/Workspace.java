package dev.stiefel.integrator;

import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;

/// What a step computes with: the memory it reuses and the threads it shares layers between. Both belong to the
/// caller.
///
/// @param pool where steps take their memory from
/// @param threads who works
/// @param listener who is told of every stage
public record Workspace(Pool pool, Threads threads, Stage.Listener listener) {
    /// A workspace whose stages nobody listens to.
    public Workspace(Pool pool, Threads threads) {
        this(pool, threads, Stage.Listener.NONE);
    }

    /// Tells the listener that a stage begins.
    public void enter(Stage stage) {
        listener.entered(stage);
    }
}
