package dev.stiefel.nn;

import java.util.List;

/// Multi-head attention over rows of the same sample: [Attention]. It takes queries, keys and values, as linear
/// layers before it make them, and has no weights of its own; another linear layer behind it mixes the heads.
///
/// Queries are `[*, d]`, keys `[*, d]` and values `[*, e]`, all of the same samples; a sample must have as many
/// keys as values. The output is `[*, e]`, with as many rows as there are queries.
///
/// @param heads number of heads that share the columns; a divisor of `d` and of `e`
/// @param mask keys that a query sees
public record AttentionSpec(int heads, Mask mask) implements LayerSpec {
    /// The keys that a query sees.
    public enum Mask {
        /// All of them.
        NONE,
        /// Keys at its own position and before: a sample must have as many queries as keys.
        CAUSAL
    }

    /// Checks the number.
    public AttentionSpec {
        if (heads < 1) {
            throw new IllegalArgumentException("attention: heads must be at least 1; got " + heads);
        }
    }

    /// Every query sees every key.
    public static AttentionSpec attention(int heads) {
        return new AttentionSpec(heads, Mask.NONE);
    }

    /// Attention in which a query sees the keys at its own position and before.
    public static AttentionSpec causalAttention(int heads) {
        return new AttentionSpec(heads, Mask.CAUSAL);
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        if (inputs.size() != 3) {
            throw new IllegalArgumentException(
                    "attention: takes three inputs: queries, keys and values; got %d".formatted(inputs.size()));
        }
        SampleShape queries = inputs.getFirst();
        SampleShape keys = inputs.get(1);
        SampleShape values = inputs.get(2);
        if (queries.columns() != keys.columns()) {
            throw new IllegalArgumentException(
                    "attention: queries and keys must have the same columns; got %s and %s".formatted(queries, keys));
        }
        if (queries.columns() % heads != 0 || values.columns() % heads != 0) {
            throw new IllegalArgumentException(
                    "attention: %d heads must divide the columns; got queries %s and values %s"
                            .formatted(heads, queries, values));
        }
        requireRows("keys and values", keys, values);
        if (mask == Mask.CAUSAL) {
            requireRows("queries and keys", queries, keys);
        }
        return Shapes.withColumns(queries, values.columns());
    }

    private static void requireRows(String what, SampleShape one, SampleShape other) {
        if (!one.rows().equals(other.rows())) {
            throw new IllegalArgumentException(
                    "attention: %s must have the same rows; got %s and %s".formatted(what, one, other));
        }
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Attention(name, heads, mask, inputs.getFirst().columns());
    }
}
