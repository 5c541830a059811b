package dev.stiefel.nn;

import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The sum of its inputs: `y = x_1 + x_2 + …`, `∂loss/∂x_i = ∂loss/∂y`.
///
/// @param name of the node
record Addition(String name) implements Layer {
    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
    }

    @Override
    public RowLayout layout(List<RowLayout> inputs, SampleShape output) {
        return RowLayout.same("addition '%s'".formatted(name), inputs);
    }

    @Override
    public boolean worksInPlace() {
        return true;
    }

    @Override
    public boolean decodes(boolean[] grows) {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        return new AdditionPass();
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        return Optional.of(inputs -> {
            float[] sum = inputs.getFirst().clone();
            for (float[] each : inputs.subList(1, inputs.size())) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += each[i];
                }
            }
            return sum;
        });
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.ANY;
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        String sum = inputs.getFirst();
        for (int i = 1; i < inputs.size(); i++) {
            sum = graph.apply("Add", i == inputs.size() - 1 ? name : name + "." + i, sum, inputs.get(i));
        }
        return sum;
    }

    private static final class AdditionPass implements Pass {
        private @Nullable Tensor delta;

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            output.copyFrom(inputs.getFirst().values());
            for (SampleRows each : inputs.subList(1, inputs.size())) {
                Ops.axpyInPlace(output, 1, each.values());
            }
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            if (delta == null) {
                throw new IllegalStateException("addition: inputGradient must follow backward");
            }
            how.put(delta, into);
        }
    }
}
