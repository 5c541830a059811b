package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.axpyInPlace;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The sum of a sequence and the vectors of its positions: `y_i = x_i + p_i`, with `i` counted from the start
/// of each sample.
///
/// @param name of the node
/// @param vectors `p`
record Positions(String name, PositionVectors vectors) implements Layer {
    @Override
    public List<Parameter> parameters() {
        return vectors.parameters();
    }

    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
    }

    @Override
    public boolean worksInPlace() {
        return true;
    }

    @Override
    public boolean decodes(boolean[] grows) {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        return new PositionsPass(context);
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        String x = inputs.getFirst(); // [batch, rows, columns]
        try (Scope scope = Scope.open("onnx")) {
            String table = graph.constant(name + ".table", vectors.first(scope, DType.FLOAT32, vectors.exported()));
            String rows = graph.apply("Shape", name + ".rows", List.of(x), Map.of("start", 1L, "end", 2L));
            String none = graph.integers(name + ".none", 0);
            String some = graph.apply("Slice", name + ".vectors", table, none, rows, none); // [rows, columns]
            return graph.apply("Add", name, x, some);
        }
    }

    private final class PositionsPass implements Pass {
        private final Scope scope;
        private final DType type;
        private @Nullable Tensor known; // vectors of the first positions
        private final boolean isDecoding;
        private int[] seen = {}; // in decoding: rows of each sample that have come
        private @Nullable RowLayout layout;
        private @Nullable Tensor delta;

        PositionsPass(PassContext context) {
            this.scope = context.scope();
            this.type = context.type();
            this.isDecoding = context.mode() == PassMode.DECODING;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            RowLayout rows = inputs.getFirst().layout();
            layout = rows;
            output.copyFrom(inputs.getFirst().values());
            int[] first = isDecoding && seen.length > 0 ? seen : new int[rows.samples()];
            if (first.length != rows.samples()) {
                throw new IllegalArgumentException(
                        "positions '%s': the samples must be those of the turn before; got %d and %d"
                                .formatted(name, first.length, rows.samples()));
            }
            Tensor p = vectors(longest(rows, first));
            for (int sample = 0; sample < rows.samples(); sample++) {
                Tensor own = output.rows(rows.first(sample), rows.first(sample + 1));
                axpyInPlace(own, 1, p.rows(first[sample], first[sample] + own.rows()));
                first[sample] += own.rows();
            }
            seen = first;
        }

        @Override
        public void goOnFrom(int[] from) {
            seen = Arrays.stream(from).map(sample -> seen[sample]).toArray();
        }

        private static int longest(RowLayout rows, int[] first) {
            int longest = 1;
            for (int sample = 0; sample < rows.samples(); sample++) {
                longest = Math.max(longest, first[sample] + rows.count(sample));
            }
            return longest;
        }

        private Tensor vectors(int count) {
            Tensor p = known;
            if (p == null || p.rows() < count) {
                p = vectors.first(scope, type, p == null ? count : Math.max(count, atLeastDouble(p.rows())));
                known = p;
            }
            return p;
        }

        /// A larger size, so that sequences that grow by one do not make a new table each time.
        private int atLeastDouble(int rows) {
            return vectors.parameters().isEmpty() ? 2 * rows : rows;
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            RowLayout rows = layout;
            if (rows == null) {
                throw new IllegalStateException("positions '%s': backward must follow forward".formatted(name));
            }
            delta = newDelta;
            for (Parameter each : vectors.parameters()) {
                DenseParameter parameter = (DenseParameter) each;
                Optional<Tensor> place = gradients.place(parameter);
                if (place.isPresent()) {
                    addTo(place.get(), gradients.accumulation(parameter), newDelta, rows);
                }
            }
        }

        private static void addTo(Tensor place, Accumulation how, Tensor delta, RowLayout rows) {
            if (how == Accumulation.WRITE) {
                place.clear();
            }
            for (int sample = 0; sample < rows.samples(); sample++) {
                Tensor own = delta.rows(rows.first(sample), rows.first(sample + 1));
                axpyInPlace(place.rows(0, own.rows()), 1, own);
            }
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            if (delta == null) {
                throw new IllegalStateException("positions '%s': inputGradient must follow backward".formatted(name));
            }
            how.put(delta, into);
        }
    }
}
