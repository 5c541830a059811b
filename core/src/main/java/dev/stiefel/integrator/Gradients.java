package dev.stiefel.integrator;

import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Room for the gradients that one evaluation is asked for, each part in one gapless buffer. A [GradientField]
/// writes every element of every wanted part.
public final class Gradients {
    private final Set<Part> wanted;
    private final Map<Part, Blocks> blocks = new EnumMap<>(Part.class);
    private final Tensor dense;
    private final DenseParameters denseParameters;

    private Gradients(Scope scope, Point at, Set<Part> wanted) {
        this.wanted = wanted;
        this.denseParameters = at.dense();
        for (Part part : wanted) {
            if (part != Part.DENSE) {
                blocks.put(part, Blocks.uninitialized(scope, at.type(), at.shapes(part)));
            }
        }
        this.dense = scope.uninitialized(
                at.type(), wanted.contains(Part.DENSE) ? at.dense().size() : 0);
    }

    /// Room in `scope` for these parts at this point, at least one.
    public static Gradients of(Scope scope, Point at, Part first, Part... more) {
        return new Gradients(scope, at, EnumSet.of(first, more));
    }

    /// Room in `scope` for the same parts.
    public Gradients like(Scope scope, Point at) {
        return new Gradients(scope, at, wanted);
    }

    /// The wanted parts.
    Part[] parts() {
        return wanted.toArray(Part[]::new);
    }

    /// All elements of each wanted part.
    public List<Tensor> flat() {
        return wanted.stream().map(this::flat).toList();
    }

    /// Returns whether this part is wanted.
    public boolean wants(Part part) {
        return wanted.contains(part);
    }

    /// The matrices of a part, one a factored weight.
    ///
    /// @throws IllegalArgumentException if the part was not asked for, or is the dense one
    public Blocks blocks(Part part) {
        Blocks found = blocks.get(part);
        if (found == null) {
            throw new IllegalArgumentException("gradients: %s was not asked for; these are %s".formatted(part, wanted));
        }
        return found;
    }

    /// The gradient of the dense unknowns, `[P]`.
    ///
    /// @throws IllegalArgumentException if it was not asked for
    public Tensor dense() {
        if (!wants(Part.DENSE)) {
            throw new IllegalArgumentException(
                    "gradients: %s was not asked for; these are %s".formatted(Part.DENSE, wanted));
        }
        return dense;
    }

    /// The dense parameters, by whose names parts of their gradient are found ([DenseParameters#in]).
    public DenseParameters denseParameters() {
        return denseParameters;
    }

    /// All elements of a part as one vector.
    public Tensor flat(Part part) {
        return part == Part.DENSE ? dense() : blocks(part).flat();
    }
}
