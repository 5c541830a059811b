package dev.stiefel.lab.spec;

import java.util.List;

/// The kinds of networks that runs can have, as the option `network` offers them.
public final class Architectures {
    private static final List<Architecture> ALL = List.of(new MultilayerPerceptron());

    private Architectures() {}

    /// All of them. The first is that of runs that choose none.
    public static List<Architecture> all() {
        return ALL;
    }
}
