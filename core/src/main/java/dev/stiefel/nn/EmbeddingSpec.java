package dev.stiefel.nn;

import dev.stiefel.nn.ParameterSpec.WeightMatrix;
import java.util.List;
import java.util.OptionalInt;

/// A row of a weight matrix for every token: [Embedding]. A later [LinearSpec] may use the same matrix
/// ([LinearSpec#tiedTo]).
///
/// @param columns of the output
/// @param scale factor of the rows: `√columns` in "Attention is all you need"
/// @param rank initial rank of a factored weight; empty for a dense one
public record EmbeddingSpec(int columns, double scale, OptionalInt rank) implements LayerSpec {
    private static final String WEIGHT = "weight";

    /// Checks the numbers.
    public EmbeddingSpec {
        if (columns < 1) {
            throw new IllegalArgumentException("embedding: columns must be at least 1; got " + columns);
        }
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("embedding: scale must be above 0 and finite; got " + scale);
        }
    }

    /// A dense embedding without a scale.
    public static EmbeddingSpec embedding(int columns) {
        return new EmbeddingSpec(columns, 1, OptionalInt.empty());
    }

    /// The same with another scale.
    public EmbeddingSpec scale(double newScale) {
        return new EmbeddingSpec(columns, newScale, rank);
    }

    /// The same with its weight held as factors of this initial rank.
    public EmbeddingSpec rank(int newRank) {
        return new EmbeddingSpec(columns, scale, OptionalInt.of(newRank));
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        tokens(inputs);
        return new SampleShape.Sequence(columns);
    }

    private static SampleShape.Tokens tokens(List<SampleShape> inputs) {
        if (!(Shapes.one("embedding", inputs) instanceof SampleShape.Tokens tokens)) {
            throw new IllegalArgumentException("embedding: takes tokens; got " + inputs.getFirst());
        }
        return tokens;
    }

    /// Initial values are normal numbers of standard deviation `1/√columns`, so that rows have norm 1.
    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        int vocabulary = tokens(inputs).vocabulary();
        Initializer start = Initializer.normal(1 / Math.sqrt(columns));
        return List.of(WeightMatrix.table(WEIGHT, vocabulary, columns, rank, start));
    }

    @Override
    public EmbeddingSpec withRank(String weight, OptionalInt newRank) {
        if (!weight.equals(WEIGHT)) {
            throw new IllegalArgumentException("embedding: there is no weight '%s'".formatted(weight));
        }
        return new EmbeddingSpec(columns, scale, newRank);
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Embedding(name, kept.parameter(WEIGHT), scale);
    }
}
