package dev.stiefel.data.own;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The size that images are scaled to, in pixels: `32`, or `48x32` for a width of 48 and a height of 32.
///
/// @param width in `[1, 512]`
/// @param height likewise
public record ImageSize(int width, int height) {
    private static final int LONGEST = 512;
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,3})(?:x([0-9]{1,3}))?");

    /// Checks the ranges.
    public ImageSize {
        if (!isSide(width) || !isSide(height)) {
            throw new IllegalArgumentException(
                    "image size must be in [1, %s]; got %s".formatted(LONGEST, text(width, height)));
        }
    }

    private static boolean isSide(int pixels) {
        return pixels >= 1 && pixels <= LONGEST;
    }

    /// A size with equal numbers of rows and columns.
    public static ImageSize square(int side) {
        return new ImageSize(side, side);
    }

    /// The size that a text means; empty if it means none.
    public static Optional<ImageSize> parse(String text) {
        Matcher sides = TEXT.matcher(text);
        if (!sides.matches()) {
            return Optional.empty();
        }
        int width = Integer.parseInt(sides.group(1));
        int height = sides.group(2) == null ? width : Integer.parseInt(sides.group(2));
        return isSide(width) && isSide(height) ? Optional.of(new ImageSize(width, height)) : Optional.empty();
    }

    /// Returns whether there are as many rows as columns.
    public boolean isSquare() {
        return width == height;
    }

    /// The number of pixels.
    int pixels() {
        return width * height;
    }

    @Override
    public String toString() {
        return text(width, height);
    }

    private static String text(int width, int height) {
        return width == height ? String.valueOf(width) : width + "x" + height;
    }
}
