package dev.stiefel.model;

import dev.stiefel.model.NetworkGraph.Value;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.SampleShape.Tokens;

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

    private EncoderDecoder() {}

    /// The network, all weights dense.
    ///
    /// @param sourceVocabulary tokens of the source
    /// @param targetVocabulary tokens of the target
    public static NetworkSpec of(TransformerSize size, int sourceVocabulary, int targetVocabulary) {
        TransformerBlocks blocks = new TransformerBlocks(size);
        NetworkGraph graph = new NetworkGraph();
        Value source = graph.input(SOURCE, new Tokens(sourceVocabulary));
        Value target = graph.input(TARGET, new Tokens(targetVocabulary));
        Value memory = blocks.embedded(SOURCE, source, PositionsSpec.sinusoidal());
        for (int i = 0; i < size.layers(); i++) {
            memory = blocks.encoder("encoder." + i, memory);
        }
        memory = blocks.end("encoder", memory);
        Value x = blocks.embedded(TARGET, target, PositionsSpec.sinusoidal());
        for (int i = 0; i < size.layers(); i++) {
            x = blocks.decoder("decoder." + i, x, memory);
        }
        return graph.output(blocks.output(blocks.end("decoder", x), TARGET, targetVocabulary));
    }
}
