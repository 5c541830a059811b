package dev.stiefel.lab.data;

import dev.stiefel.lab.text.Json;
import java.util.Arrays;
import java.util.List;

/// The training, validation or test samples of a run.
public enum Split {
    /// The training samples, with the labels used in training.
    TRAIN("train"),
    /// The validation samples, which decide the best epoch.
    VALIDATION("validation"),
    /// The test samples, which decide nothing.
    TEST("test");

    private final String word;

    Split(String word) {
        this.word = word;
    }

    /// The word that users type.
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
