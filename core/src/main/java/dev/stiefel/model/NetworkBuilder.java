package dev.stiefel.model;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Builder of a chain of linear layers. [NetworkSpec#of] and [NetworkGraph] build any other network.
///
/// ```java
/// Network network = Network.builder(784)
///         .factored(500, 20, Activation.RELU)
///         .factored(500, 20, Activation.RELU)
///         .dense(10, Activation.IDENTITY)
///         .build(Rng.seeded(1));
/// ```
public final class NetworkBuilder {
    private final int inputs;
    private final List<LinearSpec> layers = new ArrayList<>();
    private Loss loss = NetworkSpec.usualLoss();
    private Spectrum spectrum = new Spectrum.Gaussian();
    private Gauge gauge = Gauge.ORTHONORMAL;
    private DType type = DType.FLOAT32;

    NetworkBuilder(int inputs) {
        this.inputs = inputs;
    }

    /// Adds a layer whose weight is held as factors of this initial rank.
    public NetworkBuilder factored(int outputs, int rank, Activation activation) {
        layers.add(new LinearSpec(outputs, activation, OptionalInt.of(rank)));
        return this;
    }

    /// Adds a layer with a dense weight.
    public NetworkBuilder dense(int outputs, Activation activation) {
        layers.add(new LinearSpec(outputs, activation, OptionalInt.empty()));
        return this;
    }

    /// The loss of the training; softmax cross-entropy by default.
    public NetworkBuilder loss(Loss newLoss) {
        loss = newLoss;
        return this;
    }

    /// The singular values that factored weights start with; Gaussian unless said.
    public NetworkBuilder spectrum(Spectrum newSpectrum) {
        spectrum = newSpectrum;
        return this;
    }

    /// The gauge of factored weights; orthonormal unless said. The free one is for vanilla factors.
    public NetworkBuilder gauge(Gauge newGauge) {
        gauge = newGauge;
        return this;
    }

    /// The number format; float32 unless said.
    public NetworkBuilder type(DType newType) {
        type = newType;
        return this;
    }

    /// The description so far.
    ///
    /// @throws IllegalArgumentException if there is no layer, or a size or rank is out of range
    public NetworkSpec spec() {
        return NetworkSpec.chain(inputs, layers, loss);
    }

    /// The network with random weights.
    ///
    /// @throws IllegalArgumentException as [#spec] does
    public Network build(Rng rng) {
        return Network.random(spec(), type, gauge, spectrum, rng);
    }
}
