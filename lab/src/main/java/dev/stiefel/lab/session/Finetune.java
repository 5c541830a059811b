package dev.stiefel.lab.session;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.InitialWeights;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A trained run to train on, with the ranks that it found, held: a new run of its own. The old one is
/// only read.
///
/// Any method that holds ranks, any optimizer, learning rate and number of epochs may be chosen; what
/// is not chosen is in `Presets`: data, split, seed, layers and batch size as the run has them, its
/// method and optimizer, and a lower learning rate. The optimizer starts without moments.
///
/// ```java
/// Path run = Path.of("runs/mnist-…");
/// Map<String, ?> choices = Map.of("epochs", 100);
/// try (Finetune finetune = Finetune.of(run, ModelChoice.LATEST, CheckpointChoice.LATEST, choices)) {
///     RunResult result = finetune.session(Path.of("runs/b"), dataSets).run(RunListener.NONE);
/// }
/// ```
///
/// Owns the network that it starts from: close it when the session has run.
public final class Finetune implements AutoCloseable {
    private final RunSpec spec;
    private final Parent parent;
    private final Network network;

    private Finetune(RunSpec spec, Parent parent, Network network) {
        this.spec = spec;
        this.parent = parent;
        this.network = network;
    }

    /// What may be chosen.
    public static List<Option<?>> options() {
        return Resolution.ofRetraining();
    }

    /// Takes up the model of a run.
    ///
    /// @param run its folder
    /// @param choices by key or flag, out of [#options]
    /// @throws IllegalArgumentException if something is chosen that is not allowed, or the run cannot
    ///     be fine-tuned
    /// @throws InvalidRunException if there is no run, it has no checkpoint yet, or is damaged
    public static Finetune of(Path run, ModelChoice model, CheckpointChoice checkpoint, Map<String, ?> choices)
            throws IOException {
        RunFolder folder = RunFolder.open(run);
        if (!folder.spec().get(Options.METHOD).isLowRank()) {
            throw new IllegalArgumentException(
                    "finetune: run '%s' is dense, and has no ranks to hold; compress it first".formatted(run));
        }
        requireUndiverged("finetune", folder, model);
        try (Model trained = folder.model(model, checkpoint)) {
            RunSpec spec = Resolution.retrained(
                    folder.spec(),
                    LayerRanks.of(trained.network().ranks()),
                    choices,
                    RunData.own(choices).map(RunData::description));
            Parent parent = new Parent(Parent.Command.FINETUNE, run.toString(), model.file(), trained.sha256());
            return new Finetune(
                    spec,
                    parent,
                    trained.network().inGauge(spec.get(Options.METHOD).gauge()));
        }
    }

    /// The latest weights of a run that diverged are those of shortly before.
    static void requireUndiverged(String command, RunFolder run, ModelChoice model) {
        if (run.status() == RunStatus.DIVERGED && model == ModelChoice.LATEST) {
            throw new IllegalArgumentException("%s: run '%s' has diverged; the model of its best epoch may do: --best"
                    .formatted(command, run.path()));
        }
    }

    /// What its folder may be named after: `digits-finetune`.
    public String name() {
        return spec.get(Options.EXPERIMENT) + "-" + parent.command().word();
    }

    /// The new run, with everything chosen.
    public RunSpec spec() {
        return spec;
    }

    /// What it starts from.
    public Parent parent() {
        return parent;
    }

    /// The new run in its folder.
    ///
    /// @param folder which must not exist, or be empty
    /// @throws IllegalArgumentException if it exists
    public RunSession session(Path folder, DataSets dataSets) throws IOException {
        return RunSession.from(new InitialWeights(parent, network, Optional.empty()), spec, folder, dataSets);
    }

    @Override
    public void close() {
        network.close();
    }
}
