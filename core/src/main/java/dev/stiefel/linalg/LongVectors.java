package dev.stiefel.linalg;

import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;

/// Sums over long vectors, shared between threads.
///
/// A vector (gapless) is cut into pieces of a fixed length, whatever the number of threads, and pieces
/// are summed in their order, so results do not depend on how many threads there are. Short vectors
/// stay on the calling thread. Not to be called from a task of the same threads.
public final class LongVectors {
    private static final int PIECE = 1 << 14; // elements: above the cost of waking a thread

    private LongVectors() {}

    private interface OnPiece {
        void apply(Tensor y, Tensor x);
    }

    /// `y ← y + alpha x`, of equal shapes.
    public static void axpyInPlace(Threads threads, Tensor y, double alpha, Tensor x) {
        forEach(threads, List.of(y), List.of(x), (yPiece, xPiece) -> Ops.axpyInPlace(yPiece, alpha, xPiece));
    }

    /// `y ← y + x` for each pair of equal shapes.
    public static void addInPlace(Threads threads, List<Tensor> ys, List<Tensor> xs) {
        forEach(threads, ys, xs, (y, x) -> Ops.axpyInPlace(y, 1, x));
    }

    /// `y ← beta y + alpha x`, of equal shapes.
    public static void axpbyInPlace(Threads threads, double beta, Tensor y, double alpha, Tensor x) {
        forEach(threads, List.of(y), List.of(x), (yPiece, xPiece) -> {
            Ops.scaleInPlace(yPiece, beta);
            Ops.axpyInPlace(yPiece, alpha, xPiece);
        });
    }

    /// `x ← alpha x`, for each of these.
    public static void scaleInPlace(Threads threads, List<Tensor> xs, double alpha) {
        forEach(threads, xs, xs, (x, same) -> Ops.scaleInPlace(x, alpha));
    }

    /// The sum of the squares of all elements of these.
    public static double sumOfSquares(Threads threads, List<Tensor> xs) {
        List<Tensor> pieces = pieces(xs);
        double[] sums = new double[pieces.size()];
        run(threads, xs, sums.length, i -> sums[i] = Ops.dot(pieces.get(i), pieces.get(i)));
        double sum = 0;
        for (double each : sums) {
            sum += each;
        }
        return sum;
    }

    /// `y ← y + alpha sign(x)`, of equal shapes; `sign(0)` is 0.
    ///
    /// @return the sum of the absolute values of `x`
    public static double addSignsInPlace(Threads threads, Tensor y, double alpha, Tensor x) {
        if (y.size() != x.size()) {
            throw new IllegalArgumentException("signs: vectors must be of equal sizes; got %s and %s".formatted(y, x));
        }
        List<Tensor> ys = pieces(List.of(y));
        List<Tensor> xs = pieces(List.of(x));
        double[] sums = new double[xs.size()];
        run(threads, List.of(x), sums.length, i -> sums[i] = addSigns(ys.get(i), alpha, xs.get(i)));
        return DoubleStream.of(sums).reduce(0, Double::sum);
    }

    private static double addSigns(Tensor y, double alpha, Tensor x) {
        double[] values = x.toDoubles();
        double[] sums = y.toDoubles();
        double absolute = 0;
        for (int i = 0; i < values.length; i++) {
            sums[i] += alpha * Math.signum(values[i]);
            absolute += Math.abs(values[i]);
        }
        y.setAll(sums);
        return absolute;
    }

    private static void forEach(Threads threads, List<Tensor> ys, List<Tensor> xs, OnPiece task) {
        List<Tensor> yPieces = pieces(ys);
        List<Tensor> xPieces = pieces(xs);
        if (yPieces.size() != xPieces.size()) {
            throw new IllegalArgumentException("sums: vectors must be of equal sizes; got %s and %s".formatted(ys, xs));
        }
        run(threads, ys, yPieces.size(), i -> task.apply(yPieces.get(i), xPieces.get(i)));
    }

    private static void run(Threads threads, List<Tensor> vectors, int tasks, IntConsumer task) {
        long size = 0;
        for (Tensor each : vectors) {
            size += each.size();
        }
        if (size <= PIECE) {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
        } else {
            threads.run(tasks, task);
        }
    }

    private static List<Tensor> pieces(List<Tensor> vectors) {
        List<Tensor> pieces = new ArrayList<>();
        for (Tensor x : vectors) {
            if (x.size() <= PIECE) {
                pieces.add(x);
            } else {
                for (long from = 0; from < x.size(); from += PIECE) {
                    pieces.add(x.slice(from, (int) Math.min(PIECE, x.size() - from)));
                }
            }
        }
        return pieces;
    }
}
