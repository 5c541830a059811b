package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.scaleInPlace;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A row of a weight matrix for every token: `y_i = scale · W[token_i]`, with a dense or a factored `W`
/// `[vocabulary, columns]`.
///
/// The rows of factors are `U[token_i] S Vᵀ`. With `E` the rows' places, one a row, and `G = scale · delta`:
/// `∇W = Eᵀ G`,
/// so `∇K = Eᵀ (G V)`, `∇L = Gᵀ (E U)`, `∇S = (E U)ᵀ (G V)`.
final class Embedding implements Layer {
    private final String name;
    private final Parameter weight;
    private final double scale;

    Embedding(String name, Parameter weight, double scale) {
        this.name = name;
        this.weight = weight;
        this.scale = scale;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight);
    }

    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class); // tokens are kept as integers
    }

    @Override
    public boolean worksByRow() {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        return switch (weight) {
            case DenseParameter dense -> new EmbeddingPass(new DenseTable(dense));
            case FactoredParameter factored ->
                new EmbeddingPass(new FactoredTable(context.scope(), factored, matrixForm(factored)));
        };
    }

    private static Factors matrixForm(FactoredParameter factored) {
        if (!(factored.weight() instanceof Factors f)) {
            throw new IllegalArgumentException(
                    "embedding: '%s' must be of the form U S Vᵀ; got %s".formatted(factored.name(), factored.weight()));
        }
        return f;
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        int vocabulary = WeightProduct.rows(weight);
        int columns = WeightProduct.columns(weight);
        float[] table = new float[Math.multiplyExact(vocabulary, columns)];
        try (Scope scope = Scope.open("embedding")) {
            Tensor all = scope.uninitialized(WeightProduct.type(weight), vocabulary, columns);
            switch (weight) {
                case DenseParameter dense -> all.copyFrom(dense.value());
                case FactoredParameter factored ->
                    all.copyFrom(matrixForm(factored).matrix(scope));
            }
            scaleInPlace(all, scale);
            double[] values = all.toDoubles();
            for (int i = 0; i < table.length; i++) {
                table[i] = (float) values[i];
            }
        }
        return Optional.of(inputs -> {
            float[] tokens = inputs.getFirst();
            float[] y = new float[tokens.length * columns];
            for (int i = 0; i < tokens.length; i++) {
                System.arraycopy(table, token(tokens[i], vocabulary) * columns, y, i * columns, columns);
            }
            return y;
        });
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        String tokens = inputs.getFirst(); // [batch, rows]
        String rows = switch (weight) {
            case DenseParameter dense ->
                graph.apply("Gather", name + ".rows", graph.constant(dense.name(), dense.value()), tokens);
            case FactoredParameter factored -> {
                try (Scope scope = Scope.open("onnx")) {
                    EvaluationFactors f = EvaluationFactors.of(scope, factored);
                    String left = graph.constant(f.leftName(), f.left()); // [vocabulary, r]
                    String right = graph.constant(f.rightName(), f.right()); // [columns, r]
                    String some = graph.apply("Gather", name + ".left", left, tokens);
                    String across =
                            graph.apply("Transpose", name + ".right", List.of(right), Map.of("perm", List.of(1L, 0L)));
                    yield graph.apply("MatMul", name + ".rows", some, across);
                }
            }
        };
        return scale == 1
                ? rows
                : graph.apply("Mul", name, rows, graph.constant(name + ".scale", new float[] {(float) scale}, 1));
    }

    private int token(double value, int vocabulary) {
        int token = (int) value;
        if (token != value || token < 0 || token >= vocabulary) {
            throw new IllegalArgumentException(
                    "embedding '%s': tokens must be integers in [0, %d); got %s".formatted(name, vocabulary, value));
        }
        return token;
    }

    /// The weight, as rows are taken from it.
    private interface Table {
        /// `y_i ← W[tokens_i]`.
        void rows(int[] tokens, Tensor y);

        /// The gradients of the weight, as far as they are wanted.
        ///
        /// @param delta `scale · ∂loss/∂y`
        void gradients(int[] tokens, Tensor delta, ParameterGradients gradients);
    }

    private record DenseTable(DenseParameter parameter) implements Table {
        @Override
        public void rows(int[] tokens, Tensor y) {
            TokenRows.gather(parameter.value(), tokens, y);
        }

        @Override
        public void gradients(int[] tokens, Tensor delta, ParameterGradients gradients) {
            gradients
                    .place(parameter)
                    .ifPresent(place -> TokenRows.scatter(delta, tokens, place, gradients.accumulation(parameter)));
        }
    }

    private static final class FactoredTable implements Table {
        private final Scope scope;
        private final FactoredParameter parameter;
        private final Factors f;
        private @Nullable Tensor roomOfU; // [rows, columns of U]
        private @Nullable Tensor roomOfProducts; // [rows, columns of V]

        FactoredTable(Scope scope, FactoredParameter parameter, Factors f) {
            this.scope = scope;
            this.parameter = parameter;
            this.f = f;
        }

        @Override
        public void rows(int[] tokens, Tensor y) {
            int count = tokens.length;
            roomOfU = WeightProduct.room(roomOfU, scope, f.type(), count, f.U().columns());
            roomOfProducts = WeightProduct.room(roomOfProducts, scope, f.type(), count, f.V().columns());
            Tensor left = WeightProduct.top(roomOfU, count);
            TokenRows.gather(f.U(), tokens, left); // [rows, r]
            if (f.gauge() == Factors.Gauge.ORTHONORMAL) {
                Tensor products = WeightProduct.top(roomOfProducts, count);
                matmulInto(products, left, f.S()); // [rows, r]
                left = products;
            }
            matmulNTInto(y, left, f.V()); // [rows, columns]
        }

        @Override
        public void gradients(int[] tokens, Tensor delta, ParameterGradients gradients) {
            Optional<FactorGradients> wanted = gradients.place(parameter);
            if (wanted.isEmpty()) {
                return;
            }
            Accumulation how = gradients.accumulation(parameter);
            Tensor some = WeightProduct.top(WeightProduct.made(roomOfU), tokens.length);
            Tensor D = WeightProduct.top(WeightProduct.made(roomOfProducts), tokens.length);
            matmulInto(D, delta, f.V()); // [rows, r]
            if (wanted.get().K() != null) {
                TokenRows.scatter(D, tokens, wanted.get().K(), how);
            }
            if (wanted.get().L() != null) {
                ParameterGradients.multiply(wanted.get().L(), delta, some, how);
            }
            if (wanted.get().S() != null) {
                ParameterGradients.multiply(wanted.get().S(), some, D, how);
            }
        }
    }

    private final class EmbeddingPass implements Pass {
        private final Table table;
        private int[] tokens = {};
        private boolean isForward;

        EmbeddingPass(Table table) {
            this.table = table;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            int vocabulary = WeightProduct.rows(weight);
            double[] values = inputs.getFirst().values().toDoubles();
            tokens = new int[values.length];
            for (int i = 0; i < values.length; i++) {
                tokens[i] = token(values[i], vocabulary);
            }
            table.rows(tokens, output);
            if (scale != 1) {
                scaleInPlace(output, scale);
            }
            isForward = true;
        }

        @Override
        public void backward(Tensor delta, ParameterGradients gradients) {
            if (!isForward) {
                throw new IllegalStateException("embedding '%s': backward must follow forward".formatted(name));
            }
            if (scale != 1) {
                scaleInPlace(delta, scale);
            }
            table.gradients(tokens, delta, gradients);
        }

        /// A token is no continuous quantity: 0.
        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            if (how == Accumulation.WRITE) {
                into.clear();
            }
        }
    }
}
