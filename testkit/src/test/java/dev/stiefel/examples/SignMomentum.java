package dev.stiefel.examples;

import dev.stiefel.optim.ElementwiseOptimizer;

/// Descent along the signs of a momentum (Bernstein et al. 2018, arXiv 1802.04434): `m ← μ m + (1 − μ) g`,
/// direction `sign(m)`.
public record SignMomentum(double momentum) implements ElementwiseOptimizer {
    @Override
    public String name() {
        return "sign momentum";
    }

    @Override
    public int moments() {
        return 1;
    }

    @Override
    public void direct(float[] gradient, float[] first, float[] second, int count, long step) {
        for (int i = 0; i < count; i++) {
            first[i] = (float) (momentum * first[i] + (1 - momentum) * gradient[i]);
            gradient[i] = Math.signum(first[i]);
        }
    }

    @Override
    public void direct(double[] gradient, double[] first, double[] second, int count, long step) {
        for (int i = 0; i < count; i++) {
            first[i] = momentum * first[i] + (1 - momentum) * gradient[i];
            gradient[i] = Math.signum(first[i]);
        }
    }
}
