package dev.stiefel.lab.sweep;

import dev.stiefel.lab.data.DataIdentity;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A session that makes the runs of a sweep which have not ended, side by side, each in a
/// process of its own. One [#run] a session.
///
/// ```java
/// SweepPlan plan = SweepPlan.of(SweepSpec.of(Path.of("widths.yaml")));
/// new Sweep(plan, Path.of("sweeps/widths"), SweepSettings.of(CacheFolder.standard())).run();
/// ```
///
/// A sweep may be killed at any moment and started again: runs that have ended stay as they are,
/// the others are resumed from their last checkpoints. If a worker process dies, another worker
/// resumes its run. A run fails when three workers have died in it. A run that fails or diverges
/// does not stop the others.
public final class Sweep {
    /// The name of the file in a sweep's folder that holds its spec.
    public static final String FILE = SweepFolder.FILE;

    static final String LOG = "workers.log";

    private static final int ATTEMPTS = 3;
    private static final String ID = "[0-9a-f]{16}";
    private static final long INDEX_NANOS = 5_000_000_000L;

    private final SweepPlan plan;
    private final Path path;
    private final SweepSettings settings;

    // All below are guarded by this.
    private final Deque<PlannedRun> waiting = new ArrayDeque<>();
    private final Map<String, Integer> deaths = new HashMap<>();
    private final Map<String, RunningRun> running = new LinkedHashMap<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final Map<String, RunStatus> ended = new HashMap<>();
    private final Map<String, String> problems = new TreeMap<>();
    private double waitingCost;
    private double madeCost; // in this session
    private int before;
    private long begun = System.nanoTime();
    private long indexed;
    private boolean stopRequested;
    private @Nullable IOException broken;

    /// A run under way.
    private static final class RunningRun {
        private final PlannedRun run;
        private final int epochs;
        private int first; // epoch at which this session took it up
        private int epoch;

        RunningRun(PlannedRun run) {
            this.run = run;
            this.epochs = run.spec().get(Options.EPOCHS);
        }

        /// The share of the run that this session has made.
        double share() {
            return (double) (epoch - first) / epochs;
        }
    }

    /// A session in a folder, which need not exist.
    public Sweep(SweepPlan plan, Path folder, SweepSettings settings) {
        this.plan = plan;
        this.path = folder;
        this.settings = settings;
    }

    /// Saves the runs under way and makes [#run] return. Any thread may call it, at any time.
    public void requestStop() {
        List<WorkerProcess> stopped;
        synchronized (this) {
            stopRequested = true;
            stopped = List.copyOf(workers);
        }
        stopped.forEach(WorkerProcess::stop);
    }

