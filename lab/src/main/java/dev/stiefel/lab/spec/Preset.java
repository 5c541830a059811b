package dev.stiefel.lab.spec;

/// A named starting point for runs, with every option resolved.
///
/// @param name the name that users type
/// @param description the network and the data set, in a few words
/// @param spec the run
public record Preset(String name, String description, RunSpec spec) {}
