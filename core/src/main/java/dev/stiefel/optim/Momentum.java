package dev.stiefel.optim;

/// Gradient descent with heavy-ball momentum (Polyak 1964, doi:10.1016/0041-5553(64)90137-5), in the form of
/// PyTorch:
///
///     v ← μ v + g,   direction v
///
/// @param momentum `μ`, in `[0, 1)`
public record Momentum(double momentum) implements ElementwiseOptimizer, TangentOptimizer {
    /// Checks the range.
    public Momentum {
        requireDecay("momentum", momentum);
    }

    static void requireDecay(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("%s must be in [0, 1); got %s".formatted(name, value));
        }
    }

    @Override
    public String name() {
        return "momentum";
    }

    @Override
    public int moments() {
        return 1;
    }

    @Override
    public void direct(float[] gradient, float[] first, float[] second, int count, long step) {
        float mu = (float) momentum;
        for (int i = 0; i < count; i++) {
            first[i] = mu * first[i] + gradient[i];
            gradient[i] = first[i];
        }
    }

    @Override
    public void direct(double[] gradient, double[] first, double[] second, int count, long step) {
        for (int i = 0; i < count; i++) {
            first[i] = momentum * first[i] + gradient[i];
            gradient[i] = first[i];
        }
    }

    @Override
    public boolean hasMomentum() {
        return true;
    }

    @Override
    public double momentumKept() {
        return momentum;
    }

    @Override
    public double momentumGained() {
        return 1;
    }
}
