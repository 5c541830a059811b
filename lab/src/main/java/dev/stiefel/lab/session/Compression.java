package dev.stiefel.lab.session;

import dev.stiefel.data.Splits;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.CompressionFigures;
import dev.stiefel.lab.record.CompressionFigures.Measured;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.Score;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataFacts;
import dev.stiefel.lab.spec.KernelForm;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lowrank.Approximations;
import dev.stiefel.lowrank.FactoredWeight;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.RankChoice;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.Measures;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/// A trained network whose hidden layers' weights are replaced by approximations with fewer parameters, dense ones and
/// factored ones alike; the output layer stays as it is. It becomes a run of its own, which may be retrained with its
/// ranks held.
///
/// In the form `U S Vᵀ` the factors are those of the truncated singular value decomposition of each weight
/// (Eckart & Young 1936, doi:10.1007/BF02288367): no other matrix of that rank is nearer to it. Kernels of
/// convolutions may have the Tucker form instead ([dev.stiefel.lowrank.TuckerApproximations]). This error does
/// not determine the network's loss, which is therefore measured before and after.
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
/// Cost: about `20 min(m, n)² max(m, n)` flops a weight, one core each, twice and a little more for a kernel in Tucker
/// form; measured on one core, 1 to 2 seconds for a `[784, 784]` weight, 18 for a `[2048, 2048]` one, three minutes for
/// a `[5120, 5120]` one.
public final class Compression {
    private final NetworkSpec target; // with the forms that weights get
    private final Network trained;
    private final List<String> names;

    /// @param names full names of the weights to compress
    private Compression(NetworkSpec target, Network trained, List<String> names) {
        this.target = target;
        this.trained = trained;
        this.names = names;
    }

    /// Amount of the network to keep.
    public sealed interface Target {
        /// Given ranks.
        ///
        /// @param ranks one for all factored layers, or one each
        record Ranks(LayerRanks ranks) implements Target {}

        /// The fewest parameters of each weight that lose no more than a fraction of its norm.
        ///
        /// @param tolerance in `[0, 1)`
        record Tolerance(double tolerance) implements Target {
            /// Checks the tolerance.
            public Tolerance {
                new RankRule.RelativeTolerance(tolerance);
            }
        }

        /// A share of the parameters that the dense network's weights have. Parameters that are not factored
        /// count first; the rest goes to the most valuable directions of all weights together
        /// ([RankChoice#withinBudget]).
        ///
        /// @param share in `(0, 1]`
        record Budget(double share) implements Target {
            /// Checks the share.
            public Budget {
                if (!(share > 0 && share <= 1)) {
                    throw new IllegalArgumentException("budget must be in (0, 1]; got " + share);
                }
            }
        }
    }

    /// The options that may be chosen for the new run: the form of its kernels and, without `epochs`, only
    /// options that decide the evaluated samples.
    public static List<Option<?>> options() {
        List<Option<?>> options = new ArrayList<>(Options.ofRetraining());
        options.add(Options.FORM);
        return options;
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
    /// @param known measures that are not among these are left out, unless they were chosen or the run is
    ///     retrained
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
        try (ParentModel parent = ParentModel.open(
                Parent.Command.COMPRESS, runOrFile, model, checkpoint, choices, Optional.empty(), dataSets)) {
            Network trained = parent.model().network();
            NetworkSpec layers = trained.spec();
            requireOutputs(runOrFile, layers, parent.facts());
            RunSpec origin = parent.denseOrigin();
            Choices form = form(layers, choices);
            RunSpec measured = resolved(origin, form, LayerRanks.all(1), parent);
            Compression compression = new Compression(
                    measured.networkSpec(),
                    trained,
                    measured.factorable(layers).stream().map(WeightSpec::name).toList());
            // Everything that can be wrong is found before the long work.
            resolved(origin, form, target instanceof Target.Ranks given ? given.ranks() : LayerRanks.all(1), parent);
            compression.require(target);
            requireDescribed(runOrFile, layers, measured);
            EvaluationSpec evaluation = evaluation(runOrFile, measured, choices, known);
            RunData data = parent.data().isPresent() ? parent.data().get() : RunData.of(measured, dataSets);
            Splits splits = data.splits(measured);
            Measured before = measured(trained, splits, evaluation);
            try (Network network = compression.compressed(target)) {
                RunSpec spec = resolved(origin, form, LayerRanks.of(network.spec()), parent);
                Measured after = measured(network, splits, evaluation);
                return DerivedRun.of(
                                spec,
                                parent.parent(),
                                network,
                                parent.data(),
                                Optional.of(new CompressionFigures(before, after)))
                        .knowing(known)
                        .remarking(parent.remarks());
            }
        }
    }

    /// Requires data with the network's outputs, to evaluate before and after.
    private static void requireOutputs(Path source, NetworkSpec network, DataFacts data) {
        if (network.outputs() != data.outputs()) {
            throw new IllegalArgumentException(
                    "compress: data '%s' has %s classes or values, and the network of %s %s outputs; fine-tune it on the data first"
                            .formatted(data.name(), data.outputs(), source, network.outputs()));
        }
    }

