package dev.stiefel.nn;

import dev.stiefel.nn.AttentionSpec.Mask;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Causal attention over rows that come in turns: keys and values of earlier turns are kept.
final class GrowingAttention implements Layer.Pass {
    private final Scope scope;
    private final DType type;
    private final String name;
    private final int heads;
    private final SoftmaxColumns softmax;
    private final GrowingRows keys;
    private final GrowingRows values;
    private @Nullable Tensor room; // P of a sample

    GrowingAttention(PassContext context, String name, int heads) {
        this.scope = context.scope();
        this.type = context.type();
        this.name = name;
        this.heads = heads;
        this.softmax = SoftmaxColumns.of(type);
        this.keys = new GrowingRows(scope, type, name);
        this.values = new GrowingRows(scope, type, name);
    }

    @Override
    public void forward(List<SampleRows> inputs, Tensor output) {
        SampleRows queries = inputs.getFirst();
        keys.append(inputs.get(1));
        values.append(inputs.get(2));
        for (int sample = 0; sample < queries.samples(); sample++) {
            int from = queries.layout().first(sample);
            int to = queries.layout().first(sample + 1);
            if (to > from) {
                Tensor K = keys.of(sample);
                Tensor P = room(K.rows(), heads * (to - from));
                Attention.attend(
                        softmax,
                        Mask.CAUSAL,
                        heads,
                        P,
                        queries.values().rows(from, to),
                        K,
                        values.of(sample),
                        output.rows(from, to));
            }
        }
    }

    private Tensor room(int rows, int columns) {
        Tensor there = room;
        int size = Math.multiplyExact(rows, columns);
        if (there == null || there.size() < size) {
            there = scope.uninitialized(type, 2 * size);
            room = there;
        }
        return there.slice(0, rows, columns);
    }

    @Override
    public void goOnFrom(int[] from) {
        keys.goOnFrom(from);
        values.goOnFrom(from);
    }

    @Override
    public void backward(Tensor delta, ParameterGradients gradients) {
        throw new IllegalStateException("attention '%s': there is no backward pass in decoding".formatted(name));
    }

    @Override
    public void inputGradient(int input, Tensor into, Accumulation how) {
        throw new IllegalStateException("attention '%s': there is no backward pass in decoding".formatted(name));
    }
}
