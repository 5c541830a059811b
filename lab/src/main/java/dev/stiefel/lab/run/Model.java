package dev.stiefel.lab.run;

import dev.stiefel.data.Splits;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.data.vision.VisionData;
import dev.stiefel.model.Network;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;
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

    Model(Path source, Network network, Optional<RunSpec> spec) {
        this.source = source;
        this.network = network;
        this.spec = spec;
    }

    /// The latest model of a run folder, or the model in a safetensors file.
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
        if (Files.isDirectory(runOrFile)) {
            return RunFolder.open(runOrFile).model(model, checkpoint);
        }
        ModelFile.Loaded loaded = ModelFile.load(runOrFile);
        return new Model(runOrFile, loaded.network(), loaded.spec());
    }

    /// The network; it is closed with this.
    public Network network() {
        return network;
    }

    /// The run that it comes from, if it says so.
    public Optional<RunSpec> spec() {
        return spec;
    }

    /// Loss and accuracy on some of the samples of the run that it comes from, prepared as they were for training.
    ///
    /// @throws IllegalArgumentException if there are no such samples, or it does not say what it was trained on
    /// @throws IOException if the data set cannot be had
    public Metrics evaluate(Split split, DataSets dataSets) throws IOException {
        RunSpec run = spec.orElseThrow(() -> new IllegalArgumentException(
                "%s does not say what data it was trained on; evaluate its run instead".formatted(source)));
        VisionData data = dataSets.load(run.get(Options.DATA));
        Splits splits = run.splitSpec().apply(data.train(), data.test());
        Samples samples = switch (split) {
            case TRAIN -> splits.train();
            case VALIDATION ->
                splits.validation()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "split 'validation': the run of %s held no samples out".formatted(source)));
            case TEST -> splits.test();
        };
        return evaluate(samples, Threads.available());
    }

    /// Loss and accuracy on any samples. The number of threads changes the time only.
    public Metrics evaluate(Samples samples, int threads) {
        if (samples.width() != network.spec().inputs()
                || samples.outputs() != network.spec().outputs()) {
            throw new IllegalArgumentException("evaluate: samples must have %d values and %d classes; got %d and %d"
                    .formatted(network.spec().inputs(), network.spec().outputs(), samples.width(), samples.outputs()));
        }
        try (Threads workers = Threads.of(threads);
                Pool pool = new Pool()) {
            return Metrics.of(network, samples, workers, pool);
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
