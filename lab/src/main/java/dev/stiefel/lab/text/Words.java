package dev.stiefel.lab.text;

import java.util.Locale;

/// Words for the constants of an enum, in files and for users: `backward-corrected`.
public final class Words {
    private Words() {}

    /// The word of a constant.
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
