package dev.stiefel.lab.figure;

/// How values become lengths or colours.
public enum Scale {
    /// Equal differences are equal lengths.
    LINEAR,
    /// Equal ratios are equal lengths. Values are positive.
    LOG
}
