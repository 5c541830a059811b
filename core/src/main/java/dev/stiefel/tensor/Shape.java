package dev.stiefel.tensor;

import java.util.Arrays;

/// The extents of a tensor, outermost first: `[rows, columns]` for a matrix. Row-major, each at least 0.
public final class Shape {
    private final int[] extents;

    private Shape(int[] extents) {
        this.extents = extents;
    }

    /// A shape of these extents.
    ///
    /// @throws IllegalArgumentException if an extent is negative
    public static Shape of(int... extents) {
        for (int extent : extents) {
            if (extent < 0) {
                throw new IllegalArgumentException(
                        "shape: extents must be at least 0; got " + Arrays.toString(extents));
            }
        }
        return new Shape(extents.clone());
    }

    /// How many extents there are: 1 for a vector, 2 for a matrix.
    public int order() {
        return extents.length;
    }

    /// Extent number `axis`, counted from 0.
    public int extent(int axis) {
        return extents[axis];
    }

    /// How many elements a tensor of this shape has.
    public long size() {
        long size = 1;
        for (int extent : extents) {
            size *= extent;
        }
        return size;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    /// The extents in brackets, for example `[256, 784]`.
    @Override
    public String toString() {
        return Arrays.toString(extents);
    }
}
