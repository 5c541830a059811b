package dev.stiefel.lab.data;

import dev.stiefel.lab.text.Json;
import java.util.Arrays;
import java.util.List;

/// The training, validation or test samples of a run.
public enum Split {
    /// Those it learnt from, with the labels it learnt.
    TRAIN("train"),
    /// Those held out to say which epoch was the best.
    VALIDATION("validation"),
    /// Those only looked at.
    TEST("test");

    private final String word;

    Split(String word) {
        this.word = word;
    }

    /// What users type.
    public String word() {
        return word;
    }

    /// The split of this name.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Split of(String word) {
        List<String> words = Arrays.stream(values()).map(Split::word).toList();
        int index = words.indexOf(word);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "split must be one of %s; got %s".formatted(String.join(", ", words), Json.oneLine(word)));
        }
        return values()[index];
    }
}
