package dev.stiefel.lab.text;

import java.util.Locale;

/// How a constant of an enum is written by users and in files: `backward-corrected`.
public final class Words {
    private Words() {}

    /// The word of a constant.
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
