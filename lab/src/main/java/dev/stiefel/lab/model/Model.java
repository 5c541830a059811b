package dev.stiefel.lab.model;

import dev.stiefel.data.Splits;
import dev.stiefel.data.own.RowEncoder;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.Bleu;
import dev.stiefel.data.text.BleuScore;
import dev.stiefel.data.text.ParallelText;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.data.DataIdentity;
import dev.stiefel.lab.data.EarlierData;
import dev.stiefel.lab.data.InvalidDataException;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.BatchPredictor;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.Predictor;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.Measures;
import dev.stiefel.nn.RootMeanSquaredError;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.FastGradientSign;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A trained network, from a run or a file of its own, with what it takes and means. Owns the network: close it.
///
/// ```java
/// try (Model model = Models.load(Path.of("runs/mnist-…"))) {
///     Metrics test = model.evaluate(Split.TEST, DataSets.in(CacheFolder.standard()));
///     float[] probabilities = model.predict(pixels); // 784 numbers in [0, 1]
///     Prediction digit = model.predictImage(Path.of("seven.png"));
/// }
/// ```
///
/// Any number of threads may predict with one model at once, until it is closed.
public final class Model implements AutoCloseable {
    private final Path source;
    private final Network network;
    private final Optional<RunSpec> spec;
    private final Optional<Preparation> preparation;
    private final Optional<String> sha256;
    private final Optional<DataIdentity> trainedOn;
    private final List<ImportedTensor> imported;
    private final Object making = new Object();
    private volatile @Nullable Preparation known; // found on demand
    private volatile @Nullable RowEncoder encoder; // made on demand
    private volatile @Nullable Predictor one; // likewise
    private volatile @Nullable BatchPredictor many; // likewise

    private Model(
            Path source,
            Network network,
            Optional<Preparation> preparation,
            Optional<RunSpec> spec,
            Optional<String> sha256,
            Optional<DataIdentity> trainedOn,
            List<ImportedTensor> imported) {
        this.imported = imported;
        this.source = source;
        this.network = network;
        this.preparation = preparation;
        this.spec = spec;
        this.sha256 = sha256;
        this.trainedOn = trainedOn;
    }

    /// A model that was read from a file.
    ///
    /// @param source the file or folder, for messages
    /// @param loaded the network, which the model takes over, and its file's description of raw samples
    /// @param spec the run that it comes from, if that is known
    /// @param sha256 of the file that the network was read from, if it is known already
    public static Model of(Path source, ModelFile.Loaded loaded, Optional<RunSpec> spec, Optional<String> sha256) {
        return new Model(
                source, loaded.network(), loaded.preparation(), spec, sha256, Optional.empty(), loaded.imported());
    }

    /// The same model, which was trained on files with these checksums; close either.
    public Model trainedOn(DataIdentity data) {
        return new Model(source, network, preparation, spec, sha256, Optional.of(data), imported);
    }

    /// The same model for another loss, which decides what its outputs mean; close both.
    public Model forLoss(Loss loss) {
        Network other = Network.of(network.spec().withLoss(loss), network.gauge(), network.tensors());
        return new Model(source, other, preparation, spec, sha256, trainedOn, imported);
    }

    /// The origin of each tensor of a foreign file; none for a file of ours.
    public List<ImportedTensor> imported() {
        return imported;
    }

    /// The network; it is closed with this.
    public Network network() {
        return network;
    }

    /// The run that it comes from, if it says so.
    public Optional<RunSpec> spec() {
        return spec;
    }

    /// The checksum of the model's file.
    public String sha256() throws IOException {
        return sha256.isPresent() ? sha256.get() : DurableFiles.sha256(source);
    }

    /// Loss and measures of the run that it comes from, on some of its samples, prepared as they were for training.
    /// Measures that are not installed are left out.
    ///
    /// @throws IllegalArgumentException if there are no such samples, or it does not say what it was trained on
    /// @throws IOException if the data set cannot be had
    public Metrics evaluate(Split split, DataSets dataSets) throws IOException {
        return evaluate(samples(split, splits(dataSets)), evaluation(), Threads.available());
    }

