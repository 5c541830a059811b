package dev.stiefel.nn;

import dev.stiefel.lowrank.WeightDecay;
import java.util.OptionalInt;

/// Description of something a layer keeps between passes. Names are local to the layer: `weight`, `bias`.
public sealed interface ParameterSpec {
    /// Name within the layer.
    String name();

    /// A weight matrix: dense, or held as factors of an initial rank. Weight decay applies to it.
    ///
    /// @param name within the layer
    /// @param rows outputs, `m`
    /// @param columns inputs, `n`
    /// @param positions rows of a sample that meet the weight; empty where samples differ
    /// @param rank initial rank of its factors; empty for a dense one
    /// @param start initial values of a dense one
    record WeightMatrix(String name, int rows, int columns, OptionalInt positions, OptionalInt rank, Initializer start)
            implements ParameterSpec {
        /// Checks sizes and rank.
        public WeightMatrix {
            if (rows < 1 || columns < 1) {
                throw new IllegalArgumentException(
                        "weight '%s': sides must be at least 1; got [%d, %d]".formatted(name, rows, columns));
            }
            int limit = Math.min(rows, columns);
            if (rank.isPresent() && (rank.getAsInt() < 1 || rank.getAsInt() > limit)) {
                throw new IllegalArgumentException("rank (%d) must be in [1, %d] for a [%d, %d] weight"
                        .formatted(rank.getAsInt(), limit, rows, columns));
            }
        }
    }

    /// A vector: a bias, a scale.
    ///
    /// @param name within the layer
    /// @param size at least 1
    /// @param decay whether weight decay applies to it
    /// @param start initial values
    record Vector(String name, int size, WeightDecay decay, Initializer start) implements ParameterSpec {
        /// Checks the size.
        public Vector {
            requireSize(name, size);
        }
    }

    /// A running statistic: saved with the network, not trained.
    ///
    /// @param name within the layer
    /// @param size at least 1
    /// @param start initial values
    record Statistic(String name, int size, Initializer start) implements ParameterSpec {
        /// Checks the size.
        public Statistic {
            requireSize(name, size);
        }
    }

    /// A weight matrix that belongs to an earlier layer, and is used here as well. Vectors and
    /// statistics cannot be shared.
    ///
    /// @param name within this layer
    /// @param of full name of the other: `embedding.weight`
    /// @param rows that it must have
    /// @param columns that it must have
    /// @param positions rows of a sample that meet it here; empty where samples differ
    record Tied(String name, String of, int rows, int columns, OptionalInt positions) implements ParameterSpec {}

    private static void requireSize(String name, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("'%s': size must be at least 1; got %d".formatted(name, size));
        }
    }
}
