package dev.stiefel.lab.session;

import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A trained run to train on, with the ranks that it found, held: a new run of its own. The old one is
/// only read.
///
/// Any method that holds ranks, any optimizer, learning rate and number of epochs may be chosen; what
/// is not chosen is declared by [Options]: data, split, seed, layers and batch size as the run has them, its
/// method and optimizer, and a lower learning rate. The optimizer starts without moments.
///
/// ```java
/// Path run = Path.of("runs/mnist-…");
/// Map<String, ?> choices = Map.of("epochs", 100);
/// try (DerivedRun finetune = Finetune.of(run, ModelChoice.LATEST, CheckpointChoice.LATEST, choices)) {
///     RunResult result = finetune.session(Path.of("runs/b"), dataSets).run(RunListener.NONE);
/// }
/// ```
public final class Finetune {
    private Finetune() {}

    /// What may be chosen.
    public static List<Option<?>> options() {
        return Options.ofRetraining();
    }

    /// Takes up the model of a run.
    ///
    /// @param run its folder
    /// @param choices by key or flag, out of [#options]
    /// @throws IllegalArgumentException if something is chosen that is not allowed, or the run cannot
    ///     be fine-tuned
    /// @throws InvalidRunException if there is no run, it has no checkpoint yet, or is damaged
    public static DerivedRun of(Path run, ModelChoice model, CheckpointChoice checkpoint, Map<String, ?> choices)
            throws IOException {
        return of(run, model, checkpoint, Choices.of(choices));
    }

    /// The same for choices that were parsed.
    public static DerivedRun of(Path run, ModelChoice model, CheckpointChoice checkpoint, Choices choices)
            throws IOException {
        RunFolder folder = RunFolder.open(run);
        if (!folder.spec().get(Options.METHOD).isLowRank()) {
            throw new IllegalArgumentException(
                    "finetune: run '%s' is dense, and has no ranks to hold; compress it first".formatted(run));
        }
        DerivedRun.requireUndiverged(Parent.Command.FINETUNE, folder, model);
        try (Model trained = folder.model(model, checkpoint)) {
            RunSpec spec = Resolution.retrained(
                    folder.spec(),
                    LayerRanks.of(trained.network().ranks()),
                    choices,
                    RunData.own(choices).map(RunData::description));
            Parent parent = new Parent(Parent.Command.FINETUNE, run.toString(), model.file(), trained.sha256());
            return DerivedRun.of(spec, parent, trained.network(), Optional.empty());
        }
    }
}