    /// The root mean squared error in the units of the data, of a network that tells one number.
    ///
    /// @param metrics of this network
    public OptionalDouble rootMeanSquaredError(Metrics metrics) {
        if (!(network.spec().loss() instanceof MeanSquaredError)
                || network.spec().outputs() != 1) {
            return OptionalDouble.empty();
        }
        double unit = preparation().unitOfTargets().orElseThrow(); // one output has one
        return OptionalDouble.of(unit * new RootMeanSquaredError().figure(metrics.loss()));
    }

    /// BLEU of its translations of some of its run's texts, with its signature.
    ///
    /// @param hypotheses of the search, 1 for greedy
    /// @throws IllegalArgumentException if it does not translate, or there are no such samples
    /// @throws IOException if the data set cannot be had
    public BleuScore bleu(Split split, int hypotheses, DataSets dataSets) throws IOException {
        Translator translator = Translator.of(this).beam(hypotheses);
        RunSpec run = run();
        ParallelText pairs = RunData.of(run, dataSets, Optional.of(earlierData("evaluate")))
                .pairs(run, split)
                .orElseThrow(() -> new IllegalArgumentException(
                        "split '%s': the run of %s held out no samples".formatted(split.word(), source)));
        return Bleu.STANDARD.score(translator.translate(pairs.sources()), pairs.targets());
    }

    /// The facts kept about the data of its training.
    ///
    /// @param operation purpose of the reading, for messages
    public EarlierData earlierData(String operation) {
        return new EarlierData(trainedOn, preparation.map(Preparation::schema), operation, source);
    }

    /// Returns whether it takes texts.
    public boolean takesTexts() {
        return inputShape() instanceof SampleShape.Tokens;
    }

    /// Returns whether it translates texts.
    public boolean translates() {
        return preparation
                .map(each -> each.schema().inputs() instanceof Schema.TextPair)
                .orElse(false);
    }

    /// Returns whether it puts texts into classes.
    public boolean classifiesTexts() {
        return preparation
                .map(Preparation::schema)
                .filter(schema -> schema.inputs() instanceof Schema.Text && schema.outputs() instanceof Schema.Classes)
                .isPresent();
    }

    /// The column of its run's table that has the texts which it puts into classes, by name or number; empty where
    /// that is not known.
    public Optional<String> textColumn() {
        return spec.flatMap(run -> run.find(Options.TEXT));
    }

    /// Returns whether it predicts the next token of texts.
    public boolean predictsTokens() {
        return preparation
                .map(each -> each.schema().outputs() instanceof Schema.NextToken)
                .orElse(false);
    }

    private RunSpec run() {
        return spec.orElseThrow(() -> new IllegalArgumentException(
                "%s does not record the data of its training; evaluate its run instead".formatted(source)));
    }

    /// The measures of its run, as far as they are installed; the usual ones without a run.
    private EvaluationSpec evaluation() {
        return spec.map(run -> preparation().inUnits(withR2(run))).orElseGet(EvaluationSpec::standard);
    }

    private static EvaluationSpec withR2(RunSpec run) {
        EvaluationSpec means = run.evaluationAmong(Measures.installed());
        return new EvaluationSpec(
                means.measures(), CoefficientOfDetermination.among(run.measures()), means.monitored());
    }

