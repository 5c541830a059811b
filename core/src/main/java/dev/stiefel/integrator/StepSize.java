package dev.stiefel.integrator;

/// Size of one step.
///
/// @param length `h`, the learning rate of this step: above 0 and finite
/// @param weightDecay `λ`, decoupled: each step multiplies `S` and the decayed dense unknowns by `1 − hλ`,
///     which on factors is exactly L2 on `W`, since `‖S‖_F = ‖W‖_F`; at least 0
/// @param clipNorm the norm that a pass's gradient is scaled down to when it is larger; infinity for none
public record StepSize(double length, double weightDecay, double clipNorm) {
    /// Checks the ranges.
    public StepSize {
        if (!(length > 0 && Double.isFinite(length))) {
            throw new IllegalArgumentException("step size must be above 0 and finite; got " + length);
        }
        if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
            throw new IllegalArgumentException("weight decay must be at least 0 and finite; got " + weightDecay);
        }
        if (!(clipNorm > 0)) {
            throw new IllegalArgumentException("clip norm must be above 0; got " + clipNorm);
        }
    }

    /// A step without weight decay or clipping.
    public static StepSize of(double length) {
        return new StepSize(length, 0, Double.POSITIVE_INFINITY);
    }

    /// `1 − hλ`, what decayed unknowns are multiplied by; at least 0.
    public double decayFactor() {
        return decayFactor(1);
    }

    /// The same for parameters whose learning rate is another.
    ///
    /// @param relativeRate their learning rate over that of the step
    public double decayFactor(double relativeRate) {
        return Math.max(0, 1 - length * relativeRate * weightDecay);
    }
}
