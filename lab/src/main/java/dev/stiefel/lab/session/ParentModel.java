package dev.stiefel.lab.session;

import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.own.ImageSize;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.EarlierData;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelOrigin;
import dev.stiefel.lab.model.NetworkHint;
import dev.stiefel.lab.model.Preparation;
import dev.stiefel.lab.published.PublishedWeights;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.lab.spec.Architectures;
import dev.stiefel.lab.spec.ChannelValues;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataDescription;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.ImageChannels;
import dev.stiefel.lab.spec.KernelForm;
import dev.stiefel.lab.spec.LayerPatterns;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.LayerWidths;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.OptionGroup;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.Window.Extent;
import dev.stiefel.train.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A model that a run is to be made of, and the data that was chosen for it. Owns the model: close it.
///
/// Images of a folder are scaled to the size of the network's, in its channels, unless that was chosen. With other data
/// than its own, a model whose images were normalized gets them normalized with the same numbers.
final class ParentModel implements AutoCloseable {
    /// Options that say how values are scaled, of which the user chooses one way.
    static final List<Option<?>> SCALES =
            List.of(Options.STANDARDIZE, Options.NORMALIZE, Options.CHANNEL_MEANS, Options.CHANNEL_DEVIATIONS);

    private final Parent.Command command;
    private final Path source;
    private final String file;
    private final Model model;
    private final Choices choices;
    private final Optional<RunData> data;

    private ParentModel(
            Parent.Command command, Path source, String file, Model model, Choices choices, Optional<RunData> data) {
        this.command = command;
        this.source = source;
        this.file = file;
        this.model = model;
        this.choices = choices;
        this.data = data;
    }

    /// Opens a model, and reads the data if it is a user's own.
    ///
    /// @param source a run's folder, a safetensors file, or a folder of the published code's weights
    /// @param network the kind of network in a file with names and numbers only; empty to detect it
    /// @param dataSets location of text data sets
    static ParentModel open(
            Parent.Command command,
            Path source,
            ModelChoice which,
            CheckpointChoice checkpoint,
            Choices choices,
            Optional<Architecture> network,
            DataSets dataSets)
            throws IOException {
        boolean run = Files.isDirectory(source) && !PublishedWeights.is(source);
        Model model;
        if (run) {
            Models.requireRun(source);
            RunFolder folder = RunFolder.open(source);
            DerivedRun.requireUndiverged(command, folder, which);
            model = folder.model(which, checkpoint);
        } else {
            // Images of another size may do for a network whose last layer is drawn anew.
            Optional<Extent> size = command == Parent.Command.FINETUNE ? Optional.empty() : RunData.imageSize(choices);
            model = Models.load(source, which, checkpoint, new NetworkHint(network, size));
        }
        try {
            Choices completed = asTheyAre(model, scaledAsBefore(model, ofItsImages(model, choices)));
            Optional<RunData> data = read(command, source, model, completed, dataSets);
            String file = run ? which.file() : String.valueOf(source.getFileName());
            return new ParentModel(command, source, file, forItsTask(model, data), completed, data);
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /// A file with names and numbers only does not say how its inputs were prepared: they are taken as they are, unless
    /// something else is chosen.
    private static Choices asTheyAre(Model model, Choices choices) {
        boolean isSaid = model.spec().isPresent() || SCALES.stream().anyMatch(choices::has);
        return isSaid || !choices.has(Options.DATA) ? choices : choices.with(Options.STANDARDIZE, false);
    }

    /// Nor does a file from elsewhere say what its outputs mean: with data whose targets are values, they are values.
    private static Model forItsTask(Model model, Optional<RunData> data) {
        Optional<Loss> other = data.filter(_ -> !model.imported().isEmpty())
                .map(each -> each.facts().usualLoss())
                .filter(loss -> !loss.equals(model.network().spec().loss()));
        if (other.isEmpty()) {
            return model;
        }
        try (model) {
            return model.forLoss(other.get());
        }
    }

    /// The data that was chosen, if it is a user's own, and the texts of a model for texts in any case: how they are
    /// cut may have been chosen. Texts are encoded with the model's tokenizers.
    private static Optional<RunData> read(
            Parent.Command command, Path source, Model model, Choices choices, DataSets dataSets) throws IOException {
        Choices reading = reading(model, choices);
        if (!reading.has(Options.DATA)) {
            return Optional.empty();
        }
        if (!model.takesTexts()) {
            requireNoTexts(command, source, choices);
            return readSamples(command, model, choices, reading, dataSets);
        }
        EarlierData before = model.earlierData(command.word());
        Schema schema = before.schema()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s: the model of %s must have its tokenizers; the file does not hold them"
                                .formatted(command.word(), source)));
        requireKind(command, source, schema, reading);
        boolean isOther = choices.has(Options.DATA);
        return RunData.own(
                reading,
                dataSets,
                Optional.of(new EarlierData(
                        isOther ? Optional.empty() : before.identity(), before.schema(), before.operation(), source)));
    }

