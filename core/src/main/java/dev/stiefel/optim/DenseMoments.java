package dev.stiefel.optim;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.optim.OptimizerState.Snapshot;
import dev.stiefel.optim.ParameterGroups.Group;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The moments of the dense parameters, one vector for each moment of a group.
///
/// Where all parameters are in one group with an elementwise optimizer, one loop updates them all. The moments
/// of the parameters that no group takes are saved as `DENSE`, those of a group as `DENSE.NAME`, and those of
/// the vectors beside a [MatrixOptimizer]'s matrices with `.vectors` behind that.
final class DenseMoments {
    private static final String NAME = "DENSE";
    private static final List<String> ORDER = List.of("first", "second");

    private final ParameterGroups groups;
    private final Threads threads;
    private final ElementwiseUpdate update;
    private final Pool pool;
    private final Scope scope;
    private final Map<String, Double> rates = new HashMap<>();
    private @Nullable List<Slot> slots;

    /// Neighbouring elements of a group.
    ///
    /// @param at index of the first one among the dense parameters
    /// @param own index of the first one among the group's elements
    /// @param count number of elements
    private record Segment(long at, long own, int count) {}

    /// The rule that an optimizer has for some parameters.
    private sealed interface Rule {
        /// An element at a time.
        record Elements(ElementwiseOptimizer optimizer) implements Rule {}

        /// A matrix as a whole.
        record Matrices(MatrixOptimizer optimizer) implements Rule {}

        /// None, where there are no dense parameters.
        record None() implements Rule {}
    }

    /// A group of parameters that share a rule and moments.
    private static final class Slot {
        final String name;
        final Rule rule;
        final List<DenseParameter> members = new ArrayList<>();
        final List<Segment> segments = new ArrayList<>(); // one a member for a matrix optimizer
        List<Tensor> moments = List.of();
        long size;
        long steps;

        Slot(String name, Rule rule) {
            this.name = name;
            this.rule = rule;
        }

        /// The slot of a parameter in a group of this name with this optimizer: a matrix goes by the rule for
        /// matrices where there is one.
        static Slot of(String group, Optimizer optimizer, DenseParameter parameter) {
            return switch (optimizer) {
                case MatrixOptimizer matrix ->
                    parameter.isMatrix()
                            ? new Slot(group, new Rule.Matrices(matrix))
                            : new Slot(group + "." + ParameterGroups.VECTORS, new Rule.Elements(matrix.forVectors()));
                case ElementwiseOptimizer elementwise -> new Slot(group, new Rule.Elements(elementwise));
                default ->
                    throw new IllegalArgumentException(
                            "optimizer %s: has no rule for dense parameters; got '%s'; use another for them"
                                    .formatted(optimizer.name(), parameter.name()));
            };
        }

        /// The slot where there are no dense parameters.
        static Slot empty(Optimizer optimizer) {
            return new Slot(
                    NAME,
                    switch (optimizer) {
                        case ElementwiseOptimizer elementwise -> new Rule.Elements(elementwise);
                        case MatrixOptimizer matrix -> new Rule.Matrices(matrix);
                        default -> new Rule.None();
                    });
        }

        void add(DenseParameter parameter, long at) {
            int count = Math.toIntExact(parameter.value().size());
            members.add(parameter);
            if (rule instanceof Rule.Elements
                    && !segments.isEmpty()
                    && segments.getLast().at() + segments.getLast().count() == at) {
                Segment last = segments.removeLast();
                segments.add(new Segment(last.at(), last.own(), last.count() + count));
            } else {
                segments.add(new Segment(at, size, count));
            }
            size += count;
        }

        int momentCount() {
            return switch (rule) {
                case Rule.Elements(ElementwiseOptimizer elementwise) -> elementwise.moments();
                case Rule.Matrices(MatrixOptimizer matrix) -> matrix.moments();
                case Rule.None() -> 0;
            };
        }

        @Nullable
        Tensor moment(int order, long from, int count) {
            return order < moments.size() ? part(moments.get(order), from, count) : null;
        }
    }

    DenseMoments(ParameterGroups groups, Threads threads, ElementwiseUpdate update, Pool pool, Scope scope) {
        this.groups = groups;
        this.threads = threads;
        this.update = update;
        this.pool = pool;
        this.scope = scope;
    }

    boolean isAtStart() {
        return slots == null;
    }

    double relativeRate(DenseParameter parameter) {
        if (groups.groups().isEmpty()) {
            return groups.denseRate();
        }
        return rates.computeIfAbsent(
                parameter.name(), _ -> group(parameter).map(Group::rate).orElse(groups.denseRate()));
    }

    private Optional<Group> group(DenseParameter parameter) {
        return groups.groups().stream()
                .filter(each -> each.members().test(parameter))
                .findFirst();
    }

