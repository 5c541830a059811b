package dev.stiefel.lab.sweep;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.fetch.HomeFolder;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.data.RunDataSource;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunHeldException;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.session.CheckpointPace;
import dev.stiefel.lab.session.RunEndedException;
import dev.stiefel.lab.session.RunListener;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.text.Json;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Trainer;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A process that trains runs of a sweep, one after the other: it reads [WorkerTask]s and writes [WorkerMessage]s.
/// When its input ends, the run under way is saved and the process ends: so it outlives a sweep that was killed
/// by one step.
public final class Worker {
    /// System property that names the main class of a process, where a launcher starts a jar, which has one only.
    public static final String TASK = "stiefel.task";

    private static final Duration PATIENCE = Duration.ofSeconds(60); // with a run that another process trains still

    private final Writer out;
    private final RunDataSource source;
    private @Nullable RunSession session; // guarded by this
    private boolean stopped; // guarded by this

    private Worker(Writer out, RunDataSource source) {
        this.out = out;
        this.source = source;
    }

    /// An error in the data, which all runs share.
    private static final class DataException extends IOException {
        private static final long serialVersionUID = 1L;

        DataException(Exception cause) {
            super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        }
    }

    /// Makes runs until its input ends.
    ///
    /// @param args the cache of data sets, and a folder of the user's that may hold their
    ///     files
    public static void main(String[] args) throws IOException, InterruptedException {
        Locale.setDefault(Locale.ROOT); // as in the process of the sweep
        System.setProperty("user.home", HomeFolder.standard().toString());
        DataSets sets = DataSets.in(args.length > 0 ? Path.of(args[0]) : CacheFolder.standard());
        RunDataSource kept = RunDataSource.keepingLatest(args.length > 1 ? sets.withFolder(Path.of(args[1])) : sets);
        // Not System.out, which anything might print to.
        Writer out = new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8);
        Worker worker = new Worker(out, (spec, earlier) -> {
            try {
                return kept.of(spec, earlier);
            } catch (IOException | IllegalArgumentException e) {
                throw new DataException(e);
            }
        });
        Thread main = Thread.currentThread();
        // Ctrl-C in a terminal goes to all processes of the sweep.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            worker.stop();
            try {
                main.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        worker.serve();
    }

    private void serve() throws IOException, InterruptedException {
        BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (BufferedReader in = new BufferedReader(
                    new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    lines.add(Optional.of(line));
                }
            } catch (IOException e) {
                // as at its end
            }
            stop();
            lines.add(Optional.empty());
        });
        for (Optional<String> line = lines.take(); line.isPresent() && !isStopped(); line = lines.take()) {
            say(made(WorkerTask.read(line.get())));
        }
    }

    private synchronized void stop() {
        stopped = true;
        if (session != null) {
            session.requestStop();
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /// Says which session [#stop] is for, or that there is none.
    private synchronized void begin(@Nullable RunSession begun) {
        session = begun;
        if (begun != null && stopped) {
            begun.requestStop();
        }
    }

    private WorkerMessage made(WorkerTask task) throws IOException, InterruptedException {
        try {
            return outcome(task);
        } catch (DataException e) {
            return new WorkerMessage.Unavailable(Json.oneLine(String.valueOf(e.getMessage())));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return new WorkerMessage.Ended(
                    RunStatus.FAILED,
                    Json.oneLine(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        } finally {
            begin(null);
        }
    }

    private WorkerMessage outcome(WorkerTask task) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return run(task, CheckpointChoice.LATEST);
            } catch (RunHeldException e) { // by a worker of a killed sweep, which saves and ends
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(100);
            } catch (RunEndedException e) { // by such a worker, or one that died before it could say so
                RunFolder run = RunFolder.open(task.folder());
                return new WorkerMessage.Ended(run.status(), run.message().orElse(""));
            } catch (InvalidRunException e) {
                return runDamaged(task);
            }
        }
    }

    /// Goes on from the checkpoint before, or else from the beginning; what is there is set
    /// aside.
    private WorkerMessage runDamaged(WorkerTask task) throws IOException {
        try {
            return run(task, CheckpointChoice.PREVIOUS);
        } catch (InvalidRunException e) {
            Path aside = task.folder().resolveSibling("damaged-" + task.folder().getFileName());
            DurableFiles.deleteTree(aside);
            Files.move(task.folder(), aside);
            return run(task, CheckpointChoice.LATEST);
        }
    }

    private WorkerMessage run(WorkerTask task, CheckpointChoice from) throws IOException {
        RunSession made = (Files.exists(task.folder().resolve(RunRecord.FILE))
                        ? RunSession.resume(task.folder(), from, source)
                        : RunSession.create(task.spec(), task.folder(), source))
                .at(CheckpointPace.SPARING);
        begin(made);
        Outcome outcome = made.run(new Telling()).outcome();
        return switch (outcome) {
            case Outcome.Finished _, Outcome.StoppedEarly _ -> new WorkerMessage.Ended(RunStatus.DONE, "");
            case Outcome.Interrupted _ -> new WorkerMessage.Ended(RunStatus.INTERRUPTED, "");
            case Outcome.Diverged diverged ->
                new WorkerMessage.Ended(RunStatus.DIVERGED, Json.oneLine(diverged.message()));
        };
    }

    private void say(WorkerMessage report) throws IOException {
        out.write(report.line());
        out.write('\n');
        out.flush();
    }

    /// Tells how training goes, a few times a second.
    private final class Telling implements RunListener {
        private static final long NANOS = 200_000_000L;

        private long told = System.nanoTime();

        @Override
        public void started(Path folder, Trainer trainer) {
            tell(new WorkerMessage.Started(trainer.progress().epoch()));
        }

        @Override
        public void epochEnded(Trainer trainer, EpochRecord epoch) {
            if (System.nanoTime() - told >= NANOS) {
                told = System.nanoTime();
                tell(new WorkerMessage.Epoch(epoch.epoch()));
            }
        }

        private void tell(WorkerMessage report) {
            try {
                say(report);
            } catch (IOException e) { // the sweep is gone; that is not the run's failure
                stop();
            }
        }
    }
}
