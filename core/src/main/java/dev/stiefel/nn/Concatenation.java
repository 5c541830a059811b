package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Its inputs side by side: `y = [x_1 | x_2 | …]`.
///
/// @param name of the node
/// @param widths columns of the inputs
record Concatenation(String name, List<Integer> widths) implements Layer {
    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
    }

    @Override
    public RowLayout layout(List<RowLayout> inputs, SampleShape output) {
        return RowLayout.same("concatenation '%s'".formatted(name), inputs);
    }

    @Override
    public boolean decodes(boolean[] grows) {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        return new ConcatenationPass();
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        int all = widths.stream().mapToInt(Integer::intValue).sum();
        return Optional.of(inputs -> {
            int rows = inputs.getFirst().length / widths.getFirst();
            float[] y = new float[rows * all];
            for (int row = 0; row < rows; row++) {
                int at = row * all;
                for (int i = 0; i < widths.size(); i++) {
                    int width = widths.get(i);
                    System.arraycopy(inputs.get(i), row * width, y, at, width);
                    at += width;
                }
            }
            return y;
        });
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.ANY;
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        return graph.apply("Concat", name, inputs, Map.of("axis", (long) graph.columnAxis(inputs.getFirst())));
    }

    private Tensor part(Tensor whole, int input) {
        int from = widths.subList(0, input).stream().mapToInt(Integer::intValue).sum();
        return whole.columnRange(from, from + widths.get(input));
    }

    private final class ConcatenationPass implements Pass {
        private @Nullable Tensor delta;

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            for (int i = 0; i < inputs.size(); i++) {
                part(output, i).copyFrom(inputs.get(i).values());
            }
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            if (delta == null) {
                throw new IllegalStateException("concatenation: inputGradient must follow backward");
            }
            Tensor part = part(delta, input);
            how.put(part, into);
        }
    }
}
