package dev.stiefel.train;

import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkBuilder;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Small networks, and their bits.
final class Nets {
    private Nets() {}

    /// `12-10-8-4`, its hidden layers factored unless the method is dense.
    static Network classifier(TrainingMethod method, DType type, long seed) {
        return build(method, type, Blobs.CLASSES, new SoftmaxCrossEntropy(), seed);
    }

    /// `12-10-8-2` for squared errors.
    static Network regressor(TrainingMethod method, DType type, long seed) {
        return build(method, type, 2, new MeanSquaredError(), seed);
    }

    /// All weights and biases, bit by bit.
    static Map<String, List<Double>> bits(Network network) {
        Map<String, List<Double>> bits = new LinkedHashMap<>();
        network.tensors()
                .forEach((name, tensor) ->
                        bits.put(name, Arrays.stream(tensor.toDoubles()).boxed().toList()));
        return bits;
    }

    private static Network build(TrainingMethod method, DType type, int outputs, Loss loss, long seed) {
        NetworkBuilder builder =
                Network.builder(Blobs.WIDTH).type(type).loss(loss).gauge(method.gauge());
        if (method.isLowRank()) {
            builder.factored(10, 6, Activation.RELU).factored(8, 5, Activation.TANH);
        } else {
            builder.dense(10, Activation.RELU).dense(8, Activation.TANH);
        }
        return builder.dense(outputs, Activation.IDENTITY).build(Rng.seeded(seed));
    }
}
