package dev.stiefel.lab.model;

import dev.stiefel.lab.model.StateDict.Part;
import dev.stiefel.lab.model.StateDict.TorchModule;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The `state_dict` of a chain of linear layers, as PyTorch names its tensors: `0.weight` `[out, in]` and
/// `0.bias` `[out]`, `2.weight`, …, or `fc1.weight`, `net.layers.0.weight` and the like.
///
/// It is *assumed* that layers follow one another as their names do (numbers in them by value: `fc2` before
/// `fc10`), with ReLU between them and none after the last, for softmax cross-entropy. Tensors that a chain
/// cannot have are refused.
final class LinearStateDict {
    private static final String NO_BIAS = "";

    private final List<TorchModule> modules;
    private final List<LinearSpec> described = new ArrayList<>();
    private final Map<String, Tensor> renamed = new LinkedHashMap<>();
    private final List<ImportedTensor> imported = new ArrayList<>();
    private int inputs;

    private LinearStateDict(StateDict dict) {
        this.modules = dict.modules();
    }

    /// The dense float32 network that these tensors are. Close it.
    ///
    /// @throws IOException naming the tensor that is none of a chain of linear layers
    static StateDict.Converted network(StateDict dict, NetworkHint hint) throws IOException {
        if (hint.architecture().isPresent() && !hint.architecture().get().hasWidths()) {
            throw new IOException("network '%s' has convolutions; the file has no kernel [out, in, height, width]"
                    .formatted(hint.architecture().get().word()));
        }
        LinearStateDict chain = new LinearStateDict(dict);
        for (TorchModule module : chain.modules) {
            requireNoNormalization(module);
            for (Map.Entry<String, Part> part : module.parts().entrySet()) {
                requireOfChain(part.getKey(), part.getValue());
            }
        }
        return chain.build();
    }

    private static void requireNoNormalization(TorchModule module) throws IOException {
        for (String kind : List.of(ImageStateDict.MEAN, ImageStateDict.VARIANCE)) {
            if (module.find(kind).isPresent()) {
                throw new IOException(
                        "tensor %s is of a batch normalization, which chains of linear layers do not have; fold it into the layer before it: weight · scale / √(variance + eps), (bias − mean) · scale / √(variance + eps) + shift"
                                .formatted(module.part(kind, "").shown()));
            }
        }
        Optional<Part> weight = module.find(StateDict.WEIGHT);
        if (weight.isPresent() && weight.get().tensor().shape().order() == 1) {
            throw new IOException(
                    "tensor %s is a vector, as of a normalization (LayerNorm, GroupNorm) or PReLU; only chains of linear layers with ReLU between can be read"
                            .formatted(weight.get().shown()));
        }
    }

    private static void requireOfChain(String kind, Part part) throws IOException {
        boolean matrix = kind.equals(StateDict.WEIGHT);
        if (!matrix && !kind.equals(StateDict.BIAS)) {
            throw new IOException("tensor %s is none of a chain of linear layers, whose names end in .weight and .bias"
                    .formatted(part.shown()));
        }
        if (part.tensor().shape().order() != (matrix ? 2 : 1)) {
            throw new IOException(
                    "tensor %s must be %s; got %s; without convolutions only chains of linear layers can be read"
                            .formatted(
                                    part.shown(),
                                    matrix ? "a matrix [out, in]" : "a vector [out]",
                                    part.tensor().shape()));
        }
    }

    private StateDict.Converted build() throws IOException {
        boolean biased =
                modules.stream().anyMatch(module -> module.find(StateDict.BIAS).isPresent());
        try (Scope scope = Scope.open("state dict")) {
            Part before = null;
            for (TorchModule module : modules) {
                Part weight = module.part(StateDict.WEIGHT, "");
                if (before == null) {
                    inputs = weight.tensor().columns();
                } else if (weight.tensor().columns() != before.tensor().rows()) {
                    throw new IOException("tensor %s must be [out, %s] to follow %s; got %s; layers are taken in the"
                                    .formatted(
                                            weight.shown(),
                                            before.tensor().rows(),
                                            before.shown(),
                                            weight.tensor().shape())
                            + " order of their names");
                }
                Part bias = biased
                        ? module.part(StateDict.BIAS, ": all layers must have a bias, or none")
                        : new Part(
                                NO_BIAS,
                                scope.zeros(DType.FLOAT32, weight.tensor().rows()));
                describe(scope, weight, bias);
                before = weight;
            }
            NetworkSpec spec = NetworkSpec.chain(inputs, described, new SoftmaxCrossEntropy());
            return new StateDict.Converted(Network.of(spec, Gauge.ORTHONORMAL, renamed), imported);
        }
    }

    private void describe(Scope scope, Part weight, Part bias) throws IOException {
        int out = weight.tensor().rows();
        if (bias.tensor().size() != out) {
            throw new IOException("tensor %s must be [%s], as %s has rows; got %s"
                    .formatted(bias.shown(), out, weight.shown(), bias.tensor().shape()));
        }
        String prefix = "layers." + described.size() + ".";
        renamed.put(prefix + StateDict.WEIGHT, weight.single(scope));
        renamed.put(prefix + StateDict.BIAS, bias.single(scope));
        imported.add(weight.becoming(prefix + StateDict.WEIGHT));
        if (!bias.name().equals(NO_BIAS)) {
            imported.add(bias.becoming(prefix + StateDict.BIAS));
        }
        boolean last = described.size() + 1 == modules.size();
        described.add(new LinearSpec(out, last ? Activation.IDENTITY : Activation.RELU, OptionalInt.empty()));
    }
}
