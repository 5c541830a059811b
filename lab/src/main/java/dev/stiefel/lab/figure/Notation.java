package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.NumberText;

/// Notation of the numbers of an axis.
public enum Notation {
    /// `1,000`, `0.25`, `3·10⁷`.
    PLAIN,
    /// Whole numbers, so that no tick lies between two: `1`, `1,000`.
    WHOLE,
    /// A share in percent: 0.25 is `25 %`.
    PERCENT,
    /// Whole numbers without separators: `2012`.
    YEAR;

    /// Whether values are whole numbers.
    boolean isWhole() {
        return this == WHOLE || this == YEAR;
    }

    /// A value to four digits, as its axis writes it.
    static String shown(double value, Notation notation) {
        return switch (notation) {
            case PERCENT -> NumberText.typeset(value * 100) + "\u00A0%";
            case YEAR -> Long.toString(Math.round(value));
            case PLAIN, WHOLE -> NumberText.typeset(value);
        };
    }
}
