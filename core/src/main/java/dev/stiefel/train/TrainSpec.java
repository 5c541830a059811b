package dev.stiefel.train;

import dev.stiefel.integrator.Penalty;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.SmoothedCrossEntropy;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.ElementwiseOptimizer;
import dev.stiefel.optim.MatrixOptimizer;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.ParameterGroups;
import dev.stiefel.optim.ParameterGroups.Group;
import dev.stiefel.optim.Schedule;
import dev.stiefel.optim.TangentOptimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Specification of a network's training: everything but the network and the data.
///
/// @param method the method
/// @param ranks when ranks are adapted
/// @param optimizer of the factored weights; in a dense network, of everything
/// @param learningRate the highest learning rate, above 0
/// @param decay decay of the learning rate over the run
/// @param warmUp steps over which it first rises, but at most a fifth of the run
/// @param clipNorm the norm that gradients are scaled down to; infinity for none
/// @param weightDecay decoupled, at least 0
/// @param labelSmoothing fraction of each target that the training loss spreads over all classes, in [0, 1)
///     ([dev.stiefel.nn.SmoothedCrossEntropy])
/// @param penalties penalties on weights, added to the loss; empty for none
/// @param epochs at least 1
/// @param batchSize samples of a batch, at least 1
/// @param batchTokens tokens of a batch, which then takes samples of similar length, as many as have so many together;
///     empty for batches of `batchSize` samples
/// @param seed of the order of the samples
/// @param threads at least 1; results depend on it by rounding
/// @param patience epochs without a better validation loss after which the run ends; 0 for no early
///     stopping
/// @param dense training of the parameters that are not factored, if it differs
/// @param figures the steps that contribute to an epoch's training figures
public record TrainSpec(
        TrainingMethod method,
        RankPlan ranks,
        Optimizer optimizer,
        double learningRate,
        Decay decay,
        int warmUp,
        double clipNorm,
        double weightDecay,
        double labelSmoothing,
        List<Penalty> penalties,
        int epochs,
        int batchSize,
        OptionalInt batchTokens,
        long seed,
        int threads,
        int patience,
        DenseTraining dense,
        TrainingFigures figures) {
    /// The group of the vectors beside the matrices of a [MatrixOptimizer], in a dense network.
    private static final String OTHERS = "others";

    /// The optimizer and learning rate of the dense parameters.
    ///
    /// @param optimizer of the dense parameters beside factored weights, and of a dense network's vectors where
    ///     the main optimizer is for matrices only ([MatrixOptimizer]); where empty the main one, or Adam if
    ///     that has no rule for them
    /// @param learningRate theirs, above 0, which rises and falls as the main one does; where empty the main one
    /// @param groups dense parameters with an optimizer and a learning rate of their own; the name `others` is
    ///     reserved
    public record DenseTraining(Optional<Optimizer> optimizer, OptionalDouble learningRate, List<Group> groups) {
        /// All parameters alike.
        public static final DenseTraining ALIKE =
                new DenseTraining(Optional.empty(), OptionalDouble.empty(), List.of());

        /// Checks optimizer, rate and names.
        public DenseTraining {
            groups = List.copyOf(groups);
            if (!optimizer.map(ParameterGroups::isForDense).orElse(true)) {
                throw new IllegalArgumentException(
                        "dense optimizer: optimizer %s has no rule for dense parameters; use another"
                                .formatted(optimizer.get().name()));
            }
            if (groups.stream().anyMatch(each -> each.name().equals(OTHERS))) {
                throw new IllegalArgumentException("parameter group: the name '%s' is reserved".formatted(OTHERS));
            }
            learningRate.ifPresent(Schedule.Constant::new); // checks it
        }
    }

    /// The steps that contribute to an epoch's training figures.
    public enum TrainingFigures {
        /// Means over all steps, each figure from before the step.
        EPOCH_MEAN,
        /// The last step alone, from its last evaluation.
        LAST_BATCH
    }

    /// Decay of the learning rate over a run.
    public enum Decay {
        /// Not at all.
        CONSTANT,
        /// Along half a cosine, to nearly 0 at the end.
        COSINE,
        /// By a factor of ten each third of the run.
        STEP,
        /// After the warm-up, with the inverse square root of the step's number ([Schedule.InverseSqrt]). The
        /// warm-up is at most a fifth of the run; without one, the rate falls from the first step.
        INVERSE_SQRT
    }

    /// Checks the ranges.
    public TrainSpec {
        penalties = List.copyOf(penalties);
        new Schedule.Constant(learningRate); // checks it
        requireAtLeast("warm-up", warmUp, 0);
        requireAtLeast("epochs", epochs, 1);
        requireAtLeast("batch size", batchSize, 1);
        batchTokens.ifPresent(tokens -> requireAtLeast("tokens of a batch", tokens, 1));
        requireAtLeast("threads", threads, 1);
        requireAtLeast("early stopping", patience, 0);
        if (!(clipNorm > 0)) {
            throw new IllegalArgumentException("clip norm must be above 0; got " + clipNorm);
        }
        if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
            throw new IllegalArgumentException("weight decay must be at least 0 and finite; got " + weightDecay);
        }
        new SmoothedCrossEntropy(labelSmoothing); // checks it
        if (method.gauge() == Gauge.FREE && penalties.stream().anyMatch(Penalty.Condition.class::isInstance)) {
            throw new IllegalArgumentException(
                    "condition penalty: method '%s' has no orthonormal factors; use another".formatted(method.word()));
        }
        if (!(ranks instanceof RankPlan.Hold) && !method.adapts()) {
            throw new IllegalArgumentException("method '%s' cannot adapt ranks; give a rank".formatted(method.word()));
        }
        requireFit(method, optimizer, dense);
    }

    /// Training with all parameters alike, and figures that are means over epochs.
    public TrainSpec(
            TrainingMethod method,
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
                0,
                penalties,
                epochs,
                batchSize,
                OptionalInt.empty(),
                seed,
                threads,
                patience,
                DenseTraining.ALIKE,
                TrainingFigures.EPOCH_MEAN);
    }

    /// The defaults for a method with its ranks held: momentum SGD with warm-up, cosine decay and
    /// clipping, which experiments showed best (docs/guide/reproducing.md).
    public static TrainSpec defaults(TrainingMethod method) {
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

    /// The loss that training minimizes.
    ///
    /// @param loss of the network
    /// @throws IllegalArgumentException if it cannot be smoothed
    Loss trainingLoss(Loss loss) {
        if (labelSmoothing == 0) {
            return loss;
        }
        if (!(loss instanceof SoftmaxCrossEntropy)) {
            throw new IllegalArgumentException("label smoothing is for softmax cross-entropy; got " + loss);
        }
        return new SmoothedCrossEntropy(labelSmoothing);
    }

    /// The learning rate of every step.
    ///
    /// @param steps of the whole run
    public Schedule schedule(long steps) {
        long rising = Math.min(warmUp, steps / 5);
        Schedule falling = switch (decay) {
            case CONSTANT -> new Schedule.Constant(learningRate);
            case COSINE -> new Schedule.Cosine(learningRate, Math.max(1, steps));
            case STEP -> new Schedule.Step(learningRate, Math.max(1, (steps + 2) / 3), 0.1);
            case INVERSE_SQRT -> new Schedule.InverseSqrt(learningRate, Math.max(1, rising));
        };
        return rising == 0 ? falling : new Schedule.WarmUp(rising, falling);
    }

    /// The optimizers of all parameters, and their learning rates relative to [#learningRate].
    public ParameterGroups parameterGroups() {
        double rate = dense.learningRate().orElse(learningRate) / learningRate;
        if (method.isLowRank()) {
            return new ParameterGroups(
                    optimizer, dense.optimizer().orElseGet(() -> forOthers(optimizer)), rate, dense.groups());
        }
        List<Group> groups = new ArrayList<>(dense.groups());
        if (optimizer instanceof MatrixOptimizer matrices) {
            Optimizer ofVectors = dense.optimizer().orElse(matrices.forVectors());
            groups.add(new Group(OTHERS, parameter -> !parameter.isMatrix(), ofVectors, rate));
        }
        return new ParameterGroups(optimizer, optimizer, 1, groups);
    }

    /// The optimizer of what is not factored beside this one for factored weights.
    private static Optimizer forOthers(Optimizer optimizer) {
        return switch (optimizer) {
            case ElementwiseOptimizer elementwise -> elementwise;
            case MatrixOptimizer matrices -> matrices.forVectors();
            default -> new Adam();
        };
    }

    private static void requireFit(TrainingMethod method, Optimizer optimizer, DenseTraining dense) {
        boolean fits = switch (method.fixedRankStep().work().directions()) {
            case OF_PARTS -> optimizer instanceof ElementwiseOptimizer;
            case TANGENT -> optimizer instanceof TangentOptimizer;
            case NONE -> optimizer instanceof ElementwiseOptimizer || optimizer instanceof MatrixOptimizer;
        };
        if (!fits) {
            throw new IllegalArgumentException(
                    "optimizer '%s' has no rule for the steps of method '%s'; use method 'riemannian' or 'dense', or optimizer 'momentum' or 'adam'"
                            .formatted(optimizer.name(), method.word()));
        }
        if (!method.isLowRank()
                && !(optimizer instanceof MatrixOptimizer)
                && (dense.optimizer().isPresent() || dense.learningRate().isPresent())) {
            throw new IllegalArgumentException(
                    "dense optimizer: method '%s' with optimizer '%s' has no other parameters; give one optimizer and one learning rate"
                            .formatted(method.word(), optimizer.name()));
        }
    }

    /// The same with another method.
    public TrainSpec withMethod(TrainingMethod newMethod) {
        return changed(draft -> draft.method = newMethod);
    }

    /// The same with ranks adapted by this plan.
    public TrainSpec withRanks(RankPlan newRanks) {
        return changed(draft -> draft.ranks = newRanks);
    }

    /// The same with another optimizer.
    public TrainSpec withOptimizer(Optimizer newOptimizer) {
        return changed(draft -> draft.optimizer = newOptimizer);
    }

    /// The same with another learning rate.
    public TrainSpec withLearningRate(double newLearningRate) {
        return changed(draft -> draft.learningRate = newLearningRate);
    }

    /// The same with a learning rate that falls like this.
    public TrainSpec withDecay(Decay newDecay) {
        return changed(draft -> draft.decay = newDecay);
    }

    /// A copy with this many steps of warm-up.
    public TrainSpec withWarmUp(int newWarmUp) {
        return changed(draft -> draft.warmUp = newWarmUp);
    }

    /// The same with gradients clipped at this norm.
    public TrainSpec withClipNorm(double newClipNorm) {
        return changed(draft -> draft.clipNorm = newClipNorm);
    }

    /// The same with another weight decay.
    public TrainSpec withWeightDecay(double newWeightDecay) {
        return changed(draft -> draft.weightDecay = newWeightDecay);
    }

    /// The same with label smoothing, for networks whose loss is softmax cross-entropy.
    public TrainSpec withLabelSmoothing(double newLabelSmoothing) {
        return changed(draft -> draft.labelSmoothing = newLabelSmoothing);
    }

    /// The same with these penalties.
    public TrainSpec withPenalties(List<Penalty> newPenalties) {
        return changed(draft -> draft.penalties = newPenalties);
    }

    /// The same with another number of epochs.
    public TrainSpec withEpochs(int newEpochs) {
        return changed(draft -> draft.epochs = newEpochs);
    }

    /// The same with another batch size.
    public TrainSpec withBatchSize(int newBatchSize) {
        return changed(draft -> draft.batchSize = newBatchSize);
    }

    /// The same with batches of so many tokens.
    public TrainSpec withBatchTokens(int newBatchTokens) {
        return changed(draft -> draft.batchTokens = OptionalInt.of(newBatchTokens));
    }

    /// The same with another seed.
    public TrainSpec withSeed(long newSeed) {
        return changed(draft -> draft.seed = newSeed);
    }

    /// The same with this many threads.
    public TrainSpec withThreads(int newThreads) {
        return changed(draft -> draft.threads = newThreads);
    }

    /// The same with early stopping after this many epochs without a better one.
    public TrainSpec withPatience(int newPatience) {
        return changed(draft -> draft.patience = newPatience);
    }

    /// The same with dense parameters trained like this.
    public TrainSpec withDense(DenseTraining newDense) {
        return changed(draft -> draft.dense = newDense);
    }

    /// The same with other training figures.
    public TrainSpec withFigures(TrainingFigures newFigures) {
        return changed(draft -> draft.figures = newFigures);
    }

    private TrainSpec changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.spec();
    }

    /// A copy whose components can be set.
    private static final class Draft {
        private TrainingMethod method;
        private RankPlan ranks;
        private Optimizer optimizer;
        private double learningRate;
        private Decay decay;
        private int warmUp;
        private double clipNorm;
        private double weightDecay;
        private double labelSmoothing;
        private List<Penalty> penalties;
        private int epochs;
        private int batchSize;
        private OptionalInt batchTokens;
        private long seed;
        private int threads;
        private int patience;
        private DenseTraining dense;
        private TrainingFigures figures;

        Draft(TrainSpec of) {
            method = of.method;
            ranks = of.ranks;
            optimizer = of.optimizer;
            learningRate = of.learningRate;
            decay = of.decay;
            warmUp = of.warmUp;
            clipNorm = of.clipNorm;
            weightDecay = of.weightDecay;
            labelSmoothing = of.labelSmoothing;
            penalties = of.penalties;
            epochs = of.epochs;
            batchSize = of.batchSize;
            batchTokens = of.batchTokens;
            seed = of.seed;
            threads = of.threads;
            patience = of.patience;
            dense = of.dense;
            figures = of.figures;
        }

        TrainSpec spec() {
            return new TrainSpec(
                    method,
                    ranks,
                    optimizer,
                    learningRate,
                    decay,
                    warmUp,
                    clipNorm,
                    weightDecay,
                    labelSmoothing,
                    penalties,
                    epochs,
                    batchSize,
                    batchTokens,
                    seed,
                    threads,
                    patience,
                    dense,
                    figures);
        }
    }

    private static void requireAtLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("%s must be at least %d; got %d".formatted(name, least, value));
        }
    }
}
