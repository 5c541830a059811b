package dev.stiefel.lab.session;

import dev.stiefel.data.Splits;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.published.PublishedWeights;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.CompressionFigures;
import dev.stiefel.lab.record.CompressionFigures.Measured;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataDescription;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.Measures;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Method;
import dev.stiefel.train.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A trained network whose hidden layers' weights are replaced by their best factors, dense ones and
/// factored ones alike; the output layer stays as it is. It becomes a run of its own, which may be
/// retrained with its ranks held.
///
/// The best factors are those of the truncated singular value decomposition of each weight (Eckart &
/// Young 1936, doi:10.1007/BF02288367): no other matrix of that rank is nearer to it. That says nothing
/// of the network's loss, so that is measured before and after.
///
/// ```java
/// Target target = new Target.Tolerance(0.1);
/// try (DerivedRun compression = Compression.of(
///         run, ModelChoice.LATEST, CheckpointChoice.LATEST, target, Map.of("epochs", 5), dataSets)) {
///     CompressionFigures figures = compression.compressed().orElseThrow();
///     RunResult result = compression.session(Path.of("runs/b"), dataSets).run(RunListener.NONE);
/// }
/// ```
///
/// Cost: about `20 min(m, n)² max(m, n)` flops a weight, one core each; measured on one core, 1 to 2
/// seconds for a `[784, 784]` weight, 18 for a `[2048, 2048]` one, three minutes for a `[5120, 5120]`
/// one.
public final class Compression {
    private Compression() {}

    /// How much is to be kept.
    public sealed interface Target {
        /// The rule that it means for a network.
        ///
        /// @param network its layers; the ranks in it do not count
        /// @param factored full names of the weights that are to be factored
        /// @throws IllegalArgumentException if the network cannot be made that small
        RankRule rule(NetworkSpec network, List<String> factored);

        /// These ranks.
        ///
        /// @param ranks one for all factored layers, or one each
        record Ranks(LayerRanks ranks) implements Target {
            @Override
            public RankRule rule(NetworkSpec network, List<String> factored) {
                return new RankRule.Fixed(ranks.ranks());
            }
        }

        /// Of each weight the smallest rank at which no more than a share of its norm is cut off.
        ///
        /// @param tolerance in `[0, 1)`
        record Tolerance(double tolerance) implements Target {
            /// Checks the tolerance.
            public Tolerance {
                new RankRule.RelativeTolerance(tolerance);
            }

            @Override
            public RankRule rule(NetworkSpec network, List<String> factored) {
                return new RankRule.RelativeTolerance(tolerance);
            }
        }

        /// A share of the parameters that the dense network's weights have. What is not factored is
        /// paid first; the rest goes to the directions of all weights together that are worth the most
        /// ([RankRule.Budget]).
        ///
        /// @param share in `(0, 1]`
        record Budget(double share) implements Target {
            /// Checks the share.
            public Budget {
                if (!(share > 0 && share <= 1)) {
                    throw new IllegalArgumentException("budget must be in (0, 1]; got " + share);
                }
            }

            @Override
            public RankRule rule(NetworkSpec network, List<String> factored) {
                long fixed = 0;
                long least = 0;
                for (WeightSpec weight : network.weights()) {
                    boolean kept = !factored.contains(weight.name());
                    fixed += kept ? weight.denseParameters() : 0;
                    least += kept ? weight.denseParameters() : weight.rows() + weight.columns();
                }
                long all = (long) (share * network.denseParameters());
                if (all < least) {
                    throw new IllegalArgumentException(
                            "budget must be at least %.6f, the share of the output layer and rank 1 in the others; got %s"
                                    .formatted((double) least / network.denseParameters(), share));
                }
                return new RankRule.Budget(all - fixed, RankLimits.NONE);
            }
        }
    }

    /// What may be chosen for the run that it becomes: without `epochs`, only what says which samples
    /// are measured.
    public static List<Option<?>> options() {
        return Options.ofRetraining();
    }

