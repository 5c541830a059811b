package dev.stiefel.nn;

import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An activation applied to every value.
///
/// @param name of the node
/// @param activation the activation function
record ActivationLayer(String name, Activation activation) implements Layer {
    @Override
    public Set<Kept> keeps() {
        return activation.keeps();
    }

    @Override
    public boolean worksInPlace() {
        return true;
    }

    @Override
    public boolean worksByRow() {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        return new ActivationPass(context.scope());
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        return Optional.of(inputs -> {
            float[] y = inputs.getFirst().clone();
            ActivationArrays.valuesInPlace(activation, y, y.length);
            return y;
        });
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.ANY;
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        return activation.export(graph, name, inputs.getFirst());
    }

    private final class ActivationPass implements Pass {
        private final Scope scope;
        private @Nullable BiasActivation end;
        private @Nullable Tensor output;
        private @Nullable Tensor delta;

        ActivationPass(Scope scope) {
            this.scope = scope;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor y) {
            y.copyFrom(inputs.getFirst().values());
            if (end == null) {
                end = new BiasActivation(scope, y.type(), y.columns(), Optional.empty(), activation);
            }
            end.forward(y);
            output = y;
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            if (output == null || end == null) {
                throw new IllegalStateException("activation '%s': backward must follow forward".formatted(name));
            }
            end.backward(newDelta, output, gradients);
            delta = newDelta;
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            if (delta == null) {
                throw new IllegalStateException("activation '%s': inputGradient must follow backward".formatted(name));
            }
            how.put(delta, into);
        }
    }
}
