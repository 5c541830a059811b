package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;

/// The end of several layers' passes: a bias, if there is one, and an activation, in one sweep each way. Its memory is
/// in the scope that it was made with, and grows to that of the largest slice.
final class BiasActivation {
    private final Scope scope;
    private final DType type;
    private final int width;
    private final Optional<DenseParameter> bias;
    private final Activation activation;
    private final Elementwise sweep;
    private Tensor saved;

    /// @param width columns of the output
    BiasActivation(Scope scope, DType type, int width, Optional<DenseParameter> bias, Activation activation) {
        this.scope = scope;
        this.type = type;
        this.width = width;
        this.bias = bias;
        this.activation = activation;
        this.sweep = Elementwise.of(type, activation, width);
        this.saved = Elementwise.room(scope, type, activation, 0, width);
    }

    private boolean changesNothing() {
        return bias.isEmpty() && activation == Activation.IDENTITY;
    }

    /// `y ← activation(y + b)`.
    void forward(Tensor y) {
        if (changesNothing()) {
            return;
        }
        if (activation.slopeNeedsInput() && saved.rows() < y.rows()) {
            saved = Elementwise.room(scope, type, activation, y.rows(), width);
        }
        sweep.activate(y, bias.map(DenseParameter::value), saved);
    }

    /// `delta ← delta · slope`, and the bias's gradient, if it is wanted.
    ///
    /// @param y as [#forward] left it
    void backward(Tensor delta, Tensor y, ParameterGradients gradients) {
        if (changesNothing()) {
            return;
        }
        Optional<Tensor> place = bias.flatMap(gradients::place);
        Accumulation how = place.isPresent() ? gradients.accumulation(bias.orElseThrow()) : Accumulation.WRITE;
        sweep.backward(delta, y, saved, place, how);
    }
}