    void direct(DenseParameters layout, Tensor gradient) {
        for (Slot slot : slotsFor(layout)) {
            slot.steps++;
            switch (slot.rule) {
                case Rule.Elements(ElementwiseOptimizer elementwise) -> {
                    for (Segment each : slot.segments) {
                        update.direct(
                                elementwise,
                                part(gradient, each.at(), each.count()),
                                slot.moment(0, each.own(), each.count()),
                                slot.moment(1, each.own(), each.count()),
                                slot.steps);
                    }
                }
                case Rule.Matrices(MatrixOptimizer matrix) -> directMatrices(matrix, slot, layout, gradient);
                case Rule.None() -> {}
            }
        }
    }

    private void directMatrices(MatrixOptimizer optimizer, Slot slot, DenseParameters layout, Tensor gradient) {
        int count = slot.members.size();
        try (Scopes scopes = pool.scopes(count)) {
            threads.run(count, i -> {
                DenseParameter parameter = slot.members.get(i);
                long own = slot.segments.get(i).own();
                int rows = parameter.value().rows();
                int columns = parameter.value().columns();
                List<Tensor> moments = slot.moments.stream()
                        .map(each -> each.slice(own, rows, columns))
                        .toList();
                optimizer.direct(scopes.open(i), layout.in(gradient, parameter.name()), moments, slot.steps);
            });
        }
    }

    /// Only where one elementwise optimizer has all parameters.
    void coast(DenseParameters layout, Tensor directions, long from, long to) {
        List<Slot> all = slotsFor(layout);
        if (all.size() != 1 || !(all.getFirst().rule instanceof Rule.Elements(ElementwiseOptimizer optimizer))) {
            throw new IllegalArgumentException(
                    "optimizer: coasting needs one elementwise optimizer for all dense parameters; got " + groups);
        }
        Slot slot = all.getFirst();
        slot.steps++;
        directions.clear();
        if (from < to) {
            int count = Math.toIntExact(to - from);
            update.direct(
                    optimizer,
                    part(directions, from, count),
                    slot.moment(0, from, count),
                    slot.moment(1, from, count),
                    slot.steps);
        }
    }

    void save(Map<String, Tensor> tensors, Map<String, Long> steps) {
        for (Slot slot : slots == null ? List.<Slot>of() : slots) {
            for (int i = 0; i < slot.moments.size(); i++) {
                tensors.put(momentName(slot, i), slot.moments.get(i));
            }
            steps.put(slot.name, slot.steps);
        }
    }

    /// The names of the moments that a snapshot has of these parameters, each checked to fit.
    List<String> requireFit(DenseParameters layout, Snapshot snapshot) {
        List<String> names = new ArrayList<>();
        for (Slot slot : divided(layout)) {
            if (snapshot.steps().containsKey(slot.name)) {
                for (int i = 0; i < slot.momentCount(); i++) {
                    snapshot.require(momentName(slot, i), layout.type(), slot.size);
                    names.add(momentName(slot, i));
                }
            }
        }
        return names;
    }

    void restore(DenseParameters layout, Snapshot snapshot) {
        List<Slot> all = divided(layout);
        if (all.stream().noneMatch(slot -> snapshot.steps().containsKey(slot.name))) {
            return;
        }
        for (Slot slot : slotsFor(layout)) {
            Long steps = snapshot.steps().get(slot.name);
            if (steps != null) {
                slot.steps = steps;
                for (int i = 0; i < slot.moments.size(); i++) {
                    Tensor own = slot.moments.get(i);
                    own.copyFrom(snapshot.require(momentName(slot, i), own.type(), own.size()));
                }
            }
        }
    }

    private static String momentName(Slot slot, int order) {
        return slot.name + "." + ORDER.get(order);
    }

    private List<Slot> slotsFor(DenseParameters layout) {
        List<Slot> all = slots;
        if (all == null) {
            all = divided(layout);
            for (Slot slot : all) {
                slot.moments = zeros(slot, layout.type());
            }
            slots = all;
        }
        return all;
    }

    private List<Tensor> zeros(Slot slot, DType type) {
        int size = Math.toIntExact(slot.size);
        return IntStream.range(0, slot.momentCount())
                .mapToObj(_ -> scope.zeros(type, size))
                .toList();
    }

    /// Every parameter in its slot; the one of no group also where there are no parameters at all.
    private List<Slot> divided(DenseParameters layout) {
        Map<String, Slot> found = new LinkedHashMap<>();
        for (DenseParameter parameter : layout.all()) {
            Optional<Group> group = group(parameter);
            Optimizer optimizer = group.map(Group::optimizer).orElse(groups.dense());
            String name = group.map(each -> NAME + "." + each.name()).orElse(NAME);
            Slot slot = Slot.of(name, optimizer, parameter);
            found.computeIfAbsent(slot.name, _ -> slot).add(parameter, layout.offset(parameter.name()));
        }
        if (found.isEmpty()) {
            found.put(NAME, Slot.empty(groups.dense()));
        }
        return List.copyOf(found.values());
    }

    private static Tensor part(Tensor vector, long from, int count) {
        return count == vector.size() ? vector : vector.slice(from, count);
    }
}
