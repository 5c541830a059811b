package dev.stiefel.lab.session;

import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunRecord;
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
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.train.Method;
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
/// PyTorch network of linear layers, or a folder of the published code's `.npy` files ([Models#load(Path)]).
///
/// ```java
/// try (DerivedRun made = Import.of(Path.of("mlp.safetensors"), Map.of("data", "mnist"))) {
///     made.session(Path.of("runs/mlp"), dataSets).run(RunListener.NONE);
/// }
/// ```
///
/// Runs have hidden layers with ReLU, all dense or all factored, and a dense output layer for softmax
/// cross-entropy. A factored output layer is multiplied out; other networks are refused.
public final class Import {
    private Import() {}

    /// What may be chosen: the data that the model is for, and which samples of it are which.
    public static List<Option<?>> options() {
        return Options.in(OptionGroup.DATA, OptionGroup.OWN_DATA, OptionGroup.SAMPLES);
    }

    /// Takes up a model, if a run can have that network and the data set fits it.
    ///
    /// @param fileOrFolder which is only read
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
        if (Files.exists(fileOrFolder.resolve(RunRecord.FILE))) {
            throw new IllegalArgumentException("import: '%s' is a run already".formatted(fileOrFolder));
        }
        try (Model model = Models.load(fileOrFolder)) {
            requireDescribable(fileOrFolder, model.network());
            String name = String.valueOf(
                            fileOrFolder.toAbsolutePath().normalize().getFileName())
                    .replaceFirst("\\.safetensors$", "");
            RunSpec spec = spec(fileOrFolder, model, choices, name);
            Parent parent = new Parent(
                    Parent.Command.IMPORT, fileOrFolder.toString(), fileOrFolder.getFileName() + "", model.sha256());
            try (Network dense = withDenseOutput(model.network())) {
                return DerivedRun.of(spec, parent, dense, Optional.empty());
            }
        }
    }

    private static RunSpec spec(Path source, Model model, Choices choices, String name) throws IOException {
        List<Option<?>> allowed = options();
        for (Option<?> option : choices.options()) {
            if (!allowed.contains(option)) {
                throw new IllegalArgumentException("'%s' cannot be chosen: the network that is there has its own"
                        .formatted(choices.typed(option)));
            }
        }
        List<Option<?>> takenOver = new ArrayList<>(allowed);
        if (!choices.has(Options.DATA)) {
            takenOver.add(Options.MEASURES); // which other data may not have
        }
        Choices said = model.spec().map(origin -> origin.choices(takenOver)).orElse(Choices.none());
        said = said.with(choices);
        String data = said.find(Options.DATA)
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s does not say what data it was trained on; name the data set with data".formatted(source)));
        NetworkSpec layers = model.network().spec();
        List<LinearSpec> hidden =
                layers.chainLayers().subList(0, layers.chainLayers().size() - 1);
        boolean factored = !hidden.isEmpty() && hidden.getFirst().rank().isPresent();
        said = said.only(takenOver).with(Options.LAYERS.key(), layers.toString());
        Optional<Method> before =
                model.spec().map(origin -> origin.get(Options.METHOD)).filter(method -> method.isLowRank() == factored);
        if (before.isPresent() || !factored) {
            said = said.with(Options.METHOD, before.orElse(Method.DENSE));
        }
        if (factored) {
            said = said.with(
                    Options.RANK,
                    LayerRanks.of(hidden.stream()
                            .map(layer -> layer.rank().orElseThrow())
                            .toList()));
        }
        Optional<RunData> own = RunData.own(said);
        requireFit(layers, own.isPresent() ? own.get().facts() : RunData.known(data));
        return Resolution.of(said, Optional.of(name), own.map(RunData::description))
                .only(Resolution.kept());
    }

    private static void requireFit(NetworkSpec network, DataFacts data) {
        if (network.inputValues() != data.inputs() || network.outputs() != data.outputs()) {
            throw new IllegalArgumentException(
                    "import: samples of data set '%s' have %d values and %d classes; got a %s network"
                            .formatted(data.name(), data.inputs(), data.outputs(), network));
        }
    }

    private static void requireDescribable(Path source, Network network) {
        List<LinearSpec> layers = network.spec().chainLayers();
        int last = layers.size() - 1;
        for (int i = 0; i <= last; i++) {
            Activation wanted = i < last ? Activation.RELU : Activation.IDENTITY;
            if (layers.get(i).activation() != wanted) {
                throw new IllegalArgumentException(
                        "import: layer %d of %s must have activation '%s', as layers of runs have; got '%s'"
                                .formatted(
                                        i,
                                        source,
                                        Words.of(wanted),
                                        Words.of(layers.get(i).activation())));
            }
        }
        if (!(network.spec().loss() instanceof SoftmaxCrossEntropy)) {
            throw new IllegalArgumentException("import: %s must be for softmax cross-entropy; got '%s'"
                    .formatted(source, SpecTypes.installed().word(network.spec().loss())));
        }
        long factored = layers.subList(0, last).stream()
                .filter(layer -> layer.rank().isPresent())
                .count();
        if (factored != 0 && factored != last) {
            throw new IllegalArgumentException(
                    "import: the hidden layers of %s must be all dense or all factored; got %d factored of %d; compress"
                                    .formatted(source, factored, last)
                            + " it instead, which factors all");
        }
    }

    /// A copy whose last layer is dense, whatever it was.
    private static Network withDenseOutput(Network network) {
        NetworkSpec spec = network.spec();
        WeightSpec output = spec.weights().getLast();
        Map<String, Tensor> tensors = network.tensors();
        Gauge gauge = network.gauge();
        try (Scope scope = Scope.open("output layer")) {
            if (network.parameter(output.name()) instanceof FactoredParameter factored) {
                List.of(".U", ".S", ".V").forEach(part -> tensors.remove(output.name() + part));
                tensors.put(output.name(), ((Factors) factored.weight()).matrix(scope));
                spec = spec.withRanks(Map.of(output.name(), OptionalInt.empty()));
            }
            return Network.of(spec, gauge, tensors);
        }
    }
}
