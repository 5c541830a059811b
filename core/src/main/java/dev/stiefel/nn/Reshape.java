package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The same values in another number of rows.
///
/// @param name of the node
/// @param shape of a sample afterwards
record Reshape(String name, SampleShape shape) implements Layer {
    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
    }

    @Override
    public Pass pass(PassContext context) {
        return new ReshapePass();
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        return Optional.of(inputs -> inputs.getFirst().clone());
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.ANY;
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        return graph.reshape(name, inputs.getFirst(), shape);
    }

    /// Copies values between matrices whose rows are of different lengths, both of which may have gaps.
    private static void copy(Tensor from, Tensor into, Accumulation how) {
        if (from.type() == DType.FLOAT32) {
            float[] values = from.toFloats();
            if (how == Accumulation.ADD) {
                float[] there = into.toFloats();
                for (int i = 0; i < values.length; i++) {
                    values[i] += there[i];
                }
            }
            into.writeRows(0, into.rows(), values);
        } else {
            double[] values = from.toDoubles();
            if (how == Accumulation.ADD) {
                double[] there = into.toDoubles();
                for (int i = 0; i < values.length; i++) {
                    values[i] += there[i];
                }
            }
            into.setAll(values);
        }
    }

    private static final class ReshapePass implements Pass {
        private @Nullable Tensor delta;

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            copy(inputs.getFirst().values(), output, Accumulation.WRITE);
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            if (delta == null) {
                throw new IllegalStateException("reshape: inputGradient must follow backward");
            }
            copy(delta, into, how);
        }
    }
}
