package dev.stiefel.nn;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// A differentiable function of a slice of a batch with unknowns of its own. `[B, inputs]` becomes `[B,
/// outputs]`.
///
/// A layer holds its unknowns; what a forward pass must remember for its backward pass is in a [Pass],
/// so that several threads can take slices through one layer at once.
public interface Layer {
    /// What messages and files call the layer.
    String name();

    /// Values a sample has when it comes in.
    int inputs();

    /// Values a sample has when it goes out.
    int outputs();

    /// The factored weights, in a fixed order.
    List<Factors> factors();

    /// The unknowns that are not factored, in a fixed order: those that weight decay applies to first.
    List<Tensor> dense();

    /// A pass of up to `rows` samples at a time through the layer as it is now, its memory in `scope`.
    Pass pass(Scope scope, int rows);

    /// One slice's way forward and back.
    interface Pass {
        /// Takes the slice forward.
        ///
        /// @param x `[B, inputs]`; must stay as it is until the way back is done
        /// @return `[B, outputs]`, which belongs to the pass
        Tensor forward(Tensor x);

        /// Takes the gradient of the loss back, once after each [#forward]: writes the gradients that
        /// are wanted, or adds them where that is asked for.
        ///
        /// @param delta `∂loss/∂output`, `[B, outputs]`; overwritten
        /// @param gradients where the gradients of the layer's unknowns go
        void backward(Tensor delta, LayerGradients gradients);

        /// After [#backward]: writes the gradient of the loss with respect to the input.
        ///
        /// @param into `∂loss/∂x`, `[B, inputs]`
        void inputGradient(Tensor into);

        /// After [#backward]: what is left to do for the gradients of dense matrices, one for each
        /// ([LayerGradients#matricesLater]). Both of its tensors belong to the pass or to who called
        /// it, and must stay as they are until then.
        default List<Later> later() {
            return List.of();
        }
    }

    /// A gradient that was put off, so that several threads can share it: `leftᵀ right`.
    ///
    /// @param left `[B, m]`
    /// @param right `[B, n]`
    record Later(Tensor left, Tensor right) {}
}
