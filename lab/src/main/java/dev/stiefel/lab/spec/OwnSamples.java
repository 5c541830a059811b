package dev.stiefel.lab.spec;

import java.util.Locale;
import java.util.regex.Pattern;

/// Kinds of a user's own samples that are no texts.
enum OwnSamples {
    TABLE("a table"),
    IMAGES("a folder of images"),
    ARRAY("an array");

    private static final Pattern ENDING = Pattern.compile("[.][a-z0-9]+$");

    private final String words;

    OwnSamples(String words) {
        this.words = words;
    }

    /// The kind of data that was read.
    static OwnSamples of(DataFacts facts) {
        String name = facts.name().toLowerCase(Locale.ROOT);
        if (facts.image().isPresent() || !ENDING.matcher(name).find()) { // earlier versions kept no image
            return IMAGES;
        }
        return name.endsWith(".npy") ? ARRAY : TABLE;
    }

    /// The kind in messages.
    String words() {
        return words;
    }
}
