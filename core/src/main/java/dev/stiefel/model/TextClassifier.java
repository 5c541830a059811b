package dev.stiefel.model;

import static dev.stiefel.nn.LinearSpec.linear;

import dev.stiefel.model.NetworkGraph.Value;
import dev.stiefel.nn.MeanPoolSpec;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.SampleShape.Tokens;

/// A transformer with an encoder alone, whose rows are averaged and classified.
public final class TextClassifier {
    private static final String TEXT = "text";

    private TextClassifier() {}

    /// The network, all weights dense.
    ///
    /// @param vocabulary tokens
    public static NetworkSpec of(TransformerSize size, int vocabulary, int classes) {
        TransformerBlocks blocks = new TransformerBlocks(size);
        return NetworkSpec.of(new Tokens(vocabulary), tokens -> {
            Value x = blocks.embedded(TEXT, tokens, PositionsSpec.sinusoidal());
            for (int i = 0; i < size.layers(); i++) {
                x = blocks.encoder("encoder." + i, x);
            }
            return blocks.end("encoder", x).then("pool", new MeanPoolSpec()).then("output", linear(classes));
        });
    }
}
