package dev.stiefel.lab.data;

import dev.stiefel.data.Holdout;
import dev.stiefel.data.SplitSpec;
import dev.stiefel.data.Splits;
import dev.stiefel.data.Subset;
import dev.stiefel.data.ValidationSplit;
import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.language.Corpus;
import dev.stiefel.data.language.EncodedText;
import dev.stiefel.data.language.LoadedText;
import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.own.DataSummary;
import dev.stiefel.data.own.MissingWords;
import dev.stiefel.data.own.OwnData;
import dev.stiefel.data.own.OwnSpec;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.ParallelText;
import dev.stiefel.data.vision.DataSetInfo;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.data.vision.VisionData;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataDescription;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.DataPaths;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.spec.TextFacts;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Window;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The data of a run, read: a data set that is known by name, or a user's own.
public final class RunData {
    private static final int VALUES_AT_ONCE = 1 << 18;

    private final DataFacts facts;
    private final Schema schema;
    private final Samples train;
    private final Samples test;
    private final Map<String, String> sha256;
    private final Optional<DataSummary> summary;
    private final List<String> remarks;
    private final Optional<Samples> validation; // of texts, which are encoded with what they validate on
    private final Optional<Corpus> corpus; // of texts
    private volatile boolean checked; // that no number is missing

    private RunData(
            DataFacts facts,
            Schema schema,
            Samples train,
            Samples test,
            Map<String, String> sha256,
            List<String> remarks) {
        this(facts, schema, train, Optional.empty(), test, Optional.empty(), sha256, Optional.empty(), remarks);
    }

    private RunData(
            DataFacts facts,
            Schema schema,
            Samples train,
            Optional<Samples> validation,
            Samples test,
            Optional<Corpus> corpus,
            Map<String, String> sha256,
            Optional<DataSummary> summary,
            List<String> remarks) {
        this.facts = facts;
        this.schema = schema;
        this.train = train;
        this.validation = validation;
        this.corpus = corpus;
        this.test = test;
        this.sha256 = new LinkedHashMap<>(sha256);
        this.summary = summary;
        this.remarks = List.copyOf(remarks);
    }

    /// Reads the data of a run.
    ///
    /// @throws IllegalArgumentException if a user's own files are others than when the run
    ///     was made
    /// @throws InvalidDataException if a user's own files cannot be read
    /// @throws IOException if a data set cannot be had
    public static RunData of(RunSpec spec, DataSets dataSets) throws IOException {
        return of(spec, dataSets, Optional.empty());
    }

    /// Reads the data that a model was trained on again: texts are encoded with the tokenizers that it has.
    ///
    /// @param earlier facts kept about the data; empty for a new run
    public static RunData of(RunSpec spec, DataSets dataSets, Optional<EarlierData> earlier) throws IOException {
        if (spec.ownData().isEmpty()) {
            VisionData data = dataSets.load(spec.get(Options.DATA));
            return new RunData(
                    DataFacts.of(data.info()),
                    Schema.of(data.info()),
                    data.train(),
                    data.test(),
                    data.sha256(),
                    data.remarks());
        }
        RunSpec moved = moved(spec, dataSets, earlier);
        RunData read = read(moved, dataSets, earlier).named(spec.get(Options.DATA));
        if (earlier.isPresent()) {
            earlier.get().requireSame(read.identity());
        }
        if (!read.facts.fits(spec.ownData().get())) {
            throw new IllegalArgumentException("data: '%s' differs from the data of the run: %s then, %s now"
                    .formatted(read.facts.name(), shown(spec.ownData().get()), shown(read.facts)));
        }
        return read;
    }

    /// The specification with paths of where the files are now.
    ///
    /// @throws InvalidDataException if they are not where they were, and nothing says where they are
    private static RunSpec moved(RunSpec spec, DataSets dataSets, Optional<EarlierData> earlier) throws IOException {
        String data = spec.get(Options.DATA);
        if (DataPaths.isNamedText(data)) {
            return spec;
        }
        if (dataSets.movedData().isEmpty()) {
            if (earlier.isPresent() && !Files.exists(DataPaths.of(data))) {
                throw InvalidDataException.of(
                        "%s: cannot read %s, the data of run %s: it does not exist; --data-moved-to PATH says where it is now"
                                .formatted(
                                        earlier.get().operation(),
                                        data,
                                        earlier.get().run()));
            }
            return spec;
        }
        Path place = dataSets.movedData().get();
        Path name = DataPaths.of(data).getFileName();
        boolean isInside = Files.isDirectory(place) && Files.exists(place.resolve(name));
        RunSpec moved = spec.withPath(Options.DATA, (isInside ? place.resolve(name) : place).toString());
        Path folder = isInside ? place : Optional.ofNullable(place.getParent()).orElse(Path.of(""));
        for (Option<String> option : DataPaths.furtherFiles(data)) {
            Optional<Path> further = spec.find(option).map(DataPaths::of);
            if (further.isPresent() && !Files.exists(further.get())) {
                moved = moved.withPath(
                        option, folder.resolve(further.get().getFileName()).toString());
            }
        }
        return moved;
    }

