package dev.stiefel.nn;

import dev.stiefel.nn.AttentionSpec.Mask;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.HeadProducts;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Multi-head scaled dot-product attention (Vaswani et al. 2017, [arXiv
/// 1706.03762](https://arxiv.org/abs/1706.03762), section 3.2) on packed samples: no row is padding, and no
/// product is between samples.
///
/// For each sample and each head, on columns of `c = d / heads` and `e / heads` numbers:
///
///     P = softmax(Q Kᵀ / √c),    y = P V
///     ∂V = Pᵀ Δ,    T = P ∘ (Δ Vᵀ − rowsum(P ∘ Δ Vᵀ)) / √c,    ∂Q = T K,    ∂K = Tᵀ Q
///
/// `P` and `T` are stored transposed, heads side by side ([HeadProducts]).
///
/// @param name of the node
/// @param heads number of heads that share the columns
/// @param mask keys that a query sees
/// @param columns of queries and keys
record Attention(String name, int heads, Mask mask, int columns) implements Layer {
    private static final float UNSEEN = -1e9f; // added by exports to scores that do not count

    @Override
    public Set<Kept> keeps() {
        return EnumSet.of(Kept.INPUTS);
    }

    @Override
    public RowLayout layout(List<RowLayout> inputs, SampleShape output) {
        RowLayout queries = inputs.getFirst();
        String layer = "attention '%s'".formatted(name);
        RowLayout keys = RowLayout.same(layer + ", keys and values", inputs.subList(1, 3));
        if (mask == Mask.CAUSAL) {
            RowLayout.same(layer + ", queries and keys", inputs.subList(0, 2));
        } else if (queries.samples() != keys.samples()) {
            throw new IllegalArgumentException("%s: queries and keys must be of the same samples; got %d and %d"
                    .formatted(layer, queries.samples(), keys.samples()));
        }
        for (int sample = 0; sample < keys.samples(); sample++) {
            if (keys.count(sample) == 0 && queries.count(sample) > 0) {
                throw new IllegalArgumentException(
                        "%s: a sample with queries must have a key; sample %d has none".formatted(layer, sample));
            }
        }
        return queries;
    }

    @Override
    public boolean decodes(boolean[] grows) {
        boolean keysGrow = grows[1] || grows[2];
        return mask == Mask.CAUSAL ? grows[0] && grows[1] && grows[2] : !keysGrow;
    }

    @Override
    public Pass pass(PassContext context) {
        return context.mode() == PassMode.DECODING && mask == Mask.CAUSAL
                ? new GrowingAttention(context, name, heads)
                : new AttentionPass(context);
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        String queries = heads(graph, "queries", inputs.get(0), List.of(0L, 2L, 1L, 3L)); // [batch, heads, n, c]
        String keys = heads(graph, "keys", inputs.get(1), List.of(0L, 2L, 3L, 1L)); // [batch, heads, c, m]
        String values = heads(graph, "values", inputs.get(2), List.of(0L, 2L, 1L, 3L)); // [batch, heads, m, e]
        float scale = (float) (1 / Math.sqrt((double) columns / heads));
        String scores = graph.apply("MatMul", name + ".scores", queries, keys); // [batch, heads, n, m]
        String scaled =
                graph.apply("Mul", name + ".scaled", scores, graph.constant(name + ".scale", new float[] {scale}, 1));
        String seen = mask == Mask.CAUSAL ? masked(graph, scaled) : scaled;
        String P = graph.apply("Softmax", name + ".weights", List.of(seen), Map.of("axis", -1L));
        String mixed = graph.apply("MatMul", name + ".mixed", P, values); // [batch, heads, n, e]
        String back = graph.apply("Transpose", name + ".rows", List.of(mixed), Map.of("perm", List.of(0L, 2L, 1L, 3L)));
        return graph.apply("Reshape", name, back, graph.integers(name + ".shape", 0, 0, -1));
    }

    private String heads(OperatorGraph graph, String what, String x, List<Long> order) {
        String own = name + "." + what;
        String apart = graph.apply("Reshape", own + ".heads", x, graph.integers(own + ".shape", 0, 0, heads, -1));
        return graph.apply("Transpose", own, List.of(apart), Map.of("perm", order));
    }

    /// Adds a large negative number above the diagonal: the same everywhere, less that at and below it.
    private String masked(OperatorGraph graph, String scores) {
        String zero = graph.apply("Sub", name + ".zero", scores, scores);
        String all =
                graph.apply("Add", name + ".unseen", zero, graph.constant(name + ".never", new float[] {UNSEEN}, 1));
        String lower = graph.apply("Trilu", name + ".lower", List.of(all), Map.of("upper", 0L));
        String upper = graph.apply("Sub", name + ".mask", all, lower);
        return graph.apply("Add", name + ".masked", scores, upper);
    }

    /// The output for one sample.
    ///
    /// @param P `[m, heads · n]`: becomes the softmax of each head, transposed and side by side
    /// @param queries `[n, d]`
    /// @param keys `[m, d]`
    /// @param values `[m, e]`
    /// @param y `[n, e]`
    static void attend(
            SoftmaxColumns softmax,
            Mask mask,
            int heads,
            Tensor P,
            Tensor queries,
            Tensor keys,
            Tensor values,
            Tensor y) {
        int n = queries.rows();
        HeadProducts.scoresInto(P, queries, keys, heads);
        double scale = 1 / Math.sqrt((double) queries.columns() / heads);
        softmax.ofInPlace(P, n, scale, mask);
        HeadProducts.weightedKeysInto(y, P, values, heads);
    }

    private final class AttentionPass implements Pass {
        private final Scope scope;
        private final DType type;
        private final boolean goesBack;
        private final SoftmaxColumns softmax;
        private List<SampleRows> inputs = List.of();
        private @Nullable Tensor weights; // P of all samples and heads, one after another
        private @Nullable Tensor slopes; // T, likewise
        private @Nullable Tensor delta;

        AttentionPass(PassContext context) {
            this.scope = context.scope();
            this.type = context.type();
            this.goesBack = context.mode().goesBack();
            this.softmax = SoftmaxColumns.of(type);
        }

        private Tensor roomFor(@Nullable Tensor there, long size) {
            return there != null && there.size() >= size
                    ? there
                    : scope.uninitialized(type, Math.toIntExact(Math.max(1, size)));
        }

        /// Numbers in `P`: of all samples, or of the largest, where no way back follows.
        private long size() {
            RowLayout queries = inputs.getFirst().layout();
            RowLayout keys = inputs.get(1).layout();
            long size = 0;
            for (int sample = 0; sample < queries.samples(); sample++) {
                long own = (long) heads * queries.count(sample) * keys.count(sample);
                size = goesBack ? size + own : Math.max(size, own);
            }
            return size;
        }

        @Override
        public void forward(List<SampleRows> newInputs, Tensor output) {
            inputs = newInputs;
            delta = null;
            Tensor all = roomFor(weights, size());
            weights = all;
            forEachSample((own, at) -> {
                attend(softmax, mask, heads, own.scores(all, at), own.queries, own.keys, own.values, own.rows(output));
            });
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            if (weights == null) {
                throw new IllegalStateException("attention '%s': backward must follow forward".formatted(name));
            }
            delta = newDelta;
            Tensor P = weights;
            Tensor T = roomFor(slopes, size());
            slopes = T;
            double scale = 1 / Math.sqrt((double) inputs.getFirst().values().columns() / heads);
            forEachSample((own, at) -> {
                Tensor ofSample = own.scores(T, at);
                HeadProducts.scoresInto(ofSample, own.rows(newDelta), own.values, heads);
                softmax.backInPlace(ofSample, own.scores(P, at), scale);
            });
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            Tensor P = weights;
            Tensor T = slopes;
            Tensor above = delta;
            if (P == null || T == null || above == null) {
                throw new IllegalStateException("attention '%s': inputGradient must follow backward".formatted(name));
            }
            forEachSample((own, at) -> {
                switch (input) {
                    case 0 -> weightedKeys(own.rows(into), own.scores(T, at), own.keys, how); // ∂Q = T K
                    case 1 -> weightedQueries(own.keyRows(into), own.scores(T, at), own.queries, how); // ∂K = Tᵀ Q
                    default -> weightedQueries(own.keyRows(into), own.scores(P, at), own.rows(above), how); // Pᵀ Δ
                }
            });
            if (how == Accumulation.WRITE && input > 0) {
                clearUnseen(into);
            }
        }

        private void weightedKeys(Tensor into, Tensor scores, Tensor rows, Accumulation how) {
            switch (how) {
                case WRITE -> HeadProducts.weightedKeysInto(into, scores, rows, heads);
                case ADD -> HeadProducts.addWeightedKeysInPlace(into, scores, rows, heads);
            }
        }

        private void weightedQueries(Tensor into, Tensor scores, Tensor rows, Accumulation how) {
            switch (how) {
                case WRITE -> HeadProducts.weightedQueriesInto(into, scores, rows, heads);
                case ADD -> HeadProducts.addWeightedQueriesInPlace(into, scores, rows, heads);
            }
        }

        /// Clears the keys and values of samples without queries, which no product has written.
        private void clearUnseen(Tensor into) {
            RowLayout queries = inputs.getFirst().layout();
            RowLayout keys = inputs.get(1).layout();
            for (int sample = 0; sample < queries.samples(); sample++) {
                if (queries.count(sample) == 0 && keys.count(sample) > 0) {
                    into.rows(keys.first(sample), keys.first(sample + 1)).clear();
                }
            }
        }

        private interface SampleTask {
            /// @param at index of the first number of `P` for this sample
            void run(OneSample own, long at);
        }

        private void forEachSample(SampleTask task) {
            RowLayout queries = inputs.getFirst().layout();
            RowLayout keys = inputs.get(1).layout();
            long at = 0;
            for (int sample = 0; sample < queries.samples(); sample++) {
                int n = queries.count(sample);
                if (n > 0) {
                    task.run(new OneSample(queries, keys, sample), goesBack ? at : 0);
                    at += (long) heads * n * keys.count(sample);
                }
            }
        }

        /// The rows of a sample.
        private final class OneSample {
            final Tensor queries;
            final Tensor keys;
            final Tensor values;
            private final RowLayout ofQueries;
            private final RowLayout ofKeys;
            private final int sample;

            OneSample(RowLayout ofQueries, RowLayout ofKeys, int sample) {
                this.ofQueries = ofQueries;
                this.ofKeys = ofKeys;
                this.sample = sample;
                this.queries = rows(inputs.getFirst().values());
                this.keys = keyRows(inputs.get(1).values());
                this.values = keyRows(inputs.get(2).values());
            }

            /// Its rows of a matrix with a row for each query.
            Tensor rows(Tensor all) {
                return all.rows(ofQueries.first(sample), ofQueries.first(sample + 1));
            }

            /// Its rows of a matrix with a row for each key.
            Tensor keyRows(Tensor all) {
                return all.rows(ofKeys.first(sample), ofKeys.first(sample + 1));
            }

            /// Its part of the scores of all samples, `[m, heads · n]`.
            Tensor scores(Tensor all, long at) {
                return all.slice(at, keys.rows(), heads * queries.rows());
            }
        }
    }
}
