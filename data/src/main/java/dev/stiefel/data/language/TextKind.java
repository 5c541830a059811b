package dev.stiefel.data.language;

/// Kind of texts, which determines the network that is trained on them.
public enum TextKind {
    /// One text; each token is predicted from those before it.
    PLAIN("plain text"),
    /// Texts and their translations.
    PARALLEL("parallel text"),
    /// Texts and their classes.
    LABELLED("labelled texts");

    private final String words;

    TextKind(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
