package dev.stiefel.lab.model;

import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import dev.stiefel.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// The shapes, ranks and singular values of a network's weights.
///
/// @param layers one a weight matrix, in the order of the network
/// @param parameters numbers in the weights at evaluation, biases not counted
/// @param compression `1 − parameters / dense parameters`
public record Inspection(List<LayerInfo> layers, long parameters, double compression) {
    /// Takes a copy of the list.
    public Inspection {
        layers = List.copyOf(layers);
    }

    /// One layer.
    ///
    /// @param name of the weight, as files call it, without an ending `.weight`
    /// @param outputs rows of its weight
    /// @param inputs columns of its weight
    /// @param rank of a factored weight
    /// @param parameters numbers in the weight
    /// @param singularValues of the weight, descending; of a kernel in Tucker form those of the mode of the
    ///     larger rank
    /// @param tucker both ranks of a kernel in Tucker form
    public record LayerInfo(
            String name,
            int outputs,
            int inputs,
            OptionalInt rank,
            long parameters,
            List<Double> singularValues,
            Optional<TuckerRanks> tucker) {
        /// Takes a copy of the list.
        public LayerInfo {
            singularValues = List.copyOf(singularValues);
        }

        /// A layer whose weight is dense or of the form `U S Vᵀ`.
        public LayerInfo(
                String name, int outputs, int inputs, OptionalInt rank, long parameters, List<Double> singularValues) {
            this(name, outputs, inputs, rank, parameters, singularValues, Optional.empty());
        }

        /// The rank as text: `20`, `20×12` in Tucker form, or `dense`.
        public String rankText() {
            return tucker.map(TuckerRanks::toString)
                    .orElseGet(() -> rank.isPresent() ? String.valueOf(rank.getAsInt()) : "dense");
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
        for (WeightSpec weight : network.weights()) {
            layers.add(new LayerInfo(
                    weight.name().replaceFirst("\\.weight$", ""),
                    weight.rows(),
                    weight.columns(),
                    weight.rank(),
                    weight.parameters(),
                    singularValues(network.parameter(weight.name())),
                    weight.tucker().map(TuckerKernel::ranks)));
        }
        return new Inspection(layers, network.parameterCount(), network.compression());
    }

    private static List<Double> singularValues(Parameter weight) {
        return switch (weight) {
            case FactoredParameter factored -> factored.weight().singularValues();
            case DenseParameter dense -> {
                try (Scope scope = Scope.open("inspection")) {
                    yield Svd.of(scope, dense.value()).sigma();
                }
            }
        };
    }
}
