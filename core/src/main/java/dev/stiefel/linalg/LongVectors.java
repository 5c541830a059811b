package dev.stiefel.linalg;

import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;

/// Sums over long vectors, shared between threads.
///
/// A vector (gapless) is cut into pieces of a fixed length, whatever the number of threads, and pieces are summed in
/// their order, so results do not depend on how many threads there are. Short vectors stay on the calling thread. Not
/// to be called from a task of the same threads.
public final class LongVectors {
    private static final int PIECE = 1 << 16; // elements: far above the cost of waking a thread

    private LongVectors() {}

    /// `y ← y + alpha x`, of equal shapes.
    public static void axpyInPlace(Threads threads, Tensor y, double alpha, Tensor x) {
        threads.run(pieces(y), i -> Ops.axpyInPlace(piece(y, i), alpha, piece(x, i)));
    }

    /// `x ← alpha x`.
    public static void scaleInPlace(Threads threads, Tensor x, double alpha) {
        threads.run(pieces(x), i -> Ops.scaleInPlace(piece(x, i), alpha));
    }

    /// The sum of the squares of all elements.
    public static double sumOfSquares(Threads threads, Tensor x) {
        double[] sums = new double[pieces(x)];
        threads.run(sums.length, i -> {
            Tensor piece = piece(x, i);
            sums[i] = Ops.dot(piece, piece);
        });
        double sum = 0;
        for (double each : sums) {
            sum += each;
        }
        return sum;
    }

    private static int pieces(Tensor x) {
        return Math.toIntExact((x.size() + PIECE - 1) / PIECE);
    }

    private static Tensor piece(Tensor x, int i) {
        long from = (long) i * PIECE;
        return x.slice(from, (int) Math.min(PIECE, x.size() - from));
    }
}