    /// Compresses the model of a run, or the model in a safetensors file, and measures it.
    ///
    /// @param runOrFile a file that does not say what it was trained on needs `data` among the choices
    /// @param choices by key or flag, out of [#options]; `epochs` for retraining
    /// @throws IllegalArgumentException if something is chosen that is not allowed, or the network
    ///     cannot be compressed
    /// @throws InvalidRunException if there is no run or model, or it is damaged
    /// @throws IOException if the data set cannot be had
    public static DerivedRun of(
            Path runOrFile,
            ModelChoice model,
            CheckpointChoice checkpoint,
            Target target,
            Map<String, ?> choices,
            DataSets dataSets)
            throws IOException {
        return of(runOrFile, model, checkpoint, target, Choices.of(choices), dataSets);
    }

    /// The same for choices that were parsed.
    public static DerivedRun of(
            Path runOrFile,
            ModelChoice model,
            CheckpointChoice checkpoint,
            Target target,
            Choices choices,
            DataSets dataSets)
            throws IOException {
        return of(runOrFile, model, checkpoint, target, choices, Measures.installed(), dataSets);
    }

    /// The same, finding measures by name among these.
    ///
    /// @param known measures that are not among these are left out, unless they were chosen or the run is retrained
    /// @throws IllegalArgumentException if a run that is retrained measures others
    public static DerivedRun of(
            Path runOrFile,
            ModelChoice model,
            CheckpointChoice checkpoint,
            Target target,
            Choices choices,
            Measures known,
            DataSets dataSets)
            throws IOException {
        boolean run = Files.isDirectory(runOrFile) && !PublishedWeights.is(runOrFile);
        try (Model trained = run ? ofRun(runOrFile, model, checkpoint) : Models.load(runOrFile, model, checkpoint)) {
            NetworkSpec layers = trained.network().spec();
            Optional<RunData> own = RunData.own(choices);
            Optional<DataDescription> described = own.map(RunData::description);
            RunSpec origin = origin(runOrFile, trained, choices, described);
            RunSpec measured = resolved(origin, LayerRanks.all(1), choices, described);
            List<String> factored =
                    measured.factorable(layers).stream().map(WeightSpec::name).toList();
            RankRule rule = target.rule(layers, factored);
            // Everything that can be wrong is found before the long work.
            resolved(
                    origin,
                    target instanceof Target.Ranks given ? given.ranks() : LayerRanks.all(1),
                    choices,
                    described);
            if (target instanceof Target.Ranks given) {
                requireThatMany(given.ranks(), trained.network(), factored);
            }
            requireDescribed(runOrFile, layers, measured);
            EvaluationSpec evaluation = evaluation(runOrFile, measured, choices, known);
            RunData data = own.isPresent() ? own.get() : RunData.of(measured, dataSets);
            Splits splits = data.splits(measured);
            Measured before = measured(trained.network(), splits, evaluation);
            try (Network network = truncated(trained.network(), factored, rule)) {
                RunSpec spec = resolved(origin, LayerRanks.of(network.ranks()), choices, described);
                Measured after = measured(network, splits, evaluation);
                Parent parent = new Parent(
                        Parent.Command.COMPRESS,
                        runOrFile.toString(),
                        run ? model.file() : String.valueOf(runOrFile.getFileName()),
                        trained.sha256());
                return DerivedRun.of(spec, parent, network, Optional.of(new CompressionFigures(before, after)))
                        .knowing(known);
            }
        }
    }

    private static Model ofRun(Path path, ModelChoice model, CheckpointChoice checkpoint) throws IOException {
        RunFolder run = RunFolder.open(path);
        DerivedRun.requireUndiverged(Parent.Command.COMPRESS, run, model);
        return run.model(model, checkpoint);
    }

