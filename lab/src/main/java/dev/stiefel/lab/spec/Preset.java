package dev.stiefel.lab.spec;

import java.util.Map;

/// A named starting point for runs.
///
/// @param name the name that users type
/// @param description the network and the data set, in a few words
/// @param choices choices of the preset, and those that override it
public record Preset(String name, String description, Choices choices) {
    /// The run, with every option resolved.
    ///
    /// @throws IllegalArgumentException if the data is text, which must be read first ([#isOfText])
    public RunSpec spec() {
        return Resolution.of(choices);
    }

    /// Returns whether its data is text, which must be read before the run is known.
    public boolean isOfText() {
        return DataPaths.isNamedText(Resolution.withPresets(choices));
    }

    /// Options by key, as YAML holds them: all of them, or of text those that are chosen.
    public Map<String, Object> asMap() {
        return isOfText() ? Resolution.withPresets(choices).asMap() : spec().asMap();
    }
}
