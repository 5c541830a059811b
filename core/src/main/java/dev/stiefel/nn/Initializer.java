package dev.stiefel.nn;

import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Tensor;

/// Initial values of a dense parameter.
@FunctionalInterface
public interface Initializer {
    /// Fills a gapless tensor of zeros.
    void fill(Tensor tensor, Rng rng);

    /// Zeros. Draws nothing.
    static Initializer zeros() {
        return (tensor, rng) -> {};
    }

    /// The same number everywhere. Draws nothing.
    static Initializer constant(double value) {
        return (tensor, rng) -> {
            double[] all = new double[Math.toIntExact(tensor.size())];
            java.util.Arrays.fill(all, value);
            tensor.setAll(all);
        };
    }

    /// Normal numbers of mean 0 and this standard deviation.
    static Initializer normal(double deviation) {
        return (tensor, rng) -> rng.fillNormal(tensor, deviation);
    }

    /// He's rule for a matrix with `n` columns: normal numbers of standard deviation `√(2/n)` (He et al. 2015,
    /// arXiv 1502.01852).
    static Initializer he(int n) {
        return normal(Math.sqrt(2.0 / n));
    }
}
