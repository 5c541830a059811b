package dev.stiefel.lab.spec;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Ranks of a network's factored layers, first to last: one for all of them (`20`) or one each
/// (`35-53-51-46`).
///
/// @param ranks one or more, each at least 1
public record LayerRanks(List<Integer> ranks) {
    /// Checks the ranks.
    public LayerRanks {
        ranks = List.copyOf(ranks);
        if (ranks.isEmpty() || ranks.stream().anyMatch(rank -> rank < 1)) {
            throw new IllegalArgumentException("ranks must be one or more, at least 1 each; got " + ranks);
        }
    }

    /// The same rank for all.
    public static LayerRanks all(int rank) {
        return new LayerRanks(List.of(rank));
    }

    /// The ranks of layers that may differ: one number where they do not.
    public static LayerRanks of(List<Integer> each) {
        return each.stream().distinct().count() == 1 ? all(each.getFirst()) : new LayerRanks(each);
    }

    static Optional<LayerRanks> parse(String text) {
        if (!text.matches("[0-9]{1,10}(-[0-9]{1,10})*")) {
            return Optional.empty();
        }
        List<Long> ranks = Arrays.stream(text.split("-", -1)).map(Long::valueOf).toList();
        return ranks.stream().allMatch(rank -> rank >= 1 && rank <= Integer.MAX_VALUE)
                ? Optional.of(new LayerRanks(ranks.stream().map(Long::intValue).toList()))
                : Optional.empty();
    }

    /// One rank for each of a network's factored layers.
    ///
    /// @param layers how many there are
    /// @throws IllegalArgumentException if there are as many ranks neither as layers nor as one
    public List<Integer> each(int layers) {
        return each("ranks", layers);
    }

    /// The same, and what the user calls them in the message.
    List<Integer> each(String typed, int layers) {
        if (ranks.size() == 1) {
            return Collections.nCopies(layers, ranks.getFirst());
        }
        if (ranks.size() != layers) {
            throw new IllegalArgumentException(
                    "%s must be one number, or one for each of the %d factored layers; got %s"
                            .formatted(typed, layers, this));
        }
        return ranks;
    }

    /// As JSON and YAML hold them: a number, or a text.
    Object plain() {
        return ranks.size() == 1 ? ranks.getFirst() : toString();
    }

    @Override
    public String toString() {
        return ranks.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
