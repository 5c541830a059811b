package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A linear map of every row, a bias and an activation: `y = activation(x Wᵀ + b)`, with a dense or a factored `W`
/// ([WeightProduct] says how they multiply).
public final class Linear implements Layer {
    private final String name;
    private final Parameter weight;
    private final DenseParameter biasParameter;
    private final Tensor bias;
    private final Activation activation;
    private final boolean ofSequences;

    /// A layer for vectors with these parameters, which stay the caller's.
    ///
    /// @param bias `[m]`
    public Linear(String name, Parameter weight, DenseParameter bias, Activation activation) {
        this(name, weight, bias, activation, false);
    }

    /// A layer with these parameters, which stay the caller's.
    ///
    /// @param bias `[m]`
    /// @param ofSequences true if samples have many rows, for which products are computed in another order
    Linear(String name, Parameter weight, DenseParameter bias, Activation activation, boolean ofSequences) {
        int m = WeightProduct.rows(weight);
        if (bias.value().size() != m) {
            throw new IllegalArgumentException("linear '%s': bias must have %d elements; got %s"
                    .formatted(name, m, bias.value().shape()));
        }
        if (bias.value().type() != WeightProduct.type(weight)) {
            throw new IllegalArgumentException(
                    "linear '%s': weight and bias must be of one number format; got %s and %s"
                            .formatted(name, WeightProduct.type(weight), bias.value()));
        }
        this.name = name;
        this.weight = weight;
        this.biasParameter = bias;
        this.bias = bias.value();
        this.activation = activation;
        this.ofSequences = ofSequences;
    }

    @Override
    public String name() {
        return name;
    }

    /// Columns of what comes in, `n`.
    public int inputs() {
        return WeightProduct.columns(weight);
    }

    /// Columns of what goes out, `m`.
    public int outputs() {
        return WeightProduct.rows(weight);
    }

    /// `W`, dense or factored.
    public Parameter weight() {
        return weight;
    }

    /// `b`, `[m]`.
    public Tensor bias() {
        return bias;
    }

    /// The activation that is applied to `x Wᵀ + b`.
    public Activation activation() {
        return activation;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight, biasParameter);
    }

    @Override
    public Set<Kept> keeps() {
        Set<Kept> kept = EnumSet.of(Kept.INPUTS);
        kept.addAll(activation.keeps());
        return kept;
    }

    @Override
    public boolean worksByRow() {
        return true;
    }

    @Override
    public Pass pass(PassContext context) {
        return new LinearPass(context);
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        return Optional.of(LinearSampleFunction.of(this));
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        return activation.export(graph, name, product(graph, inputs.getFirst(), Optional.empty()));
    }

    @Override
    public Optional<String> exportWith(ColumnMap map, OperatorGraph graph, List<String> inputs, String result) {
        if (activation != Activation.IDENTITY) {
            return Optional.empty();
        }
        String product = product(graph, inputs.getFirst(), Optional.of(map));
        return Optional.of(map.activation().export(graph, result, product));
    }

    /// One product, or two with `r (m + n)` numbers.
    private String product(OperatorGraph graph, String x, Optional<ColumnMap> map) {
        return switch (weight) {
            case DenseParameter dense -> product(graph, x, dense.name(), dense.value(), map);
            case FactoredParameter factored -> {
                try (Scope scope = Scope.open("onnx")) {
                    EvaluationFactors f = EvaluationFactors.of(scope, factored);
                    String right = graph.constant(f.rightName(), f.right());
                    String reduced = graph.apply("MatMul", name + ".reduced", x, right); // [B, r]
                    yield product(graph, reduced, f.leftName(), f.left(), map);
                }
            }
        };
    }

    private String product(OperatorGraph graph, String x, String constant, Tensor W, Optional<ColumnMap> map) {
        String biasName = biasParameter.name();
        String matrix = map.map(each -> graph.constant(constant, each.scaleRows(W), W.rows(), W.columns()))
                .orElseGet(() -> graph.constant(constant, W));
        String vector = map.map(each -> graph.constant(biasName, each.shift(Optional.of(bias)), outputs()))
                .orElseGet(() -> graph.constant(biasName, bias));
        return graph.linear(name + ".linear", x, matrix, vector);
    }

    private void requireInput(Tensor x) {
        if (x.shape().order() != 2 || x.columns() != inputs()) {
            throw new IllegalArgumentException(
                    "linear '%s': input must be [rows, %d]; got %s".formatted(name, inputs(), x.shape()));
        }
        requireType("input", x);
    }

    private void require(String what, Tensor x, int rows, int columns) {
        if (!x.shape().equals(Shape.of(rows, columns))) {
            throw new IllegalArgumentException(
                    "linear '%s': %s must be [%d, %d]; got %s".formatted(name, what, rows, columns, x.shape()));
        }
        requireType(what, x);
    }

    private void requireType(String what, Tensor x) {
        if (x.type() != bias.type()) {
            throw new IllegalArgumentException("linear '%s': %s must be of the bias's number format; got %s and %s"
                    .formatted(name, what, x, bias));
        }
    }

    private final class LinearPass implements Pass {
        private final WeightProduct product;
        private final BiasActivation end;
        private @Nullable Tensor input;
        private @Nullable Tensor output;
        private boolean isBack;

        LinearPass(PassContext context) {
            Scope scope = context.scope();
            this.product = ofSequences
                    ? WeightProduct.ofSequences(scope, weight, biasParameter, context.mode())
                    : WeightProduct.of(scope, weight);
            Optional<DenseParameter> atEnd = product.addsBias() ? Optional.empty() : Optional.of(biasParameter);
            this.end = new BiasActivation(scope, bias.type(), outputs(), atEnd, activation);
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor y) {
            Tensor x = inputs.getFirst().values();
            requireInput(x);
            require("the output", y, x.rows(), outputs());
            product.multiply(x, y);
            end.forward(y);
            input = x;
            output = y;
            isBack = false;
        }

        @Override
        public void backward(Tensor delta, ParameterGradients gradients) {
            Tensor x = input;
            Tensor y = output;
            if (x == null || y == null) {
                throw new IllegalStateException("linear '%s': backward must follow forward".formatted(name));
            }
            require("the output's gradient", delta, x.rows(), outputs());
            end.backward(delta, y, gradients);
            product.backward(x, delta, gradients);
            isBack = true;
        }

        @Override
        public void inputGradient(int index, Tensor into, Accumulation how) {
            Tensor x = input;
            if (x == null || !isBack) {
                throw new IllegalStateException("linear '%s': inputGradient must follow backward".formatted(name));
            }
            require("the input's gradient", into, x.rows(), inputs());
            product.multiplyBack(into, how);
        }
    }
}
