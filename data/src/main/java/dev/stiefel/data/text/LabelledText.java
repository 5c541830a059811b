package dev.stiefel.data.text;

import java.util.List;

/// Texts and what is to be predicted of each, as it is written.
///
/// @param texts the texts
/// @param labels of each text its class, or another target
public record LabelledText(List<String> texts, List<String> labels) {
    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if there are not as many of both
    public LabelledText {
        texts = List.copyOf(texts);
        labels = List.copyOf(labels);
        if (texts.size() != labels.size()) {
            throw new IllegalArgumentException(
                    "labelled text: each text must have a label; got %d and %d".formatted(texts.size(), labels.size()));
        }
    }

    /// How many texts there are.
    public int size() {
        return texts.size();
    }

    /// The different labels, in the order of their characters.
    public List<String> classNames() {
        return labels.stream().distinct().sorted().toList();
    }
}
