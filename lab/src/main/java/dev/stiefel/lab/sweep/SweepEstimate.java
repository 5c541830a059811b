package dev.stiefel.lab.sweep;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.record.Checkpoints;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Estimate of a sweep's duration and disk space, from a few epochs of its most expensive run, its cheapest, and
/// one in between. They run as in the sweep: so many at a time. Between those, time and disk are taken to grow
/// with what there is to compute; the estimate is good to about a third.
///
/// @param runs number of runs that it concerns: those that have not ended
/// @param time from the first run's start to the last one's end
/// @param bytes on disk
/// @param calibrated number of runs that were tried
public record SweepEstimate(int runs, Duration time, long bytes, int calibrated) {
    private static final int EPOCHS = 12; // of a trial, the later half measured
    private static final int WARM_UP_EPOCHS = 60; // until most code is compiled, which a sweep does once
    private static final double ENOUGH = 10; // seconds of either; but at least one epoch
    private static final int TRIALS = 3;

    /// Measured cost of a run of one size.
    ///
    /// @param cost to compute, an epoch
    /// @param epochSeconds of an epoch
    /// @param runSeconds of what is done once a run
    /// @param epochBytes bytes that an epoch adds
    /// @param runBytes of what is kept once a run
    private record Trial(double cost, double epochSeconds, double runSeconds, double epochBytes, double runBytes) {}

    /// Tries some of a plan's runs, in a temporary folder, which takes seconds to minutes.
    ///
    /// @param folder the sweep's: runs that have ended there are not counted
    public static SweepEstimate of(SweepPlan plan, Path folder, SweepSettings settings) throws IOException {
        List<PlannedRun> left = new ArrayList<>();
        for (PlannedRun run : plan.runs()) {
            if (!isEnded(folder.resolve(SweepFolder.RUNS).resolve(run.id()))) {
                left.add(run);
            }
        }
        if (left.isEmpty()) {
            return new SweepEstimate(0, Duration.ZERO, 0, 0);
        }
        List<PlannedRun> tried = chosen(left);
        int jobs = Math.min(settings.jobs(), left.size());
        Path scratch = Files.createTempDirectory("stiefel-estimate");
        try {
            TreeMap<Double, Trial> trials = tried(tried, jobs, scratch, settings);
            double seconds = 0;
            double bytes = 0;
            for (PlannedRun run : left) {
                int epochs = run.spec().get(Options.EPOCHS);
                Trial like = at(trials, epochCost(run));
                seconds += like.runSeconds() + epochs * like.epochSeconds();
                bytes += like.runBytes() + epochs * like.epochBytes();
            }
            return new SweepEstimate(
                    left.size(), Duration.ofMillis((long) (1000 * seconds / jobs)), (long) bytes, tried.size());
        } finally {
            DurableFiles.deleteTree(scratch);
        }
    }

    private static boolean isEnded(Path run) throws IOException {
        return Files.exists(run.resolve(RunRecord.FILE))
                && SweepFolder.isEnded(RunFolder.open(run).status());
    }

    private static List<PlannedRun> chosen(List<PlannedRun> left) {
        List<PlannedRun> byCost = new ArrayList<>(left);
        byCost.sort(Comparator.comparingDouble(SweepEstimate::epochCost));
        return Stream.of(byCost.size() - 1, byCost.size() / 2, 0)
                .distinct()
                .limit(TRIALS)
                .map(byCost::get)
                .toList();
    }

