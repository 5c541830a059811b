package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// A vector for each position of a sequence.
sealed interface PositionVectors {
    /// The vectors of the positions `0 … count − 1`, `[count, columns]`.
    ///
    /// @param scope scope of the vectors, unless they are a parameter
    /// @throws IllegalArgumentException if there are not so many
    Tensor first(Scope scope, DType type, int count);

    /// Positions that an exported model knows.
    int exported();

    /// The trained parameters.
    List<Parameter> parameters();

    /// `p_{i, 2k} = sin(i / 10000^{2k/columns})`, and the cosine of the same for `2k + 1`.
    record Sinusoidal(int columns) implements PositionVectors {
        private static final double LONGEST = 10_000;
        private static final int EXPORTED = 2048;

        @Override
        public Tensor first(Scope scope, DType type, int count) {
            double[] values = new double[Math.multiplyExact(count, columns)];
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < columns; j++) {
                    double angle = i / Math.pow(LONGEST, (double) (j - j % 2) / columns);
                    values[i * columns + j] = j % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
                }
            }
            Tensor made = scope.uninitialized(type, count, columns);
            made.setAll(values);
            return made;
        }

        @Override
        public int exported() {
            return EXPORTED;
        }

        @Override
        public List<Parameter> parameters() {
            return List.of();
        }
    }

    /// Rows of a trained matrix.
    record Learned(String layer, DenseParameter weight) implements PositionVectors {
        static Learned of(String layer, Parameter weight) {
            if (!(weight instanceof DenseParameter dense)) {
                throw new IllegalArgumentException("positions '%s': must be dense; got factors".formatted(layer));
            }
            return new Learned(layer, dense);
        }

        @Override
        public Tensor first(Scope scope, DType type, int count) {
            int most = weight.value().rows();
            if (count > most) {
                throw new IllegalArgumentException(
                        "positions '%s': sequences must have at most %d rows; got %d; give shorter ones, or train a network that takes longer ones"
                                .formatted(layer, most, count));
            }
            return weight.value().rows(0, count);
        }

        @Override
        public int exported() {
            return weight.value().rows();
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(weight);
        }
    }
}
