package dev.stiefel.model;

import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerGradients;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One slice's way through a whole network and back, as often as one likes. Its memory is in the scope
/// it was made with.
public final class NetworkPass {
    private final Scope scope;
    private final Network network;
    private final int rows;
    private final List<Layer.Pass> passes;
    private final Map<Integer, @Nullable Tensor[]> deltas = new HashMap<>(); // by width

    /// A pass of up to `rows` samples at a time through the network as it is now.
    public NetworkPass(Scope scope, Network network, int rows) {
        this.scope = scope;
        this.network = network;
        this.rows = rows;
        this.passes =
                network.layers().stream().map(layer -> layer.pass(scope, rows)).toList();
    }

    /// How many samples it takes at a time, at most.
    public int rows() {
        return rows;
    }

    /// The outputs `[B, outputs]` for `x [B, inputs]`; they belong to the pass.
    public Tensor forward(Tensor x) {
        Tensor y = x;
        for (Layer.Pass pass : passes) {
            y = pass.forward(y);
        }
        return y;
    }

    /// Takes `delta = ∂loss/∂outputs`, which is overwritten, back and writes or adds the gradients that are
    /// wanted, one entry a layer.
    public void backward(Tensor delta, List<LayerGradients> gradients) {
        Tensor current = delta;
        for (int i = passes.size() - 1; i >= 0; i--) {
            passes.get(i).backward(current, gradients.get(i));
            if (i > 0) {
                boolean kept = gradients.get(i).matricesLater();
                Tensor next = room(network.layers().get(i).inputs(), kept ? i : i % 2, current);
                passes.get(i).inputGradient(next);
                current = next;
            }
        }
    }

    /// After [#backward]: writes the gradient with respect to the samples, `∂loss/∂x [B, inputs]`. No training step
    /// asks for it, so that none pays for it.
    public void inputGradient(Tensor into) {
        passes.getFirst().inputGradient(into);
    }

    /// After [#backward]: the gradients of dense matrices that were put off, one list a layer.
    public List<List<Layer.Later>> later() {
        return passes.stream().map(Layer.Pass::later).toList();
    }

    /// Two rooms a width are enough, one that is read and one that is written, unless what is read is needed
    /// later.
    private Tensor room(int width, int which, Tensor like) {
        @Nullable Tensor[] rooms = deltas.computeIfAbsent(width, w -> new Tensor[passes.size() + 1]);
        Tensor room = rooms[which];
        if (room == null) {
            room = scope.spaced(like.type(), rows, width);
            rooms[which] = room;
        }
        return like.rows() == rows ? room : room.rows(0, like.rows());
    }
}
