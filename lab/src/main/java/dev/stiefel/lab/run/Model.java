package dev.stiefel.lab.run;

import dev.stiefel.data.Splits;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.data.vision.VisionData;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.model.Network;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.FastGradientSign;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A trained network, from a run or a file of its own. Owns the network: close it.
///
/// ```java
/// try (Model model = Model.open(Path.of("runs/mnist-…"))) {
///     Metrics test = model.evaluate(Split.TEST, DataSets.in(CacheFolder.standard()));
/// }
/// ```
public final class Model implements AutoCloseable {
    private final Path source;
    private final Network network;
    private final Optional<RunSpec> spec;
    private final Optional<String> sha256;

    /// @param sha256 of the file that the network was read from, if it is known already
    Model(Path source, Network network, Optional<RunSpec> spec, Optional<String> sha256) {
        this.source = source;
        this.network = network;
        this.spec = spec;
        this.sha256 = sha256;
    }

    /// The latest model of a run folder, or the model in a safetensors file or in a folder of the published code's
    /// weights ([PublishedWeights]).
    ///
    /// @throws InvalidRunException if it is neither, or damaged
    /// @throws IOException if it cannot be read
    public static Model open(Path runOrFile) throws IOException {
        return open(runOrFile, ModelChoice.LATEST, CheckpointChoice.LATEST);
    }

    /// The same, saying which model of a run is meant.
    public static Model open(Path runOrFile, ModelChoice model, CheckpointChoice checkpoint) throws IOException {
        if (!Files.exists(runOrFile)) {
            throw new InvalidRunException("there is no run or model at '%s'".formatted(runOrFile));
        }
        if (PublishedWeights.is(runOrFile)) {
            if (model != ModelChoice.LATEST || checkpoint != CheckpointChoice.LATEST) {
                throw new IllegalArgumentException("'%s' is no run, and holds one model only".formatted(runOrFile));
            }
            PublishedWeights.Loaded loaded = PublishedWeights.load(runOrFile);
            return new Model(runOrFile, loaded.network(), Optional.empty(), Optional.of(loaded.sha256()));
        }
        if (Files.isDirectory(runOrFile)) {
            return RunFolder.open(runOrFile).model(model, checkpoint);
        }
        ModelFile.Loaded loaded = ModelFile.load(runOrFile);
        return new Model(runOrFile, loaded.network(), loaded.spec(), Optional.empty());
    }

    /// The network; it is closed with this.
    public Network network() {
        return network;
    }

    /// The run that it comes from, if it says so.
    public Optional<RunSpec> spec() {
        return spec;
    }

    /// The checksum of the file that it was read from.
    public String sha256() throws IOException {
        return sha256.isPresent() ? sha256.get() : DurableFiles.sha256(source);
    }

    /// Loss and accuracy on some of the samples of the run that it comes from, prepared as they were for training.
    ///
    /// @throws IllegalArgumentException if there are no such samples, or it does not say what it was trained on
    /// @throws IOException if the data set cannot be had
    public Metrics evaluate(Split split, DataSets dataSets) throws IOException {
        return evaluate(samples(split, splits(dataSets)), Threads.available());
    }

    /// The same, and under the fast gradient sign attack ([FastGradientSign]): every value of an input
    /// moves against the network by `epsilon`, in the units and the range `[0, 1]` that the data set's
    /// values have before they are standardized.
    ///
    /// @param epsilon at least 0
    /// @throws IllegalArgumentException if there are no such samples, or it does not say what it was trained on
    /// @throws IOException if the data set cannot be had
    public FastGradientSign.Result attack(Split split, double epsilon, DataSets dataSets) throws IOException {
        FastGradientSign.of(epsilon, network.spec().inputs()); // checks it before anything is fetched
        Splits splits = splits(dataSets);
        FastGradientSign attack = splits.standardization()
                .map(standardized ->
                        FastGradientSign.standardized(epsilon, standardized.copyMeans(), standardized.copyDeviations()))
                .orElseGet(() -> FastGradientSign.of(epsilon, network.spec().inputs()));
        Samples samples = samples(split, splits);
        requireFit(samples);
        try (Threads workers = Threads.of(Threads.available());
                Pool pool = new Pool()) {
            return attack.evaluate(network, samples, workers, pool);
        }
    }

    private Splits splits(DataSets dataSets) throws IOException {
        RunSpec run = spec.orElseThrow(() -> new IllegalArgumentException(
                "%s does not say what data it was trained on; evaluate its run instead".formatted(source)));
        VisionData data = dataSets.load(run.get(Options.DATA));
        return run.splitSpec().apply(data.train(), data.test());
    }

    private Samples samples(Split split, Splits splits) {
        return switch (split) {
            case TRAIN -> splits.train();
            case VALIDATION ->
                splits.validation()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "split 'validation': the run of %s held no samples out".formatted(source)));
            case TEST -> splits.test();
        };
    }

    /// Loss and accuracy on any samples. The number of threads changes the time only.
    public Metrics evaluate(Samples samples, int threads) {
        requireFit(samples);
        try (Threads workers = Threads.of(threads);
                Pool pool = new Pool()) {
            return Metrics.of(network, samples, workers, pool);
        }
    }

    private void requireFit(Samples samples) {
        if (samples.width() != network.spec().inputs()
                || samples.outputs() != network.spec().outputs()) {
            throw new IllegalArgumentException("evaluate: samples must have %d values and %d classes; got %d and %d"
                    .formatted(network.spec().inputs(), network.spec().outputs(), samples.width(), samples.outputs()));
        }
    }

    /// Layers, shapes, ranks, parameters and singular values.
    public Inspection inspect() {
        return Inspection.of(network);
    }

    @Override
    public void close() {
        network.close();
    }
}
