package dev.stiefel.nn;

import dev.stiefel.lowrank.TuckerRanks;
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
    /// @param positions rows of a sample that are multiplied by the weight; empty where samples differ
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

        /// A matrix whose rows are looked up, and never multiplied: an embedding.
        public static WeightMatrix table(String name, int rows, int columns, OptionalInt rank, Initializer start) {
            return new WeightMatrix(name, rows, columns, OptionalInt.of(0), rank, start);
        }
    }

    /// A convolution's kernel in Tucker form ([dev.stiefel.lowrank.TuckerFactors]). Weight decay applies to it.
    ///
    /// @param name within the layer
    /// @param rows outputs
    /// @param channels of the input
    /// @param offsets of the kernel, `k`
    /// @param positions of a sample that the kernel moves over
    /// @param inputPositions pixels of a sample
    /// @param ranks initial ranks, which the kernel must be able to have
    record TuckerKernel(
            String name,
            int rows,
            int channels,
            int offsets,
            OptionalInt positions,
            OptionalInt inputPositions,
            TuckerRanks ranks)
            implements ParameterSpec {
        /// Checks sizes and ranks.
        public TuckerKernel {
            if (rows < 1 || channels < 1 || offsets < 1) {
                throw new IllegalArgumentException(
                        "kernel '%s': sides must be at least 1; got %d outputs, %d offsets and %d channels"
                                .formatted(name, rows, offsets, channels));
            }
            TuckerRanks most = ranks.capped(rows, channels, offsets);
            if (!most.equals(ranks)) {
                throw new IllegalArgumentException(
                        "Tucker ranks (%s) must be at most %s for a kernel of %d outputs, %d offsets and %d channels"
                                .formatted(ranks, most, rows, offsets, channels));
            }
        }

        /// Columns of the kernel as a matrix, `k` times the channels.
        public int columns() {
            return Math.multiplyExact(offsets, channels);
        }

        /// Numbers of its factors.
        public long parameters() {
            return ranks.parameters(rows, channels, offsets);
        }

        /// Multiply-adds of a sample: `in r_i` a pixel, and `k r_i r_o + r_o out` a position.
        public long multiplyAdds() {
            long core = (long) offsets * ranks.in() * ranks.out() + (long) ranks.out() * rows;
            return inputPositions.orElse(1) * (long) channels * ranks.in() + positions.orElse(1) * core;
        }

        /// The same with other ranks.
        public TuckerKernel withRanks(TuckerRanks newRanks) {
            return new TuckerKernel(name, rows, channels, offsets, positions, inputPositions, newRanks);
        }
    }

    /// A vector: a bias, a scale.
    ///
    /// @param name within the layer
    /// @param size at least 1
    /// @param decay selects weight decay or none
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
    /// @param rows required number of rows
    /// @param columns required number of columns
    /// @param positions rows of a sample that meet it here; empty where samples differ
    record Tied(String name, String of, int rows, int columns, OptionalInt positions) implements ParameterSpec {}

    private static void requireSize(String name, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("'%s': size must be at least 1; got %d".formatted(name, size));
        }
    }
}
