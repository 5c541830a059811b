package dev.stiefel.lowrank;

/// The ranks of the two factored modes of a kernel in Tucker form ([TuckerFactors]).
///
/// Each is at most the size of its mode, and neither can be more than `k` times the other, `k` the offsets of
/// the kernel: an unfolding of the core `[r_o, k, r_i]` along one mode has `k` times as many columns as the
/// other mode has directions, and no more independent rows than that.
///
/// @param out `r_o`, of the mode of outputs; at least 1
/// @param in `r_i`, of the mode of channels; at least 1
public record TuckerRanks(int out, int in) {
    /// Checks the ranks.
    public TuckerRanks {
        if (out < 1 || in < 1) {
            throw new IllegalArgumentException("Tucker ranks must be at least 1; got %d and %d".formatted(out, in));
        }
    }

    /// The same rank in both modes.
    public static TuckerRanks of(int rank) {
        return new TuckerRanks(rank, rank);
    }

    /// The ranks next to these that a kernel can have: cut to its sides, and to `k` times each other.
    ///
    /// @param outputs of the kernel
    /// @param channels of the kernel
    /// @param offsets `k`
    public TuckerRanks capped(int outputs, int channels, int offsets) {
        long i = Math.min(in, channels);
        long o = Math.min(Math.min(out, outputs), offsets * i);
        return new TuckerRanks((int) o, (int) Math.min(i, offsets * o));
    }

    /// The ranks next to these that hold all that these hold: the smaller one raised where the other is more
    /// than `k` times as large. For truncations, where a rank that is cut further would err more than was
    /// allowed.
    ///
    /// @param offsets `k`
    public TuckerRanks raised(int offsets) {
        return new TuckerRanks(Math.max(out, Math.ceilDiv(in, offsets)), Math.max(in, Math.ceilDiv(out, offsets)));
    }

    /// The rank of a mode; for a matrix, which has only one, the first.
    int of(WeightSpectrum.Mode mode) {
        return mode == WeightSpectrum.Mode.CHANNELS ? in : out;
    }

    /// The larger of the two, which represents both if there is room for only one number.
    public int larger() {
        return Math.max(out, in);
    }

    /// Numbers of a kernel with these ranks, `outputs r_o + channels r_i + k r_o r_i`.
    ///
    /// @param outputs of the kernel
    /// @param channels of the kernel
    /// @param offsets `k`
    public long parameters(int outputs, int channels, int offsets) {
        return (long) outputs * out + (long) channels * in + (long) offsets * out * in;
    }

    /// `r_o×r_i`.
    @Override
    public String toString() {
        return out + "×" + in;
    }
}
