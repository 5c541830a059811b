package dev.stiefel.train;

import dev.stiefel.integrator.GradientField;
import dev.stiefel.integrator.PenalizedField;
import dev.stiefel.integrator.StepOutcome;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Measure;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Sums;
import dev.stiefel.optim.OptimizerState;
import dev.stiefel.optim.Schedule;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Threads;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Trains a network: epochs of shuffled batches, one integrator step each.
///
/// All of a run's state is the network, the [OptimizerState] and the [Progress]; with equal seeds and threads, a
/// run that was stopped at any point and restored continues with the same bits. The order of epoch `e`'s samples
/// depends on the seed and `e` alone. Owns its threads and the optimizer's state (close it), not the network.
/// Everything but [#requestStop] belongs to one thread.
///
/// ```java
/// try (Trainer trainer = new Trainer(network, spec, data)) {
///     Outcome outcome = trainer.run(Recorder.NONE);
/// }
/// ```
public final class Trainer implements AutoCloseable {
    private static final int REMEMBERED_STEPS = 1000;

    private final Network network;
    private final TrainSpec spec;
    private final TrainData data;
    private final Threads threads;
    private final Pool pool = new Pool();
    private final Workspace workspace;
    private final OptimizerState optimizer;
    private final BatchField field;
    private final GradientField charged; // the field, with penalties where there are some
    private final Schedule schedule;
    private final StepPlan plan;
    private final Rng orders;
    private final Rng layerSeeds;
    private final Deque<Double> stepSeconds = new ArrayDeque<>();
    private final EvaluationSpec evaluation;
    private final Objective objective;
    private final List<String> measures;
    private Progress progress;
    private final BatchPlan batchPlan;
    private @Nullable EpochBatches batches;
    private int dividedEpoch = -1;
    private @Nullable Outcome divergence;
    private volatile boolean stopRequested;

    /// A trainer at its start, that measures accuracy where there are classes.
    ///
    /// @throws IllegalArgumentException if network, method and samples do not fit
    public Trainer(Network network, TrainSpec spec, TrainData data) {
        this(network, spec, data, EvaluationSpec.standard());
    }

    /// A trainer at its start.
    ///
    /// @param evaluation measures besides the loss
    /// @throws IllegalArgumentException if network, method and samples do not fit, if none of the training,
    ///     validation or test samples has a target, or if the monitored measure does not apply to their targets
    public Trainer(Network network, TrainSpec spec, TrainData data, EvaluationSpec evaluation) {
        requireFit(network, spec, data);
        evaluation.requireMonitors(data.train().targetKind());
        this.evaluation = evaluation;
        this.objective = new Objective(
                spec.trainingLoss(network.spec().loss()),
                evaluation.applying(data.train().targetKind()));
        this.measures = objective.measures().stream().map(Measure::name).toList();
        this.progress = Progress.start(measures, evaluation.better().worst());
        this.network = network;
        this.spec = spec;
        this.data = data;
        this.threads = Threads.of(spec.threads());
        this.workspace = new Workspace(pool, threads);
        this.optimizer = new OptimizerState(spec.parameterGroups(), threads);
        this.field = new BatchField(network, objective, workspace);
        this.charged = spec.penalties().isEmpty() ? field : new PenalizedField(field, spec.penalties(), workspace);
        this.batchPlan = BatchPlan.of(spec, data.train());
        this.schedule = spec.schedule(totalSteps());
        this.plan = new StepPlan(spec.method(), spec.ranks(), totalSteps(), batchesPerEpoch());
        this.orders = Rng.seeded(spec.seed()).forPurpose("order of the samples");
        this.layerSeeds = Rng.seeded(spec.seed()).forPurpose("random numbers of layers");
    }

    /// Goes on where a run stopped: call it before [#run], on a network with the saved weights.
    public void restore(Progress saved, OptimizerState.Snapshot moments) {
        boolean finished = saved.epoch() == spec.epochs() && saved.batch() == 0;
        boolean underWay = saved.epoch() < spec.epochs() && saved.batch() < batchesPerEpoch();
        if (!(finished || underWay)) {
            throw new IllegalArgumentException("trainer: epoch %d, batch %d is not within %d epochs of %d batches"
                    .formatted(saved.epoch(), saved.batch(), spec.epochs(), batchesPerEpoch()));
        }
        Sums sums = saved.sumsOf(measures);
        requireBlockRanks(saved);
        optimizer.restore(field.point(), moments);
        progress = new Progress(
                saved.epoch(),
                saved.batch(),
                sums,
                measures,
                saved.bestEpoch(),
                saved.bestFigure(),
                saved.lastFiniteLoss(),
                saved.epochSeconds(),
                saved.seconds(),
                saved.blockRanks());
    }

