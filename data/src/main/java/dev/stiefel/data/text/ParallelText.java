package dev.stiefel.data.text;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Sentences and their translations, or texts of other kinds that belong together in pairs.
///
/// @param sources the texts to translate
/// @param targets of each source what it becomes
public record ParallelText(List<String> sources, List<String> targets) {
    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if there are not as many of both
    public ParallelText {
        sources = List.copyOf(sources);
        targets = List.copyOf(targets);
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException("parallel text: each source must have a target; got %s and %s"
                    .formatted(sources.size(), targets.size()));
        }
    }

    /// The number of pairs.
    public int size() {
        return sources.size();
    }

    /// The pairs `from` (inclusive) to `to` (exclusive).
    public ParallelText range(int from, int to) {
        return new ParallelText(sources.subList(from, to), targets.subList(from, to));
    }

    /// The pairs of these numbers, in this order.
    public ParallelText select(int... pairs) {
        return new ParallelText(
                Arrays.stream(pairs).mapToObj(sources::get).toList(),
                Arrays.stream(pairs).mapToObj(targets::get).toList());
    }

    /// The concatenation of these pairs and others.
    public ParallelText followedBy(ParallelText others) {
        return new ParallelText(
                Stream.concat(sources.stream(), others.sources.stream()).toList(),
                Stream.concat(targets.stream(), others.targets.stream()).toList());
    }

    /// All pairs as one text, a line each, for language models.
    ///
    /// @param between separator of a source and its target
    public String asPlainText(String between) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size(); i++) {
            text.append(sources.get(i)).append(between).append(targets.get(i)).append('\n');
        }
        return text.toString();
    }
}
