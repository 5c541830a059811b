package dev.stiefel.nn;

/// How a gradient goes to its place.
public enum Accumulation {
    /// It is written over what is there.
    WRITE,
    /// It is added to what is there.
    ADD
}