    private List<TuckerRanks> ranksOfModes() {
        return network.factoredParameters().stream()
                .map(each -> each.weight().ranks())
                .toList();
    }

    private void requireBlockRanks(Progress saved) {
        long step = (long) saved.epoch() * batchesPerEpoch() + saved.batch();
        boolean within = spec.method().trainsInBlocks() && step < totalSteps() && !plan.begins(step);
        int needed = within ? network.factoredParameters().size() : 0;
        if (saved.blockRanks().size() != needed) {
            throw new IllegalArgumentException(
                    "trainer: at step %d there must be %d ranks that the block under way began with; got %s"
                            .formatted(step, needed, saved.blockRanks()));
        }
    }

    /// Trains until the end, an early stop, a divergence, or [#requestStop]. After the last of these, another
    /// call resumes training; after a divergence it returns the same again.
    public Outcome run(Recorder recorder) {
        if (divergence != null) {
            return divergence;
        }
        while (progress.epoch() < spec.epochs()) {
            if (stopRequested) {
                stopRequested = false;
                return new Outcome.Interrupted();
            }
            if (stopsEarly()) {
                return new Outcome.StoppedEarly(progress.bestEpoch());
            }
            Optional<Outcome> ended = step(recorder);
            if (ended.isPresent()) {
                return ended.get();
            }
        }
        return new Outcome.Finished();
    }

    /// Makes [#run] return after the step under way. Any thread may call it.
    public void requestStop() {
        stopRequested = true;
    }

    /// The figures of the epoch so far: means over the samples seen, each just before the step it was part of;
    /// NaN before the first output row of an epoch that has a target.
    public Metrics soFar() {
        int seen = progress.batch() == 0 ? 0 : batches(progress.epoch()).start(progress.batch());
        return Metrics.of(progress.sums(), objective, seen);
    }

    /// The measures besides the loss.
    public EvaluationSpec evaluation() {
        return evaluation;
    }

    /// The network that is trained, in place.
    public Network network() {
        return network;
    }

    /// The specification of the training.
    public TrainSpec spec() {
        return spec;
    }

    /// The state of the run.
    public Progress progress() {
        return progress;
    }

    /// The optimizer's moments, for a checkpoint; the tensors are its own.
    public OptimizerState.Snapshot moments() {
        return optimizer.snapshot();
    }

    /// Steps an epoch has.
    public int batchesPerEpoch() {
        return batchPlan.count();
    }

    /// Steps the whole run has.
    public long totalSteps() {
        return (long) spec.epochs() * batchesPerEpoch();
    }

    /// Steps taken so far.
    public long steps() {
        return (long) progress.epoch() * batchesPerEpoch() + progress.batch();
    }

    /// Evaluations of the gradient so far, since this object was made.
    public int passes() {
        return field.evaluations();
    }

