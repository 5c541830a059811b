package dev.stiefel.optim;

/// Adam (Kingma & Ba 2015, arXiv 1412.6980, Algorithm 1):
///
///     m ← β1 m + (1 − β1) g,   v ← β2 v + (1 − β2) g²
///     direction (m / (1 − β1ᵗ)) / (√(v / (1 − β2ᵗ)) + ε)
///
/// With decoupled weight decay, which is a matter of the step and not of the direction, it is AdamW
/// (Loshchilov & Hutter 2019, arXiv 1711.05101). In the tangent space `v` is one number a weight, the mean
/// square over the dimensions of the space (our choice, because an elementwise `v` does not survive a change
/// of basis: where a gradient's row is always zero it is 0, but the carried `m` is not).
///
/// @param beta1 decay of the first moment, in `[0, 1)`
/// @param beta2 decay of the second moment, in `[0, 1)`
/// @param epsilon constant that keeps the quotient finite, above 0
public record Adam(double beta1, double beta2, double epsilon) implements ElementwiseOptimizer, TangentOptimizer {
    /// Checks the ranges.
    public Adam {
        Momentum.requireDecay("beta1", beta1);
        Momentum.requireDecay("beta2", beta2);
        if (!(epsilon > 0 && Double.isFinite(epsilon))) {
            throw new IllegalArgumentException("epsilon must be above 0 and finite; got " + epsilon);
        }
    }

    /// Adam with the paper's constants: 0.9, 0.999, 1e-8.
    public Adam() {
        this(0.9, 0.999, 1e-8);
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    public int moments() {
        return 2;
    }

    @Override
    public void direct(float[] gradient, float[] first, float[] second, int count, long step) {
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float g1 = (float) (1 - beta1);
        float g2 = (float) (1 - beta2);
        float correction1 = (float) (1 / (1 - Math.pow(beta1, (double) step)));
        float correction2 = (float) (1 / (1 - Math.pow(beta2, (double) step)));
        float e = (float) epsilon;
        for (int i = 0; i < count; i++) {
            float g = gradient[i];
            float m = b1 * first[i] + g1 * g;
            float v = b2 * second[i] + g2 * g * g;
            first[i] = m;
            second[i] = v;
            gradient[i] = m * correction1 / ((float) Math.sqrt(v * correction2) + e);
        }
    }

    @Override
    public void direct(double[] gradient, double[] first, double[] second, int count, long step) {
        double correction1 = 1 / (1 - Math.pow(beta1, (double) step));
        for (int i = 0; i < count; i++) {
            double g = gradient[i];
            first[i] = beta1 * first[i] + (1 - beta1) * g;
            second[i] = secondMoment(second[i], g * g);
            gradient[i] = first[i] * correction1 / denominator(second[i], step);
        }
    }

    @Override
    public boolean hasMomentum() {
        return true;
    }

    @Override
    public double momentumKept() {
        return beta1;
    }

    @Override
    public double momentumGained() {
        return 1 - beta1;
    }

    @Override
    public double secondMoment(double old, double meanSquare) {
        return beta2 * old + (1 - beta2) * meanSquare;
    }

    @Override
    public double scale(double secondMoment, long step) {
        return 1 / (1 - Math.pow(beta1, (double) step)) / denominator(secondMoment, step);
    }

    private double denominator(double secondMoment, long step) {
        return Math.sqrt(secondMoment / (1 - Math.pow(beta2, (double) step))) + epsilon;
    }
}
