package dev.stiefel.model;

import dev.stiefel.model.NetworkGraph.Value;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.SampleShape.Tokens;

/// A transformer with a decoder alone (Radford et al. 2019, GPT-2): for each token of a text, the logits of the token
/// that follows.
public final class LanguageModel {
    private static final String TEXT = "text";

    private LanguageModel() {}

    /// The network, all weights dense.
    ///
    /// @param vocabulary tokens
    /// @param positions positions, which limit the length of sequences
    public static NetworkSpec of(TransformerSize size, int vocabulary, PositionsSpec positions) {
        TransformerBlocks blocks = new TransformerBlocks(size);
        return NetworkSpec.of(new Tokens(vocabulary), tokens -> {
            Value x = blocks.embedded(TEXT, tokens, positions);
            for (int i = 0; i < size.layers(); i++) {
                x = blocks.decoder("decoder." + i, x);
            }
            return blocks.output(blocks.end("decoder", x), TEXT, vocabulary);
        });
    }
}