    /// The median time of the latest steps, in seconds; NaN before the first.
    public double medianStepSeconds() {
        double[] sorted =
                stepSeconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    /// Means over some samples for the network as it is now.
    public Metrics evaluate(Samples samples) {
        return Metrics.of(network, samples, evaluation, threads, pool);
    }

    @Override
    public void close() {
        optimizer.close();
        pool.close();
        threads.close();
    }

    private Optional<Outcome> step(Recorder recorder) {
        long begun = System.nanoTime();
        Progress at = progress;
        EpochBatches epoch = batches(at.epoch());
        int from = epoch.start(at.batch());
        int to = epoch.start(at.batch() + 1);
        long step = steps();
        List<TuckerRanks> ranks = ranksOfModes();
        List<TuckerRanks> blockRanks = plan.begins(step) ? ranks : at.blockRanks();
        StepSize size = new StepSize(schedule.at(step), spec.weightDecay(), spec.clipNorm());
        Sums sums;
        Sums shown;
        try (Scope scope = pool.scope("batch")) {
            Samples samples = data.train().atEpoch(at.epoch() + 1);
            field.use(
                    Batch.of(scope, threads, network.type(), samples, epoch.order(), from, to),
                    Rng.restored(layerSeeds.seed(), step).nextLong());
            StepOutcome outcome =
                    plan.at(step, blockRanks, ranks).step(field.point(), charged, optimizer, size, workspace);
            if (outcome instanceof StepOutcome.Diverged diverged) {
                return Optional.of(diverged(step + 1, diverged.cause()));
            }
            sums = field.firstSums();
            shown = field.latestSums();
        }
        if (plan.changesRanks(step)) {
            pool.trim(); // ranks have changed, and the sizes of everything with them
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        remember(seconds);
        double loss = sums.rows() == 0 ? 0 : sums.loss() / sums.rows();
        Sums figures = lastBatchOnly() ? shown : at.sums().plus(sums);
        progress = new Progress(
                at.epoch(),
                at.batch() + 1,
                figures,
                measures,
                at.bestEpoch(),
                at.bestFigure(),
                loss,
                at.epochSeconds() + seconds,
                at.seconds() + seconds,
                plan.endsBlock(step) ? List.of() : blockRanks);
        if (progress.batch() == batchesPerEpoch()) {
            return endEpoch(recorder);
        }
        recorder.stepped(this, loss);
        return Optional.empty();
    }

    private boolean lastBatchOnly() {
        return spec.figures() == TrainSpec.TrainingFigures.LAST_BATCH;
    }

    private Optional<Outcome> endEpoch(Recorder recorder) {
        long begun = System.nanoTime();
        Progress at = progress;
        Metrics train = Metrics.of(
                at.sums(),
                objective,
                lastBatchOnly()
                        ? data.train().size() - batches(at.epoch()).start(at.batch() - 1)
                        : data.train().size());
        Optional<Metrics> validation = data.validation().map(this::evaluate);
        Optional<Metrics> test = data.test().map(this::evaluate);
        Optional<Outcome> ended = requireFinite("validation", data.validation(), validation)
                .or(() -> requireFinite("test", data.test(), test));
        if (ended.isPresent()) {
            return ended;
        }
        Optional<Double> judged = validation.or(() -> test).map(each -> each.figure(evaluation.monitored()));
        // Before ranks have come to what is asked for, a lower loss is that of another, larger network.
        boolean best = plan.isFirstAtItsEnd(at.epoch() + 1)
                || Double.isNaN(at.bestFigure()) // which every figure beats
                || judged.map(figure -> evaluation.better().isBetter(figure, at.bestFigure()))
                        .orElse(true);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double rate = schedule.at(steps() - 1);
        progress = new Progress(
                at.epoch() + 1,
                0,
                Sums.none(measures.size()),
                measures,
                best ? at.epoch() + 1 : at.bestEpoch(),
                best ? judged.orElse(at.bestFigure()) : at.bestFigure(),
                at.lastFiniteLoss(),
                0,
                at.seconds() + seconds,
                at.blockRanks());
        recorder.epochEnded(
                this,
                new EpochRecord(
                        at.epoch() + 1,
                        train,
                        validation,
                        test,
                        rate,
                        at.epochSeconds() + seconds,
                        network.parameterCount(),
                        network.ranks(),
                        best));
        return Optional.empty();
    }

    /// A divergence that no step has seen, because the epoch's last one made it.
    private Optional<Outcome> requireFinite(String name, Optional<Samples> samples, Optional<Metrics> metrics) {
        if (samples.isEmpty()
                || metrics.isEmpty()
                || Double.isFinite(metrics.get().loss())) {
            return Optional.empty();
        }
        try (Scope scope = pool.scope("diagnosis")) {
            int some = Math.min(samples.get().size(), spec.batchSize());
            field.use(Batch.of(scope, network.type(), samples.get(), Metrics.inOrder(some), 0, some));
            return Optional.of(diverged(steps(), name + " loss " + metrics.get().loss()));
        }
    }

    /// Only while the field's batch is open.
    private Outcome diverged(long step, String cause) {
        Outcome outcome = new Outcome.Diverged(step, field.divergingLayer(), cause, progress.lastFiniteLoss());
        divergence = outcome;
        return outcome;
    }

    private boolean stopsEarly() {
        // While ranks are still on their way, epochs do not compare. A plan that never adapts is never at its end.
        boolean compares = plan.isAtItsEnd(progress.epoch()) || !plan.isAtItsEnd(spec.epochs());
        return spec.patience() > 0
                && compares
                && progress.batch() == 0
                && progress.epoch() - progress.bestEpoch() >= spec.patience();
    }

    private EpochBatches batches(int epoch) {
        EpochBatches current = batches;
        if (current == null || dividedEpoch != epoch) {
            current = batchPlan.epoch(Rng.restored(orders.seed(), epoch));
            batches = current;
            dividedEpoch = epoch;
        }
        return current;
    }

    private void remember(double seconds) {
        stepSeconds.addLast(seconds);
        if (stepSeconds.size() > REMEMBERED_STEPS) {
            stepSeconds.removeFirst();
        }
    }

    private static void requireFit(Network network, TrainSpec spec, TrainData data) {
        List<SampleShape> takes =
                network.spec().inputs().stream().map(NetworkSpec.Input::shape).toList();
        if (!takes.equals(data.train().inputs())
                || network.spec().outputs() != data.train().outputs()) {
            throw new IllegalArgumentException("trainer: the network must take %s and give %d; got %s"
                    .formatted(describe(data.train().inputs()), data.train().outputs(), network.spec()));
        }
        TrainingMethod method = spec.method();
        if (network.factoredParameters().isEmpty() == method.isLowRank()) {
            throw new IllegalArgumentException("trainer: method '%s' needs %s; network %s has %d factored weights"
                    .formatted(
                            method.word(),
                            method.isLowRank() ? "factored weights" : "dense weights only",
                            network.spec(),
                            network.factoredParameters().size()));
        }
        for (FactoredParameter each : network.factoredParameters()) {
            Gauge gauge = each.weight().gauge();
            if (gauge != method.gauge()) {
                throw new IllegalArgumentException("trainer: method '%s' needs factors in the %s gauge; got %s"
                        .formatted(method.word(), word(method.gauge()), word(gauge)));
            }
        }
        requireForms(network, spec);
        spec.ranks()
                .requireFit(network.factoredParameters().stream()
                        .map(FactoredParameter::weight)
                        .map(weight -> Shape.of(weight.rows(), weight.columns()))
                        .toList());
        Metrics.requireRows("trainer", network, data.train());
        if (!network.spec().loss().appliesTo(data.train().targetKind())) {
            throw new IllegalArgumentException(
                    "trainer: the loss must be made for the samples' targets; %s is not made for %s; use another loss"
                            .formatted(
                                    network.spec().loss(),
                                    SampleTargets.describe(data.train().targetKind())));
        }
        requireTargets("training", data.train(), network);
        data.validation().ifPresent(samples -> requireTargets("validation", samples, network));
        data.test().ifPresent(samples -> requireTargets("test", samples, network));
    }

    /// Refuses kernels in Tucker form where something is made for the form `U S Vᵀ` only. Steps refuse them
    /// themselves.
    private static void requireForms(Network network, TrainSpec spec) {
        for (FactoredParameter each : network.factoredParameters()) {
            if (!(each.weight() instanceof Factors)) {
                if (spec.ranks().sharesBudget()) {
                    throw new IllegalArgumentException(
                            "trainer: a rank budget is for weights of the form U S Vᵀ; got '%s', %s; use a tolerance"
                                    .formatted(each.name(), each.weight()));
                }
                if (!spec.penalties().isEmpty()) {
                    throw new IllegalArgumentException(
                            "trainer: penalties are for weights of the form U S Vᵀ; got '%s', %s; use weight decay"
                                    .formatted(each.name(), each.weight()));
                }
            }
        }
    }

    /// Refuses samples whose means would be 0/0.
    private static void requireTargets(String which, Samples samples, Network network) {
        if (!Metrics.hasTargets(samples, network.type())) {
            throw new IllegalArgumentException(
                    "trainer: at least one output row of the %s samples must have a target; got none in %d samples; give others, or leave them out"
                            .formatted(which, samples.size()));
        }
    }

    private static String describe(List<SampleShape> inputs) {
        return inputs.size() == 1 && inputs.getFirst() instanceof SampleShape.Vector vector
                ? vector.columns() + " values"
                : inputs.toString();
    }

    private static String word(Gauge gauge) {
        return gauge.name().toLowerCase(Locale.ROOT);
    }
}