    private static TreeMap<Double, Trial> tried(List<PlannedRun> runs, int jobs, Path scratch, SweepSettings settings)
            throws IOException {
        TreeMap<Double, Trial> trials = new TreeMap<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(jobs)) {
            List<Future<List<Trial>>> all = new ArrayList<>();
            for (int job = 0; job < jobs; job++) {
                Path own = scratch.resolve(Integer.toString(job));
                all.add(pool.submit(() -> triedByOne(runs, own, settings)));
            }
            for (Future<List<Trial>> one : all) {
                for (Trial trial : one.get()) {
                    trials.merge(trial.cost(), trial, SweepEstimate::faster);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while runs were tried");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
        return trials;
    }

    /// The run of two of one size that was disturbed less.
    private static Trial faster(Trial a, Trial b) {
        return a.epochSeconds() <= b.epochSeconds() ? a : b;
    }

    /// The trials of one worker.
    private static List<Trial> triedByOne(List<PlannedRun> runs, Path scratch, SweepSettings settings)
            throws IOException {
        Files.createDirectories(scratch);
        List<Trial> trials = new ArrayList<>();
        try (WorkerProcess worker = WorkerProcess.start(settings, scratch.resolve(Sweep.LOG))) {
            PlannedRun dearest = runs.getFirst();
            double epochSeconds = warmUp(worker, dearest, scratch);
            for (PlannedRun run : runs) {
                Path folder = scratch.resolve(run.id());
                int epochs = trialEpochs(epochSeconds * epochCost(run) / epochCost(dearest));
                trials.add(trial(run, folder, make(worker, run, epochs, folder)));
            }
        }
        return trials;
    }

    /// Trains until most code is compiled, or for long enough.
    ///
    /// @return seconds of an epoch at the end
    private static double warmUp(WorkerProcess worker, PlannedRun run, Path scratch) throws IOException {
        int made = 0;
        double spent = 0;
        double epochSeconds = 0;
        while (made < WARM_UP_EPOCHS && spent < ENOUGH) {
            int next = Math.clamp(made, 1, WARM_UP_EPOCHS - made); // twice as many in all
            double seconds = make(worker, run, next, scratch.resolve("warm-up-" + made));
            epochSeconds = seconds / Math.min(next, run.spec().get(Options.EPOCHS));
            made += next;
            spent += seconds;
        }
        return epochSeconds;
    }

    /// The number of epochs for an estimate of a run.
    static int trialEpochs(double epochSeconds) {
        return (int) Math.clamp(ENOUGH / epochSeconds, 1, EPOCHS);
    }

    private static double epochCost(PlannedRun run) {
        return SweepPlan.cost(run.spec()) / run.spec().get(Options.EPOCHS);
    }

    /// Has a worker make the beginning of a run.
    ///
    /// @return seconds that it took
    private static double make(WorkerProcess worker, PlannedRun run, int most, Path folder) throws IOException {
        int epochs = Math.min(most, run.spec().get(Options.EPOCHS));
        worker.give(new WorkerTask(folder, run.spec().withEpochs(epochs)));
        long begun = System.nanoTime();
        while (true) {
            WorkerMessage said =
                    worker.next().orElseThrow(() -> new IOException("a process that tried a run has ended"));
            switch (said) {
                case WorkerMessage.Started _ -> begun = System.nanoTime(); // without the start of the process
                case WorkerMessage.Epoch _ -> {}
                case WorkerMessage.Unavailable unavailable -> throw new IOException(unavailable.message());
                case WorkerMessage.Ended ended -> {
                    if (ended.status() == RunStatus.FAILED) {
                        throw new IOException("%s: %s".formatted(run.label(), ended.message()));
                    }
                    return (System.nanoTime() - begun) / 1e9;
                }
            }
        }
    }

    private static Trial trial(PlannedRun run, Path folder, double seconds) throws IOException {
        List<HistoryRow> history = RunFolder.open(folder).history();
        int epochs = Math.max(1, history.size());
        double all = history.stream().mapToDouble(HistoryRow::seconds).sum();
        double epoch = history.subList(history.size() / 2, history.size()).stream()
                .mapToDouble(HistoryRow::seconds)
                .sorted()
                .skip((history.size() - history.size() / 2) / 2)
                .findFirst()
                .orElse(0);
        double growing = size(folder.resolve(RunFolder.HISTORY)) + size(folder.resolve(RunFolder.SPECTRUM));
        double checkpoint = size(folder.resolve(Checkpoints.LATEST));
        double whole =
                size(folder) - size(folder.resolve(Checkpoints.PREVIOUS)) + checkpoint; // in the end there are two
        return new Trial(epochCost(run), epoch, Math.max(0, seconds - all), growing / epochs, whole - growing);
    }

    private static long size(Path path) throws IOException {
        if (!Files.exists(path)) {
            return 0;
        }
        long size = 0;
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                size += Files.size(file);
            }
        }
        return size;
    }

    /// The expected result of a run of this cost, between the two neighbouring trials.
    private static Trial at(TreeMap<Double, Trial> trials, double cost) {
        Trial below = Optional.ofNullable(trials.floorEntry(cost))
                .orElse(trials.firstEntry())
                .getValue();
        Trial above = Optional.ofNullable(trials.ceilingEntry(cost))
                .orElse(trials.lastEntry())
                .getValue();
        double share = above.cost() > below.cost() ? (cost - below.cost()) / (above.cost() - below.cost()) : 0;
        return new Trial(
                cost,
                between(below.epochSeconds(), above.epochSeconds(), share),
                between(below.runSeconds(), above.runSeconds(), share),
                between(below.epochBytes(), above.epochBytes(), share),
                between(below.runBytes(), above.runBytes(), share));
    }

    private static double between(double a, double b, double share) {
        return a + share * (b - a);
    }
}
