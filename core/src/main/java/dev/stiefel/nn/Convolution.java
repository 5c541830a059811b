package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A convolution of images, a bias and an activation: `y = activation(P(x) Wᵀ + b)`. `P(x)` has, for each
/// position of the window, the pixels that it sees side by side, by kernel row, kernel column and channel:
/// `[positions, n]` with `n = kernel height · kernel width · channels`. `W [m, n]` is dense or factored, in the
/// form `U S Vᵀ` or in Tucker form. [WeightProduct] and [TuckerProduct] say how they multiply.
public final class Convolution implements Layer {
    private final String name;
    private final Image image;
    private final ImageGrid grid;
    private final Parameter weight;
    private final Optional<DenseParameter> bias;
    private final Activation activation;

    /// A layer with these parameters, which stay the caller's.
    ///
    /// @param image shape of the input
    /// @param weight `[m, kernel height · kernel width · channels]`
    /// @param bias `[m]`
    public Convolution(
            String name,
            Image image,
            Window window,
            Parameter weight,
            Optional<DenseParameter> bias,
            Activation activation) {
        int m = WeightProduct.rows(weight);
        int n = window.size() * image.channels();
        if (WeightProduct.columns(weight) != n) {
            throw new IllegalArgumentException("convolution '%s': the kernel must have %d columns; got [%d, %d]"
                    .formatted(name, n, m, WeightProduct.columns(weight)));
        }
        if (bias.isPresent() && bias.get().value().size() != m) {
            throw new IllegalArgumentException("convolution '%s': bias must have %d elements; got %s"
                    .formatted(name, m, bias.get().value().shape()));
        }
        this.name = name;
        this.image = image;
        this.grid = window.grid(image);
        this.weight = weight;
        this.bias = bias;
        this.activation = activation;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        all.add(weight);
        bias.ifPresent(all::add);
        return all;
    }

    @Override
    public Set<Kept> keeps() {
        Set<Kept> kept = EnumSet.of(Kept.INPUTS);
        kept.addAll(activation.keeps());
        return kept;
    }

    @Override
    public Pass pass(PassContext context) {
        return new ConvolutionPass(context);
    }

