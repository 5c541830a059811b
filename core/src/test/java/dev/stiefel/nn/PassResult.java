package dev.stiefel.nn;

import static java.util.Objects.requireNonNull;

import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
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

    final List<Tensor> dense;
    final List<FactorGradients> factored;
    final Tensor y;
    final Tensor dx;
    private final Scope scope;

    PassResult(Scope scope, Linear layer, int rows, Set<Wanted> wanted) {
        DType type = layer.bias().type();
        this.scope = scope;
        this.factored = layer.factors().stream()
                .map(f -> new FactorGradients(
                        room(wanted.contains(Wanted.K), type, f.rows(), f.V().columns()),
                        room(wanted.contains(Wanted.L), type, f.columns(), f.U().columns()),
                        room(wanted.contains(Wanted.S), type, f.U().columns(), f.V().columns())))
                .toList();
        this.dense = wanted.contains(Wanted.DENSE)
                ? layer.dense().stream().map(each -> each.copy(scope)).toList()
                : List.of();
        this.y = scope.uninitialized(type, rows, layer.outputs());
        this.dx = scope.uninitialized(type, rows, layer.inputs());
    }

    /// Takes `x` forward and `back` back.
    PassResult run(Layer.Pass pass, Tensor x, Tensor back) {
        y.copyFrom(pass.forward(x));
        pass.backward(back.copy(scope), room());
        pass.inputGradient(dx);
        return this;
    }

    LayerGradients room() {
        return new LayerGradients(factored, dense.isEmpty() ? Optional.empty() : Optional.of(dense));
    }

    Tensor K() {
        return requireNonNull(factored.getFirst().K());
    }

    Tensor L() {
        return requireNonNull(factored.getFirst().L());
    }

    Tensor S() {
        return requireNonNull(factored.getFirst().S());
    }

    Tensor weight() {
        return dense.getFirst();
    }

    Tensor bias() {
        return dense.getLast();
    }

    /// Output and gradients, those that are wanted.
    List<Tensor> tensors() {
        List<@Nullable Tensor> all = new ArrayList<>(List.of(y, dx));
        all.addAll(dense);
        for (FactorGradients each : factored) {
            all.add(each.K());
            all.add(each.L());
            all.add(each.S());
        }
        all.removeIf(tensor -> tensor == null);
        return List.copyOf(all);
    }

    private @Nullable Tensor room(boolean wanted, DType type, int rows, int columns) {
        return wanted ? scope.uninitialized(type, rows, columns) : null;
    }
}
