package dev.stiefel.model;

import dev.stiefel.model.NetworkGraph.Value;
import dev.stiefel.model.NetworkSpec.Input;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.SampleShape.Tokens;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// A transformer with an encoder and a decoder (Vaswani et al. 2017, [arXiv
/// 1706.03762](https://arxiv.org/abs/1706.03762)), for translation.
///
/// Its inputs are the tokens of the source and those of the target so far; its outputs, for each of the latter, are the
/// logits of the token that follows. [TransformerSize#small] with vocabularies of 7,765 and 7,010 has 1,835,008 weights
/// in 64 projections and feed-forward matrices, 897,280 in the output layer and 1,891,200 in the embeddings.
public final class EncoderDecoder {
    /// Name of the input with the tokens of the source.
    public static final String SOURCE = "source";

    /// Name of the input with the tokens of the target.
    public static final String TARGET = "target";

    /// Name of the input of a decoder that stands alone with the rows that come out of the encoder.
    public static final String MEMORY = "memory";

    private static final String ENCODER = "encoder";

    private EncoderDecoder() {}

    /// The network with as many blocks in the decoder as in the encoder, all weights dense.
    ///
    /// @param sourceVocabulary tokens of the source
    /// @param targetVocabulary tokens of the target
    public static NetworkSpec of(TransformerSize size, int sourceVocabulary, int targetVocabulary) {
        return of(size, size.layers(), size.layers(), sourceVocabulary, targetVocabulary);
    }

    /// The network, all weights dense.
    ///
    /// @param size of the blocks; its number of layers is not used
    /// @param encoderLayers blocks of the encoder, at least 1
    /// @param decoderLayers blocks of the decoder, at least 1
    /// @param sourceVocabulary tokens of the source
    /// @param targetVocabulary tokens of the target
    public static NetworkSpec of(
            TransformerSize size, int encoderLayers, int decoderLayers, int sourceVocabulary, int targetVocabulary) {
        TransformerSize.requirePositive("layers of the encoder", encoderLayers);
        TransformerSize.requirePositive("layers of the decoder", decoderLayers);
        TransformerBlocks blocks = new TransformerBlocks(size);
        NetworkGraph graph = new NetworkGraph();
        Value source = graph.input(SOURCE, new Tokens(sourceVocabulary));
        Value target = graph.input(TARGET, new Tokens(targetVocabulary));
        Value memory = blocks.embedded(SOURCE, source, PositionsSpec.sinusoidal());
        for (int i = 0; i < encoderLayers; i++) {
            memory = blocks.encoder(ENCODER + "." + i, memory);
        }
        memory = blocks.end(ENCODER, memory);
        Value x = blocks.embedded(TARGET, target, PositionsSpec.sinusoidal());
        for (int i = 0; i < decoderLayers; i++) {
            x = blocks.decoder("decoder." + i, x, memory);
        }
        return graph.output(blocks.output(blocks.end("decoder", x), TARGET, targetVocabulary));
    }

    /// The encoder of such a network, as a network of its own: from the tokens of the source to its last rows. Close
    /// it.
    ///
    /// @throws IllegalArgumentException if the network is no encoder-decoder
    public static Network encoder(Network network) {
        List<Node> nodes = encoderNodes(network.spec());
        Input source = network.spec().inputs().getFirst();
        return part(
                network, new NetworkSpec(List.of(source), nodes, network.spec().loss()));
    }

    /// The decoder of such a network, as a network of its own: its inputs are [#MEMORY], what comes out of the encoder,
    /// and the tokens of the target so far. Close it.
    ///
    /// @throws IllegalArgumentException if the network is no encoder-decoder
    public static Network decoder(Network network) {
        NetworkSpec spec = network.spec();
        List<Node> encoder = encoderNodes(spec);
        String last = encoder.getLast().name();
        List<Node> nodes = spec.nodes().stream()
                .filter(node -> !encoder.contains(node))
                .map(node -> new Node(
                        node.name(),
                        node.layer(),
                        node.from().stream()
                                .map(name -> name.equals(last) ? MEMORY : name)
                                .toList()))
                .toList();
        List<Input> inputs =
                List.of(new Input(MEMORY, spec.shape(last)), spec.inputs().getLast());
        return part(network, new NetworkSpec(inputs, nodes, spec.loss()));
    }

    private static List<Node> encoderNodes(NetworkSpec spec) {
        List<String> inputs = spec.inputs().stream().map(Input::name).toList();
        List<Node> nodes = spec.nodes().stream()
                .filter(node ->
                        node.name().startsWith(SOURCE + ".") || node.name().startsWith(ENCODER + "."))
                .toList();
        if (!inputs.equals(List.of(SOURCE, TARGET)) || nodes.isEmpty()) {
            throw new IllegalArgumentException("network %s: must be an encoder and a decoder".formatted(spec));
        }
        return nodes;
    }

    /// A copy of some nodes with their weights.
    private static Network part(Network network, NetworkSpec spec) {
        Map<String, Tensor> tensors = network.tensors();
        tensors.keySet().removeIf(name -> spec.nodes().stream().noneMatch(node -> name.startsWith(node.name() + ".")));
        return Network.of(spec, network.gauge(), tensors);
    }
}