    /// The samples that were chosen, if they are a user's own; else those that the model was trained on, if these are:
    /// they must be the same still.
    private static Optional<RunData> readSamples(
            Parent.Command command, Model model, Choices choices, Choices reading, DataSets dataSets)
            throws IOException {
        if (choices.has(Options.DATA)) {
            return RunData.own(reading, dataSets);
        }
        Optional<RunSpec> origin = model.spec().filter(spec -> spec.ownData().isPresent());
        if (origin.isEmpty()) {
            return Optional.empty();
        }
        EarlierData before = model.earlierData(command.word());
        boolean isReadOtherwise =
                Options.ofReading().stream().anyMatch(option -> option != Options.SEED && choices.has(option));
        if (!isReadOtherwise && !choices.has(Options.SEED)) {
            return Optional.of(RunData.of(origin.get(), dataSets, Optional.of(before)));
        }
        Optional<RunData> read = RunData.own(reading, dataSets);
        read.ifPresent(data -> before.requireSame(data.identity()));
        return read;
    }

    /// The choices, and behind them what a new run takes over from the model's own of how data is read.
    private static Choices reading(Model model, Choices choices) {
        if (model.spec().isEmpty()) {
            return choices;
        }
        RunSpec origin = model.spec().get();
        List<Option<?>> same = choices.has(Options.DATA)
                ? Options.ofReadingText().stream()
                        .filter(option -> option == Options.SEED || option.group() == OptionGroup.TEXT)
                        .toList()
                : Options.ofReadingText();
        return origin.choices(same).with(choices);
    }

    private static void requireNoTexts(Parent.Command command, Path source, Choices choices) {
        RunData.textKind(choices).ifPresent(kind -> {
            throw new IllegalArgumentException("%s: the network of %s is not for text; data '%s' is %s"
                    .formatted(
                            command.word(), source, choices.find(Options.DATA).orElseThrow(), kind));
        });
    }

    private static void requireKind(Parent.Command command, Path source, Schema model, Choices reading) {
        TextKind kind = model.inputs() instanceof Schema.TextPair
                ? TextKind.PARALLEL
                : model.outputs() instanceof Schema.NextToken ? TextKind.PLAIN : TextKind.LABELLED;
        Optional<TextKind> given = RunData.textKind(reading);
        if (!given.equals(Optional.of(kind))) {
            throw new IllegalArgumentException("%s: the network of %s is for %s; data '%s' is %s"
                    .formatted(
                            command.word(),
                            source,
                            kind,
                            reading.find(Options.DATA).orElseThrow(),
                            given.map(TextKind::toString).orElse("no text")));
        }
    }

    private static Choices ofItsImages(Model model, Choices choices) {
        Optional<Image> image = model.network().spec().inputs().getFirst().shape() instanceof Image input
                ? Optional.of(input)
                : model.spec().flatMap(spec -> spec.dataFacts().image());
        if (image.isEmpty()
                || choices.find(Options.DATA).filter(RunData::isFolder).isEmpty()) {
            return choices;
        }
        Choices completed = choices;
        if (!choices.has(Options.IMAGE_SIZE)) {
            completed = completed.with(
                    Options.IMAGE_SIZE,
                    new ImageSize(image.get().width(), image.get().height()));
        }
        Optional<ImageChannels> channels = Arrays.stream(ImageChannels.values())
                .filter(each -> each.count() == image.get().channels())
                .findFirst();
        if (!choices.has(Options.IMAGE_CHANNELS) && channels.isPresent()) {
            completed = completed.with(Options.IMAGE_CHANNELS, channels.get());
        }
        return completed;
    }

    private static Choices scaledAsBefore(Model model, Choices choices) {
        if (!choices.has(Options.DATA)
                || SCALES.stream().anyMatch(choices::has)
                || !model.spec().map(spec -> spec.get(Options.NORMALIZE)).orElse(false)) {
            return choices;
        }
        return model.origin()
                .flatMap(ModelOrigin::preparation)
                .flatMap(Preparation::channels)
                .map(channels -> choices.with(Options.CHANNEL_MEANS, ChannelValues.of(channels.means()))
                        .with(Options.CHANNEL_DEVIATIONS, ChannelValues.of(channels.deviations())))
                .orElse(choices);
    }

    Model model() {
        return model;
    }

    /// The choices, with those that follow from the network.
    Choices choices() {
        return choices;
    }

    /// The data that the choices name, if it is a user's own, or the model's texts.
    Optional<RunData> data() {
        return data;
    }

    /// The same as far as a specification depends on it.
    Optional<DataDescription> described() {
        return data.map(RunData::description);
    }

    /// Provenance of a run that is made of it.
    Parent parent() throws IOException {
        return new Parent(command, source.toString(), file, model.sha256(), model.imported());
    }

    /// The facts of the new run's data.
    DataFacts facts() {
        return data.map(RunData::facts)
                .or(() -> choices.find(Options.DATA).map(RunData::known))
                .or(() -> model.spec().map(RunSpec::dataFacts))
                .orElseThrow(this::noData);
    }

    /// The schema of the data, if other data was chosen.
    Optional<Schema> schema() {
        return data.map(RunData::schema).or(() -> choices.find(Options.DATA).map(RunData::knownSchema));
    }