    /// The same, and under the fast gradient sign attack ([FastGradientSign]): every value of an input
    /// moves against the network by `epsilon`, in the units and the range `[0, 1]` that the data set's
    /// values have before they are standardized.
    ///
    /// @param epsilon at least 0
    /// @throws IllegalArgumentException if there are no such samples, or it does not say what it was trained on
    /// @throws IOException if the data set cannot be had
    public FastGradientSign.Result attack(Split split, double epsilon, DataSets dataSets) throws IOException {
        if (takesTexts()) {
            throw new IllegalArgumentException(
                    "attack: input values must be numbers; those of %s are tokens of texts".formatted(source));
        }
        FastGradientSign.of(epsilon, network.spec().inputValues()); // checks it before anything is fetched
        Splits splits = splits(dataSets);
        FastGradientSign attack = splits.standardization()
                .map(standardized -> FastGradientSign.standardized(
                        epsilon, asInput(standardized.copyMeans()), asInput(standardized.copyDeviations())))
                .orElseGet(() -> FastGradientSign.of(epsilon, network.spec().inputValues()));
        Samples samples = samples(split, splits);
        requireFit(samples);
        try (Threads workers = Threads.of(Threads.available());
                Pool pool = new Pool()) {
            return attack.evaluate(network, samples, evaluation(), workers, pool);
        }
    }

    private Splits splits(DataSets dataSets) throws IOException {
        RunSpec run = run();
        EarlierData earlier = earlierData("evaluate");
        RunData data = RunData.of(run, dataSets, Optional.of(earlier));
        if (preparation.isPresent() && !preparation.get().schema().hasSamplesOf(data.schema())) {
            throw new IllegalArgumentException(
                    "data: '%s' has other columns, categories or classes than %s was trained on"
                            .formatted(data.facts().name(), source));
        }
        return data.splits(run);
    }

