package dev.stiefel.integrator;

import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.FactoredWeight;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The parameters of a model, which integrators move in place.
///
/// @param factored the factored weights, in the order of the layers
/// @param dense everything else
public record Point(List<FactoredParameter> factored, DenseParameters dense) {
    /// Checks that names are unique and formats agree.
    public Point {
        factored = List.copyOf(factored);
        Set<String> names = new HashSet<>(dense.names());
        for (FactoredParameter each : factored) {
            if (!names.add(each.name())) {
                throw new IllegalArgumentException(
                        "point: names must be unique; got '%s' twice".formatted(each.name()));
            }
            if (each.weight().type() != dense.type()) {
                throw new IllegalArgumentException("point: number formats must be equal; got %s of '%s' and dense %s"
                        .formatted(word(each.weight().type()), each.name(), word(dense.type())));
            }
        }
    }

    private static String word(DType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /// The number format of all parameters.
    public DType type() {
        return dense.type();
    }

    /// The factored weights, all of the form `U S Vᵀ`. A new list every time.
    ///
    /// @throws IllegalArgumentException if one has another form
    public List<Factors> factors() {
        List<Factors> factors = new ArrayList<>(factored.size());
        for (FactoredParameter each : factored) {
            if (!(each.weight() instanceof Factors found)) {
                throw new IllegalArgumentException("needs weights of the form U S Vᵀ; got '%s' of type %s"
                        .formatted(each.name(), each.weight().getClass().getSimpleName()));
            }
            factors.add(found);
        }
        return factors;
    }

    /// The shapes of `∇K`, `∇L` or `∇S` here, one a factored weight.
    public List<Shape> shapes(Part part) {
        return factored.stream()
                .map(FactoredParameter::weight)
                .map(weight -> switch (part) {
                    case K -> weight.kShape();
                    case L -> weight.lShape();
                    case S -> weight.sShape();
                    case DENSE -> throw new IllegalArgumentException("the dense part is one vector, not matrices");
                })
                .toList();
    }

    /// The ranks, one a factored weight.
    public List<Integer> ranks() {
        return factored.stream()
                .map(FactoredParameter::weight)
                .map(FactoredWeight::rank)
                .toList();
    }
}
