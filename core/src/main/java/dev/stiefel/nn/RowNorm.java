package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.rowDotsInto;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/// Sweeps of layer normalization over rows: some rows at a time, through arrays that stay in the cache.
interface RowNorm {
    /// Destination of the gradient of a vector.
    ///
    /// @param values `[columns]`
    /// @param how writes or adds
    record Place(Tensor values, Accumulation how) {}

    /// For rows of this many columns.
    ///
    /// @param scope scope of its memory
    static RowNorm of(Scope scope, DType type, int columns, double epsilon) {
        return type == DType.FLOAT32 ? new Floats(scope, columns, epsilon) : new Doubles(columns, epsilon);
    }

    /// `y ← scale ∘ x̂ + bias`.
    ///
    /// @param moments `[rows, 2]`: becomes `μ` and `ρ` of each row
    void normalize(Tensor x, Tensor scale, Tensor bias, Tensor y, Tensor moments);

    /// The gradients of scale, `Σ delta ∘ x̂`, and of bias, `Σ delta`, where they are wanted, and what
    /// [#inputGradient] needs of `g = scale ∘ delta`.
    ///
    /// @param means `[rows, 2]`: becomes `mean(g)` and `mean(g ∘ x̂)` of each row
    void backward(
            Tensor delta,
            Tensor x,
            Tensor moments,
            Tensor scale,
            Tensor means,
            Optional<Place> ofScale,
            Optional<Place> ofBias);

    /// `into ← ρ (g − mean(g) − x̂ mean(g ∘ x̂))`, or what it was plus that.
    ///
    /// @param means as [#backward] left them
    void inputGradient(
            Tensor delta, Tensor x, Tensor moments, Tensor scale, Tensor means, Tensor into, Accumulation how);

    /// Single precision. Sums along rows are products by the engine, because the compiler does not vectorize sums.
    final class Floats implements RowNorm {
        private static final int STRETCH = 2048; // elements of an array; five of them fit the first-level cache
        private static final int CHUNKS = 8; // in a block, whose products lie in the second-level cache
        private static final int ROUNDS = 8; // blocks whose column sums are of single precision

        /// A ratio: if the mean square of a row is more than this many times its variance, their difference has
        /// lost digits.
        private static final int FAR = 16;

        private final int width;
        private final double epsilon;
        private final int rowsAtOnce;
        private final Tensor ones; // [1, width]
        private final Tensor block; // [CHUNKS · rowsAtOnce, width]
        private final float[] x;
        private final float[] g;
        private final float[] tiled;
        private final float[] more;
        private final float[] products;
        private final float[] moment;
        private final float[] mean;

        Floats(Scope scope, int width, double epsilon) {
            this.width = width;
            this.epsilon = epsilon;
            this.rowsAtOnce = Math.max(1, STRETCH / width);
            this.ones = scope.zeros(DType.FLOAT32, 1, width);
            this.block = scope.uninitialized(DType.FLOAT32, CHUNKS * rowsAtOnce, width);
            int most = rowsAtOnce * width;
            this.x = new float[most];
            this.g = new float[most];
            this.tiled = new float[most];
            this.more = new float[most];
            this.products = new float[most];
            this.moment = new float[2 * rowsAtOnce];
            this.mean = new float[2 * rowsAtOnce];
            Arrays.fill(x, 1);
            ones.writeRows(0, 1, x);
        }

        private void tile(Tensor vector, float[] into) {
            vector.read(0, into, 0, width);
            for (int at = width; at < into.length; at += width) {
                System.arraycopy(into, 0, into, at, width);
            }
        }

        @Override
        public void normalize(Tensor from, Tensor scale, Tensor bias, Tensor y, Tensor moments) {
            int all = from.rows();
            Tensor sums = moments.rows(0, all);
            addMatmulNTInPlace(sums.columnRange(0, 1), 0, 1.0 / width, from, ones);
            rowDotsInto(sums.columnRange(1, 2), from, from);
            tile(scale, tiled);
            tile(bias, more);
            for (int row = 0; row < all; row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, all - row);
                from.readRows(row, rows, x);
                moments.readRows(row, rows, moment);
                for (int i = 0; i < rows; i++) {
                    normalize(i);
                }
                y.writeRows(row, rows, x);
                moments.writeRows(row, rows, moment);
            }
        }

