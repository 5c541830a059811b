package dev.stiefel.lab.session;

import dev.stiefel.data.Splits;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.data.DataOverview;
import dev.stiefel.lab.data.EarlierData;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.data.RunDataSource;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.BleuEvaluator;
import dev.stiefel.lab.model.CoefficientOfDetermination;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.model.ModelOrigin;
import dev.stiefel.lab.model.Preparation;
import dev.stiefel.lab.record.Checkpoint;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.Checkpoints;
import dev.stiefel.lab.record.CompressionFigures;
import dev.stiefel.lab.record.HistoryFile;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.InitialWeights;
import dev.stiefel.lab.record.Machine;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunLock;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.record.SpectrumFile;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.spec.MeasureNames;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Measures;
import dev.stiefel.tensor.Scope;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Evaluator;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Progress;
import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Trains a run in its folder, from the beginning or from where it stopped. One [#run] a
/// session.
///
/// ```java
/// RunSpec spec = Presets.of("mnist", Map.of("rank", 20)).spec();
/// RunResult result = RunSession.create(spec, Path.of("runs/a"), DataSets.in(CacheFolder.standard()))
///         .run(RunListener.NONE);
/// ```
///
/// A checkpoint is written after every epoch (unless told otherwise: [CheckpointPace]), every minute
/// within one, and when the session is asked to stop. A run that was stopped or killed at any
/// moment and resumed ends with the same bits as one that was not, wall-clock times aside.
///
/// Measures are found by the names that the spec gives ([Options#MEASURES]), among those that are installed
/// unless [#knowing] says otherwise; evaluators, which need a whole set of samples, are added with [#with].
public final class RunSession {
    private static final long CHECKPOINT_NANOS = 60_000_000_000L;

    /// Between two checkpoints lies so many times what the last one took, but not less than the least.
    private static final long SPARING_SHARE = 100;

    private static final long SPARING_LEAST_NANOS = 2_000_000_000L;
    private static final long MODERATE_SHARE = 10;
    private static final long MODERATE_LEAST_NANOS = 500_000_000L;

    private final Path folder;
    private final RunDataSource source;
    private final Optional<Fresh> fresh; // empty: resume
    private final CheckpointChoice from;
    private final CheckpointPace pace;
    private final int checkpointSteps;
    private final Measures known;
    private final List<Evaluator> evaluators;
    private volatile boolean stopRequested;
    private volatile @Nullable Trainer trainer;

    /// A run to make.
    private record Fresh(RunSpec spec, Optional<InitialWeights> start, Optional<RunData> data) {}

    private RunSession(
            Path folder,
            RunDataSource source,
            Optional<Fresh> fresh,
            CheckpointChoice from,
            CheckpointPace pace,
            int checkpointSteps,
            Measures known,
            List<Evaluator> evaluators) {
        this.folder = folder;
        this.source = source;
        this.fresh = fresh;
        this.from = from;
        this.pace = pace;
        this.checkpointSteps = checkpointSteps;
        this.known = known;
        this.evaluators = List.copyOf(evaluators);
    }

    /// A session that trains a new run. Nothing is written before [#run].
    ///
    /// @param folder new or empty folder
    /// @throws IllegalArgumentException if it exists
    public static RunSession create(RunSpec spec, Path folder, DataSets dataSets) throws IOException {
        return fresh(new Fresh(spec, Optional.empty(), Optional.empty()), folder, RunDataSource.of(dataSets));
    }

    /// The same with data from elsewhere, kept from run to run, say.
    public static RunSession create(RunSpec spec, Path folder, RunDataSource source) throws IOException {
        return fresh(new Fresh(spec, Optional.empty(), Optional.empty()), folder, source);
    }

    /// The same for an experiment, whose data may have been read already.
    public static RunSession create(Experiment experiment, Path folder, DataSets dataSets) throws IOException {
        return fresh(
                new Fresh(experiment.spec(), Optional.empty(), experiment.ownData()),
                folder,
                RunDataSource.of(dataSets));
    }

    /// A session that trains a new run from weights that are there, or only keeps them
    /// ([RunSpec#isTrained]).
    ///
    /// @param data of the run, if it has been read already
    static RunSession from(InitialWeights start, RunSpec spec, Optional<RunData> data, Path folder, DataSets dataSets)
            throws IOException {
        return fresh(new Fresh(spec, Optional.of(start), data), folder, RunDataSource.of(dataSets));
    }

    private static RunSession fresh(Fresh fresh, Path folder, RunDataSource source) throws IOException {
        requireVacant(folder);
        return new RunSession(
                folder,
                source,
                Optional.of(fresh),
                CheckpointChoice.LATEST,
                CheckpointPace.EVERY_EPOCH,
                Integer.MAX_VALUE,
                Measures.installed(),
                List.of());
    }

    /// A session that resumes a run, with the run's own options.
    ///
    /// @param from checkpoint to resume
    /// @throws IllegalArgumentException if the run has ended
    /// @throws InvalidRunException if there is no run, or it is damaged
    public static RunSession resume(Path folder, CheckpointChoice from, DataSets dataSets) throws IOException {
        return resume(folder, from, RunDataSource.of(dataSets));
    }

    /// The same with data from elsewhere.
    public static RunSession resume(Path folder, CheckpointChoice from, RunDataSource source) throws IOException {
        requireUnfinished(RunFolder.open(folder));
        return new RunSession(
                folder,
                source,
                Optional.empty(),
                from,
                CheckpointPace.EVERY_EPOCH,
                Integer.MAX_VALUE,
                Measures.installed(),
                List.of());
    }

    /// The same, with checkpoints at another pace.
    public RunSession at(CheckpointPace newPace) {
        return new RunSession(folder, source, fresh, from, newPace, checkpointSteps, known, evaluators);
    }

    /// The same, finding measures by name among these.
    public RunSession knowing(Measures measures) {
        return new RunSession(folder, source, fresh, from, pace, checkpointSteps, measures, evaluators);
    }

    /// The same, with these evaluators asked for at the end of every epoch. A run does not remember them: give
    /// them again to a session that resumes it.
    public RunSession with(Evaluator... wanted) {
        return new RunSession(folder, source, fresh, from, pace, checkpointSteps, known, List.of(wanted));
    }

    /// The same, with a checkpoint also after so many steps.
    RunSession withCheckpointEvery(int steps) {
        return new RunSession(folder, source, fresh, from, pace, steps, known, evaluators);
    }

    /// Makes [#run] save and return after the step under way. Any thread may call it, at any
    /// time.
    public void requestStop() {
        stopRequested = true;
        Trainer running = trainer;
        if (running != null) {
            running.requestStop();
        }
    }

    /// Trains until the end, an early stop, a divergence, or [#requestStop].
    ///
    /// @throws IllegalArgumentException if the folder is not vacant, or another process trains
    ///     the run
    /// @throws IOException if the data cannot be had or a file cannot be read or written; the
    ///     run then says so where it can, and can be resumed
    public RunResult run(RunListener listener) throws IOException {
        return fresh.isPresent() ? runFresh(fresh.get(), listener) : runResumed(listener);
    }

    private RunResult runFresh(Fresh made, RunListener listener) throws IOException {
        requireVacant(folder);
        EvaluationSpec evaluation = made.spec().isTrained()
                ? made.spec().evaluation(known, evaluators(made.spec()))
                : made.spec().evaluationAmong(known);
        RunData data = made.data().isPresent() ? made.data().get() : source.of(made.spec());
        boolean existed = Files.exists(folder);
        RunRecord record = RunRecord.started(
                        made.spec(), made.start(), data.identity().sha256())
                .with(evaluation);
        Optional<DataOverview> overview = DataOverview.of(data, made.spec());
        if (overview.isPresent()) {
            record = record.withFound(overview.get().toJson());
        }
        makeFolder();
        try (RunLock _ = RunLock.acquire(folder)) {
            requireVacant(folder);
            try {
                if (made.start().isPresent()) { // before it is a run, which then can always be resumed
                    ModelFile.write(
                            folder.resolve(InitialWeights.FILE),
                            made.start().get().network(),
                            new ModelOrigin(
                                    made.spec(), made.start().get().schema().map(Preparation::of)));
                }
                record.write(folder);
            } catch (IOException e) {
                if (!existed) {
                    DurableFiles.deleteTree(folder);
                }
                throw e;
            }
            return train(record, evaluation, data, new Checkpoints(folder), Optional.empty(), listener);
        }
    }

    private RunResult runResumed(RunListener listener) throws IOException {
        try (RunLock _ = RunLock.acquire(folder)) {
            RunFolder run = RunFolder.open(folder);
            requireUnfinished(run);
            RunRecord record = run.record();
            EvaluationSpec evaluation = MeasureNames.ofResumed(
                    record.spec().evaluation(known, evaluators(record.spec())),
                    record.directions().keySet());
            record = record.with(evaluation);
            Checkpoints checkpoints = new Checkpoints(folder);
            Optional<Checkpoint> checkpoint = checkpoints.takeUp(from);
            RunData data = source.of(record.spec(), Optional.of(earlier(record, checkpoint)));
            if (record.dataIdentity().isKnown()) {
                data.identity().requireSameAs(record.dataIdentity(), "resume", folder);
            } else { // it failed before it had any
                record = record.withData(data.identity().sha256());
            }
            return train(
                    record.with(RunStatus.RUNNING, Optional.empty()),
                    evaluation,
                    data,
                    checkpoints,
                    checkpoint,
                    listener);
        }
    }

    private RunResult train(
            RunRecord record,
            EvaluationSpec evaluation,
            RunData data,
            Checkpoints checkpoints,
            Optional<Checkpoint> checkpoint,
            RunListener listener)
            throws IOException {
        if (record.spec().ownData().isEmpty()) { // otherwise the reader of the data has reported it
            data.remarks().forEach(listener::remarked);
        }
        if (!record.spec().isTrained()) {
            return keep(record, data, checkpoints);
        }
        Journal journal = null;
        try (Network network = checkpoint.isPresent() ? checkpoint.get().network(ModelChoice.LATEST) : first(record)) {
            Splits splits = data.splits(record.spec());
            Preparation preparation = Preparation.of(data.schema(), splits);
            tellTexts(evaluation, record.spec(), data, splits);
            EvaluationSpec inUnits = preparation.inUnits(evaluation);
            try (Trainer made = new Trainer(network, record.spec().trainSpec(), splits.toTrainData(), inUnits)) {
                if (checkpoint.isPresent()) {
                    restore(made, checkpoint.get());
                }
                trainer = made;
                if (stopRequested) {
                    made.requestStop();
                }
                journal = new Journal(record, preparation, made, checkpoints, listener);
                listener.started(folder, made);
                return journal.end(made, made.run(journal));
            } finally {
                trainer = null;
                if (journal != null) {
                    journal.forgetKept();
                }
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            throw failed(journal == null ? record : journal.record, e);
        }
    }

    private List<Evaluator> evaluators(RunSpec spec) {
        List<Evaluator> all = new ArrayList<>(evaluators);
        if (spec.measures().names().contains(MeasureNames.BLEU)) {
            all.add(new BleuEvaluator());
        }
        all.addAll(CoefficientOfDetermination.among(spec.measures()));
        return all;
    }

    private static void tellTexts(EvaluationSpec evaluation, RunSpec spec, RunData data, Splits splits) {
        for (Evaluator each : evaluation.evaluators()) {
            if (each instanceof BleuEvaluator bleu && data.schema().inputs() instanceof Schema.TextPair tokenizers) {
                splits.validation()
                        .ifPresent(samples -> data.pairs(spec, Split.VALIDATION)
                                .ifPresent(text -> bleu.tell(samples, tokenizers, text)));
                data.pairs(spec, Split.TEST).ifPresent(text -> bleu.tell(splits.test(), tokenizers, text));
            }
        }
    }

    /// The facts kept about the run's data, from its last checkpoint. Before the first checkpoint, a run that was
    /// made of a model has the tokenizers of that model.
    private EarlierData earlier(RunRecord record, Optional<Checkpoint> checkpoint) throws IOException {
        Optional<Schema> schema = Optional.empty();
        if (record.spec().ownData().isPresent() && checkpoint.isPresent()) {
            schema = checkpoint.get().schema();
        } else if (record.parent().isPresent()
                && record.spec().dataFacts().text().isPresent()) {
            schema = ModelFile.preparation(folder.resolve(InitialWeights.FILE)).map(Preparation::schema);
        }
        return new EarlierData(Optional.of(record.dataIdentity()), schema, "resume", folder);
    }

    /// The network before the first step.
    private Network first(RunRecord record) throws IOException {
        return record.parent().isPresent()
                ? ModelFile.load(folder.resolve(InitialWeights.FILE)).network()
                : record.spec().network();
    }

    /// Finishes a run without training, with its initial weights.
    private RunResult keep(RunRecord record, RunData data, Checkpoints checkpoints) throws IOException {
        try (Network network = first(record)) {
            int factored = network.factoredParameters().size();
            HistoryFile history = HistoryFile.keeping(folder.resolve(RunFolder.HISTORY), factored, 0);
            history.write();
            SpectrumFile.keeping(folder.resolve(RunFolder.SPECTRUM), factored, 0);
            Preparation preparation = Preparation.of(data.schema(), data.splits(record.spec()));
            ModelOrigin origin = new ModelOrigin(record.spec(), Optional.of(preparation));
            checkpoints.write(Checkpoint.State.untrained(network), origin, new Checkpoint.Best.This());
            Summary summary = Summary.of(
                    record.spec(),
                    network.spec(),
                    history.rows(),
                    record.compressed().map(CompressionFigures::after),
                    0,
                    new Summary.Seconds(0, OptionalDouble.empty()),
                    Machine.peakMemoryBytes());
            record.with(RunStatus.DONE, Optional.empty()).with(summary).write(folder);
            return new RunResult(folder, new Outcome.Finished(), summary);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            throw failed(record, e);
        }
    }

    private void restore(Trainer made, Checkpoint checkpoint) throws IOException {
        try (Scope scope = Scope.open("saved moments")) {
            Progress saved = checkpoint.progress();
            boolean counted = saved.sums().rows() >= 0;
            long rows = (long) saved.batch() * made.spec().batchSize(); // earlier versions had one row a sample
            made.restore(counted ? saved : saved.overRows(rows), checkpoint.moments(scope));
        } catch (IllegalArgumentException e) {
            throw new InvalidRunException(
                    "cannot read %s: it does not fit the run: %s".formatted(checkpoint.folder(), e.getMessage()), e);
        }
    }

    /// Leaves word of a failure in the run, if it can, and gives back what to throw.
    private IOException failed(RunRecord record, Throwable thrown) {
        Throwable cause = thrown instanceof UncheckedIOException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : thrown;
        String message =
                Json.oneLine(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
        if (cause instanceof InvalidRunException damaged) {
            return damaged; // found before anything was trained: the run stays as it is
        }
        try {
            record.with(RunStatus.FAILED, Optional.of(message)).write(folder);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return switch (cause) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException(message, cause);
        };
    }

    private void makeFolder() throws IOException {
        for (Path part = folder.toAbsolutePath(); part != null; part = part.getParent()) {
            if (Files.exists(part) && !Files.isDirectory(part)) {
                throw new IllegalArgumentException("cannot make '%s': '%s' is a file".formatted(folder, part));
            }
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new IOException("cannot make %s: %s".formatted(folder, Json.reason(e)), e);
        }
    }

    /// Refuses a folder that no new run can be made in: before long work is done for it.
    ///
    /// @param folder new or empty folder
    /// @throws IllegalArgumentException if it exists
    public static void requireVacant(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        boolean vacant = false;
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                vacant = files.map(file -> file.getFileName().toString()).allMatch(RunSession::isOfUnbornRun);
            }
        }
        if (!vacant) {
            throw new IllegalArgumentException(
                    "'%s' exists; nothing is ever overwritten: name another folder, or resume it".formatted(folder));
        }
    }

    /// Returns whether a process that was killed before it had made a run may have left this file.
    private static boolean isOfUnbornRun(String name) {
        return name.equals(RunLock.NAME)
                || name.equals(InitialWeights.FILE)
                || (name.endsWith(".tmp")
                        && (name.startsWith("." + RunRecord.FILE) || name.startsWith("." + InitialWeights.FILE)));
    }

    private static void requireUnfinished(RunFolder run) {
        if (run.status() == RunStatus.DONE || run.status() == RunStatus.DIVERGED) {
            throw new RunEndedException(run);
        }
    }

    /// Records the run while it is trained.
    private final class Journal implements RunListener {
        private final RunListener listener;
        private final HistoryFile history;
        private final SpectrumFile spectrum;
        private final Checkpoints checkpoints;
        private final ModelOrigin origin;
        private final StringBuilder spectrumRows = new StringBuilder(); // not yet in the file
        private RunRecord record;
        private Checkpoint.Best best = new Checkpoint.Best.Earlier();
        private long written = System.nanoTime();
        private long cost; // duration of the last checkpoint, in nanoseconds

        Journal(RunRecord record, Preparation preparation, Trainer made, Checkpoints checkpoints, RunListener listener)
                throws IOException {
            int epochs = made.progress().epoch();
            int factored = made.network().factoredParameters().size();
            this.listener = listener;
            this.checkpoints = checkpoints;
            this.origin = new ModelOrigin(record.spec(), Optional.of(preparation));
            this.history = HistoryFile.keeping(folder.resolve(RunFolder.HISTORY), factored, epochs);
            this.spectrum = SpectrumFile.keeping(folder.resolve(RunFolder.SPECTRUM), factored, epochs);
            this.record = record;
            if (record.summary().isPresent()) {
                record(made); // of an earlier checkpoint, maybe
            } else if (fresh.isEmpty()) { // a new run has been written down already
                record.write(folder);
            }
        }

        @Override
        public void stepped(Trainer trainer, double loss) {
            if (trainer.steps() % checkpointSteps == 0 || System.nanoTime() - written >= CHECKPOINT_NANOS) {
                unchecked(() -> save(trainer));
            }
            listener.stepped(trainer, loss);
        }

        @Override
        public void epochEnded(Trainer trainer, EpochRecord epoch) {
            unchecked(() -> {
                spectrumRows.append(
                        SpectrumFile.rows(epoch.epoch(), trainer.network().factoredParameters()));
                history.add(HistoryRow.of(epoch));
                boolean due = isDue();
                if (epoch.best()) {
                    forgetKept();
                    best = due
                            ? new Checkpoint.Best.This()
                            : new Checkpoint.Best.Kept(trainer.network().withWeights(Map.of()));
                }
                if (due) {
                    save(trainer);
                    record(trainer);
                }
            });
            listener.epochEnded(trainer, epoch);
        }

        private boolean isDue() {
            return switch (pace) {
                case EVERY_EPOCH -> true;
                case MODERATE -> isDue(MODERATE_SHARE, MODERATE_LEAST_NANOS);
                case SPARING -> isDue(SPARING_SHARE, SPARING_LEAST_NANOS);
            };
        }

        private boolean isDue(long share, long leastNanos) {
            return System.nanoTime() - written >= Math.clamp(share * cost, leastNanos, CHECKPOINT_NANOS);
        }

        /// Writes everything down: the checkpoint last, so that what it says is on disk
        /// already, and a kill before it only repeats work.
        private void save(Trainer trainer) throws IOException {
            long begun = System.nanoTime();
            writeRows();
            checkpoints.write(Checkpoint.State.of(trainer), origin, best);
            forgetKept();
            written = System.nanoTime();
            cost = written - begun;
        }

        private void writeRows() throws IOException {
            if (!spectrumRows.isEmpty()) {
                spectrum.append(spectrumRows.toString());
                spectrumRows.setLength(0);
            }
            history.write();
        }

        private void forgetKept() {
            if (best instanceof Checkpoint.Best.Kept kept) {
                kept.network().close();
            }
            best = new Checkpoint.Best.Earlier();
        }

        RunResult end(Trainer trainer, Outcome outcome) throws IOException {
            switch (outcome) {
                case Outcome.Interrupted _ -> save(trainer);
                case Outcome.Finished _, Outcome.StoppedEarly _ -> {
                    if (pace != CheckpointPace.EVERY_EPOCH) { // else the last epoch's end has saved all
                        save(trainer);
                    }
                }
                case Outcome.Diverged _ -> { // there is no sound model to save
                    writeRows();
                    if (best instanceof Checkpoint.Best.Kept kept) {
                        checkpoints.writeBest(kept.network(), origin);
                        forgetKept();
                    }
                }
            }
            Optional<String> message = switch (outcome) {
                case Outcome.Finished _, Outcome.Interrupted _ -> Optional.empty();
                case Outcome.StoppedEarly early ->
                    Optional.of("stopped early: no better validation %s since epoch %s"
                            .formatted(trainer.evaluation().monitored(), early.bestEpoch()));
                case Outcome.Diverged diverged -> Optional.of(diverged.message());
            };
            RunStatus status = switch (outcome) {
                case Outcome.Finished _, Outcome.StoppedEarly _ -> RunStatus.DONE;
                case Outcome.Interrupted _ -> RunStatus.INTERRUPTED;
                case Outcome.Diverged _ -> RunStatus.DIVERGED;
            };
            record = record.with(status, message);
            Summary summary = record(trainer);
            return new RunResult(folder, outcome, summary);
        }

        private Summary record(Trainer trainer) throws IOException {
            Progress progress = trainer.progress();
            double step = trainer.medianStepSeconds();
            Summary summary = Summary.of(
                    record.spec(),
                    trainer.network().spec(),
                    history.rows(),
                    record.compressed().map(CompressionFigures::after),
                    progress.bestEpoch(),
                    new Summary.Seconds(
                            progress.seconds(), Double.isNaN(step) ? OptionalDouble.empty() : OptionalDouble.of(step)),
                    Math.max(
                            Machine.peakMemoryBytes(),
                            record.summary().map(Summary::peakMemoryBytes).orElse(0L)));
            record = record.with(summary);
            record.write(folder);
            return summary;
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void unchecked(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
