package dev.stiefel.lowrank;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// A weight held as factors: two bases, and a core between them. [Factors] is the matrix form `U S Vᵀ`,
/// [TuckerFactors] the Tucker form of a convolution's kernel.
///
/// Gradients come in three parts: `K`, of the first basis times the core, `L`, of the second, and `S`, of the
/// core. Their meaning belongs to the implementation; integrators for one form refuse the others by name. Owns
/// its memory: close it.
public interface FactoredWeight extends AutoCloseable {
    /// Number format of all factors.
    DType type();

    /// Rows of the weight as a matrix, `m`.
    int rows();

    /// Columns of the weight as a matrix, `n`.
    int columns();

    /// Rank; where the modes have ranks of their own, the larger.
    int rank();

    /// Ranks of both modes, where they have ranks of their own; else the rank twice.
    default TuckerRanks ranks() {
        return TuckerRanks.of(rank());
    }

    /// Numbers needed to evaluate it.
    long parameters();

    /// The core, as a matrix: what S-only steps move.
    Tensor core();

    /// Shape of `∇K`.
    Shape kShape();

    /// Shape of `∇L`.
    Shape lShape();

    /// Shape of `∇S`, that of the core.
    default Shape sShape() {
        return core().shape();
    }

    /// The gauge: orthonormal or free bases.
    Gauge gauge();

    /// A copy in this gauge.
    FactoredWeight inGauge(Gauge wanted);

    /// Its tensors by name, as files call them behind the weight's: its own.
    Map<String, Tensor> tensors();

    /// Its singular values, descending; where the modes have ranks of their own, of the mode of the larger
    /// rank.
    List<Double> singularValues();

    @Override
    void close();
}
