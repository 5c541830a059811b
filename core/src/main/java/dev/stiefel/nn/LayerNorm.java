package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.nn.RowNorm.Place;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Layer normalization (Ba, Kiros & Hinton 2016, [arXiv 1607.06450](https://arxiv.org/abs/1607.06450)): every
/// row is brought to mean 0 and variance 1, then scaled and shifted.
///
/// With the mean `μ` and the biased variance `σ²` of a row, and `ρ = 1 / √(σ² + ε)`:
///
///     x̂ = (x − μ) ρ,    y = scale ∘ x̂ + bias
///     g = delta ∘ scale,    ∂loss/∂x = ρ (g − mean(g) − x̂ mean(g ∘ x̂))
final class LayerNorm implements Layer {
    private final String name;
    private final double epsilon;
    private final DenseParameter scale;
    private final DenseParameter bias;

    /// @param scale `[columns]`
    /// @param bias `[columns]`
    LayerNorm(String name, double epsilon, DenseParameter scale, DenseParameter bias) {
        this.name = name;
        this.epsilon = epsilon;
        this.scale = scale;
        this.bias = bias;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(scale, bias);
    }

    @Override
    public Set<Kept> keeps() {
        return EnumSet.of(Kept.INPUTS);
    }

    @Override
    public boolean worksByRow() {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        int columns = Math.toIntExact(scale.value().size());
        return new NormPass(context.scope(), RowNorm.of(context.scope(), context.type(), columns, epsilon));
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        float[] factors = scale.value().toFloats();
        float[] shifts = bias.value().toFloats();
        return Optional.of(inputs -> {
            float[] y = inputs.getFirst().clone();
            for (int from = 0; from < y.length; from += factors.length) {
                normalize(y, from, factors, shifts);
            }
            return y;
        });
    }

    private void normalize(float[] y, int from, float[] factors, float[] shifts) {
        int columns = factors.length;
        double sum = 0;
        for (int j = 0; j < columns; j++) {
            sum += y[from + j];
        }
        double mean = sum / columns;
        double squares = 0;
        for (int j = 0; j < columns; j++) {
            squares += (y[from + j] - mean) * (y[from + j] - mean);
        }
        double root = 1 / Math.sqrt(squares / columns + epsilon);
        for (int j = 0; j < columns; j++) {
            y[from + j] = (float) (factors[j] * ((y[from + j] - mean) * root) + shifts[j]);
        }
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        String factors = graph.constant(scale.name(), scale.value());
        String shifts = graph.constant(bias.name(), bias.value());
        return graph.apply(
                "LayerNormalization",
                name,
                List.of(inputs.getFirst(), factors, shifts),
                Map.of("axis", -1L, "epsilon", epsilon));
    }

    private final class NormPass implements Pass {
        private final Scope scope;
        private final RowNorm rows;
        private @Nullable Tensor input;
        private @Nullable Tensor delta;
        private @Nullable Tensor moments; // [rows, 2]
        private @Nullable Tensor means; // [rows, 2], of the way back

        NormPass(Scope scope, RowNorm rows) {
            this.scope = scope;
            this.rows = rows;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            Tensor x = inputs.getFirst().values();
            moments = WeightProduct.room(moments, scope, x.type(), Math.max(1, x.rows()), 2);
            rows.normalize(x, scale.value(), bias.value(), output, moments);
            input = x;
            delta = null;
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            if (input == null || moments == null) {
                throw new IllegalStateException("layer norm '%s': backward must follow forward".formatted(name));
            }
            delta = newDelta;
            means = WeightProduct.room(means, scope, input.type(), Math.max(1, input.rows()), 2);
            rows.backward(
                    newDelta, input, moments, scale.value(), means, place(scale, gradients), place(bias, gradients));
        }

        private static Optional<Place> place(DenseParameter parameter, ParameterGradients gradients) {
            return gradients.place(parameter).map(values -> new Place(values, gradients.accumulation(parameter)));
        }

        @Override
        public void inputGradient(int index, Tensor into, Accumulation how) {
            if (input == null || moments == null || means == null || delta == null) {
                throw new IllegalStateException("layer norm '%s': inputGradient must follow backward".formatted(name));
            }
            rows.inputGradient(delta, input, moments, scale.value(), means, into, how);
        }
    }
}
