package dev.stiefel.data.text;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

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
                    "labelled text: each text must have a label; got %s and %s".formatted(texts.size(), labels.size()));
        }
    }

    /// The number of texts.
    public int size() {
        return texts.size();
    }

    /// The texts of these numbers, in this order.
    public LabelledText select(int... some) {
        return new LabelledText(
                Arrays.stream(some).mapToObj(texts::get).toList(),
                Arrays.stream(some).mapToObj(labels::get).toList());
    }

    /// The concatenation of these texts and others.
    public LabelledText followedBy(LabelledText others) {
        return new LabelledText(
                Stream.concat(texts.stream(), others.texts.stream()).toList(),
                Stream.concat(labels.stream(), others.labels.stream()).toList());
    }

    /// The different labels, in the order of their characters.
    public List<String> classNames() {
        return labels.stream().distinct().sorted().toList();
    }
}