    /// The form that was chosen; else kernels keep theirs, and dense ones get the usual one.
    private static Choices form(NetworkSpec network, Choices choices) {
        if (choices.has(Options.FORM)) {
            return choices.only(List.of(Options.FORM));
        }
        boolean tucker =
                network.weights().stream().anyMatch(weight -> weight.tucker().isPresent());
        return tucker ? Choices.none().with(Options.FORM, KernelForm.TUCKER) : Choices.none();
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

    private static RunSpec resolved(RunSpec origin, Choices form, LayerRanks ranks, ParentModel parent) {
        Choices network = form.with(Options.RANK, ranks);
        Choices others = parent.choices().without(Options.FORM);
        return others.has(Options.EPOCHS)
                ? Resolution.retrained(origin, network, others, parent.described())
                : Resolution.untrained(origin, network, others, parent.described());
    }

    /// A run's options say nothing of activations: hidden layers have ReLU, the output layer has none.
    private static void requireDescribed(Path source, NetworkSpec network, RunSpec spec) {
        NetworkSpec described = spec.architecture().dense(spec);
        if (described.equals(dense(network))) {
            return;
        }
        throw new IllegalArgumentException(
                spec.architecture().hasWidths()
                        ? "compress: %s must be a %s network of ReLU layers and a linear output layer, for softmax"
                                        .formatted(source, described)
                                + " cross-entropy; got %s, or other activations or another loss".formatted(network)
                        : "compress: %s must be network '%s', which is %s for data '%s'; got %s, or other layers or another loss"
                                .formatted(source, spec.networkTitle(), described, spec.get(Options.DATA), network));
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

    /// Refuses what the weights cannot have.
    private void require(Target wanted) {
        switch (wanted) {
            case Target.Ranks given -> {
                List<TuckerRanks> each = given.ranks().each(names.size());
                for (int i = 0; i < names.size(); i++) {
                    requireThatMany(each.get(i), trained.spec().weight(names.get(i)), target.weight(names.get(i)));
                }
            }
            case Target.Tolerance _ -> {}
            case Target.Budget budget -> {
                if (parameters(budget) < target.factoredParameters()) { // at rank 1
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT,
                            "budget must be at least %.6f, the share of the output layer and rank 1 in the others; got"
                                    + " %s",
                            (double) target.parameters() / target.denseParameters(),
                            budget.share()));
                }
            }
        }
    }

    /// Requires ranks of at most a factored weight's present rank.
    private static void requireThatMany(TuckerRanks asked, WeightSpec now, WeightSpec then) {
        if (!now.isFactored()) {
            return;
        }
        int rank = now.rank().orElseThrow();
        TuckerRanks most = now.tucker()
                .map(TuckerKernel::ranks)
                .orElseGet(() -> then.tucker()
                        .map(kernel -> new TuckerRanks(rank, kernel.channels())
                                .capped(kernel.rows(), kernel.channels(), kernel.offsets()))
                        .orElse(TuckerRanks.of(rank)));
        if (then.tucker().isEmpty()) {
            most = TuckerRanks.of(most.out());
        }
        boolean pair = asked.out() != asked.in();
        if (pair ? asked.out() > most.out() || asked.in() > most.in() : asked.out() > most.larger()) {
            throw new IllegalArgumentException("compress: rank (%s) must be at most %s, the rank that '%s' has now"
                    .formatted(
                            pair ? asked : asked.out(),
                            pair ? most : most.larger(),
                            then.name().replaceFirst("\\.weight$", "")));
        }
    }

    /// The parameters that a budget leaves for the factored weights.
    private long parameters(Target.Budget budget) {
        long kept = target.parameters() - target.factoredParameters();
        return (long) (budget.share() * target.denseParameters()) - kept;
    }

    private Network compressed(Target wanted) {
        Approximations[] weights = new Approximations[names.size()];
        FactoredWeight[] factors = new FactoredWeight[names.size()];
        try (Scope scope = Scope.open("compression");
                Threads threads = Threads.of(Threads.available())) {
            threads.run(weights.length, i -> weights[i] = approximations(scope, names.get(i)));
            IntFunction<FactoredWeight> cut = cut(wanted, weights);
            threads.run(weights.length, i -> factors[i] = cut.apply(i));
            Map<String, FactoredWeight> changed = new LinkedHashMap<>();
            for (int i = 0; i < factors.length; i++) {
                changed.put(names.get(i), factors[i]);
            }
            return trained.withWeights(changed);
        } finally {
            Arrays.stream(factors).filter(Objects::nonNull).forEach(FactoredWeight::close);
        }
    }

    private Approximations approximations(Scope scope, String name) {
        Parameter weight = trained.parameter(name);
        Optional<TuckerKernel> kernel = target.weight(name).tucker();
        return kernel.isPresent()
                ? Approximations.inTuckerForm(scope, weight, kernel.get().offsets())
                : Approximations.inMatrixForm(scope, weight);
    }

    private IntFunction<FactoredWeight> cut(Target wanted, Approximations[] weights) {
        return switch (wanted) {
            case Target.Ranks given -> {
                List<TuckerRanks> each = given.ranks().each(weights.length);
                yield i -> weights[i].ofRanks(
                        List.of(each.get(i).out(), each.get(i).in()));
            }
            case Target.Tolerance given -> i -> weights[i].within(given.tolerance());
            case Target.Budget budget -> {
                List<RankChoice> chosen = RankChoice.withinBudget(
                        Arrays.stream(weights).map(Approximations::choices).toList(), parameters(budget));
                yield i -> weights[i].ofRanks(chosen.get(i).ranks());
            }
        };
    }
}
