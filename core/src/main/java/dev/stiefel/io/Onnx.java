package dev.stiefel.io;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A network as a model in the [ONNX format](https://onnx.ai), which inference engines read: operator set 20,
/// float32, for batches of any size. `input [batch, inputs]` becomes `output [batch, outputs]`; where a sample
/// is several rows, `[batch, rows, columns]`; where it is an image, `[batch, channels, height, width]`, as
/// engines and other programs have it. Tokens are int64, `[batch, rows]`; where samples differ in rows, those
/// of one batch must not. Inputs have the names that the network gives them; only if one of them is `output` is
/// the output called `output.1`.
///
/// A factored weight stays factored: `x Wᵀ = (x V) (U S)ᵀ`, two products with `r (m + n)` numbers, as many as
/// training counts for evaluation. `S` is multiplied into the smaller of `U` and `V`; in the free gauge there
/// is nothing to multiply. So the model is as much smaller and faster than the dense one as the network is. A
/// factored kernel becomes two convolutions: its `V` to `r` channels, and `U S` pixel by pixel.
///
/// A batch normalization right behind a linear layer or a convolution without activation becomes part of its
/// weight and bias, unless another layer takes from there as well: `scale (W x + b − mu) / √(v + eps) + bias`.
/// Dropout leaves nothing in the model.
///
/// ```java
/// Onnx.of(network)
///         .ending(Onnx.Ending.PROBABILITIES)
///         .standardizing(standardization.copyMeans(), standardization.copyDeviations())
///         .write(Path.of("model.onnx"));
/// ```
///
/// The model is put together in the heap, which needs its size. The network stays the caller's.
public final class Onnx {
    private static final int LARGEST = Integer.MAX_VALUE; // protobuf's limit
    private static final int GRAPH_BYTES = 1 << 20; // more than all but the numbers can take

    private final Network network;
    private final Ending ending;
    private final Optional<double[]> origins;
    private final Optional<Scale> inputs;
    private final Optional<Scale> outputs;
    private final Map<String, String> metadata;

    /// Kind of outputs of an exported model.
    public enum Ending {
        /// The last layer's, as they are.
        LOGITS,
        /// Their softmax: a probability for each class.
        PROBABILITIES
    }

    private Onnx(
            Network network,
            Ending ending,
            Optional<double[]> origins,
            Optional<Scale> inputs,
            Optional<Scale> outputs,
            Map<String, String> metadata) {
        this.network = network;
        this.ending = ending;
        this.origins = origins;
        this.inputs = inputs;
        this.outputs = outputs;
        this.metadata = metadata;
    }

    /// The network alone, from inputs as it was trained on to the last layer's outputs.
    ///
    /// @throws IllegalArgumentException if its numbers are not float32
    public static Onnx of(Network network) {
        if (network.type() != DType.FLOAT32) {
            throw new IllegalArgumentException("onnx: the network must be float32; got float64");
        }
        return new Onnx(network, Ending.LOGITS, Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    }

    /// The same with such outputs.
    public Onnx ending(Ending newEnding) {
        return new Onnx(network, newEnding, origins, inputs, outputs, metadata);
    }

    /// The same for inputs in float64, from which it subtracts this before they are rounded to float32: numbers far
    /// from zero beside their spread, such as seconds since 1970. It comes before [#standardizing].
    ///
    /// @param newOrigins one a value of a sample, finite; copied
    /// @throws IllegalArgumentException if the network takes something else than one vector
    public Onnx shifting(double[] newOrigins) {
        List<NetworkSpec.Input> of = network.spec().inputs();
        boolean isVector = of.size() == 1 && of.getFirst().shape() instanceof SampleShape.Vector;
        if (!isVector || newOrigins.length != network.spec().inputValues()) {
            throw new IllegalArgumentException(
                    "onnx: shifting needs an origin for each value of one vector; got %d for %s"
                            .formatted(newOrigins.length, network.spec()));
        }
        for (double origin : newOrigins) {
            if (!Double.isFinite(origin)) {
                throw new IllegalArgumentException("onnx: shifting needs finite origins; got " + origin);
            }
        }
        return new Onnx(network, ending, Optional.of(newOrigins.clone()), inputs, outputs, metadata);
    }

    /// The same for raw inputs, which it standardizes first, by nodes of their own: `(x − mean) / deviation`.
    ///
    /// @param means one a value of a sample, row by row: an image's pixel by pixel, channels last; copied
    /// @param deviations one a value of a sample, not 0; copied
    /// @throws IllegalArgumentException if the network has several inputs, or samples differ in size
    public Onnx standardizing(float[] means, float[] deviations) {
        Scale scale =
                new Scale("standardizing", means, deviations, network.spec().inputValues());
        return new Onnx(network, ending, origins, Optional.of(scale), outputs, metadata);
    }

    /// The same with outputs in the units of targets that were standardized for training: `y · deviation +
    /// mean`.
    ///
    /// @param means one an output; copied
    /// @param deviations one an output, not 0; copied
    public Onnx rescaling(float[] means, float[] deviations) {
        Scale scale = new Scale("rescaling", means, deviations, network.spec().outputs());
        return new Onnx(network, ending, origins, inputs, Optional.of(scale), metadata);
    }

    /// The same with such metadata beside its own: a `version` is also the producer's.
    public Onnx saying(Map<String, String> newMetadata) {
        return new Onnx(
                network,
                ending,
                origins,
                inputs,
                outputs,
                Collections.unmodifiableMap(new LinkedHashMap<>(newMetadata)));
    }

    /// Writes the model, replacing the file whole or not at all ([DurableFiles]).
    ///
    /// @throws IllegalArgumentException if it is too large for the format, or its outputs would be
    ///     rescaled probabilities
    public void write(Path file) throws IOException {
        if (ending == Ending.PROBABILITIES && outputs.isPresent()) {
            throw new IllegalArgumentException("onnx: outputs that are rescaled cannot be probabilities as well");
        }
        requireFit((network.parameterCount() + network.spec().outputs()) * Float.BYTES + GRAPH_BYTES);
        ModelProto model = build();
        DurableFiles.write(file, channel -> model.writeTo(Channels.newOutputStream(channel)));
    }

    static void requireFit(long bytes) {
        if (bytes > LARGEST) {
            throw new IllegalArgumentException(
                    "onnx: a model must have at most %d bytes; got %d; export it as safetensors, or compress it first"
                            .formatted(LARGEST, bytes));
        }
    }

    private ModelProto build() {
        OnnxGraph graph = new OnnxGraph(network);
        origins.ifPresent(graph::shift);
        inputs.ifPresent(scale -> graph.standardize(scale.means, scale.deviations));
        graph.layers();
        outputs.ifPresent(scale -> graph.rescale(scale.means, scale.deviations));
        if (ending == Ending.PROBABILITIES) {
            graph.softmax();
        }
        return graph.model(metadata);
    }

    /// Checked means and deviations.
    private static final class Scale {
        private final float[] means;
        private final float[] deviations;

        Scale(String operation, float[] means, float[] deviations, int width) {
            if (means.length != width || deviations.length != width) {
                throw new IllegalArgumentException("onnx: %s needs %d means and deviations; got %d and %d"
                        .formatted(operation, width, means.length, deviations.length));
            }
            for (int i = 0; i < width; i++) {
                if (!Float.isFinite(means[i]) || !Float.isFinite(deviations[i]) || deviations[i] == 0) {
                    throw new IllegalArgumentException(
                            "onnx: %s needs finite means, and finite deviations that are not 0; number %d has %s and %s"
                                    .formatted(operation, i, means[i], deviations[i]));
                }
            }
            this.means = means.clone();
            this.deviations = deviations.clone();
        }
    }
}
