package dev.stiefel.integrator;

import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;

/// What a step computes with: the memory it reuses and the threads it shares layers between. Both belong to the caller.
///
/// @param pool where steps take their memory from
/// @param threads who works
public record Workspace(Pool pool, Threads threads) {}