    /// The same, called like this.
    private RunData named(String name) {
        return new RunData(facts.named(name), schema, train, validation, test, corpus, sha256, summary, remarks);
    }

    private static RunData read(RunSpec spec, DataSets dataSets, Optional<EarlierData> earlier) throws IOException {
        String name = spec.get(Options.DATA);
        if (spec.ownData().flatMap(DataFacts::text).isPresent()) {
            Choices choices = spec.choices(Options.ofReadingText());
            return of(
                    TextReading.of(choices)
                            .orElseThrow(() -> new IllegalArgumentException("data: '%s' is not text".formatted(name))),
                    dataSets,
                    earlier);
        }
        Optional<Schema> schema = earlier.flatMap(EarlierData::schema);
        OwnData data = InvalidDataException.guarding(() ->
                OwnData.load(ownSpec(spec, spec.find(Options.STANDARDIZE).orElse(true)), schema));
        boolean hadValidation = spec.ownData().orElseThrow().validation() > 0; // runs of earlier versions had none
        return of(hadValidation ? data : data.withoutValidation(), name);
    }

    /// Reads the data that choices name, if it must be read before a run's spec is known: a user's own, which is
    /// anything that is not known by name, or text. Text data sets are in the standard cache.
    ///
    /// @param choices of which those count that say what is read
    public static Optional<RunData> own(Choices choices) throws IOException {
        Optional<String> data = choices.find(Options.DATA);
        boolean isText = data.isPresent() && DataPaths.isNamedText(data.get());
        return own(choices, DataSets.in(isText ? CacheFolder.standard() : Path.of("")));
    }

    /// The same with data sets from elsewhere.
    public static Optional<RunData> own(Choices choices, DataSets dataSets) throws IOException {
        return own(choices, dataSets, Optional.empty());
    }

    /// The same for a model that was trained before: texts are encoded with the tokenizers that it has.
    public static Optional<RunData> own(Choices choices, DataSets dataSets, Optional<EarlierData> earlier)
            throws IOException {
        Optional<String> data = choices.find(Options.DATA);
        if (data.isEmpty()) {
            return Optional.empty();
        }
        boolean isNamedText = DataPaths.isNamedText(data.get());
        if (!isNamedText && isName(data.get())) {
            return Optional.empty();
        }
        Optional<TextReading> text = TextReading.of(isNamedText ? choices : DataPaths.located(choices));
        if (text.isPresent()) {
            return Optional.of(of(text.get(), dataSets, earlier));
        }
        requireKnownKind(data.get());
        Choices seeded = choices.has(Options.SEED) ? choices : choices.with(Options.SEED, 0L);
        RunSpec located = RunSpec.ofData(DataPaths.located(seeded));
        return Optional.of(of(
                InvalidDataException.guarding(() -> OwnData.load(ownSpec(located, areStandardized(choices)))),
                located.get(Options.DATA)));
    }

    /// Looks at a user's own table, array or images, for which no run is made.
    ///
    /// @param choices of which those count that say what is read
    public static OwnData.Inspection inspect(Choices choices) throws IOException {
        String data = choices.find(Options.DATA)
                .orElseThrow(() -> new IllegalArgumentException("data: a file or a folder is needed"));
        if (Files.isRegularFile(DataPaths.of(data))) {
            requireKnownKind(data);
        }
        RunSpec located = RunSpec.ofData(DataPaths.located(choices.with(Options.SEED, 0L)));
        return InvalidDataException.guarding(() -> OwnData.inspect(ownSpec(located, true)));
    }

    /// The kind of the texts that choices name, as far as it is known without reading them; empty for no texts.
    public static Optional<TextKind> textKind(Choices choices) {
        return TextReading.of(choices).map(TextReading::kind);
    }

    /// Texts are data, too, which [OwnData] does not know.
    private static void requireKnownKind(String data) {
        boolean isKnown =
                DataPaths.isTable(data) || data.toLowerCase(Locale.ROOT).endsWith(".npy");
        if (!isKnown && Files.isRegularFile(DataPaths.of(data))) {
            throw new IllegalArgumentException(
                    "data must be a table (.csv, .tsv), a text (.txt), a folder of images by class, or an array (.npy);"
                            + " got " + data);
        }
    }

    /// Returns whether the value of the option `data` is a folder of a user's own images, rather than the name of
    /// a data set.
    public static boolean isFolder(String data) {
        return !isName(data) && Files.isDirectory(DataPaths.of(data));
    }

