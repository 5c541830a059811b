package dev.stiefel.lab.analysis;

import dev.stiefel.lab.spec.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Recorded runs that are looked at together.
///
/// ```java
/// RunSet set = RunSet.read(List.of(Path.of("sweeps/double-descent")));
/// for (Configuration each : set.configurations()) {
///     each.statistics(Measure.TEST_ERROR, each.epochs()).mean();
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

    /// All runs, also those that failed or are not done, in the order of their names.
    public List<RecordedRun> runs() {
        return runs;
    }

    /// Those that reached a result.
    public List<RecordedRun> usable() {
        return runs.stream().filter(RecordedRun::isUsable).toList();
    }

    /// One line for everything that was unreadable, damaged or left out.
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

    /// Those with runs, none of which is usable.
    public List<Configuration> fruitless() {
        return grouping.fruitless();
    }

    /// The cells of each grid (all combinations of the values that its axes have) with no
    /// usable run.
    public List<Configuration> missing() {
        return grouping.missing();
    }
}
