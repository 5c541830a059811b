package dev.stiefel.lab.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The widths of a network, from its inputs to its outputs: `784-500-500-10`.
///
/// @param widths at least two, each at least 1
public record LayerWidths(List<Integer> widths) {
    /// Checks the widths.
    public LayerWidths {
        widths = List.copyOf(widths);
        if (widths.size() < 2 || widths.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException("layers must be two or more widths, at least 1 each; got " + widths);
        }
    }

    static Optional<LayerWidths> parse(String text) {
        if (!text.matches("[1-9][0-9]{0,8}(-[1-9][0-9]{0,8})+")) {
            return Optional.empty();
        }
        return Optional.of(new LayerWidths(
                Arrays.stream(text.split("-", -1)).map(Integer::valueOf).toList()));
    }

    /// Values a sample has.
    public int inputs() {
        return widths.getFirst();
    }

    /// The number of outputs.
    public int outputs() {
        return widths.getLast();
    }

    /// The widths between inputs and outputs.
    public List<Integer> hidden() {
        return widths.subList(1, widths.size() - 1);
    }

    /// A copy with another number of outputs.
    LayerWidths withOutputs(int outputs) {
        List<Integer> changed = new ArrayList<>(widths);
        changed.set(changed.size() - 1, outputs);
        return new LayerWidths(changed);
    }

    @Override
    public String toString() {
        return widths.stream().map(String::valueOf).collect(Collectors.joining("-"));
    }
}