        /// Makes row `i` of the chunk `scale ∘ x̂ + bias`, and its sum of squares `ρ`.
        private void normalize(int i) {
            int from = i * width;
            float center = moment[2 * i];
            double square = moment[2 * i + 1] / width;
            double variance = square - (double) center * center;
            if (!(square <= FAR * variance)) {
                variance = variance(from, center);
            }
            float root = (float) (1 / Math.sqrt(variance + epsilon));
            for (int j = from; j < from + width; j++) {
                x[j] = tiled[j] * ((x[j] - center) * root) + more[j];
            }
            moment[2 * i + 1] = root;
        }

        private double variance(int from, float center) {
            double sum = 0;
            for (int j = from; j < from + width; j++) {
                sum += (double) (x[j] - center) * (x[j] - center);
            }
            return sum / width;
        }

        /// Reads a chunk as `x̂`.
        private void readStandardized(Tensor from, Tensor moments, int row, int rows) {
            from.readRows(row, rows, x);
            moments.readRows(row, rows, moment);
            for (int i = 0; i < rows; i++) {
                float center = moment[2 * i];
                float root = moment[2 * i + 1];
                for (int j = i * width; j < (i + 1) * width; j++) {
                    x[j] = (x[j] - center) * root;
                }
            }
        }

        @Override
        public void backward(
                Tensor delta,
                Tensor from,
                Tensor moments,
                Tensor scale,
                Tensor means,
                Optional<Place> ofScale,
                Optional<Place> ofBias) {
            int all = from.rows();
            Tensor factors = scale.slice(0, 1, width);
            addMatmulNTInPlace(means.rows(0, all).columnRange(0, 1), 0, 1.0 / width, delta, factors);
            double[] scaleSums = new double[width];
            double[] biasSums = new double[width];
            float[] deltas = more;
            Arrays.fill(products, 0);
            Arrays.fill(deltas, 0);
            for (int row = 0, round = 1; row < all; row += block.rows(), round++) {
                int rows = Math.min(block.rows(), all - row);
                for (int at = 0; at < rows; at += rowsAtOnce) {
                    int count = Math.min(rowsAtOnce, rows - at);
                    readStandardized(from, moments, row + at, count);
                    delta.readRows(row + at, count, g);
                    multiply(count * width, deltas);
                    block.writeRows(at, count, x);
                }
                Tensor into = means.rows(row, row + rows).columnRange(1, 2);
                addMatmulNTInPlace(into, 0, 1.0 / width, block.rows(0, rows), factors);
                if (round % ROUNDS == 0) {
                    drain(products, scaleSums);
                    drain(deltas, biasSums);
                }
            }
            drain(products, scaleSums);
            drain(deltas, biasSums);
            ofScale.ifPresent(place -> put(scaleSums, place));
            ofBias.ifPresent(place -> put(biasSums, place));
        }

        /// Multiplies `x` by `g`, and adds `g` and the products to column sums.
        private void multiply(int count, float[] deltas) {
            for (int j = 0; j < count; j++) {
                deltas[j] += g[j];
                x[j] *= g[j];
            }
            for (int j = 0; j < count; j++) {
                products[j] += x[j];
            }
        }

        private void drain(float[] from, double[] into) {
            for (int at = 0; at < from.length; at += width) {
                for (int j = 0; j < width; j++) {
                    into[j] += from[at + j];
                }
            }
            Arrays.fill(from, 0);
        }

        private void put(double[] sums, Place place) {
            if (place.how() == Accumulation.ADD) {
                place.values().read(0, g, 0, width);
                for (int j = 0; j < width; j++) {
                    sums[j] += g[j];
                }
            }
            for (int j = 0; j < width; j++) {
                g[j] = (float) sums[j];
            }
            place.values().write(0, g, 0, width);
        }

