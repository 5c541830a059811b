package dev.stiefel.tensor;

import java.util.Arrays;
import java.util.Objects;

/// The extents of a tensor, outermost first: `[rows, columns]` for a matrix. Row-major, each at least 0, and no more
/// than [#MAX_SIZE] elements in all.
public final class Shape {
    /// The most elements that a tensor may have: sizes are 32-bit integers in BLAS and LAPACK, and so are array
    /// indices.
    public static final long MAX_SIZE = Integer.MAX_VALUE;

    private final int[] extents;
    private final long size;

    private Shape(int[] extents, long size) {
        this.extents = extents;
        this.size = size;
    }

    /// A shape of these extents.
    ///
    /// @throws IllegalArgumentException if an extent is negative, or there are more than [#MAX_SIZE] elements
    public static Shape of(int... extents) {
        for (int extent : extents) {
            if (extent < 0) {
                throw new IllegalArgumentException(
                        "shape: extents must be at least 0; got " + Arrays.toString(extents));
            }
        }
        return new Shape(extents.clone(), checkedSize(extents));
    }

    /// The number of extents: 1 for a vector, 2 for a matrix.
    public int order() {
        return extents.length;
    }

    /// Extent number `axis`, counted from 0.
    public int extent(int axis) {
        return extents[Objects.checkIndex(axis, extents.length)];
    }

    /// The number of elements of a tensor of this shape.
    public long size() {
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

    private static long checkedSize(int[] extents) {
        if (Arrays.stream(extents).anyMatch(extent -> extent == 0)) {
            return 0;
        }
        long size = 1;
        for (int extent : extents) {
            size *= extent; // cannot overflow: both factors are below 2³¹
            if (size > MAX_SIZE) {
                throw new IllegalArgumentException("shape: a tensor may have at most %d elements; got %s"
                        .formatted(MAX_SIZE, Arrays.toString(extents)));
            }
        }
        return size;
    }
}
