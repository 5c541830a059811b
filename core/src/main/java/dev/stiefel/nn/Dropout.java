package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Dropout. Which values stay depends on the seed of the pass, the number of the sample in its batch and the place in
/// the sample alone: every pass over a batch drops the same values, however the batch is divided.
///
/// @param name of the node
/// @param rate probability of a value to be set to 0
record Dropout(String name, double rate) implements Layer {
    private static final int BITS = 16; // of the numbers that are compared with the rate: four in a long
    private static final int SIZE = 1 << BITS;

    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
    }

    @Override
    public boolean worksInPlace() {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        boolean drops = context.mode() == PassMode.TRAINING && rate > 0;
        return new DropoutPass(drops, context.seed());
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
        private final boolean drops;
        private final long seed;
        private @Nullable SampleRows input;
        private @Nullable Tensor delta;

        DropoutPass(boolean drops, long seed) {
            this.drops = drops;
            this.seed = seed;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            SampleRows x = inputs.getFirst();
            input = x;
            if (drops) {
                drop(x.values(), x, output, Accumulation.WRITE);
            } else {
                output.copyFrom(x.values());
            }
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
            if (drops) {
                drop(delta, input, into, how);
                return;
            }
            how.put(delta, into);
        }

        /// @param like which samples these are
        private void drop(Tensor from, SampleRows like, Tensor into, Accumulation how) {
            int least = Math.min(SIZE - 1, (int) Math.round(rate * SIZE));
            double scale = (double) SIZE / (SIZE - least);
            for (int i = 0; i < like.samples(); i++) {
                Tensor x = from.rows(like.layout().first(i), like.layout().first(i + 1));
                Tensor y = into.rows(like.layout().first(i), like.layout().first(i + 1));
                Rng rng = Rng.seeded(seed).forPurpose("sample " + (like.firstSample() + i));
                if (from.type() == DType.FLOAT32) {
                    dropFloats(x, y, rng, least, (float) scale, how);
                } else {
                    dropDoubles(x, y, rng, least, scale, how);
                }
            }
        }
    }

    private static void dropFloats(Tensor x, Tensor y, Rng rng, int least, float scale, Accumulation how) {
        float[] values = x.toFloats();
        float[] there = how == Accumulation.ADD ? y.toFloats() : new float[0];
        long bits = 0;
        for (int j = 0; j < values.length; j++) {
            bits = j % 4 == 0 ? rng.nextLong() : bits >>> BITS;
            values[j] = (bits & SIZE - 1) < least ? 0 : scale * values[j];
        }
        for (int j = 0; j < there.length; j++) {
            values[j] += there[j];
        }
        y.writeRows(0, y.rows(), values);
    }

    private static void dropDoubles(Tensor x, Tensor y, Rng rng, int least, double scale, Accumulation how) {
        double[] values = x.toDoubles();
        double[] there = how == Accumulation.ADD ? y.toDoubles() : new double[0];
        long bits = 0;
        for (int j = 0; j < values.length; j++) {
            bits = j % 4 == 0 ? rng.nextLong() : bits >>> BITS;
            values[j] = (bits & SIZE - 1) < least ? 0 : scale * values[j];
        }
        for (int j = 0; j < there.length; j++) {
            values[j] += there[j];
        }
        y.setAll(values);
    }
}
