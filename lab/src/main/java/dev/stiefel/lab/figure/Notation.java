package dev.stiefel.lab.figure;

/// How the numbers of an axis are written.
public enum Notation {
    /// `1,000`, `0.25`, `3·10⁷`.
    PLAIN,
    /// A share in percent: 0.25 is `25 %`.
    PERCENT,
    /// Whole numbers without separators: `2012`.
    YEAR
}
