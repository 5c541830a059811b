package dev.stiefel.io;

import dev.stiefel.tensor.DType;

/// A number format of safetensors files that can be read, by the name it has there.
enum NumberFormat {
    /// IEEE 754 half precision.
    F16(2, DType.FLOAT32),
    /// The upper half of a float32: its range, 8 bits of precision.
    BF16(2, DType.FLOAT32),
    F32(4, DType.FLOAT32),
    F64(8, DType.FLOAT64);

    private final int bytes;
    private final DType read;

    NumberFormat(int bytes, DType read) {
        this.bytes = bytes;
        this.read = read;
    }

    /// The format of a tensor's own elements.
    static NumberFormat of(DType type) {
        return switch (type) {
            case FLOAT32 -> F32;
            case FLOAT64 -> F64;
        };
    }

    /// Bytes an element takes in a file.
    int bytes() {
        return bytes;
    }

    /// The type of tensor that elements are read into; no bit is lost.
    DType read() {
        return read;
    }
}
