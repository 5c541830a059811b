package dev.stiefel.lab.analysis;

import dev.stiefel.lab.spec.Option;

/// Options in words.
final class Labels {
    private Labels() {}

    static String of(Option<?> option) {
        return option.flag().replace('-', ' ');
    }
}
