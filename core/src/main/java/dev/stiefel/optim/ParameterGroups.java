package dev.stiefel.optim;

import dev.stiefel.lowrank.DenseParameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The optimizers of a model's parameters: one for the factored weights, and groups of dense parameters that
/// each have an optimizer and a learning rate.
///
/// @param factored the optimizer of the factored weights
/// @param dense the optimizer of the dense parameters that no group takes
/// @param denseRate their learning rate, relative to that of the step; above 0
/// @param groups a dense parameter belongs to the first one that takes it; their names are unique
public record ParameterGroups(Optimizer factored, Optimizer dense, double denseRate, List<Group> groups) {
    /// A group of dense parameters.
    ///
    /// @param name letters, digits, `-` and `_`; the group's moments are saved under it
    /// @param members predicate of the parameters in the group
    /// @param optimizer the group's optimizer; for a [MatrixOptimizer], vectors get its
    ///     [MatrixOptimizer#forVectors]; it must be that or an [ElementwiseOptimizer]
    /// @param rate the group's learning rate, relative to that of the step; above 0
    public record Group(String name, Predicate<DenseParameter> members, Optimizer optimizer, double rate) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

        /// Checks name, optimizer and rate.
        public Group {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "parameter group: a name must consist of letters, digits, - and _; got '%s'".formatted(name));
            }
            if (name.equals(VECTORS)) {
                throw new IllegalArgumentException("parameter group: the name '%s' is reserved".formatted(name));
            }
            if (!isForDense(optimizer)) {
                throw new IllegalArgumentException(
                        "parameter group '%s': optimizer %s has no rule for dense parameters; use another"
                                .formatted(name, optimizer.name()));
            }
            requireRate(name, rate);
        }
    }

    /// The name of the vectors beside the matrices of a [MatrixOptimizer].
    static final String VECTORS = "vectors";

    /// Checks rates and names.
    public ParameterGroups {
        groups = List.copyOf(groups);
        requireRate("dense", denseRate);
        Set<String> names = new HashSet<>();
        for (Group each : groups) {
            if (!names.add(each.name())) {
                throw new IllegalArgumentException(
                        "parameter groups: names must be unique; got '%s' twice".formatted(each.name()));
            }
        }
    }

    /// Returns whether an optimizer has a rule for dense parameters.
    public static boolean isForDense(Optimizer optimizer) {
        return optimizer instanceof ElementwiseOptimizer || optimizer instanceof MatrixOptimizer;
    }

    /// One optimizer and one learning rate for everything.
    public static ParameterGroups all(Optimizer optimizer) {
        return new ParameterGroups(optimizer, optimizer, 1, List.of());
    }

    /// The same with one more group, which takes what the groups so far do not.
    public ParameterGroups with(Group group) {
        List<Group> more = new ArrayList<>(groups);
        more.add(group);
        return new ParameterGroups(factored, dense, denseRate, more);
    }

    /// Takes the parameters whose whole name matches a pattern in which `*` stands for any characters:
    /// `*.embedding`.
    public static Predicate<DenseParameter> named(String pattern) {
        Pattern compiled = Pattern.compile("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E");
        return parameter -> compiled.matcher(parameter.name()).matches();
    }

    @Override
    public String toString() {
        return groups.isEmpty() && dense.equals(factored)
                ? factored.toString()
                : "%s for factored weights, %s for dense parameters, groups %s"
                        .formatted(
                                factored,
                                dense,
                                groups.stream().map(Group::name).toList());
    }

    private static void requireRate(String name, double rate) {
        if (!(rate > 0 && Double.isFinite(rate))) {
            throw new IllegalArgumentException(
                    "parameter group '%s': relative learning rate must be above 0 and finite; got %s"
                            .formatted(name, rate));
        }
    }
}
