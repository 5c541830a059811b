package dev.stiefel.lab.sweep;

import dev.stiefel.io.Sha256;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// A run of a sweep.
///
/// @param id the hash of its spec, and the name of its folder
/// @param point values on the sweep's axes, by key, in their order
/// @param spec the run, wholly described
public record PlannedRun(String id, Map<String, Object> point, RunSpec spec) {
    private static final int ID_DIGITS = 16;

    /// Takes a copy of the point.
    public PlannedRun {
        point = Collections.unmodifiableMap(new LinkedHashMap<>(point));
    }

    static PlannedRun of(RunSpec spec, Map<String, Object> point) {
        return new PlannedRun(id(spec), point, spec);
    }

    /// The first 16 hexadecimal digits of the SHA-256 of all options and values, sorted.
    static String id(RunSpec spec) {
        String text = new TreeMap<>(spec.asMap()) + " "
                + spec.ownData().map(DataFacts::hashed).orElse("");
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).substring(0, ID_DIGITS);
    }

    /// Its seed.
    public long seed() {
        return spec.get(Options.SEED);
    }

    /// For people: `width=100 rank=10 seed=0`.
    public String label() {
        StringBuilder label = new StringBuilder();
        point.forEach(
                (key, value) -> label.append(key).append('=').append(value).append(' '));
        return label.append("seed=").append(seed()).toString();
    }
}
