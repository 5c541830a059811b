package dev.stiefel.lab.figure;

/// Scale from values to lengths or colours.
public enum Scale {
    /// Equal differences are equal lengths.
    LINEAR,
    /// Equal ratios are equal lengths. Values are positive.
    LOG
}