    private static EvaluationSpec evaluation(Path source, RunSpec measured, Choices choices, Measures known) {
        if (choices.has(Options.MEASURES)) {
            return measured.evaluation(known, List.of());
        }
        if (!measured.isTrained()) {
            return measured.evaluationAmong(known);
        }
        measured.measures().names().stream()
                .filter(name -> known.find(name).isEmpty())
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            "compress: %s measures '%s', which is not installed; choose other measures for the retrained run"
                                    .formatted(source, name));
                });
        return measured.evaluation(known, List.of());
    }

    private static RunSpec resolved(
            RunSpec origin, LayerRanks ranks, Choices choices, Optional<DataDescription> described) {
        return choices.has(Options.EPOCHS)
                ? Resolution.retrained(origin, ranks, choices, described)
                : Resolution.untrained(origin, ranks, choices, described);
    }

    private static RunSpec origin(Path source, Model model, Choices choices, Optional<DataDescription> described) {
        if (model.spec().isPresent()) {
            return model.spec().get();
        }
        String data = choices.find(Options.DATA)
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s does not say what data it was trained on; name the data set with data".formatted(source)));
        Choices said = Choices.none()
                .with(Options.DATA, data)
                .with(Options.LAYERS.key(), model.network().spec().toString())
                .with(Options.METHOD, Method.DENSE);
        String name = String.valueOf(source.getFileName()).replaceFirst("\\.safetensors$", "");
        return Resolution.of(said, Optional.of(name), described);
    }

    /// Of a weight that is factored already no more can be kept than there is.
    private static void requireThatMany(LayerRanks ranks, Network network, List<String> factored) {
        List<Integer> each = ranks.each(factored.size());
        for (int i = 0; i < each.size(); i++) {
            WeightSpec weight = network.spec().weight(factored.get(i));
            if (weight.isFactored() && each.get(i) > weight.rank().orElseThrow()) {
                throw new IllegalArgumentException("compress: rank (%d) must be at most %d, the rank that '%s' has now"
                        .formatted(
                                each.get(i),
                                weight.rank().orElseThrow(),
                                weight.name().replaceFirst("\\.weight$", "")));
            }
        }
    }

    /// A run's options say nothing of activations: hidden layers have ReLU, the output layer has none.
    private static void requireDescribed(Path source, NetworkSpec network, RunSpec spec) {
        NetworkSpec described = spec.architecture().dense(spec);
        NetworkSpec dense = dense(network);
        if (!described.nodes().equals(dense.nodes()) || !described.loss().equals(dense.loss())) {
            throw new IllegalArgumentException(
                    "compress: %s must be a %s network of ReLU layers and a linear output layer, for softmax"
                                    .formatted(source, described)
                            + " cross-entropy; got %s, or other activations or another loss".formatted(network));
        }
    }

    /// The same network with all its weights dense.
    private static NetworkSpec dense(NetworkSpec network) {
        Map<String, OptionalInt> ranks = new LinkedHashMap<>();
        network.factoredWeights().forEach(each -> ranks.put(each.name(), OptionalInt.empty()));
        return network.withRanks(ranks);
    }

    private static Measured measured(Network network, Splits splits, EvaluationSpec evaluation) {
        try (Threads threads = Threads.of(Threads.available());
                Pool pool = new Pool()) {
            return Measured.of(
                    network,
                    splits.validation()
                            .map(samples -> Score.of(Metrics.of(network, samples, evaluation, threads, pool))),
                    Score.of(Metrics.of(network, splits.test(), evaluation, threads, pool)));
        }
    }

    private static Network truncated(Network network, List<String> names, RankRule rule) {
        Svd[] svds = new Svd[names.size()];
        Map<String, Factors> factors = new LinkedHashMap<>();
        try (Scope scope = Scope.open("compression");
                Threads threads = Threads.of(Threads.available())) {
            threads.run(svds.length, i -> svds[i] = svd(scope, network.parameter(names.get(i))));
            List<WeightSpectrum> spectra = new ArrayList<>();
            for (Svd svd : svds) {
                spectra.add(new WeightSpectrum(svd.p().rows(), svd.qt().columns(), svd.sigma()));
            }
            List<Integer> ranks = rule.ranks(spectra);
            for (int i = 0; i < svds.length; i++) {
                factors.put(names.get(i), Factors.best(svds[i], ranks.get(i)));
            }
            return network.withWeights(factors);
        } finally {
            factors.values().forEach(Factors::close);
        }
    }

    private static Svd svd(Scope scope, Parameter weight) {
        return switch (weight) {
            case DenseParameter dense -> Svd.of(scope, dense.value());
            case FactoredParameter factored when factored.weight() instanceof Factors factors -> factors.svd(scope);
            case FactoredParameter factored ->
                throw new IllegalArgumentException("compress: '%s' must be dense or of the form U S Vᵀ; got %s"
                        .formatted(factored.name(), factored.weight()));
        };
    }
}
