package dev.stiefel.lab.model;

import dev.stiefel.lab.model.ImageStateDict.TypedModule;
import dev.stiefel.lab.model.StateDict.Part;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.BatchNormSpec;
import dev.stiefel.nn.Bias;
import dev.stiefel.nn.ConvolutionSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tensors of PyTorch's modules in our form.
///
/// Here channels come last: a kernel `[out, in, height, width]` becomes `[out, height · width · in]`, and the
/// columns of a linear layer behind flattened images have the same order. A bias `b` in front of a batch
/// normalization, which has none here, becomes part of its running mean: `(y + b) − mean = y − (mean − b)`.
final class ModuleConversion {
    private final Scope scope;
    private final NetworkSpec network;
    private final ModuleMatching matching;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<ImportedTensor> imported = new ArrayList<>();

    /// @param scope scope of the tensors
    ModuleConversion(Scope scope, ModuleMatching matching) {
        this.scope = scope;
        this.network = matching.network();
        this.matching = matching;
    }

    /// All tensors of the network, as [dev.stiefel.model.Network#tensors] names them.
    ///
    /// @throws IOException naming the tensor that has a number which is not allowed
    Map<String, Tensor> tensors() throws IOException {
        for (Node node : network.nodes()) {
            switch (node.layer()) {
                case ConvolutionSpec layer -> convert(node, layer);
                case BatchNormSpec _ -> convertNorm(node);
                case LinearSpec _ -> convertLinear(node);
                default -> {}
            }
        }
        return tensors;
    }

    private void convert(Node node, ConvolutionSpec layer) throws IOException {
        TypedModule module = matching.module(node.name());
        Shape shape = module.weight().tensor().shape();
        Image patch = new Image(shape.extent(2), shape.extent(3), shape.extent(1));
        put(node, "weight", channelsLast(module.weight(), patch), Optional.of(module.weight()));
        if (layer.bias() == Bias.TRAINED) {
            put(node, "bias", bias(module), module.module().find(StateDict.BIAS));
        }
    }

    private void convertNorm(Node node) throws IOException {
        TypedModule module = matching.module(node.name());
        put(node, "scale", module.weight().single(scope), Optional.of(module.weight()));
        Part shift = part(module, StateDict.BIAS);
        put(node, "bias", shift.single(scope), Optional.of(shift));
        Part mean = part(module, ImageStateDict.MEAN);
        Optional<Part> before = biasBefore(node);
        put(node, "mean", shifted(mean, before), Optional.of(mean));
        before.ifPresent(bias -> imported.add(bias.becoming("part of %s.mean".formatted(node.name()))));
        Part variance = part(module, ImageStateDict.VARIANCE);
        Tensor variances = variance.single(scope);
        float[] values = variances.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0) {
                throw new IOException(
                        "tensor %s must be at least 0; element %s is %s".formatted(variance.shown(), i, values[i]));
            }
        }
        put(node, "variance", variances, Optional.of(variance));
    }

    private void convertLinear(Node node) throws IOException {
        TypedModule module = matching.module(node.name());
        Optional<Image> flattened = ModuleMatching.flattened(network, node);
        put(
                node,
                "weight",
                flattened.isPresent()
                        ? channelsLast(module.weight(), flattened.get())
                        : module.weight().single(scope),
                Optional.of(module.weight()));
        put(node, "bias", bias(module), module.module().find(StateDict.BIAS));
    }

    /// @param part part of the file's tensor; empty for zeros
    private void put(Node node, String name, Tensor tensor, Optional<Part> part) {
        String ours = node.name() + "." + name;
        tensors.put(ours, tensor);
        part.ifPresent(each -> imported.add(each.becoming(ours)));
    }

    /// The origin of each tensor of the file.
    List<ImportedTensor> imported() {
        return imported;
    }

    private static Part part(TypedModule module, String kind) throws IOException {
        return module.module().part(kind, "");
    }

    private Tensor bias(TypedModule module) throws IOException {
        Optional<Part> bias = module.module().find(StateDict.BIAS);
        return bias.isPresent()
                ? bias.get().single(scope)
                : scope.zeros(DType.FLOAT32, module.weight().tensor().shape().extent(0));
    }

    /// The bias that PyTorch's convolution has and ours has not.
    private Optional<Part> biasBefore(Node norm) {
        String before = norm.from().getFirst();
        return network.nodes().stream()
                .filter(node -> node.name().equals(before)
                        && node.layer() instanceof ConvolutionSpec layer
                        && layer.bias() == Bias.NONE)
                .findFirst()
                .flatMap(node -> matching.module(node.name()).module().find(StateDict.BIAS));
    }

    private Tensor shifted(Part mean, Optional<Part> bias) throws IOException {
        if (bias.isEmpty()) {
            return mean.single(scope);
        }
        Tensor shifted = scope.uninitialized(DType.FLOAT32, (int) mean.tensor().size());
        float[] means = mean.floats(0, (int) mean.tensor().size());
        float[] biases = bias.get().floats(0, means.length);
        for (int i = 0; i < means.length; i++) {
            means[i] -= biases[i];
        }
        shifted.write(0, means, 0, means.length);
        FiniteCheck.require(mean.name(), shifted);
        return shifted;
    }

    /// Every row, which is given plane by plane, pixel by pixel.
    private Tensor channelsLast(Part weight, Image planes) throws IOException {
        FiniteCheck.require(weight.name(), weight.tensor());
        int rows = weight.tensor().shape().extent(0);
        int columns = planes.values().orElseThrow();
        Tensor converted = scope.uninitialized(DType.FLOAT32, rows, columns);
        for (int i = 0; i < rows; i++) {
            float[] row = planes.ofPlanes(weight.floats((long) i * columns, columns));
            converted.write((long) i * columns, row, 0, columns);
        }
        if (weight.tensor().type() != DType.FLOAT32) { // too large for it
            FiniteCheck.require(weight.name(), converted);
        }
        return converted;
    }
}
