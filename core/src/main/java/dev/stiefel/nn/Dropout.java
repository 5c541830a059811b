package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Dropout. The dropped values depend only on the seed of the pass, the number of the sample in its batch and the
/// place in the sample: every pass over a batch drops the same values, however the batch is divided.
///
/// @param name of the node
/// @param rate probability of a value to be set to 0
record Dropout(String name, double rate) implements Layer {
    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
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
        boolean drops = context.mode() == PassMode.TRAINING && rate > 0;
        return new DropoutPass(drops ? Optional.of(new DropoutMask(context.seed(), rate)) : Optional.empty());
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
        return inputs.getFirst();
    }

    private final class DropoutPass implements Pass {
        private final Optional<DropoutMask> mask;
        private @Nullable SampleRows input;
        private @Nullable Tensor delta;

        DropoutPass(Optional<DropoutMask> mask) {
            this.mask = mask;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            SampleRows x = inputs.getFirst();
            input = x;
            apply(x.values(), x, output, Accumulation.WRITE);
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int index, Tensor into, Accumulation how) {
            if (delta == null || input == null) {
                throw new IllegalStateException("dropout '%s': inputGradient must follow backward".formatted(name));
            }
            apply(delta, input, into, how);
        }

        /// @param like identification of the samples
        private void apply(Tensor from, SampleRows like, Tensor into, Accumulation how) {
            if (mask.isEmpty()) {
                how.put(from, into);
                return;
            }
            RowLayout layout = like.layout();
            for (int i = 0; i < like.samples(); i++) {
                Tensor x = from.rows(layout.first(i), layout.first(i + 1));
                Tensor y = into.rows(layout.first(i), layout.first(i + 1));
                mask.get().apply(x, like.firstSample() + i, y, how);
            }
        }
    }
}
