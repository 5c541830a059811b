package dev.stiefel.lab.spec;

import java.util.Locale;

/// Kinds of a user's own samples that are no texts.
enum OwnSamples {
    TABLE("a table"),
    IMAGES("a folder of images"),
    ARRAY("an array");

    private final String words;

    OwnSamples(String words) {
        this.words = words;
    }

    /// That of data that was read.
    static OwnSamples of(DataFacts facts) {
        if (facts.image().isPresent()) {
            return IMAGES;
        }
        return facts.name().toLowerCase(Locale.ROOT).endsWith(".npy") ? ARRAY : TABLE;
    }

    /// As messages say it.
    String words() {
        return words;
    }
}
