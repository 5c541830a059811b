package dev.stiefel.nn;

import java.util.OptionalInt;

/// Shape of one sample between two layers: some rows, one a position, with the same number of columns each.
///
/// A batch of `B` samples is a matrix whose rows are the samples' rows, one sample after another ([SampleRows]).
public sealed interface SampleShape {
    /// Columns of a row: values, channels or features.
    int columns();

    /// Rows of a sample; empty where samples differ.
    OptionalInt rows();

    /// Values of a sample; empty where samples differ.
    default OptionalInt values() {
        return rows().isPresent()
                ? OptionalInt.of(Math.multiplyExact(rows().getAsInt(), columns()))
                : OptionalInt.empty();
    }

    /// A vector: one row.
    ///
    /// @param columns at least 1
    record Vector(int columns) implements SampleShape {
        /// Checks the size.
        public Vector {
            requirePositive("columns", columns);
        }

        @Override
        public OptionalInt rows() {
            return OptionalInt.of(1);
        }

        @Override
        public String toString() {
            return "[%d]".formatted(columns);
        }
    }

    /// A fixed number of rows.
    ///
    /// @param count rows of a sample, at least 1
    /// @param columns at least 1
    record Matrix(int count, int columns) implements SampleShape {
        /// Checks the sizes.
        public Matrix {
            requirePositive("rows", count);
            requirePositive("columns", columns);
        }

        @Override
        public OptionalInt rows() {
            return OptionalInt.of(count);
        }

        @Override
        public String toString() {
            return "[%d, %d]".formatted(count, columns);
        }
    }

    /// An image, channels last: one row a pixel, row by row of the image from its top left.
    ///
    /// @param height pixels, at least 1
    /// @param width pixels, at least 1
    /// @param channels values a pixel, at least 1
    record Image(int height, int width, int channels) implements SampleShape {
        /// Checks the sizes.
        public Image {
            requirePositive("height", height);
            requirePositive("width", width);
            requirePositive("channels", channels);
            Math.multiplyExact(Math.multiplyExact(height, width), channels);
        }

        @Override
        public int columns() {
            return channels;
        }

        /// The values of an image that are given plane by plane, `[channels, height, width]`, pixel by pixel,
        /// `[height · width, channels]`.
        ///
        /// @return an array of its own
        public float[] ofPlanes(float[] planes) {
            int pixels = height * width;
            if (planes.length != pixels * channels) {
                throw new IllegalArgumentException(
                        "image %s: must have %d values; got %d".formatted(this, pixels * channels, planes.length));
            }
            float[] rows = new float[planes.length];
            for (int channel = 0; channel < channels; channel++) {
                for (int pixel = 0; pixel < pixels; pixel++) {
                    rows[pixel * channels + channel] = planes[channel * pixels + pixel];
                }
            }
            return rows;
        }

        @Override
        public OptionalInt rows() {
            return OptionalInt.of(height * width);
        }

        @Override
        public String toString() {
            return "[%d, %d, %d]".formatted(height, width, channels);
        }
    }

    /// A sequence: as many rows as the sample has positions, which differ from sample to sample.
    ///
    /// @param columns at least 1
    record Sequence(int columns) implements SampleShape {
        /// Checks the size.
        public Sequence {
            requirePositive("columns", columns);
        }

        @Override
        public OptionalInt rows() {
            return OptionalInt.empty();
        }

        @Override
        public String toString() {
            return "[*, %d]".formatted(columns);
        }
    }

    /// A sequence of tokens: as many rows as the sample has tokens, each of one value, the token's number. Numbers
    /// are exact in single precision below 2²⁴.
    ///
    /// @param vocabulary number of tokens, in `[1, 2²⁴]`
    record Tokens(int vocabulary) implements SampleShape {
        /// Checks the size.
        public Tokens {
            requirePositive("vocabulary", vocabulary);
            if (vocabulary > 1 << 24) {
                throw new IllegalArgumentException(
                        "sample shape: vocabulary must be at most %d; got %d".formatted(1 << 24, vocabulary));
            }
        }

        @Override
        public int columns() {
            return 1;
        }

        @Override
        public OptionalInt rows() {
            return OptionalInt.empty();
        }

        @Override
        public String toString() {
            return "[*] of %d tokens".formatted(vocabulary);
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("sample shape: %s must be at least 1; got %d".formatted(name, value));
        }
    }
}