    /// The size of the images that choices name, as far as that is known without reading them.
    public static Optional<Window.Extent> imageSize(Choices choices) {
        return choices.find(Options.DATA)
                .flatMap(data -> isFolder(data)
                        ? choices.find(Options.IMAGE_SIZE).map(size -> new Window.Extent(size.height(), size.width()))
                        : catalogued(data).map(info -> new Window.Extent(info.height(), info.width())));
    }

    private static Optional<DataSetInfo> catalogued(String data) {
        return DataSets.in(Path.of("")).list().stream()
                .filter(info -> info.name().equals(data))
                .findFirst();
    }

    /// The facts of a data set that is known by name, without reading it.
    public static DataFacts known(String name) {
        return DataFacts.of(DataSets.in(Path.of("")).info(name));
    }

    /// The schema of such a data set, without reading it.
    public static Schema knownSchema(String name) {
        return Schema.of(DataSets.in(Path.of("")).info(name));
    }

    /// Returns whether it is meant as the name of a data set, known or mistyped, rather than as a path.
    private static boolean isName(String data) {
        return catalogued(data).isPresent()
                || DataPaths.isNamedText(data)
                || (data.matches("[A-Za-z0-9_-]+") && !Files.exists(DataPaths.of(data)));
    }

    private static RunData of(OwnData data, String name) {
        DataFacts facts = new DataFacts(
                name,
                data.train().width(),
                data.train().outputs(),
                data.task(),
                data.train().size(),
                image(data.schema()));
        return new RunData(
                facts.withValidation(data.validation()),
                data.schema(),
                data.train(),
                Optional.empty(),
                data.test(),
                Optional.empty(),
                data.sha256(),
                Optional.of(data.summary()),
                data.remarks());
    }

    private static RunData of(TextReading reading, DataSets dataSets, Optional<EarlierData> earlier)
            throws IOException {
        LoadedText loaded = reading.load(dataSets);
        earlier.ifPresent(each -> each.requireSame(new DataIdentity(reading.data(), loaded.sha256())));
        EncodedText encoded = reading.encode(loaded, earlier.flatMap(EarlierData::schema), dataSets);
        List<SampleShape> inputs = encoded.train().inputs();
        int held = encoded.validation().map(Samples::size).orElse(0);
        TextFacts text = new TextFacts(
                reading.kind(), vocabulary(inputs.getFirst()), vocabulary(inputs.getLast()), held, encoded.tokens());
        List<String> remarks = new ArrayList<>(loaded.remarks());
        remarks.addAll(encoded.remarks());
        return new RunData(
                DataFacts.of(
                        reading.data(),
                        text,
                        encoded.train().outputs(),
                        encoded.train().size() + held),
                encoded.schema(),
                encoded.train(),
                encoded.validation(),
                encoded.test(),
                Optional.of(loaded.corpus()),
                loaded.sha256(),
                Optional.empty(),
                remarks);
    }

    private static int vocabulary(SampleShape input) {
        return ((SampleShape.Tokens) input).vocabulary();
    }

    private static Optional<SampleShape.Image> image(Schema schema) {
        return schema.inputs() instanceof Schema.Image image
                ? Optional.of(new SampleShape.Image(image.rows(), image.columns(), image.channels()))
                : Optional.empty();
    }

    /// Numbers that are not standardized stay as they are: a network from elsewhere wants them so.
    private static boolean areStandardized(Choices choices) {
        return choices.find(Options.STANDARDIZE).orElse(true);
    }

    private static OwnSpec ownSpec(RunSpec spec, boolean standardized) {
        return new OwnSpec(
                DataPaths.of(spec.get(Options.DATA)),
                spec.find(Options.TARGET),
                spec.find(Options.TASK),
                names(spec, Options.IGNORE),
                names(spec, Options.CATEGORICAL),
                spec.find(Options.IMAGE_SIZE),
                spec.find(Options.IMAGE_CHANNELS)
                        .map(channels -> OptionalInt.of(channels.count()))
                        .orElse(OptionalInt.empty()),
                spec.find(Options.TEST_FRACTION).orElse(Options.USUAL_TEST_FRACTION),
                spec.get(Options.SEED),
                spec.find(Options.MISSING).map(RunData::missingWords),
                spec.find(Options.DECIMAL_MARK),
                standardized);
    }

    private static MissingWords missingWords(String words) {
        return MissingWords.of(
                words.equals(Options.ONLY_EMPTY_CELLS)
                        ? List.of()
                        : Arrays.stream(words.split(",", -1)).map(String::strip).toList());
    }

    /// The names in one text, which only the table's header can part: a name may have commas.
    private static List<String> names(RunSpec spec, Option<String> option) {
        return spec.find(option).stream().toList();
    }

