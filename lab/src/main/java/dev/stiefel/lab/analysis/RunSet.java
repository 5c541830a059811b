package dev.stiefel.lab.analysis;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.spec.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Recorded runs that are analysed together.
///
/// ```java
/// RunSet set = RunSet.read(List.of(Path.of("sweeps/double-descent")));
/// for (Configuration each : set.configurations()) {
///     each.statistics(RunMeasure.TEST_ERROR, each.epochs()).mean();
/// }
/// ```
///
/// Nothing is dropped in silence: what cannot be read, and every run that statistics leave
/// out, has its remark.
public final class RunSet {
    private final List<RecordedRun> runs;
    private final List<String> remarks;
    private final Grouping grouping;

    RunSet(List<RecordedRun> runs, List<String> remarks, Grouping grouping) {
        this.runs = List.copyOf(runs);
        this.remarks = List.copyOf(remarks);
        this.grouping = grouping;
    }

    /// The runs at these places: each a run, a sweep, imported logs, or a folder that holds
    /// any of these.
    ///
    /// @throws IllegalArgumentException if there is nothing to read at all
    /// @throws IOException if a folder cannot be listed
    public static RunSet read(List<Path> paths) throws IOException {
        return new RunSetReader().read(paths);
    }

    /// A single run that was read already. Nothing is read again.
    ///
    /// @param history of the run, as it was read
    /// @throws IllegalArgumentException if its options do not describe a network
    public static RunSet of(RunFolder run, List<HistoryRow> history) {
        return new RunSetReader().of(run, history);
    }

    /// All runs, also those that failed or are not done, in the order of their names.
    public List<RecordedRun> runs() {
        return runs;
    }

    /// The runs that reached a result.
    public List<RecordedRun> usable() {
        return runs.stream().filter(RecordedRun::isUsable).toList();
    }

    /// Returns whether any usable run has a measure.
    public boolean has(RunMeasure measure) {
        return usable().stream().anyMatch(run -> run.has(measure));
    }

    /// The measures of usable runs besides loss and accuracy: by name, and for each name the test, training and
    /// validation figures that exist.
    public List<RunMeasure> furtherMeasures() {
        Map<String, RunMeasure> names = new LinkedHashMap<>();
        usable().stream()
                .flatMap(run -> run.measures().stream())
                .filter(RunMeasure::isFurther)
                .forEach(measure -> names.putIfAbsent(measure.name(), measure));
        return names.values().stream()
                .flatMap(measure ->
                        Stream.of(Split.TEST, Split.TRAIN, Split.VALIDATION).map(measure::of))
                .filter(this::has)
                .toList();
    }

    /// Remarks, one line for everything that was unreadable, damaged or omitted.
    public List<String> remarks() {
        return remarks;
    }

    /// The options that vary from run to run, without the seed.
    public List<Option<?>> axes() {
        return grouping.axes();
    }

    /// Usable runs by everything but their seed, in the order of the axes.
    public List<Configuration> configurations() {
        return grouping.configurations();
    }

    /// The configurations with runs of which none is usable.
    public List<Configuration> fruitless() {
        return grouping.fruitless();
    }

    /// The cells of each grid (all combinations of the values that its axes have) with no
    /// usable run.
    public List<Configuration> missing() {
        return grouping.missing();
    }
}
