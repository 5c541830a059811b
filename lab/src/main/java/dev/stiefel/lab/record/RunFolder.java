package dev.stiefel.lab.record;

import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Measure.Better;
import dev.stiefel.train.EvaluationSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A run, as its folder tells it. Reads only, also while the run is being trained; what it
/// says is of the moment it was opened, but for [#history] and [#model], which look again.
///
///     run.json            options, versions, machine, data set and its SHA-256, status, summary
///     history.csv         one row an epoch
///     spectrum.csv        the singular values of every factored weight after every epoch
///     checkpoint/         model, best model, the optimizer's state: all that is needed to go on
///     checkpoint-previous/ the one before it
///     start.safetensors   the weights that it started with, if those are not random
public final class RunFolder {
    /// The name of the history's file.
    public static final String HISTORY = "history.csv";

    /// The name of the spectra's file.
    public static final String SPECTRUM = "spectrum.csv";

    private final Path path;
    private final RunRecord record;

    private RunFolder(Path path, RunRecord record) {
        this.path = path;
        this.record = record;
    }

    /// Opens a run.
    ///
    /// @throws InvalidRunException if there is none, saying why
    /// @throws IOException if it cannot be read
    public static RunFolder open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new InvalidRunException("there is no run at '%s'".formatted(path));
        }
        if (!Files.isDirectory(path)) {
            throw new InvalidRunException("'%s' is not a run: a run is a folder".formatted(path));
        }
        if (!Files.exists(path.resolve(RunRecord.FILE))) {
            throw new InvalidRunException("'%s' is not a run: it has no %s".formatted(path, RunRecord.FILE));
        }
        return new RunFolder(path, RunRecord.read(path));
    }

    /// Leaves word in a folder that a run has failed, where the run could not do so itself:
    /// its process was killed, or it could not begin.
    ///
    /// @param spec for a run that has not begun
    /// @throws RunHeldException if another process trains it
    public static void recordFailure(Path path, RunSpec spec, String message) throws IOException {
        Files.createDirectories(path);
        try (RunLock _ = RunLock.acquire(path)) {
            RunRecord record = Files.exists(path.resolve(RunRecord.FILE))
                    ? RunRecord.read(path)
                    : RunRecord.started(spec, Optional.empty(), Map.of());
            record.with(RunStatus.FAILED, Optional.of(Json.oneLine(message))).write(path);
        }
    }

    /// All that its `run.json` says.
    public RunRecord record() {
        return record;
    }

    /// The path of the folder.
    public Path path() {
        return path;
    }

    /// The status of the run.
    public RunStatus status() {
        return record.status();
    }

    /// One line on why it ended as it did, where there is something to say.
    public Optional<String> message() {
        return record.message();
    }

    /// The specification of the training.
    public RunSpec spec() {
        return record.spec();
    }

    /// The origin of its initial weights, if they are not random: the model of another run, say.
    public Optional<Parent> parent() {
        return record.parent();
    }

    /// The cost of its parent's compression, if it comes from one.
    public Optional<CompressionFigures> compressed() {
        return record.compressed();
    }

    /// The origin of an imported log, if other code trained it: then it has no weights.
    public Optional<ImportedLog> imported() {
        return record.imported();
    }

    /// The versions that it was made with, by name; empty for imported runs.
    public Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        record.versions()
                .properties()
                .forEach(each -> versions.put(each.getKey(), String.valueOf(Json.plain(each.getValue()))));
        return Collections.unmodifiableMap(versions);
    }

    /// The better direction, higher or lower, of each of its measures except loss and accuracy.
    public Map<String, Better> directions() {
        return record.directions();
    }

    /// Name of the figure that decides which epoch is the best: `loss` unless another was chosen.
    public String monitored() {
        return spec().find(Options.MONITOR).orElse(EvaluationSpec.LOSS);
    }

    /// The better direction, higher or lower, of the monitored figure.
    public Better monitoredDirection() {
        return monitored().equals(Accuracy.NAME) ? Better.HIGHER : directions().getOrDefault(monitored(), Better.LOWER);
    }

    /// The time of its start: `2026-01-31T12:00:00Z`.
    public String started() {
        return record.started();
    }

    /// The SHA-256 of each file of the data set.
    public Map<String, String> dataSha256() {
        return record.data();
    }

    /// The summary of its results; empty before the first checkpoint.
    public Optional<Summary> summary() {
        return record.summary();
    }

    /// One row an epoch; of a run that was imported, epochs may be missing.
    public List<HistoryRow> history() throws IOException {
        Path file = path.resolve(HISTORY);
        return record.imported().isPresent() ? HistoryFile.readImported(file) : HistoryFile.read(file);
    }

    /// The same with the perplexity as a further measure, where outputs are next tokens.
    public List<HistoryRow> historyWithPerplexity() throws IOException {
        return history().stream().map(row -> row.withPerplexity(spec())).toList();
    }

    /// A model of the run, its checkpoint verified. Close it.
    ///
    /// @throws InvalidRunException if there is none yet, or the checkpoint is damaged
    public Model model(ModelChoice model, CheckpointChoice choice) throws IOException {
        if (record.imported().isPresent()) {
            throw new InvalidRunException(
                    "run '%s' has no weights: it was imported from logs; 'report' can read it".formatted(path));
        }
        try {
            return load(model, choice);
        } catch (InvalidRunException e) {
            if (record.status() != RunStatus.RUNNING) {
                throw e;
            }
            return load(model, choice); // a new checkpoint may just have taken the place of the one that was read
        }
    }

    private Model load(ModelChoice model, CheckpointChoice choice) throws IOException {
        Checkpoint checkpoint = new Checkpoints(path).open(choice);
        if (!checkpoint.has(model)) {
            throw new InvalidRunException(
                    "run '%s' has no best model before its first epoch has ended".formatted(path));
        }
        ModelFile.Loaded loaded = checkpoint.load(model);
        return Model.of(path, loaded, Optional.of(spec()), Optional.of(checkpoint.sha256(model)))
                .trainedOn(record.dataIdentity());
    }
}
