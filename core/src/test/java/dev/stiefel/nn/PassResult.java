package dev.stiefel.nn;

import static java.util.Objects.requireNonNull;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.FactoredWeight;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Room for all that a pass through a linear layer gives back, and what it gave.
final class PassResult {
    enum Wanted {
        K,
        L,
        S,
        DENSE
    }

    static final Set<Wanted> ALL = EnumSet.allOf(Wanted.class);

    final Map<String, Tensor> dense = new LinkedHashMap<>();
    final Map<String, FactorGradients> factored = new LinkedHashMap<>();
    final Tensor y;
    final Tensor dx;
    private final Scope scope;

    PassResult(Scope scope, Linear layer, int rows, Set<Wanted> wanted) {
        DType type = layer.bias().type();
        this.scope = scope;
        for (Parameter parameter : layer.parameters()) {
            switch (parameter) {
                case DenseParameter each -> {
                    if (wanted.contains(Wanted.DENSE)) {
                        dense.put(each.name(), each.value().copy(scope));
                    }
                }
                case FactoredParameter each -> {
                    FactoredWeight weight = each.weight();
                    factored.put(
                            each.name(),
                            new FactorGradients(
                                    room(wanted.contains(Wanted.K), type, weight.kShape()),
                                    room(wanted.contains(Wanted.L), type, weight.lShape()),
                                    room(wanted.contains(Wanted.S), type, weight.sShape())));
                }
            }
        }
        this.y = scope.uninitialized(type, rows, layer.outputs());
        this.dx = scope.uninitialized(type, rows, layer.inputs());
    }

    /// A pass through a layer.
    static Layer.Pass pass(Scope scope, Linear layer) {
        return layer.pass(new PassContext(scope, layer.bias().type(), PassMode.TRAINING, 0));
    }

    /// What comes out for `x`.
    static Tensor forward(Scope scope, Layer.Pass pass, Linear layer, Tensor x) {
        Tensor output =
                scope.uninitialized(layer.bias().type(), x.shape().order() == 2 ? x.rows() : 0, layer.outputs());
        pass.forward(List.of(new SampleRows(x, RowLayout.uniform(x.rows(), 1))), output);
        return output;
    }

    /// Takes `x` forward and `back` back.
    PassResult run(Layer.Pass pass, Tensor x, Tensor back) {
        pass.forward(List.of(SampleRows.vectors(x)), y);
        ParameterGradients gradients = room();
        pass.backward(back.copy(scope), gradients);
        pass.inputGradient(0, dx, Accumulation.WRITE);
        gradients.finish();
        return this;
    }

    ParameterGradients room() {
        return room(Products.NOW);
    }

    ParameterGradients room(Products products) {
        return new ParameterGradients(factored, dense, products);
    }

    Tensor K() {
        return requireNonNull(factored.values().iterator().next().K());
    }

    Tensor L() {
        return requireNonNull(factored.values().iterator().next().L());
    }

    Tensor S() {
        return requireNonNull(factored.values().iterator().next().S());
    }

    Tensor weight() {
        return requireNonNull(dense.get("fc.weight"));
    }

    Tensor bias() {
        return requireNonNull(dense.get("fc.bias"));
    }

    /// Output and gradients, those that are wanted.
    List<Tensor> tensors() {
        List<@Nullable Tensor> all = new ArrayList<>(List.of(y, dx));
        all.addAll(dense.values());
        for (FactorGradients each : factored.values()) {
            all.add(each.K());
            all.add(each.L());
            all.add(each.S());
        }
        all.removeIf(tensor -> tensor == null);
        return List.copyOf(all);
    }

    private @Nullable Tensor room(boolean wanted, DType type, Shape shape) {
        return wanted ? scope.uninitialized(type, shape.extent(0), shape.extent(1)) : null;
    }
}
