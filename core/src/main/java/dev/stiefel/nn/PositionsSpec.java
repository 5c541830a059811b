package dev.stiefel.nn;

import dev.stiefel.nn.ParameterSpec.WeightMatrix;
import java.util.List;
import java.util.OptionalInt;

/// Adds to each row of a sequence a vector that belongs to its position: [Positions].
///
/// @param kind source of the vectors
/// @param most longest sequence that learned positions can take; 0 for sinusoidal ones, which have no limit
public record PositionsSpec(Kind kind, int most) implements LayerSpec {
    private static final String WEIGHT = "weight";
    private static final double DEVIATION = 0.02; // of the initial values, as in GPT-2

    /// Source of the vectors.
    public enum Kind {
        /// Sines and cosines of wavelengths from `2π` to `20,000 π` (Vaswani et al. 2017, [arXiv
        /// 1706.03762](https://arxiv.org/abs/1706.03762), section 3.5).
        SINUSOIDAL,
        /// A trained matrix `[most, columns]`.
        LEARNED
    }

    /// Checks the numbers.
    public PositionsSpec {
        if (kind == Kind.LEARNED ? most < 1 : most != 0) {
            throw new IllegalArgumentException(
                    "positions: the longest sequence must be at least 1 for learned positions, and 0 for others; got %d"
                            .formatted(most));
        }
    }

    /// Sines and cosines.
    public static PositionsSpec sinusoidal() {
        return new PositionsSpec(Kind.SINUSOIDAL, 0);
    }

    /// Trained vectors.
    ///
    /// @param most longest sequence
    public static PositionsSpec learned(int most) {
        return new PositionsSpec(Kind.LEARNED, most);
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("positions", inputs);
        if (input instanceof SampleShape.Tokens) {
            throw new IllegalArgumentException(
                    "positions: are added to rows of an embedding; got %s; put an embedding before them"
                            .formatted(input));
        }
        OptionalInt rows = input.rows();
        if (kind == Kind.LEARNED && rows.isPresent() && rows.getAsInt() > most) {
            throw new IllegalArgumentException(
                    "positions: samples must have at most %d rows; got %s".formatted(most, input));
        }
        return input;
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        int columns = Shapes.one("positions", inputs).columns();
        return switch (kind) {
            case SINUSOIDAL -> List.of();
            case LEARNED ->
                List.of(WeightMatrix.table(WEIGHT, most, columns, OptionalInt.empty(), Initializer.normal(DEVIATION)));
        };
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        int columns = Shapes.one("positions", inputs).columns();
        return new Positions(
                name,
                switch (kind) {
                    case SINUSOIDAL -> new PositionVectors.Sinusoidal(columns);
                    case LEARNED -> PositionVectors.Learned.of(name, kept.parameter(WEIGHT));
                });
    }
}
