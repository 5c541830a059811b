package dev.stiefel.optim;

/// Stochastic gradient descent: the direction is the gradient.
public record Sgd() implements Optimizer {
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
    public double velocityKept() {
        return 0;
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
