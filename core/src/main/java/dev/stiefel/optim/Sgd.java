package dev.stiefel.optim;

/// Stochastic gradient descent: the direction is the gradient.
public record Sgd() implements ElementwiseOptimizer, TangentOptimizer {
    @Override
    public String name() {
        return "sgd";
    }

    @Override
    public int moments() {
        return 0;
    }

    @Override
    public void direct(float[] gradient, float[] first, float[] second, int count, long step) {
        // the gradient is the direction
    }

    @Override
    public void direct(double[] gradient, double[] first, double[] second, int count, long step) {
        // the gradient is the direction
    }

    @Override
    public boolean hasMomentum() {
        return false;
    }

    @Override
    public double momentumKept() {
        return 0;
    }

    @Override
    public double momentumGained() {
        return 1;
    }
}
