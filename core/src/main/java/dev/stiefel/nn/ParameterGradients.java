package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Destinations for the gradients of layers' parameters, found by the parameter's name.
///
/// A batch may come in parts, and a parameter may be used by several layers: the first gradient of a parameter
/// is written, every later one is added. Belongs to one thread.
public final class ParameterGradients {
    private final Map<String, FactorGradients> factored;
    private final Map<String, Tensor> dense;
    private final Products products;
    private final Set<String> begun = new HashSet<>();
    private final List<Later> later = new ArrayList<>();
    private final List<Runnable> atEnd = new ArrayList<>();

    /// The time at which products for gradients of dense matrices are computed.
    public enum Products {
        /// At once.
        NOW,
        /// Afterwards, by the caller of [ParameterGradients#later], so that several threads can share them.
        LATER
    }

    /// A product that was put off: `∇W += leftᵀ right`.
    ///
    /// @param parameter whose gradient it is
    /// @param left `[B, m]`
    /// @param right `[B, n]`
    public record Later(DenseParameter parameter, Tensor left, Tensor right) {}

    /// Places for gradients. A gradient without a place is not wanted.
    ///
    /// @param factored by parameter's name
    /// @param dense by parameter's name, each of the parameter's shape
    public ParameterGradients(Map<String, FactorGradients> factored, Map<String, Tensor> dense, Products products) {
        this.factored = new HashMap<>(factored);
        this.dense = new HashMap<>(dense);
        this.products = products;
    }

    /// Gradients of which none is wanted.
    public static ParameterGradients none() {
        return new ParameterGradients(Map.of(), Map.of(), Products.NOW);
    }

    /// The destination of a dense parameter's gradient, if it is wanted; ask [#accumulation] before writing.
    public Optional<Tensor> place(DenseParameter parameter) {
        return Optional.ofNullable(dense.get(parameter.name()));
    }

    /// The destination of a factored parameter's gradients, if any is wanted; ask [#accumulation] before writing.
    public Optional<FactorGradients> place(FactoredParameter parameter) {
        return Optional.ofNullable(factored.get(parameter.name()));
    }

    /// The way of storing a parameter's next gradient: written or added. From then on, gradients are added.
    public Accumulation accumulation(Parameter parameter) {
        return begun.add(parameter.name()) ? Accumulation.WRITE : Accumulation.ADD;
    }

    /// Adds `leftᵀ right` to the gradient of a dense matrix, now or later, if it is wanted. If later, both must
    /// stay as they are until then, while other passes use the layer: the layer's inputs and output do, if
    /// [Layer#keeps] names them, and so does the gradient of its output. Memory that is used twice on one way
    /// back does not.
    ///
    /// @param left `[B, m]`
    /// @param right `[B, n]`
    public void addProduct(DenseParameter parameter, Tensor left, Tensor right) {
        Tensor place = dense.get(parameter.name());
        if (place == null) {
            return;
        }
        if (products == Products.LATER) {
            later.add(new Later(parameter, left, right));
        } else {
            multiply(place, left, right, accumulation(parameter));
        }
    }

    /// `place ← leftᵀ right`, or what it was plus that.
    static void multiply(Tensor place, Tensor left, Tensor right, Accumulation how) {
        switch (how) {
            case WRITE -> Ops.matmulTNInto(place, left, right);
            case ADD -> Ops.addMatmulTNInPlace(place, 1, left, right);
        }
    }

    /// Has a layer write or add what it has summed over the parts of a batch when the pass ends ([#finish]).
    void atEnd(Runnable task) {
        atEnd.add(task);
    }

    /// The postponed products.
    public List<Later> later() {
        return List.copyOf(later);
    }

    /// Returns whether the gradient of a parameter, or some of it, is postponed.
    public boolean isPutOff(Parameter parameter) {
        return isPutOff(parameter.name());
    }

    private boolean isPutOff(String name) {
        return later.stream().anyMatch(each -> each.parameter().name().equals(name));
    }

    /// Returns whether the place of a dense parameter holds its gradient, or the part of it that is not postponed.
    /// Where it does not, the place has values without meaning.
    public boolean isWritten(DenseParameter parameter) {
        return begun.contains(parameter.name());
    }

    /// Ends the pass: layers write what they have summed; gradients that nothing was written to, and that were not
    /// put off, become zero. Until then gradients are incomplete.
    public void finish() {
        atEnd.forEach(Runnable::run);
        atEnd.clear();
        dense.forEach((name, place) -> {
            if (!isPutOff(name) && begun.add(name)) {
                place.clear();
            }
        });
        factored.forEach((name, place) -> {
            if (begun.add(name)) {
                clear(Optional.ofNullable(place.K()));
                clear(Optional.ofNullable(place.L()));
                clear(Optional.ofNullable(place.S()));
            }
        });
    }

    private static void clear(Optional<Tensor> tensor) {
        tensor.ifPresent(Tensor::clear);
    }
}