    @Override
    public Optional<Layer> trainedWith(Layer next) {
        return next instanceof BatchNorm norm
                        && bias.isEmpty()
                        && activation == Activation.IDENTITY
                        && weight instanceof FactoredParameter factored
                        && NormalizedConvolution.suits(factored, norm)
                ? Optional.of(new NormalizedConvolution(name, grid, image.channels(), factored, norm))
                : Optional.empty();
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        try (Scope scope = Scope.open("predictor")) {
            Tensor b =
                    bias.map(DenseParameter::value).orElseGet(() -> scope.zeros(WeightProduct.type(weight), outputs()));
            if (weight instanceof FactoredParameter factored && factored.weight() instanceof TuckerFactors tucker) {
                SampleFunction reduce = LinearSampleFunction.of(Ops.transpose(scope, tucker.Ui()));
                SampleFunction product = LinearSampleFunction.of(tucker.C(), tucker.Uo(), b, activation);
                int r = tucker.Ui().columns();
                return Optional.of(inputs ->
                        product.apply(List.of(patches(reduce.apply(List.of(inputs.getFirst())), r))));
            }
            SampleFunction product = LinearSampleFunction.of(weight, b, activation);
            return Optional.of(inputs -> product.apply(List.of(patches(inputs.getFirst(), image.channels()))));
        }
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.PLANES;
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

    /// One convolution; or one of all pixels to `r` channels, and one pixel by pixel to all; or three, of which
    /// the first and the last go pixel by pixel.
    private String product(OperatorGraph graph, String x, Optional<ColumnMap> map) {
        return switch (weight) {
            case DenseParameter dense -> {
                String kernel = kernel(graph, dense.name(), mapped(dense.value(), map), outputs(), image.channels());
                yield convolution(graph, x, kernel, map, WindowAttributes.of(grid));
            }
            case FactoredParameter factored
            when factored.weight() instanceof TuckerFactors tucker -> {
                try (Scope scope = Scope.open("onnx")) {
                    int in = tucker.Ui().columns();
                    int out = tucker.Uo().columns();
                    float[] rows = Ops.transpose(scope, tucker.Ui()).toFloats(); // [r_i, in]
                    String right = graph.constant(factored.name() + ".Ui", rows, in, image.channels(), 1, 1);
                    String reduced = graph.apply("Conv", name + ".reduced", List.of(x, right), Map.of());
                    String core =
                            kernel(graph, factored.name() + ".C", tucker.C().toFloats(), out, in);
                    String inner =
                            graph.apply("Conv", name + ".core", List.of(reduced, core), WindowAttributes.of(grid));
                    String left =
                            graph.constant(factored.name() + ".Uo", mapped(tucker.Uo(), map), outputs(), out, 1, 1);
                    yield convolution(graph, inner, left, map, Map.of());
                }
            }
            case FactoredParameter factored -> {
                try (Scope scope = Scope.open("onnx")) {
                    EvaluationFactors f = EvaluationFactors.of(scope, factored);
                    int r = f.right().columns();
                    float[] rows = Ops.transpose(scope, f.right()).toFloats(); // [r, n]
                    String right = kernel(graph, f.rightName(), rows, r, image.channels());
                    String reduced = graph.apply(
                            "Conv", name + ".reduced", List.of(x, right), WindowAttributes.of(grid)); // r channels
                    String left = graph.constant(f.leftName(), mapped(f.left(), map), outputs(), r, 1, 1);
                    yield convolution(graph, reduced, left, map, Map.of());
                }
            }
        };
    }

    private String convolution(
            OperatorGraph graph, String x, String kernel, Optional<ColumnMap> map, Map<String, Object> attributes) {
        List<String> from = new ArrayList<>(List.of(x, kernel));
        Optional<Tensor> b = bias.map(DenseParameter::value);
        map.map(each -> each.shift(b))
                .or(() -> b.map(Tensor::toFloats))
                .ifPresent(values -> from.add(
                        graph.constant(bias.map(DenseParameter::name).orElse(name + ".bias"), values, outputs())));
        return graph.apply("Conv", name + ".conv", from, attributes);
    }

    private static float[] mapped(Tensor matrix, Optional<ColumnMap> map) {
        return map.map(each -> each.scaleRows(matrix)).orElseGet(matrix::toFloats);
    }

    /// Adds a kernel `[m, kernel height · kernel width · channels]` as ONNX has it, `[m, channels, kernel
    /// height, kernel width]`.
    private String kernel(OperatorGraph graph, String constant, float[] rows, int m, int channels) {
        int offsets = grid.offsets();
        float[] planes = new float[rows.length];
        for (int at = 0; at < rows.length; at++) {
            int channel = at % channels;
            int offset = at / channels % offsets;
            int output = at / channels / offsets;
            planes[(output * channels + channel) * offsets + offset] = rows[at];
        }
        return graph.constant(constant, planes, m, channels, grid.kernelHeight(), grid.kernelWidth());
    }

    private int outputs() {
        return WeightProduct.rows(weight);
    }

    /// The patches of one image of so many channels, `[positions, kernel height · kernel width · channels]`.
    private float[] patches(float[] x, int channels) {
        float[] patches = new float[grid.positions() * grid.offsets() * channels];
        grid.forEachPair((position, pixel, offset) -> System.arraycopy(
                x, pixel * channels, patches, (position * grid.offsets() + offset) * channels, channels));
        return patches;
    }

    /// Refuses a matrix of another shape.
    static void require(String layer, String what, Tensor tensor, int rows, int columns) {
        if (!tensor.shape().equals(Shape.of(rows, columns))) {
            throw new IllegalArgumentException("convolution '%s': %s must be [%d, %d]; got %s"
                    .formatted(layer, what, rows, columns, tensor.shape()));
        }
    }

    private final class ConvolutionPass implements Pass {
        private final WeightProduct product;
        private final BiasActivation end;
        private @Nullable Tensor input;
        private @Nullable Tensor output;
        private boolean isBack;

        ConvolutionPass(PassContext context) {
            Scope scope = context.scope();
            this.product = WeightProduct.ofPatches(scope, weight, grid, image.channels(), context.mode());
            this.end = new BiasActivation(scope, WeightProduct.type(weight), outputs(), bias, activation);
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor y) {
            Tensor x = inputs.getFirst().values();
            int samples = inputs.getFirst().samples();
            require(name, "the input", x, samples * image.height() * image.width(), image.channels());
            require(name, "the output", y, samples * grid.positions(), outputs());
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
                throw new IllegalStateException("convolution '%s': backward must follow forward".formatted(name));
            }
            require(name, "the output's gradient", delta, y.rows(), outputs());
            end.backward(delta, y, gradients);
            product.backward(x, delta, gradients);
            isBack = true;
        }

        @Override
        public void inputGradient(int index, Tensor into, Accumulation how) {
            Tensor x = input;
            if (x == null || !isBack) {
                throw new IllegalStateException("convolution '%s': inputGradient must follow backward".formatted(name));
            }
            require(name, "the input's gradient", into, x.rows(), image.channels());
            product.multiplyBack(into, how);
        }
    }
}
