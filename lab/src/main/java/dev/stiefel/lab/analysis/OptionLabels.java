package dev.stiefel.lab.analysis;

import dev.stiefel.lab.spec.Option;

/// Options in words.
final class OptionLabels {
    private OptionLabels() {}

    static String of(Option<?> option) {
        return option.flag().replace('-', ' ');
    }
}