    /// The run that it comes from; for a file that says nothing of one, such a run on the data that was chosen.
    RunSpec origin() {
        return model.spec().orElseGet(() -> resolved(describing(model.network().spec(), facts().outputs(), onData())));
    }

    /// The run of a model for texts, whose file must say it.
    RunSpec textOrigin() {
        requireRunOfTexts();
        return model.spec().orElseThrow();
    }

    /// The same for a network whose weights are to be factored anew, so that it does not matter which are.
    RunSpec denseOrigin() {
        return model.spec()
                .orElseGet(() -> resolved(sized(model.network().spec(), facts().outputs(), onData())
                        .with(Options.METHOD, Method.DENSE)));
    }

    private Choices onData() {
        return Choices.none().with(Options.DATA, choices.find(Options.DATA).orElseThrow(this::noData));
    }

    private RunSpec resolved(Choices said) {
        String name = String.valueOf(source.getFileName()).replaceFirst("\\.safetensors$", "");
        return Resolution.of(said, Optional.of(name), described());
    }

    private IllegalArgumentException noData() {
        return new IllegalArgumentException(
                "%s does not record the data of its training; name the data set with data".formatted(source));
    }

    /// Notes for the user, one line each: the network assumed for a file with names and numbers only, and
    /// oddities of the data.
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        NetworkSpec network = model.network().spec();
        if (model.spec().isEmpty() && network.inputs().getFirst().shape() instanceof Image image) {
            Architectures.of(network)
                    .ifPresent(each -> remarks.add("%s is taken for network '%s' for images of %s × %s pixels, %s"
                            .formatted(
                                    file,
                                    each.word(),
                                    image.height(),
                                    image.width(),
                                    image.channels() == 1 ? "grey" : "in %s channels".formatted(image.channels()))));
        }
        boolean isTable = data.filter(each -> each.facts().image().isEmpty()).isPresent();
        if (model.spec().isEmpty() && isTable) {
            remarks.add(
                    choices.find(Options.STANDARDIZE).orElse(false)
                            ? "inputs are standardized, by means and deviations of the training samples"
                            : ("%s does not record how inputs were prepared: they are used as they are; if it was"
                                            + " trained on standardized inputs, add --standardize")
                                    .formatted(file));
        }
        data.ifPresent(each -> remarks.addAll(each.remarks()));
        return remarks;
    }

    /// Choices with those that describe a network: its kind and size, and which weights have which rank.
    ///
    /// @param outputs of the run's network, which may be others than this one's
    /// @throws IllegalArgumentException if runs cannot have such a network
    Choices describing(NetworkSpec network, int outputs, Choices said) {
        return factoring(network, sized(network, outputs, said));
    }

    /// A network for texts is described by its run.
    private void requireRunOfTexts() {
        if (model.takesTexts() && model.spec().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: %s must record its run, as networks for text need; it holds only a network"
                            .formatted(command.word(), source));
        }
    }

    private Choices sized(NetworkSpec network, int outputs, Choices said) {
        requireRunOfTexts();
        if (!network.isChain()) {
            return said.with(Options.NETWORK, forImages(network));
        }
        List<Integer> widths = new ArrayList<>();
        widths.add(network.inputValues());
        network.chainLayers().forEach(layer -> widths.add(layer.outputs()));
        widths.set(widths.size() - 1, outputs);
        return said.with(Options.LAYERS, new LayerWidths(widths));
    }

    /// The kind of a network for images.
    ///
    /// @throws IllegalArgumentException if runs cannot have such a network
    Architecture forImages(NetworkSpec network) {
        return Architectures.of(network)
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s: %s must be a chain of linear layers or one of the networks %s; got %s"
                                .formatted(
                                        command.word(),
                                        source,
                                        Architectures.forImages().stream()
                                                .map(Architecture::word)
                                                .collect(Collectors.joining(", ")),
                                        network)));
    }

    private static Choices factoring(NetworkSpec network, Choices said) {
        List<String> factored =
                network.factoredWeights().stream().map(WeightSpec::name).toList();
        if (factored.isEmpty()) {
            return said.with(Options.METHOD, Method.DENSE);
        }
        boolean tucker = network.factoredWeights().stream()
                .anyMatch(weight -> weight.tucker().isPresent());
        Choices described = said.with(Options.RANK, LayerRanks.of(network));
        if (!described.find(Options.METHOD).map(Method::isLowRank).orElse(false)) {
            described = described.with(Options.METHOD, tucker ? Method.BUG : Method.RIEMANNIAN);
        }
        if (tucker) {
            described = described.with(Options.FORM, KernelForm.TUCKER);
        }
        Architecture kind =
                described.find(Options.NETWORK).orElse(Architectures.all().getFirst());
        return factored.equals(kind.factored(network))
                ? described
                : described.with(
                        Options.FACTOR,
                        new LayerPatterns(factored.stream()
                                .map(name -> name.replaceFirst("\\.weight$", ""))
                                .toList()));
    }

    @Override
    public void close() {
        model.close();
    }
}
