package dev.stiefel.lab.session;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.own.Task;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.lab.spec.Architectures;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.OptionGroup;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Words;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.SpecTypes;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A model from elsewhere that becomes a run of its own, as if it had been trained here: it can be evaluated,
/// compressed, fine-tuned and exported. It is a safetensors file of ours, one with the `state_dict` of a
/// PyTorch network of linear layers or of one of the networks for images that runs can have, or a folder of the
/// published code's `.npy` files ([Models#load(Path)]).
///
/// ```java
/// try (DerivedRun made = Import.of(Path.of("mlp.safetensors"), Map.of("data", "mnist"))) {
///     made.session(Path.of("runs/mlp"), dataSets).run(RunListener.NONE);
/// }
/// ```
///
/// Chains of linear layers have hidden layers with ReLU, all dense or all factored, and a dense output layer. A
/// factored output layer is multiplied out. Networks are for softmax cross-entropy; those for data whose targets are
/// values, for the mean squared error. A file that says nothing of its inputs takes them as they are, unless
/// `standardize` is chosen.
public final class Import {
    private Import() {}

    /// The options that may be chosen: the model's data, its split, and the network.
    public static List<Option<?>> options() {
        List<Option<?>> options =
                new ArrayList<>(Options.in(OptionGroup.DATA, OptionGroup.OWN_DATA, OptionGroup.SAMPLES));
        options.add(Options.NETWORK);
        return options;
    }

    /// Takes up a model, if a run can have that network and the data set fits it.
    ///
    /// @param fileOrFolder file or folder, which stays unchanged
    /// @param choices by key or flag, out of [#options]; `data` may be left out where the
    ///     file says it
    /// @throws IllegalArgumentException if something is chosen that is not allowed, or does
    ///     not fit
    /// @throws InvalidRunException if there is no model, or it is damaged
    public static DerivedRun of(Path fileOrFolder, Map<String, ?> choices) throws IOException {
        return of(fileOrFolder, Choices.of(choices));
    }

    /// The same for choices that were parsed.
    public static DerivedRun of(Path fileOrFolder, Choices choices) throws IOException {
        return of(fileOrFolder, choices, DataSets.in(CacheFolder.standard()));
    }

    /// The same with data sets from elsewhere, for texts, which are read.
    public static DerivedRun of(Path fileOrFolder, Choices choices, DataSets dataSets) throws IOException {
        if (Files.exists(fileOrFolder.resolve(RunRecord.FILE))) {
            throw new IllegalArgumentException("import: '%s' is already a run".formatted(fileOrFolder));
        }
        requireAllowed(choices);
        Optional<Architecture> network = choices.find(Options.NETWORK);
        try (ParentModel parent = ParentModel.open(
                Parent.Command.IMPORT,
                fileOrFolder,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                choices.without(Options.NETWORK),
                network,
                dataSets)) {
            if (parent.model().takesTexts()) {
                return ofTexts(fileOrFolder, parent, network);
            }
            requireDescribable(fileOrFolder, parent);
            network.ifPresent(each ->
                    requireNetwork(fileOrFolder, each, parent.model().network().spec()));
            try (Network dense = withDenseOutput(parent.model().network())) {
                RunSpec spec = spec(fileOrFolder, parent, dense.spec());
                return DerivedRun.of(spec, parent.parent(), dense, parent.data(), Optional.empty())
                        .remarking(parent.remarks());
            }
        }
    }

    /// Imports a network for texts, whose description is in the run that its file names.
    private static DerivedRun ofTexts(Path source, ParentModel parent, Optional<Architecture> wanted)
            throws IOException {
        Network trained = parent.model().network();
        NetworkSpec network = trained.spec();
        RunSpec origin = parent.textOrigin();
        wanted.ifPresent(each -> requireNetwork(source, each, origin.architecture()));
        Choices ranks = network.factoredWeights().isEmpty()
                ? Choices.none()
                : Choices.none().with(Options.RANK, LayerRanks.of(network));
        RunData data = parent.data().orElseThrow();
        if (network.outputs() != data.facts().outputs()) {
            throw new IllegalArgumentException(
                    "import: data '%s' has %s classes; the network of %s has %s; to give it other classes, fine-tune it: stiefel finetune %s --data %s"
                            .formatted(
                                    data.facts().name(),
                                    data.facts().outputs(),
                                    source,
                                    network.outputs(),
                                    source,
                                    data.facts().name()));
        }
        RunSpec spec = Resolution.untrained(origin, ranks, parent.choices(), parent.described());
        if (!spec.networkSpec().equals(network)) {
            throw new IllegalArgumentException("import: %s must hold network '%s' as its run describes it, %s; got %s"
                    .formatted(source, spec.networkTitle(), spec.networkSpec(), network));
        }
        return DerivedRun.of(spec, parent.parent(), trained, parent.data(), Optional.empty())
                .remarking(parent.remarks());
    }

    private static void requireAllowed(Choices choices) {
        List<Option<?>> allowed = options();
        for (Option<?> option : choices.options()) {
            if (!allowed.contains(option)) {
                throw new IllegalArgumentException(
                        "'%s' cannot be chosen: the existing network determines it".formatted(choices.typed(option)));
            }
        }
    }

    private static void requireNetwork(Path source, Architecture wanted, NetworkSpec network) {
        requireNetwork(
                source,
                wanted,
                network.isChain()
                        ? Architectures.all().getFirst()
                        : Architectures.of(network).orElse(wanted));
    }

