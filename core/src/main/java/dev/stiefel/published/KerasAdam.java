package dev.stiefel.published;

import dev.stiefel.optim.Adam;
import dev.stiefel.optim.ElementwiseOptimizer;
import dev.stiefel.optim.TangentOptimizer;

/// Adam as Keras has it, with which the code of arXiv 2205.13571 was trained
/// ([Deviation#ADAM_EPSILON]): the second order of computation of arXiv 1412.6980,
/// end of section 2, where `ε` is added before the correction of the second moment's bias.
///
///     direction √(1 − β2ᵗ) / (1 − β1ᵗ) · m / (√v + ε),   β1 = 0.9, β2 = 0.999, ε = 1e-7
///
/// Early in training that `ε` counts for up to 32 times as much as that of [Adam] with the same
/// number. In the tangent space it is [Adam].
public record KerasAdam() implements ElementwiseOptimizer, TangentOptimizer {
    private static final Adam ADAM = new Adam(0.9, 0.999, 1e-7);

    @Override
    public String name() {
        return "adam of Keras";
    }

    @Override
    public int moments() {
        return ADAM.moments();
    }

    @Override
    public void direct(float[] gradient, float[] first, float[] second, int count, long step) {
        sameEpsilon(step).direct(gradient, first, second, count, step);
    }

    @Override
    public void direct(double[] gradient, double[] first, double[] second, int count, long step) {
        sameEpsilon(step).direct(gradient, first, second, count, step);
    }

    @Override
    public boolean hasMomentum() {
        return ADAM.hasMomentum();
    }

    @Override
    public double momentumKept() {
        return ADAM.momentumKept();
    }

    @Override
    public double momentumGained() {
        return ADAM.momentumGained();
    }

    @Override
    public double secondMoment(double old, double meanSquare) {
        return ADAM.secondMoment(old, meanSquare);
    }

    @Override
    public double scale(double secondMoment, long step) {
        return ADAM.scale(secondMoment, step);
    }

    /// `m c1 / (√(v c2) + ε √c2)` with `c2 = 1 / (1 − β2ᵗ)` is the direction above.
    private static Adam sameEpsilon(long step) {
        double epsilon = ADAM.epsilon() / Math.sqrt(1 - Math.pow(ADAM.beta2(), (double) step));
        return new Adam(ADAM.beta1(), ADAM.beta2(), epsilon);
    }
}
