package dev.stiefel.lab.spec;

import dev.stiefel.data.own.Schema;

/// A user's own data as far as a specification depends on it.
///
/// @param facts its sizes and its task
/// @param schema its raw samples and its targets
public record DataDescription(DataFacts facts, Schema schema) {}
