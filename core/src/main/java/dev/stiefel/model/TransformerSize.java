package dev.stiefel.model;

import dev.stiefel.nn.Activation;

/// Sizes of a transformer, and how its blocks are put together.
///
/// @param layers blocks of the encoder, and as many of the decoder
/// @param width columns of the rows between blocks
/// @param heads of each attention; a divisor of the width
/// @param inner columns between the two layers of a feed-forward block
/// @param dropout probability of a value to be set to 0, behind the positions and behind each part of a block
/// @param norm placement of the normalization of rows
/// @param activation of the feed-forward blocks
/// @param output matrix of the output layer
public record TransformerSize(
        int layers,
        int width,
        int heads,
        int inner,
        double dropout,
        NormPlacement norm,
        Activation activation,
        OutputWeight output) {
    /// Placement of the normalization of rows.
    public enum NormPlacement {
        /// Behind the sum of a part and what went into it, as in "Attention is all you need".
        AFTER,
        /// Before each part, and once more at the end (Xiong et al. 2020, [arXiv
        /// 2002.04745](https://arxiv.org/abs/2002.04745)).
        BEFORE
    }

    /// Matrix of the output layer.
    public enum OutputWeight {
        /// One of its own.
        OWN,
        /// The embedding's matrix (Press & Wolf 2017, [arXiv 1608.05859](https://arxiv.org/abs/1608.05859)).
        TIED
    }

    /// Checks the numbers.
    public TransformerSize {
        requirePositive("layers", layers);
        requirePositive("width", width);
        requirePositive("heads", heads);
        requirePositive("inner width", inner);
        if (width % heads != 0) {
            throw new IllegalArgumentException(
                    "transformer: heads must divide the width; got %d heads and a width of %d".formatted(heads, width));
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("transformer: dropout must be in [0, 1); got " + dropout);
        }
    }

    static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("transformer: %s must be at least 1; got %d".formatted(name, value));
        }
    }

    /// Normalized behind each part, with ReLU, dropout 0.1 and an output weight of its own: the form of "Attention is
    /// all you need" (Vaswani et al. 2017, [arXiv 1706.03762](https://arxiv.org/abs/1706.03762)).
    public static TransformerSize published(int layers, int width, int heads, int inner) {
        return new TransformerSize(
                layers, width, heads, inner, 0.1, NormPlacement.AFTER, Activation.RELU, OutputWeight.OWN);
    }

    /// Four blocks of width 128 with 8 heads and an inner width of 512.
    public static TransformerSize small() {
        return published(4, 128, 8, 512);
    }

    /// Six blocks of width 512 with 8 heads and an inner width of 2,048.
    public static TransformerSize big() {
        return published(6, 512, 8, 2048);
    }

    /// The form of GPT-2: normalized before each part, with GELU, without dropout, the output tied to the embedding.
    public static TransformerSize generative(int layers, int width, int heads) {
        return new TransformerSize(
                layers, width, heads, 4 * width, 0, NormPlacement.BEFORE, Activation.GELU, OutputWeight.TIED);
    }

    /// The same with another dropout.
    public TransformerSize dropout(double rate) {
        return new TransformerSize(layers, width, heads, inner, rate, norm, activation, output);
    }

    /// The same with rows normalized elsewhere.
    public TransformerSize norm(NormPlacement placement) {
        return new TransformerSize(layers, width, heads, inner, dropout, placement, activation, output);
    }

    /// The same with another activation.
    public TransformerSize activation(Activation newActivation) {
        return new TransformerSize(layers, width, heads, inner, dropout, norm, newActivation, output);
    }

    /// The same with another output weight.
    public TransformerSize output(OutputWeight weight) {
        return new TransformerSize(layers, width, heads, inner, dropout, norm, activation, weight);
    }
}