    private static void requireNetwork(Path source, Architecture wanted, Architecture found) {
        if (!found.equals(wanted)) {
            throw new IllegalArgumentException("import: network must be '%s', which %s holds; got '%s'"
                    .formatted(found.word(), source, wanted.word()));
        }
    }

    /// @param network of the model, with a dense output layer
    private static RunSpec spec(Path source, ParentModel parent, NetworkSpec network) throws IOException {
        Optional<RunSpec> origin = parent.model().spec();
        Choices choices = parent.choices();
        Choices said = origin.map(run -> run.choices(takenOver(choices))).orElse(Choices.none());
        said = said.with(choices);
        if (!said.has(Options.DATA)) {
            throw new IllegalArgumentException(
                    "%s does not record the data of its training; name the data set with data".formatted(source));
        }
        Optional<RunData> own = parent.data().isPresent() ? parent.data() : RunData.own(said);
        requireFit(source, network, own.map(RunData::facts).orElseGet(parent::facts));
        return Resolution.of(
                        parent.describing(network, network.outputs(), said),
                        Optional.of(name(source)),
                        own.map(RunData::description))
                .only(Resolution.kept());
    }

    /// Options of a model's own run that hold where nothing else is chosen.
    private static List<Option<?>> takenOver(Choices choices) {
        List<Option<?>> takenOver = new ArrayList<>(options());
        takenOver.remove(Options.NETWORK);
        takenOver.add(Options.METHOD);
        if (choices.has(Options.DATA)) { // which is read in its own way
            takenOver.removeAll(Options.in(OptionGroup.OWN_DATA));
        } else {
            takenOver.add(Options.MEASURES); // which other data may not have
        }
        if (ParentModel.SCALES.stream().anyMatch(choices::has)) {
            takenOver.removeAll(ParentModel.SCALES);
        }
        return takenOver;
    }

    private static String name(Path source) {
        return String.valueOf(source.toAbsolutePath().normalize().getFileName()).replaceFirst("\\.safetensors$", "");
    }

    private static void requireFit(Path source, NetworkSpec network, DataFacts data) {
        SampleShape input = network.inputs().getFirst().shape();
        boolean fits = input instanceof SampleShape.Image
                ? data.image().filter(input::equals).isPresent()
                : network.inputValues() == data.inputs();
        if (!fits || network.outputs() != data.outputs()) {
            String shape = data.image().map(image -> " (%s)".formatted(image)).orElse("");
            throw new IllegalArgumentException(
                    "import: samples of data set '%s' have %s values%s and %s %s; got a %s network%s"
                            .formatted(
                                    data.name(),
                                    data.inputs(),
                                    input instanceof SampleShape.Image ? shape : "",
                                    data.outputs(),
                                    data.task() == Task.CLASSIFICATION ? "classes" : "values to predict",
                                    network,
                                    fits
                                            ? "; to give it other classes, fine-tune it: stiefel finetune %s --data %s"
                                                    .formatted(source, data.name())
                                            : ""));
        }
    }

    private static void requireDescribable(Path source, ParentModel parent) {
        NetworkSpec network = parent.model().network().spec();
        Loss wanted = parent.data()
                .map(RunData::facts)
                .or(() -> parent.model().spec().map(RunSpec::dataFacts))
                .map(DataFacts::usualLoss)
                .orElse(new SoftmaxCrossEntropy());
        if (!network.loss().equals(wanted)) {
            SpecTypes types = SpecTypes.installed();
            throw new IllegalArgumentException("import: %s must be for loss '%s', as its data is; got '%s'"
                    .formatted(source, types.word(wanted), types.word(network.loss())));
        }
        if (network.isChain()) {
            requireDescribableChain(source, network.chainLayers());
        } else {
            parent.forImages(network);
        }
    }

    private static void requireDescribableChain(Path source, List<LinearSpec> layers) {
        int last = layers.size() - 1;
        for (int i = 0; i <= last; i++) {
            Activation wanted = i < last ? Activation.RELU : Activation.IDENTITY;
            if (layers.get(i).activation() != wanted) {
                throw new IllegalArgumentException(
                        "import: layer %s of %s must have activation '%s', as layers of runs have; got '%s'"
                                .formatted(
                                        i,
                                        source,
                                        Words.of(wanted),
                                        Words.of(layers.get(i).activation())));
            }
        }
        long factored = layers.subList(0, last).stream()
                .filter(layer -> layer.rank().isPresent())
                .count();
        if (factored != 0 && factored != last) {
            throw new IllegalArgumentException(
                    "import: the hidden layers of %s must be all dense or all factored; got %s factored of %s; compress"
                                    .formatted(source, factored, last)
                            + " it instead, which factors all");
        }
    }

    /// A copy of a chain whose last layer is dense, whatever it was; of another network just a copy.
    private static Network withDenseOutput(Network network) {
        NetworkSpec spec = network.spec();
        WeightSpec output = spec.weights().getLast();
        Map<String, Tensor> tensors = network.tensors();
        Gauge gauge = network.gauge();
        try (Scope scope = Scope.open("output layer")) {
            if (spec.isChain() && network.parameter(output.name()) instanceof FactoredParameter factored) {
                List.of(".U", ".S", ".V").forEach(part -> tensors.remove(output.name() + part));
                tensors.put(output.name(), ((Factors) factored.weight()).matrix(scope));
                spec = spec.withRanks(Map.of(output.name(), OptionalInt.empty()));
            }
            return Network.of(spec, gauge, tensors);
        }
    }
}
