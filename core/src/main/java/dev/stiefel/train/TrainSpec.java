package dev.stiefel.train;

import dev.stiefel.integrator.Penalty;
import dev.stiefel.published.Deviation;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Schedule;
import java.util.List;
import java.util.Set;

/// How a network is trained: everything but the network and the data.
///
/// @param method the integrator
/// @param ranks when ranks are adapted
/// @param optimizer what makes directions of gradients
/// @param learningRate the highest learning rate, above 0
/// @param decay how it falls over the run
/// @param warmUp steps over which it first rises, but at most a fifth of the run
/// @param clipNorm the norm that gradients are scaled down to; infinity for none
/// @param weightDecay decoupled, at least 0
/// @param penalties what weights are charged for beside the loss; none where empty
/// @param epochs at least 1
/// @param batchSize at least 1
/// @param seed of the order of the samples
/// @param threads at least 1; results depend on it by rounding
/// @param patience epochs without a better validation loss after which the run ends; 0 for no early
///     stopping
/// @param deviations what published code does otherwise, for comparisons with its results; else none. Those
///     of the step and of the training figures act here; the others are for who makes network and data
public record TrainSpec(
        Method method,
        RankPlan ranks,
        Optimizer optimizer,
        double learningRate,
        Decay decay,
        int warmUp,
        double clipNorm,
        double weightDecay,
        List<Penalty> penalties,
        int epochs,
        int batchSize,
        long seed,
        int threads,
        int patience,
        Set<Deviation> deviations) {

    /// How the learning rate falls over a run.
    public enum Decay {
        /// Not at all.
        CONSTANT,
        /// Along half a cosine, to nearly 0 at the end.
        COSINE,
        /// By a factor of ten each third of the run.
        STEP
    }

    /// Checks the ranges.
    public TrainSpec {
        penalties = List.copyOf(penalties);
        new Schedule.Constant(learningRate); // checks it
        requireAtLeast("warm-up", warmUp, 0);
        requireAtLeast("epochs", epochs, 1);
        requireAtLeast("batch size", batchSize, 1);
        requireAtLeast("threads", threads, 1);
        requireAtLeast("early stopping", patience, 0);
        if (!(clipNorm > 0)) {
            throw new IllegalArgumentException("clip norm must be above 0; got " + clipNorm);
        }
        if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
            throw new IllegalArgumentException("weight decay must be at least 0 and finite; got " + weightDecay);
        }
        if (method.gauge() == Gauge.FREE && penalties.stream().anyMatch(Penalty.Condition.class::isInstance)) {
            throw new IllegalArgumentException(
                    "condition penalty: method '%s' has no orthonormal factors; use another".formatted(method.word()));
        }
        if (!(ranks instanceof RankPlan.Hold) && !method.adapts()) {
            throw new IllegalArgumentException("method '%s' cannot adapt ranks; give a rank".formatted(method.word()));
        }
        deviations = Set.copyOf(deviations);
        if (!deviations.isEmpty() && method != Method.BUG && method != Method.DENSE) {
            throw new IllegalArgumentException(
                    "legacy is for methods 'bug' and 'dense', which were published; got '%s'".formatted(method.word()));
        }
    }

    /// Training with no deviations.
    public TrainSpec(
            Method method,
            RankPlan ranks,
            Optimizer optimizer,
            double learningRate,
            Decay decay,
            int warmUp,
            double clipNorm,
            double weightDecay,
            List<Penalty> penalties,
            int epochs,
            int batchSize,
            long seed,
            int threads,
            int patience) {
        this(
                method,
                ranks,
                optimizer,
                learningRate,
                decay,
                warmUp,
                clipNorm,
                weightDecay,
                penalties,
                epochs,
                batchSize,
                seed,
                threads,
                patience,
                Deviation.none());
    }

    /// The defaults for a method with its ranks held: momentum SGD with warm-up, cosine decay and
    /// clipping, which experiments showed best (docs/guide/reproducing.md).
    public static TrainSpec defaults(Method method) {
        return new TrainSpec(
                method,
                new RankPlan.Hold(),
                new Momentum(0.9),
                0.1,
                Decay.COSINE,
                200,
                1,
                5e-3,
                List.of(),
                10,
                128,
                0,
                1,
                0);
    }

    /// The learning rate of every step.
    ///
    /// @param steps of the whole run
    public Schedule schedule(long steps) {
        Schedule falling = switch (decay) {
            case CONSTANT -> new Schedule.Constant(learningRate);
            case COSINE -> new Schedule.Cosine(learningRate, Math.max(1, steps));
            case STEP -> new Schedule.Step(learningRate, Math.max(1, (steps + 2) / 3), 0.1);
        };
        long rising = Math.min(warmUp, steps / 5);
        return rising == 0 ? falling : new Schedule.WarmUp(rising, falling);
    }

    /// The same with another number of epochs.
    public TrainSpec withEpochs(int newEpochs) {
        return with(ranks, newEpochs, threads, deviations);
    }

    /// The same with ranks adapted by this plan.
    public TrainSpec withRanks(RankPlan newRanks) {
        return with(newRanks, epochs, threads, deviations);
    }

    /// The same with this many threads.
    public TrainSpec withThreads(int newThreads) {
        return with(ranks, epochs, newThreads, deviations);
    }

    /// The same with these deviations.
    public TrainSpec withDeviations(Set<Deviation> newDeviations) {
        return with(ranks, epochs, threads, newDeviations);
    }

    private TrainSpec with(RankPlan newRanks, int newEpochs, int newThreads, Set<Deviation> newDeviations) {
        return new TrainSpec(
                method,
                newRanks,
                optimizer,
                learningRate,
                decay,
                warmUp,
                clipNorm,
                weightDecay,
                penalties,
                newEpochs,
                batchSize,
                seed,
                newThreads,
                patience,
                newDeviations);
    }

    private static void requireAtLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("%s must be at least %d; got %d".formatted(name, least, value));
        }
    }
}
