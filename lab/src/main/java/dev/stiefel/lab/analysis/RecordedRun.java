package dev.stiefel.lab.analysis;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Cost;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.nn.Measure.Better;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A run as it was found: what it is, and what was measured after every epoch. A copy in memory, small enough for
/// thousands of them; its folder may continue to change.
public final class RecordedRun {
    private final Facts facts;
    private final Curves curves;
    private final RunCosts costs;

    RecordedRun(Facts facts, Curves curves) {
        this.facts = facts;
        this.curves = curves;
        this.costs = new RunCosts(facts.spec(), curves);
    }

    /// Facts about a run besides its curves.
    record Facts(
            Path folder,
            String name,
            String configuration,
            RunSpec spec,
            RunStatus status,
            Optional<String> message,
            Optional<Summary> summary,
            Map<String, String> dataSha256,
            Map<String, String> versions,
            Map<String, Better> directions,
            boolean imported) {
        Facts {
            dataSha256 = Map.copyOf(dataSha256);
            versions = Map.copyOf(versions);
            directions = Map.copyOf(directions);
        }
    }

    /// The run's folder.
    public Path folder() {
        return facts.folder();
    }

    /// The run's name: its folder's path below the folder that was read.
    public String name() {
        return facts.name();
    }

    /// The run's configuration: a sweep's name, a folder of imported logs, or its experiment.
    public String configuration() {
        return facts.configuration();
    }

    /// The specification of the training.
    public RunSpec spec() {
        return facts.spec();
    }

    /// The status.
    public RunStatus status() {
        return facts.status();
    }

    /// The reason for its end, if there is one to tell.
    public Optional<String> message() {
        return facts.message();
    }

    /// The summary in its folder.
    public Optional<Summary> summary() {
        return facts.summary();
    }

    /// The SHA-256 of each file of the data set.
    public Map<String, String> dataSha256() {
        return facts.dataSha256();
    }

    /// The versions that it was made with.
    public Map<String, String> versions() {
        return facts.versions();
    }

    /// Returns whether it was trained by other code and imported from its logs. Training figures are then those
    /// of an epoch's last mini-batch.
    public boolean isImported() {
        return facts.imported();
    }

    /// Returns whether it reached a result that statistics may use: it is done, and something was measured.
    public boolean isUsable() {
        return facts.status() == RunStatus.DONE && curves.hasValues();
    }

    /// The number of its last epoch; 0 if there is none.
    public int epochs() {
        return curves.epochs();
    }

    /// A measure after an epoch, counted from 1; NaN if it was not measured, or is missing.
    public double value(RunMeasure measure, int epoch) {
        return curves.value(measure, epoch);
    }

    /// Returns whether a measure was taken at any epoch.
    public boolean has(RunMeasure measure) {
        return curves.has(measure);
    }

    /// The ranks of the factored weights after an epoch; none where they are missing or the
    /// network is dense.
    public List<Integer> ranks(int epoch) {
        return curves.ranks(epoch);
    }

    /// Numbers in the weights at evaluation after an epoch; -1 where that is missing.
    public long parameters(int epoch) {
        return curves.parameters(epoch);
    }

    /// Numbers in the weights that training keeps and updates, with the ranks after an epoch;
    /// -1 where those are missing.
    public long trainingParameters(int epoch) {
        return costs.trainingParameters(epoch);
    }

    /// The cost of a sample with the ranks after an epoch; empty if those are missing.
    public Optional<Cost> cost(int epoch) {
        return costs.of(epoch);
    }

    /// The multiply-adds that training has spent by the end of an epoch. An epoch whose ranks
    /// are missing is taken to have cost what the one before it did.
    public double trainingCompute(int epoch) {
        return costs.training(epoch);
    }

    /// All measures of any epoch, split by split: loss, error, and further measures; lower figures are better
    /// unless the run states otherwise.
    public List<RunMeasure> measures() {
        List<RunMeasure> measures = new ArrayList<>();
        for (Split split : Split.values()) {
            measures.add(RunMeasure.loss(split));
            measures.add(RunMeasure.error(split));
            curves.further()
                    .forEach(name -> measures.add(
                            new RunMeasure(split, name, facts.directions().getOrDefault(name, Better.LOWER))));
        }
        return measures.stream().filter(this::has).toList();
    }

    /// The number of epochs that lack a measure that others of the run have.
    int missing(RunMeasure measure) {
        return curves.missing(measure);
    }

    /// The outcome of a measure.
    public RunOutcome outcome(RunMeasure measure) {
        return curves.outcome(measure);
    }

    @Override
    public String toString() {
        return facts.name();
    }
}
