package dev.stiefel.lab.session;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.ModelOrigin;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A trained network to train on, with the ranks that it has, held: a new run of its own. Its origin, a run or a
/// model's file, stays unchanged.
///
/// Any method that holds ranks, any optimizer, learning rate and number of epochs may be chosen; what
/// is not chosen is declared by [Options]: data, split, seed, layers and batch size as the run has them, its
/// method and optimizer, and a lower learning rate. The optimizer starts without moments. A network without
/// factored weights is trained by method `dense`.
///
/// With data that has other classes, the last layer is drawn anew and all else is kept.
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

    /// The options that may be chosen.
    public static List<Option<?>> options() {
        return Options.ofRetraining();
    }

    /// Takes up the model of a run, or the model in a safetensors file.
    ///
    /// @param runOrFile a file that does not say what it was trained on needs `data` among the choices
    /// @param choices by key or flag, out of [#options]
    /// @throws IllegalArgumentException if something is chosen that is not allowed, or the run cannot
    ///     be fine-tuned
    /// @throws InvalidRunException if there is no run or model, it has no checkpoint yet, or is damaged
    public static DerivedRun of(Path runOrFile, ModelChoice model, CheckpointChoice checkpoint, Map<String, ?> choices)
            throws IOException {
        return of(runOrFile, model, checkpoint, Choices.of(choices));
    }

    /// The same for choices that were parsed.
    public static DerivedRun of(Path runOrFile, ModelChoice model, CheckpointChoice checkpoint, Choices choices)
            throws IOException {
        return of(runOrFile, model, checkpoint, choices, DataSets.in(CacheFolder.standard()));
    }

    /// The same with data sets from elsewhere, for texts, which are read.
    public static DerivedRun of(
            Path runOrFile, ModelChoice model, CheckpointChoice checkpoint, Choices choices, DataSets dataSets)
            throws IOException {
        try (ParentModel parent = ParentModel.open(
                Parent.Command.FINETUNE, runOrFile, model, checkpoint, choices, Optional.empty(), dataSets)) {
            Network trained = parent.model().network();
            DataFacts data = parent.facts();
            requireChannels(runOrFile, trained.spec(), data);
            RunSpec spec = Resolution.retrained(
                    parent.origin(), ranks(trained.spec(), data.outputs()), parent.choices(), parent.described());
            Transfer transfer = new Transfer(trained, spec.networkSpec());
            transfer.misfit().ifPresent(misfit -> {
                throw new IllegalArgumentException("finetune: network %s of %s cannot take the samples of data '%s': %s"
                        .formatted(trained.spec(), runOrFile, data.name(), misfit));
            });
            List<String> remarks = new ArrayList<>(parent.remarks());
            if (transfer.needsNewHead()) {
                remarks.add("the last layer, '%s', is new, with random weights: %s outputs in place of %s"
                        .formatted(
                                transfer.head(), data.outputs(), trained.spec().outputs()));
            } else if (hasOtherNames(parent)) {
                remarks.add("the number of outputs is unchanged, though their names differ: the last layer is kept");
            }
            Rng rng = Rng.seeded(spec.get(Options.SEED)).forPurpose("last layer");
            try (Network start = transfer.network(rng)) {
                return DerivedRun.of(spec, parent.parent(), start, parent.data(), Optional.empty())
                        .remarking(remarks);
            }
        }
    }

    private static void requireChannels(Path source, NetworkSpec network, DataFacts data) {
        if (network.inputs().getFirst().shape() instanceof SampleShape.Image input
                && data.image()
                        .filter(image -> image.channels() != input.channels())
                        .isPresent()) {
            throw new IllegalArgumentException(
                    "finetune: the network of %s takes images of %s %s; those of data '%s' have %s"
                            .formatted(
                                    source,
                                    input.channels(),
                                    input.channels() == 1 ? "channel" : "channels",
                                    data.name(),
                                    data.image().orElseThrow().channels()));
        }
    }

    /// The ranks that the factored weights have; that of the last layer as far as it goes with so many outputs.
    private static Choices ranks(NetworkSpec network, int outputs) {
        List<WeightSpec> factored = network.factoredWeights();
        if (factored.isEmpty()) {
            return Choices.none();
        }
        LayerRanks ranks = LayerRanks.of(network);
        WeightSpec last = factored.getLast();
        if (last.equals(network.weights().getLast()) && last.rank().orElseThrow() > outputs) {
            List<TuckerRanks> each = new ArrayList<>(ranks.each(factored.size()));
            each.set(each.size() - 1, TuckerRanks.of(outputs));
            ranks = new LayerRanks(each);
        }
        return Choices.none().with(Options.RANK, ranks);
    }

    /// Returns whether the outputs' meaning has changed.
    private static boolean hasOtherNames(ParentModel parent) {
        Optional<Schema.Outputs> before = parent.model()
                .origin()
                .flatMap(ModelOrigin::preparation)
                .map(preparation -> preparation.schema().outputs());
        Optional<Schema.Outputs> after = parent.schema().map(Schema::outputs);
        return before.isPresent() && after.isPresent() && !before.equals(after);
    }
}
