package dev.stiefel.tensor;

/// The number format of a tensor's elements.
public enum DType {
    /// IEEE 754 single precision: what training uses.
    FLOAT32(4, 0x1p-23),
    /// IEEE 754 double precision: what tests of the mathematics use.
    FLOAT64(8, 0x1p-52);

    private final int bytes;
    private final double epsilon;

    DType(int bytes, double epsilon) {
        this.bytes = bytes;
        this.epsilon = epsilon;
    }

    /// Bytes an element takes.
    public int bytes() {
        return bytes;
    }

    /// Machine epsilon: the distance from 1 to the next larger number of this format.
    public double epsilon() {
        return epsilon;
    }
}
