package dev.stiefel.lab.spec;

import dev.stiefel.train.ImageAugmentation.Flips;

/// The names of the ways to vary training images.
public enum AugmentationName {
    /// Images stay as they are.
    NONE(Flips.NONE),
    /// Random horizontal flips.
    FLIP(Flips.HORIZONTAL),
    /// Random crops of the padded image.
    CROP(Flips.NONE),
    /// Random crops of the padded image and random horizontal flips.
    CROP_FLIP(Flips.HORIZONTAL);

    private final Flips flips;

    AugmentationName(Flips flips) {
        this.flips = flips;
    }

    /// The flips of images.
    Flips flips() {
        return flips;
    }

    /// Returns whether images are cropped.
    boolean crops() {
        return this == CROP || this == CROP_FLIP;
    }
}