    private Samples samples(Split split, Splits splits) {
        return switch (split) {
            case TRAIN -> splits.train();
            case VALIDATION ->
                splits.validation()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "split 'validation': the run of %s held out no samples".formatted(source)));
            case TEST -> splits.test();
        };
    }

    /// Loss and accuracy on any samples. The number of threads changes the time only.
    public Metrics evaluate(Samples samples, int threads) {
        return evaluate(samples, EvaluationSpec.standard(), threads);
    }

    /// Loss, measures and evaluators on any samples.
    public Metrics evaluate(Samples samples, EvaluationSpec evaluation, int threads) {
        requireFit(samples);
        try (Threads workers = Threads.of(threads);
                Pool pool = new Pool()) {
            return Metrics.of(network, samples, evaluation, workers, pool);
        }
    }

    private void requireFit(Samples samples) {
        List<SampleShape> inputs =
                network.spec().inputs().stream().map(NetworkSpec.Input::shape).toList();
        if (inputs.getFirst() instanceof SampleShape.Tokens) {
            if (!samples.inputs().equals(inputs)
                    || samples.outputs() != network.spec().outputs()) {
                throw new IllegalArgumentException("evaluate: samples must be %s for %s outputs; got %s for %s"
                        .formatted(inputs, network.spec().outputs(), samples.inputs(), samples.outputs()));
            }
            return;
        }
        if (samples.width() != network.spec().inputValues()
                || samples.outputs() != network.spec().outputs()) {
            throw new IllegalArgumentException("evaluate: samples must have %s values and %s classes; got %s and %s"
                    .formatted(
                            network.spec().inputValues(),
                            network.spec().outputs(),
                            samples.width(),
                            samples.outputs()));
        }
    }

    /// The origin of the model; empty for a file without a run.
    public Optional<ModelOrigin> origin() {
        return spec.map(run -> new ModelOrigin(run, preparation));
    }

    /// The preparation of raw samples for the network.
    ///
    /// @throws IllegalArgumentException if it is a file of an earlier version, which does not say
    public Preparation preparation() {
        Preparation found = known;
        if (found == null) {
            found = findPreparation();
            known = found;
        }
        return found;
    }

    private Preparation findPreparation() {
        if (preparation.isPresent()) {
            return preparation.get();
        }
        if (spec.isEmpty()) {
            return Preparation.nameless(network.spec());
        }
        if (spec.get().get(Options.STANDARDIZE) || spec.get().get(Options.NORMALIZE)) {
            throw new IllegalArgumentException(
                    ("predict: %s was trained on standardized inputs, but is too old to record their means and"
                                    + " deviations; train it again")
                            .formatted(source));
        }
        return spec.get()
                .catalogued()
                .map(info -> new Preparation(Schema.of(info), Optional.empty(), Optional.empty()))
                .orElseGet(() -> Preparation.nameless(network.spec()));
    }

    /// The answer for one sample: the probability of each class, or values in their units. On one core; see
    /// [Predictor] for what it costs.
    ///
    /// @param x as the data gives them, before any standardization: pixels in `[0, 1]`, or 0 to 255 where
    ///     they came as an array of 8-bit numbers; a table's columns as [Schema#encodeRow] gives them
    public float[] predict(float[] x) {
        Preparation prepare = preparation();
        float[] outputs = predictor().predict(prepare.prepared(x, inputShape()));
        prepare.answerInPlace(outputs);
        return outputs;
    }

    /// The answers for several samples, with all processors.
    public List<float[]> predict(List<float[]> samples) {
        Preparation prepare = preparation();
        int inputs = network.spec().inputValues();
        float[] x = new float[Math.multiplyExact(samples.size(), inputs)];
        for (int i = 0; i < samples.size(); i++) {
            float[] sample = samples.get(i);
            if (sample.length != inputs) {
                throw new IllegalArgumentException(
                        "predict: a sample must have %s values; sample %s has %s".formatted(inputs, i, sample.length));
            }
            System.arraycopy(prepare.prepared(sample, inputShape()), 0, x, i * inputs, inputs);
        }
        float[] y = batchPredictor().predict(x, samples.size());
        List<float[]> answers = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            float[] answer = Arrays.copyOfRange(
                    y, i * network.spec().outputs(), (i + 1) * network.spec().outputs());
            prepare.answerInPlace(answer);
            answers.add(answer);
        }
        return answers;
    }

    /// The prediction for a row of a table, by the columns' names. An empty text, or null, is a missing value.
    /// Columns that training left out, and targets, are ignored.
    ///
    /// @param row texts, numbers or truth values
    /// @throws IllegalArgumentException if the model is not for tables, a column is missing or unknown, or a
    ///     value does not fit its column
    public Prediction predictRow(Map<String, ? extends @Nullable Object> row) {
        RowEncoder rows = rowEncoder();
        rows.requireColumns(row.keySet(), passedOver());
        return named(rows.encode(row));
    }

    /// The prediction for a row of values in the order of the columns in training, without columns that training
    /// left out.
    public Prediction predictRow(List<? extends @Nullable Object> row) {
        return named(rowEncoder().encode(row));
    }

    /// Returns whether it takes images.
    public boolean takesImages() {
        return preparation().schema().inputs() instanceof Schema.Image;
    }

    /// Returns whether it takes rows of a table.
    public boolean takesRows() {
        return preparation().schema().inputs() instanceof Schema.Table;
    }

    /// Names of columns of its run's table that are no inputs.
    private Set<String> passedOver() {
        Set<String> names = new HashSet<>();
        for (Option<String> option : List.of(Options.TARGET, Options.IGNORE)) {
            spec.flatMap(run -> run.find(option)).ifPresent(typed -> {
                names.add(typed.strip());
                for (String name : typed.split(",", -1)) {
                    names.add(name.strip());
                }
            });
        }
        if (preparation().schema().outputs() instanceof Schema.Values(List<String> targets)) {
            names.addAll(targets);
        }
        return names;
    }

    /// The prediction for an image file, which is scaled to the size of the training images.
    ///
    /// @throws IllegalArgumentException if the model is not for images
    /// @throws InvalidDataException if the file cannot be read, or is no image
    public Prediction predictImage(Path file) throws IOException {
        Schema schema = preparation().schema();
        return named(InvalidDataException.guarding(() -> schema.encodeImage(file)));
    }

    /// The prediction for a text.
    ///
    /// @throws IllegalArgumentException if the model does not put texts into classes, or the text has no tokens
    public Prediction predictText(String text) {
        return predictTexts(List.of(text)).getFirst();
    }

    /// The predictions for several texts, with all processors.
    ///
    /// @throws IllegalArgumentException if the model does not put texts into classes, or a text has no tokens
    public List<Prediction> predictTexts(List<String> texts) {
        return TextClasses.of(this).predictions(texts);
    }

    /// The prediction for each text of a file: each line of a `.txt` file, or each row of a `.csv` or `.tsv` file
    /// that has the column of texts of its run's training. Files may be packed as `.gz`.
    ///
    /// @throws IllegalArgumentException if the model does not put texts into classes, or the file has no such
    ///     column
    /// @throws InvalidDataException if the file cannot be read
    public List<Prediction> predictTextFile(Path file) throws IOException {
        TextClasses classes = TextClasses.of(this);
        return classes.predictions(InvalidDataException.guarding(() -> classes.texts(file)));
    }

    /// The prediction for each row of a CSV file: columns are found by their names in the header; for a model
    /// that is not for tables, a row has as many numbers as a sample has values.
    ///
    /// @throws IllegalArgumentException if a row does not fit
    /// @throws InvalidDataException if the file cannot be read
    public List<Prediction> predictCsv(Path file) throws IOException {
        Preparation prepare = preparation();
        return answers(
                file, InvalidDataException.guarding(() -> prepare.schema().encodeCsv(file)));
    }

    /// The prediction for each sample of a `.npy` file, `[N, …]`, or for a single one. 8-bit numbers are pixels,
    /// and scaled as in training.
    ///
    /// @throws IllegalArgumentException if the array does not fit
    /// @throws InvalidDataException if the file cannot be read
    public List<Prediction> predictNpy(Path file) throws IOException {
        Preparation prepare = preparation();
        return answers(
                file, InvalidDataException.guarding(() -> prepare.schema().encodeNpy(file)));
    }

    private List<Prediction> answers(Path file, List<float[]> rows) {
        Preparation prepare = preparation();
        checked(file, rows, row -> {
            prepare.requireRaw(row);
            return row;
        });
        return checked(file, predict(rows), prepare::named);
    }

    /// Applies a function to each row, and names the row's number in the file if it fails.
    private static <T> List<T> checked(Path file, List<float[]> rows, Function<float[], T> check) {
        List<T> all = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            try {
                all.add(check.apply(rows.get(i)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "cannot read %s: sample %s: %s".formatted(file, i + 1, e.getMessage()), e);
            }
        }
        return all;
    }

    /// The prediction for one sample ([#predict]), in the words of its data.
    ///
    /// @throws IllegalArgumentException if it has too few values or too many, or pixels out of their range
    public Prediction named(float[] x) {
        Preparation prepare = preparation();
        prepare.requireRaw(x);
        return prepare.named(predict(x));
    }

    private SampleShape inputShape() {
        return network.spec().inputs().getFirst().shape();
    }

    /// Numbers of each raw value in the order in which the network takes values.
    float[] asInput(float[] values) {
        return inputShape() instanceof SampleShape.Image image ? image.ofPlanes(values) : values;
    }

    private RowEncoder rowEncoder() {
        RowEncoder made = encoder;
        if (made == null) {
            made = preparation().schema().rowEncoder();
            encoder = made;
        }
        return made;
    }

    private Predictor predictor() {
        Predictor made = one;
        if (made == null) {
            synchronized (making) {
                made = one == null ? Predictor.of(network) : one;
                one = made;
            }
        }
        return made;
    }

    private BatchPredictor batchPredictor() {
        BatchPredictor made = many;
        if (made == null) {
            synchronized (making) {
                made = many == null ? BatchPredictor.of(network, Threads.available()) : many;
                many = made;
            }
        }
        return made;
    }

    /// Layers, shapes, ranks, parameters and singular values.
    public Inspection inspect() {
        return Inspection.of(network);
    }

    @Override
    public void close() {
        BatchPredictor made = many;
        if (made != null) {
            made.close();
        }
        network.close();
    }
}
