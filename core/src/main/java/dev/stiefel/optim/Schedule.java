package dev.stiefel.optim;

/// The learning rate of every step of a run.
@FunctionalInterface
public interface Schedule {
    /// The learning rate of a step, counted from 0: above 0 and finite.
    double at(long step);

    /// The same rate throughout.
    ///
    /// @param rate above 0
    record Constant(double rate) implements Schedule {
        /// Checks the rate.
        public Constant {
            requireRate(rate);
        }

        @Override
        public double at(long step) {
            return rate;
        }
    }

    /// Half a cosine from `rate` at step 0 down to (nearly) 0 at step `steps` (Loshchilov & Hutter 2017, arXiv
    /// 1608.03983, without restarts), and a thousandth of `rate` afterwards.
    ///
    /// @param rate above 0
    /// @param steps at least 1
    record Cosine(double rate, long steps) implements Schedule {
        private static final double FLOOR = 1e-3;

        /// Checks the ranges.
        public Cosine {
            requireRate(rate);
            requireSteps("cosine schedule", steps);
        }

        @Override
        public double at(long step) {
            double done = Math.min(1, (double) step / steps);
            return rate * Math.max(FLOOR, (1 + Math.cos(Math.PI * done)) / 2);
        }
    }

    /// Multiplied by `factor` every `every` steps.
    ///
    /// @param rate above 0
    /// @param every at least 1
    /// @param factor in (0, 1]
    record Step(double rate, long every, double factor) implements Schedule {
        /// Checks the ranges.
        public Step {
            requireRate(rate);
            requireSteps("step schedule", every);
            if (!(factor > 0 && factor <= 1)) {
                throw new IllegalArgumentException("step schedule: factor must be in (0, 1]; got " + factor);
            }
        }

        @Override
        public double at(long step) {
            long drops = step / every;
            return Math.max(Double.MIN_NORMAL, rate * Math.pow(factor, (double) drops));
        }
    }

    /// The same rate for `steps` steps, then `rate √(steps / n)` at the n-th step, counted from 1. Within a
    /// [WarmUp] of as many steps it is the schedule of Vaswani et al. 2017, arXiv 1706.03762, equation 3, whose
    /// highest rate is `1 / √(width · steps)`.
    ///
    /// @param rate above 0
    /// @param steps at least 1
    record InverseSqrt(double rate, long steps) implements Schedule {
        /// Checks the ranges.
        public InverseSqrt {
            requireRate(rate);
            requireSteps("inverse-sqrt schedule", steps);
        }

        @Override
        public double at(long step) {
            return rate * Math.sqrt(steps / Math.max((double) steps, step + 1.0));
        }
    }

    /// Rises linearly to what `then` says over the first `steps` steps.
    ///
    /// @param steps at least 0
    /// @param then the schedule from there on, and the height to rise to before
    record WarmUp(long steps, Schedule then) implements Schedule {
        /// Checks the range.
        public WarmUp {
            if (steps < 0) {
                throw new IllegalArgumentException("warm-up: steps must be at least 0; got " + steps);
            }
        }

        @Override
        public double at(long step) {
            return then.at(step) * (step < steps ? (step + 1.0) / steps : 1);
        }
    }

    private static void requireRate(double rate) {
        if (!(rate > 0 && Double.isFinite(rate))) {
            throw new IllegalArgumentException("learning rate must be above 0 and finite; got " + rate);
        }
    }

    private static void requireSteps(String name, long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("%s: steps must be at least 1; got %d".formatted(name, steps));
        }
    }
}
