package dev.stiefel.model;

import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerGradients;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// One slice's way through a whole network and back. Its memory is in the scope it was made with.
public final class NetworkPass {
    private final Scope scope;
    private final Network network;
    private final int rows;
    private final List<Layer.Pass> passes;

    /// A pass of `rows` samples through the network as it is now.
    public NetworkPass(Scope scope, Network network, int rows) {
        this.scope = scope;
        this.network = network;
        this.rows = rows;
        this.passes =
                network.layers().stream().map(layer -> layer.pass(scope, rows)).toList();
    }

    /// The outputs `[B, outputs]` for `x [B, inputs]`; they belong to the pass.
    public Tensor forward(Tensor x) {
        Tensor y = x;
        for (Layer.Pass pass : passes) {
            y = pass.forward(y);
        }
        return y;
    }

    /// Takes `delta = ∂loss/∂outputs` back and writes the gradients that are wanted, one entry a layer.
    public void backward(Tensor delta, List<LayerGradients> gradients) {
        Tensor current = delta;
        for (int i = passes.size() - 1; i >= 0; i--) {
            passes.get(i).backward(current, gradients.get(i));
            if (i > 0) {
                Tensor next = scope.uninitialized(
                        delta.type(), rows, network.layers().get(i).inputs());
                passes.get(i).inputGradient(next);
                if (current != delta) {
                    current.close();
                }
                current = next;
            }
        }
    }
}
