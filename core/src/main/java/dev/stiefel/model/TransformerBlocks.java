package dev.stiefel.model;

import static dev.stiefel.nn.DropoutSpec.dropout;
import static dev.stiefel.nn.EmbeddingSpec.embedding;
import static dev.stiefel.nn.LayerNormSpec.layerNorm;
import static dev.stiefel.nn.LinearSpec.linear;

import dev.stiefel.model.NetworkGraph.Value;
import dev.stiefel.model.TransformerSize.NormPlacement;
import dev.stiefel.model.TransformerSize.OutputWeight;
import dev.stiefel.nn.AdditionSpec;
import dev.stiefel.nn.AttentionSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.PositionsSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/// The parts of transformers.
///
/// @param size of all of them
record TransformerBlocks(TransformerSize size) {
    private static final String EMBEDDING = ".embedding";

    /// Vectors of tokens and of their positions.
    ///
    /// @param name of the tokens: `source`
    Value embedded(String name, Value tokens, PositionsSpec positions) {
        double scale = positions.kind() == PositionsSpec.Kind.SINUSOIDAL ? Math.sqrt(size.width()) : 1;
        Value x = tokens.then(name + EMBEDDING, embedding(size.width()).scale(scale))
                .then(name + ".positions", positions);
        return dropped(name + ".dropout", x);
    }

    /// A block of an encoder.
    Value encoder(String name, Value x) {
        Value attended = residual(name + ".self", x, in -> attention(name + ".self", in, in, AttentionSpec.Mask.NONE));
        return feedForward(name, attended);
    }

    /// A block of a decoder without an encoder.
    Value decoder(String name, Value x) {
        return feedForward(name, causal(name, x));
    }

    /// A block of a decoder.
    ///
    /// @param memory output of the encoder
    Value decoder(String name, Value x, Value memory) {
        Value attended = residual(
                name + ".cross",
                causal(name, x),
                in -> attention(name + ".cross", in, memory, AttentionSpec.Mask.NONE));
        return feedForward(name, attended);
    }

    private Value causal(String name, Value x) {
        return residual(name + ".self", x, in -> attention(name + ".self", in, in, AttentionSpec.Mask.CAUSAL));
    }

    private Value attention(String name, Value x, Value memory, AttentionSpec.Mask mask) {
        Value queries = x.then(name + ".query", linear(size.width()));
        Value keys = memory.then(name + ".key", linear(size.width()));
        Value values = memory.then(name + ".value", linear(size.width()));
        return queries.with(List.of(keys, values), name + ".attention", new AttentionSpec(size.heads(), mask))
                .then(name + ".output", linear(size.width()));
    }

    private Value feedForward(String name, Value x) {
        String own = name + ".feedforward";
        return residual(
                own,
                x,
                in -> in.then(own + ".inner", linear(size.inner()).activation(size.activation()))
                        .then(own + ".output", linear(size.width())));
    }

    private Value residual(String name, Value x, UnaryOperator<Value> part) {
        boolean before = size.norm() == NormPlacement.BEFORE;
        Value in = before ? x.then(name + ".norm", layerNorm()) : x;
        Value out = dropped(name + ".dropout", part.apply(in));
        Value sum = out.with(List.of(x), name + ".sum", new AdditionSpec());
        return before ? sum : sum.then(name + ".norm", layerNorm());
    }

    private Value dropped(String name, Value x) {
        return size.dropout() == 0 ? x : x.then(name, dropout(size.dropout()));
    }

    /// The end of a stack of blocks.
    Value end(String name, Value x) {
        return size.norm() == NormPlacement.BEFORE ? x.then(name + ".norm", layerNorm()) : x;
    }

    /// The output layer.
    ///
    /// @param tokens name of the tokens that it puts out, as [#embedded] was given it
    Value output(Value x, String tokens, int vocabulary) {
        LinearSpec last = linear(vocabulary);
        return x.then(
                "output", size.output() == OutputWeight.TIED ? last.tiedTo(tokens + EMBEDDING + ".weight") : last);
    }
}
