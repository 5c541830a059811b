package dev.stiefel.lab.spec;

/// Channels of a user's own images.
public enum ImageChannels {
    /// One: coloured images become grey.
    GREY(1),
    /// Red, green and blue, which are alike where an image is grey.
    COLOUR(3);

    private final int count;

    ImageChannels(int count) {
        this.count = count;
    }

    /// The number of channels.
    public int count() {
        return count;
    }
}
