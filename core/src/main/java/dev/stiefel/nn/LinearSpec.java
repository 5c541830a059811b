package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.ParameterSpec.Tied;
import dev.stiefel.nn.ParameterSpec.Vector;
import dev.stiefel.nn.ParameterSpec.WeightMatrix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A linear map of every row, a bias and an activation: [Linear].
///
/// @param outputs columns of the output
/// @param activation applied to the outputs
/// @param rank initial rank of a factored weight; empty for a dense one
/// @param tiedTo full name of the weight of an earlier layer, `encoder.weight`, that is used here as well;
///     empty for a weight of its own
public record LinearSpec(int outputs, Activation activation, OptionalInt rank, Optional<String> tiedTo)
        implements LayerSpec {
    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";

    /// Checks the size.
    public LinearSpec {
        if (outputs < 1) {
            throw new IllegalArgumentException("layer: outputs must be at least 1; got " + outputs);
        }
        if (tiedTo.isPresent() && rank.isPresent()) {
            throw new IllegalArgumentException("layer: the rank of a tied weight is that of '%s'; got rank %d here"
                    .formatted(tiedTo.get(), rank.getAsInt()));
        }
    }

    /// A layer with a weight of its own.
    public LinearSpec(int outputs, Activation activation, OptionalInt rank) {
        this(outputs, activation, rank, Optional.empty());
    }

    /// A dense layer without activation.
    public static LinearSpec linear(int outputs) {
        return new LinearSpec(outputs, Activation.IDENTITY, OptionalInt.empty());
    }

    /// The same with its weight held as factors of this initial rank.
    public LinearSpec rank(int newRank) {
        return new LinearSpec(outputs, activation, OptionalInt.of(newRank), tiedTo);
    }

    /// The same with a dense weight.
    public LinearSpec dense() {
        return new LinearSpec(outputs, activation, OptionalInt.empty(), tiedTo);
    }

    /// The same with this activation.
    public LinearSpec activation(Activation newActivation) {
        return new LinearSpec(outputs, newActivation, rank, tiedTo);
    }

    /// The same with ReLU.
    public LinearSpec relu() {
        return activation(Activation.RELU);
    }

    /// The same with the weight of an earlier layer.
    ///
    /// @param weight full name, `encoder.weight`
    public LinearSpec tiedTo(String weight) {
        return new LinearSpec(outputs, activation, OptionalInt.empty(), Optional.of(weight));
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("linear", inputs);
        return Shapes.withColumns(input, outputs);
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("linear", inputs);
        int n = input.columns();
        ParameterSpec weight = tiedTo.isPresent()
                ? new Tied(WEIGHT, tiedTo.get(), outputs, n, input.rows())
                : new WeightMatrix(WEIGHT, outputs, n, input.rows(), rank, Initializer.he(n));
        return List.of(weight, new Vector(BIAS, outputs, WeightDecay.NONE, Initializer.zeros()));
    }

    @Override
    public LinearSpec withRank(String weight, OptionalInt newRank) {
        if (!weight.equals(WEIGHT) || tiedTo.isPresent()) {
            throw new IllegalArgumentException("linear layer: there is no weight '%s' of its own".formatted(weight));
        }
        return new LinearSpec(outputs, activation, newRank, tiedTo);
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        Parameter weight = kept.parameter(WEIGHT);
        boolean ofSequences = !Shapes.one("linear", inputs).rows().equals(OptionalInt.of(1));
        return new Linear(name, weight, (DenseParameter) kept.parameter(BIAS), activation, ofSequences);
    }
}
