package dev.stiefel.lab.spec;

/// The channels that a user's own images are read with.
public enum ImageChannels {
    /// One: coloured images become grey.
    GREY(1),
    /// Red, green and blue, which are alike where an image is grey.
    COLOUR(3);

    private final int count;

    ImageChannels(int count) {
        this.count = count;
    }

    /// How many there are.
    public int count() {
        return count;
    }
}