        @Override
        public void inputGradient(
                Tensor delta, Tensor from, Tensor moments, Tensor scale, Tensor means, Tensor into, Accumulation how) {
            tile(scale, tiled);
            Arrays.fill(more, 0);
            for (int row = 0; row < from.rows(); row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, from.rows() - row);
                from.readRows(row, rows, x);
                delta.readRows(row, rows, g);
                moments.readRows(row, rows, moment);
                means.readRows(row, rows, mean);
                if (how == Accumulation.ADD) {
                    into.readRows(row, rows, more);
                }
                for (int i = 0; i < rows; i++) {
                    addGradient(i);
                }
                into.writeRows(row, rows, g);
            }
        }

        /// Adds the gradient of row `i` of the chunk to `more`, and leaves the sum in `g`.
        private void addGradient(int i) {
            float root = moment[2 * i + 1];
            float slope = root * root * mean[2 * i + 1];
            float shift = root * mean[2 * i];
            float center = moment[2 * i];
            for (int j = i * width; j < (i + 1) * width; j++) {
                g[j] = more[j] + (g[j] * tiled[j] * root - shift - (x[j] - center) * slope);
            }
        }
    }

    /// Double precision, for tests of the mathematics: the same, row by row.
    final class Doubles implements RowNorm {
        private final int width;
        private final double epsilon;

        Doubles(int width, double epsilon) {
            this.width = width;
            this.epsilon = epsilon;
        }

        @Override
        public void normalize(Tensor x, Tensor scale, Tensor bias, Tensor y, Tensor moments) {
            double[] factors = scale.toDoubles();
            double[] shifts = bias.toDoubles();
            for (int i = 0; i < x.rows(); i++) {
                double[] row = x.rows(i, i + 1).toDoubles();
                double mean = Arrays.stream(row).sum() / width;
                double variance = Arrays.stream(row)
                                .map(value -> (value - mean) * (value - mean))
                                .sum()
                        / width;
                double root = 1 / Math.sqrt(variance + epsilon);
                for (int j = 0; j < width; j++) {
                    y.set(i, j, factors[j] * ((row[j] - mean) * root) + shifts[j]);
                }
                moments.set(i, 0, mean);
                moments.set(i, 1, root);
            }
        }

        private double standardized(Tensor x, Tensor moments, int i, int j) {
            return (x.get(i, j) - moments.get(i, 0)) * moments.get(i, 1);
        }

        @Override
        public void backward(
                Tensor delta,
                Tensor x,
                Tensor moments,
                Tensor scale,
                Tensor means,
                Optional<Place> ofScale,
                Optional<Place> ofBias) {
            double[] factors = scale.toDoubles();
            double[] scaleSums = new double[width];
            double[] biasSums = new double[width];
            for (int i = 0; i < x.rows(); i++) {
                double mean = 0;
                double along = 0;
                for (int j = 0; j < width; j++) {
                    double own = standardized(x, moments, i, j);
                    scaleSums[j] += delta.get(i, j) * own;
                    biasSums[j] += delta.get(i, j);
                    mean += delta.get(i, j) * factors[j] / width;
                    along += delta.get(i, j) * factors[j] * own / width;
                }
                means.set(i, 0, mean);
                means.set(i, 1, along);
            }
            ofScale.ifPresent(place -> put(scaleSums, place));
            ofBias.ifPresent(place -> put(biasSums, place));
        }

        private void put(double[] sums, Place place) {
            double[] there = place.how() == Accumulation.ADD ? place.values().toDoubles() : new double[width];
            Arrays.setAll(there, j -> there[j] + sums[j]);
            place.values().setAll(there);
        }

        @Override
        public void inputGradient(
                Tensor delta, Tensor x, Tensor moments, Tensor scale, Tensor means, Tensor into, Accumulation how) {
            double[] factors = scale.toDoubles();
            for (int i = 0; i < x.rows(); i++) {
                for (int j = 0; j < width; j++) {
                    double g = delta.get(i, j) * factors[j];
                    double value = moments.get(i, 1)
                            * (g - means.get(i, 0) - means.get(i, 1) * standardized(x, moments, i, j));
                    into.set(i, j, how == Accumulation.ADD ? into.get(i, j) + value : value);
                }
            }
        }
    }
}
