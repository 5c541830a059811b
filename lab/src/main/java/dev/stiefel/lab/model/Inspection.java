package dev.stiefel.lab.model;

import dev.stiefel.linalg.Svd;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.Weight;
import dev.stiefel.nn.Weight.DenseWeight;
import dev.stiefel.nn.Weight.LowRankWeight;
import dev.stiefel.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// The shapes, ranks and singular values of a network's weights.
///
/// @param layers first to last
/// @param parameters numbers in the weights at evaluation, biases not counted
/// @param compression `1 − parameters / dense parameters`
public record Inspection(List<LayerInfo> layers, long parameters, double compression) {
    /// Takes a copy of the list.
    public Inspection {
        layers = List.copyOf(layers);
    }

    /// One layer.
    ///
    /// @param name what files call it
    /// @param outputs rows of its weight
    /// @param inputs columns of its weight
    /// @param rank of a factored weight
    /// @param parameters numbers in the weight
    /// @param singularValues of the weight, descending
    public record LayerInfo(
            String name, int outputs, int inputs, OptionalInt rank, long parameters, List<Double> singularValues) {
        /// Takes a copy of the list.
        public LayerInfo {
            singularValues = List.copyOf(singularValues);
        }

        /// The condition number of a factored weight's core, `sigma_1 / sigma_r`: how far a change of
        /// the input may be magnified more in one direction than in another. Infinite where a singular
        /// value is 0; empty for a dense weight.
        public OptionalDouble conditionNumber() {
            if (rank.isEmpty() || singularValues.isEmpty()) {
                return OptionalDouble.empty();
            }
            double least = singularValues.getLast();
            return OptionalDouble.of(least > 0 ? singularValues.getFirst() / least : Double.POSITIVE_INFINITY);
        }
    }

    /// Looks at a network, without changing it.
    public static Inspection of(Network network) {
        List<LayerInfo> layers = new ArrayList<>();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            Weight weight = network.weight(i);
            layers.add(new LayerInfo(
                    layer.name(),
                    layer.outputs(),
                    layer.inputs(),
                    weight instanceof LowRankWeight factored
                            ? OptionalInt.of(factored.factors().rank())
                            : OptionalInt.empty(),
                    weight.parameters(),
                    singularValues(weight)));
        }
        return new Inspection(layers, network.parameters(), network.compression());
    }

    private static List<Double> singularValues(Weight weight) {
        return switch (weight) {
            case LowRankWeight factored -> factored.factors().singularValues();
            case DenseWeight dense -> {
                try (Scope scope = Scope.open("inspection")) {
                    yield Svd.of(scope, dense.matrix()).sigma();
                }
            }
        };
    }
}