    private static String shown(DataFacts facts) {
        Optional<TextFacts> text = facts.text();
        if (text.isPresent()) {
            return String.format(
                    Locale.ROOT,
                    "%,d tokens of %s in %,d samples for %s outputs",
                    text.get().tokens(),
                    text.get().kind(),
                    facts.trainSize(),
                    facts.outputs());
        }
        return String.format(
                Locale.ROOT,
                "%,d training samples of %s values for %s outputs",
                facts.trainSize(),
                facts.inputs(),
                facts.outputs());
    }

    /// It as far as a specification depends on it.
    public DataDescription description() {
        return new DataDescription(facts, schema);
    }

    /// The size of the data and its task.
    public DataFacts facts() {
        return facts;
    }

    /// The schema of its raw samples.
    public Schema schema() {
        return schema;
    }

    /// The summary of a user's own tables, arrays and images; empty for texts, and for data sets that are known by
    /// name.
    public Optional<DataSummary> summary() {
        return summary;
    }

    /// The number of test samples.
    int testSize() {
        return test.size();
    }

    /// The identity of the files.
    public DataIdentity identity() {
        return new DataIdentity(facts.name(), sha256);
    }

    /// Notes for the user on the reading, one line each: rows left out, say.
    public List<String> remarks() {
        return remarks;
    }

    /// Its samples, as the run uses them.
    ///
    /// @throws IllegalArgumentException if values are missing, and not made the mean by being
    ///     standardized
    public Splits splits(RunSpec spec) {
        if (facts.text().isPresent()) {
            return textSplits(spec);
        }
        if (spec.ownData().isPresent() && !spec.get(Options.STANDARDIZE)) { // images miss nothing
            requireWhole();
        }
        SplitSpec splitSpec = spec.splitSpec();
        boolean drawsItself = splitSpec.validationSplit() == ValidationSplit.DRAWN;
        Samples ordered = spec.ownData().isPresent() && !drawsItself && facts.validation() == 0
                ? Holdout.toTheEnd(train, spec.get(Options.VALIDATION), spec.get(Options.SEED))
                : train;
        Splits splits = splitSpec.apply(ordered, test);
        return spec.networkSpec().inputs().getFirst().shape() instanceof SampleShape.Image shape
                ? asImages(splits, shape)
                : splits;
    }

    private Splits textSplits(RunSpec spec) {
        double evaluation = spec.get(Options.EVALUATION_FRACTION);
        return new Splits(
                Subset.first(train, spec.get(Options.TRAIN_FRACTION)),
                validation.map(samples -> Subset.first(samples, evaluation)),
                Subset.first(test, evaluation),
                Optional.empty(),
                Optional.empty());
    }

    /// Texts and translations of a part of the data, as the run measures on them; empty where the data is something
    /// else, or the run has no such part.
    public Optional<ParallelText> pairs(RunSpec spec, Split split) {
        if (corpus.isEmpty()
                || !(corpus.get() instanceof Corpus.Parallel(ParallelText training, ParallelText testing))) {
            return Optional.empty();
        }
        int held = facts.text().orElseThrow().validation();
        int kept = training.size() - held;
        double evaluation = spec.get(Options.EVALUATION_FRACTION);
        return switch (split) {
            case TRAIN -> Optional.of(training.range(0, share(kept, spec.get(Options.TRAIN_FRACTION))));
            case VALIDATION ->
                held == 0 ? Optional.empty() : Optional.of(training.range(kept, kept + share(held, evaluation)));
            case TEST -> Optional.of(testing.range(0, share(testing.size(), evaluation)));
        };
    }

    private static int share(int size, double share) {
        return Math.max(1, (int) Math.round(share * size));
    }

    private static Splits asImages(Splits splits, SampleShape.Image shape) {
        return new Splits(
                splits.train().asImages(shape),
                splits.validation().map(each -> each.asImages(shape)),
                splits.test().asImages(shape),
                splits.standardization(),
                splits.targetStandardization());
    }

    private void requireWhole() {
        if (!checked) { // once, however many runs share the data
            requireWhole(train);
            requireWhole(test);
            checked = true;
        }
    }

    private void requireWhole(Samples samples) {
        int atOnce = Math.clamp(VALUES_AT_ONCE / samples.width(), 1, Math.max(1, samples.size()));
        float[] inputs = new float[Math.multiplyExact(atOnce, samples.width())];
        for (int from = 0; from < samples.size(); from += atOnce) {
            int to = Math.min(samples.size(), from + atOnce);
            samples.copyInputs(from, to, inputs, 0);
            for (int i = 0; i < (to - from) * samples.width(); i++) {
                if (Float.isNaN(inputs[i])) {
                    throw new IllegalArgumentException(
                            "standardize must be true for '%s', in which numbers are missing".formatted(facts.name()));
                }
            }
        }
    }
}