    /// The progress of the sweep. Any thread may call it, at any time.
    public synchronized SweepProgress progress() {
        double share = 0;
        double left = waitingCost;
        List<SweepProgress.Running> now = new ArrayList<>();
        for (RunningRun active : running.values()) {
            double cost = SweepPlan.cost(active.run.spec());
            share += cost * active.share();
            left += cost * (1 - (double) active.epoch / active.epochs);
            now.add(new SweepProgress.Running(active.run.label(), active.epoch, active.epochs));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        double made = madeCost + share;
        int endedNow = ended.size() - before;
        return new SweepProgress(
                plan.runs().size(),
                count(RunStatus.DONE),
                count(RunStatus.DIVERGED),
                count(RunStatus.FAILED),
                before,
                now,
                endedNow > 0 ? Optional.of(endedNow * 3600 / seconds) : Optional.empty(),
                made > 0 ? Optional.of(Duration.ofMillis((long) (1000 * seconds * left / made))) : Optional.empty(),
                Duration.ofMillis((long) (1000 * seconds)));
    }

    private int count(RunStatus status) {
        return (int) ended.values().stream().filter(each -> each == status).count();
    }

    /// Makes all runs that have not ended, until they have or [#requestStop].
    ///
    /// @throws IllegalArgumentException if another process works in the folder, or it holds
    ///     something else
    /// @throws IOException if data cannot be had, or a file cannot be read or written; what
    ///     was made is kept
    public SweepResult run() throws IOException {
        try (SweepFolder folder = SweepFolder.hold(path, plan.spec().name())) {
            requireSameData(folder);
            folder.write(plan.spec());
            SweepIndex index = new SweepIndex(path, plan.spec().varied());
            takeStock(folder, index);
            index.write();
            List<Thread> threads = new ArrayList<>();
            try {
                int jobs = Math.min(settings.jobs(), remaining());
                for (int i = 0; i < jobs; i++) {
                    threads.add(Thread.ofPlatform().name("sweep-" + i).start(() -> work(folder, index)));
                }
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                requestStop();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the sweep was interrupted; all results are kept");
            } finally {
                synchronized (this) {
                    index.write();
                }
            }
            return result();
        }
    }

    private synchronized int remaining() {
        return waiting.size();
    }

    private synchronized SweepResult result() throws IOException {
        if (broken != null) {
            throw broken;
        }
        SweepResult.Ending ending =
                ended.size() == plan.runs().size() ? SweepResult.Ending.COMPLETE : SweepResult.Ending.STOPPED;
        return new SweepResult(path, progress(), ending, List.copyOf(problems.values()));
    }

    /// Refuses to mix runs that saw different data under the same name.
    ///
    /// @throws IllegalArgumentException if the data was changed since runs in the folder were made
    private void requireSameData(SweepFolder folder) throws IOException {
        if (plan.data().isEmpty()) {
            return;
        }
        try (var folders = Files.list(path.resolve(SweepFolder.RUNS))) {
            for (Path each : (Iterable<Path>) folders::iterator) {
                String id = each.getFileName().toString();
                Optional<RunFolder> run = id.matches(ID) ? folder.opened(id) : Optional.empty();
                if (run.isPresent()) {
                    DataIdentity then = run.get().record().dataIdentity();
                    DataIdentity now = plan.data().get(then.name());
                    if (then.isKnown() && now != null && !now.isSameAs(then)) {
                        throw new IllegalArgumentException(
                                "sweep: data '%s' was changed since run %s in '%s' was made; put the files back, or give the sweep another folder"
                                        .formatted(then.name(), id, path));
                    }
                }
            }
        }
    }

    /// Sorts the runs by whether they have ended.
    private synchronized void takeStock(SweepFolder folder, SweepIndex index) throws IOException {
        for (PlannedRun run : plan.runs()) {
            Optional<RunFolder> opened = folder.opened(run.id());
            if (opened.isPresent()) {
                index.put(run.id(), opened.get());
                RunStatus status = opened.get().status();
                boolean again = status == RunStatus.FAILED && settings.retry() == SweepSettings.Retry.FAILED;
                if (SweepFolder.isEnded(status) && !again) {
                    ended.put(run.id(), status);
                    tellProblem(run, status, opened.get().message().orElse(""));
                    continue;
                }
            }
            waiting.add(run);
            waitingCost += SweepPlan.cost(run.spec());
        }
        before = ended.size();
        begun = System.nanoTime();
        takeStockOfOthers(folder, index);
    }

    /// Runs of an earlier spec stay in the index.
    private void takeStockOfOthers(SweepFolder folder, SweepIndex index) throws IOException {
        Map<String, PlannedRun> planned = new HashMap<>();
        plan.runs().forEach(run -> planned.put(run.id(), run));
        try (var folders = Files.list(path.resolve(SweepFolder.RUNS))) {
            for (Path each : (Iterable<Path>) folders::iterator) {
                String id = each.getFileName().toString();
                if (!planned.containsKey(id) && id.matches(ID)) {
                    folder.opened(id).ifPresent(run -> index.put(id, run));
                }
            }
        }
    }

    private void tellProblem(PlannedRun run, RunStatus status, String message) {
        if (status != RunStatus.DONE) {
            problems.put(run.id(), "%s (%s): %s: %s".formatted(run.label(), run.id(), status.word(), message));
        }
    }

    /// Gives runs to a worker, and to the next if it dies, until there are no more.
    private void work(SweepFolder folder, SweepIndex index) {
        WorkerProcess worker = null;
        try {
            for (Optional<PlannedRun> run = take(); run.isPresent(); run = take()) {
                if (worker == null) {
                    worker = started(folder);
                }
                if (!made(run.get(), worker, folder, index)) {
                    worker.close();
                    forget(worker);
                    worker = null;
                }
            }
        } catch (IOException | RuntimeException e) {
            breakOff(e);
        } finally {
            if (worker != null) {
                worker.close();
            }
        }
    }

    private synchronized Optional<PlannedRun> take() {
        if (stopRequested || broken != null || waiting.isEmpty()) {
            return Optional.empty();
        }
        PlannedRun run = waiting.remove();
        waitingCost -= SweepPlan.cost(run.spec());
        running.put(run.id(), new RunningRun(run));
        return Optional.of(run);
    }

    private WorkerProcess started(SweepFolder folder) throws IOException {
        WorkerProcess worker = WorkerProcess.start(settings, folder.path().resolve(LOG));
        boolean stop;
        synchronized (this) {
            workers.add(worker);
            stop = stopRequested;
        }
        if (stop) {
            worker.stop();
        }
        return worker;
    }

    private synchronized void forget(WorkerProcess worker) {
        workers.remove(worker);
    }

    /// Has a worker make a run.
    ///
    /// @return true if the worker can take another run
    private boolean made(PlannedRun run, WorkerProcess worker, SweepFolder folder, SweepIndex index)
            throws IOException {
        if (!worker.give(new WorkerTask(folder.run(run.id()).toAbsolutePath(), run.spec()))) {
            return died(run, worker, folder, index);
        }
        while (true) {
            Optional<WorkerMessage> news = worker.next();
            if (news.isEmpty()) {
                return died(run, worker, folder, index);
            }
            switch (news.get()) {
                case WorkerMessage.Started started -> startedAt(run, started.epoch());
                case WorkerMessage.Epoch epoch -> reached(run, epoch.epoch());
                case WorkerMessage.Unavailable unavailable -> throw new IOException(unavailable.message());
                case WorkerMessage.Ended end -> {
                    if (end.status() == RunStatus.FAILED) {
                        requireWritable(folder, end.message());
                        recordFailure(run, folder, end.message());
                    }
                    end(run, end.status(), end.message(), folder, index);
                    return end.status() != RunStatus.FAILED; // out of memory, say
                }
            }
        }
    }

    private synchronized void startedAt(PlannedRun run, int epoch) {
        RunningRun active = running.get(run.id());
        if (active != null) {
            active.first = epoch;
            active.epoch = epoch;
        }
    }

    private synchronized void reached(PlannedRun run, int epoch) {
        RunningRun active = running.get(run.id());
        if (active != null) {
            active.epoch = epoch;
        }
    }

    /// A worker has died amid a run: another goes on with it, unless that has happened too
    /// often.
    private boolean died(PlannedRun run, WorkerProcess worker, SweepFolder folder, SweepIndex index)
            throws IOException {
        String how = worker.end();
        boolean again;
        int times;
        synchronized (this) {
            times = deaths.merge(run.id(), 1, Integer::sum);
            again = times < ATTEMPTS || stopRequested;
            if (again) {
                running.remove(run.id());
                waiting.addFirst(run);
                waitingCost += SweepPlan.cost(run.spec());
            }
        }
        if (!again) {
            String message = "its process ended %s times (%s); %s may say why".formatted(times, how, LOG);
            recordFailure(run, folder, message);
            end(run, RunStatus.FAILED, message, folder, index);
        }
        return false;
    }

    private static void recordFailure(PlannedRun run, SweepFolder folder, String message) throws IOException {
        Optional<RunFolder> opened = folder.opened(run.id());
        if (opened.isEmpty() || !SweepFolder.isEnded(opened.get().status())) {
            RunFolder.recordFailure(folder.run(run.id()), run.spec(), message);
        }
    }

    /// A full disk is every run's failure: the sweep ends.
    private static void requireWritable(SweepFolder folder, String message) throws IOException {
        Path probe = folder.path().resolve(".probe");
        try {
            Files.write(probe, new byte[1 << 16]);
        } catch (IOException e) {
            throw new IOException(
                    "%s; free some space, then repeat the command with --retry-failed".formatted(message), e);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private synchronized void end(
            PlannedRun run, RunStatus status, String message, SweepFolder folder, SweepIndex index) throws IOException {
        RunningRun active = running.remove(run.id());
        if (status == RunStatus.INTERRUPTED) {
            waiting.addFirst(run);
            waitingCost += SweepPlan.cost(run.spec());
            return;
        }
        if (active != null) {
            madeCost += SweepPlan.cost(run.spec()) * (1 - (double) active.first / active.epochs);
        }
        ended.put(run.id(), status);
        tellProblem(run, status, message);
        Optional<RunFolder> opened = folder.opened(run.id());
        if (opened.isPresent()) {
            index.put(run.id(), opened.get());
        }
        if (System.nanoTime() - indexed >= INDEX_NANOS) {
            index.write();
            indexed = System.nanoTime();
        }
    }

    private void breakOff(Exception e) {
        synchronized (this) {
            if (broken == null) {
                broken = e instanceof IOException io ? io : new IOException(String.valueOf(e.getMessage()), e);
            }
        }
        requestStop();
    }
}
