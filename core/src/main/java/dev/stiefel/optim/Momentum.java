package dev.stiefel.optim;

/// Gradient descent with heavy-ball momentum (Polyak 1964, doi:10.1016/0041-5553(64)90137-5), in the form of PyTorch:
///
///     v ← μ v + g,   direction v
///
/// @param momentum `μ`, in `[0, 1)`
public record Momentum(double momentum) implements Optimizer {
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
    public double velocityKept() {
        return momentum;
    }

    @Override
    public double velocityGained() {
        return 1;
    }

    @Override
    public double secondMoment(double old, double meanSquare) {
        return 0;
    }

    @Override
    public double velocityScale(double secondMoment, long step) {
        return 1;
    }
}
