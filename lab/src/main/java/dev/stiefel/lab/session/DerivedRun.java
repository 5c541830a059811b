package dev.stiefel.lab.session;

import dev.stiefel.data.own.Schema;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.record.CompressionFigures;
import dev.stiefel.lab.record.InitialWeights;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Measures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A run that starts from a model, to be made: by [Finetune], [Compression] or [Import].
///
/// Owns the network that it starts from: close it when the session has run.
public final class DerivedRun implements AutoCloseable {
    private final RunSpec spec;
    private final InitialWeights start;
    private final Optional<RunData> data;
    private final Measures known;
    private final List<String> remarks;

    private DerivedRun(
            RunSpec spec, InitialWeights start, Optional<RunData> data, Measures known, List<String> remarks) {
        this.spec = spec;
        this.start = start;
        this.data = data;
        this.known = known;
        this.remarks = List.copyOf(remarks);
    }

    /// @param network network, which is copied, with its factors in the form that the spec's method needs
    /// @param data of the new run, if that has been read; texts must be
    static DerivedRun of(
            RunSpec spec,
            Parent parent,
            Network network,
            Optional<RunData> data,
            Optional<CompressionFigures> compressed) {
        Optional<Schema> tokenizers =
                data.filter(each -> each.facts().text().isPresent()).map(RunData::schema);
        Network copy = network.inGauge(spec.get(Options.METHOD).gauge());
        return new DerivedRun(
                spec, new InitialWeights(parent, copy, compressed, tokenizers), data, Measures.installed(), List.of());
    }

    /// The same, its session finding measures by name among these.
    DerivedRun knowing(Measures measures) {
        return new DerivedRun(spec, start, data, measures, remarks);
    }

    /// The same with something that the user should know.
    DerivedRun remarking(List<String> lines) {
        return new DerivedRun(spec, start, data, known, lines);
    }

    /// Refuses the latest weights of a run that diverged, which are from shortly before.
    static void requireUndiverged(Parent.Command command, RunFolder run, ModelChoice model) {
        if (run.status() == RunStatus.DIVERGED && model == ModelChoice.LATEST) {
            throw new IllegalArgumentException("%s: run '%s' has diverged; the model of its best epoch may do: --best"
                    .formatted(command.word(), run.path()));
        }
    }

    /// A name for its folder: `digits-finetune`.
    public String name() {
        return spec.get(Options.EXPERIMENT) + "-" + parent().command().word();
    }

    /// The new run, with everything chosen.
    public RunSpec spec() {
        return spec;
    }

    /// The initial model.
    public Parent parent() {
        return start.parent();
    }

    /// Notes for the user, one line each: a last layer that is new, say.
    public List<String> remarks() {
        return remarks;
    }

    /// The cost of compressing the model, before any retraining; empty if it was not compressed.
    public Optional<CompressionFigures> compressed() {
        return start.compressed();
    }

    /// The new run in its folder: trained, or done at once if its spec says nothing of training.
    ///
    /// @param folder new or empty folder
    /// @throws IllegalArgumentException if it exists
    public RunSession session(Path folder, DataSets dataSets) throws IOException {
        return RunSession.from(start, spec, data, folder, dataSets).knowing(known);
    }

    @Override
    public void close() {
        start.network().close();
    }
}
