package dev.stiefel.lab.spec;

import dev.stiefel.lab.text.Words;
import dev.stiefel.published.Deviation;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Some of the published code's deviations, as users write them: `wrong-transpose,short-tail`.
///
/// @param all at least one
public record Deviations(Set<Deviation> all) {
    /// Takes a copy of the set.
    public Deviations {
        all = Set.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("deviations: at least one is needed");
        }
    }

    static Optional<Deviations> parse(String text) {
        EnumSet<Deviation> found = EnumSet.noneOf(Deviation.class);
        for (String word : text.split(",", -1)) {
            Optional<Deviation> deviation = Arrays.stream(Deviation.values())
                    .filter(each -> Words.of(each).equals(word.strip()))
                    .findFirst();
            if (deviation.isEmpty()) {
                return Optional.empty();
            }
            found.add(deviation.get());
        }
        return Optional.of(new Deviations(found));
    }

    /// All words there are.
    static List<String> words() {
        return Arrays.stream(Deviation.values()).<String>map(Words::of).toList();
    }

    /// The deviations in the order of [Deviation].
    @Override
    public String toString() {
        return all.stream().sorted().map(Words::of).collect(Collectors.joining(","));
    }
}
