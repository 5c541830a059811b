package dev.stiefel.lab.spec;

import dev.stiefel.data.ValidationSplit;
import dev.stiefel.data.own.Task;
import dev.stiefel.lab.text.Words;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.published.Deviation;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From what a user chose to a whole [RunSpec]: defaults for the rest, and the rules about
/// what goes together.
///
/// What a user chose must hold as it is or is an error; a default gives way.
public final class Resolution {
    private static final List<Option<?>> OF_ADAPTING = List.of(
            Options.TOLERANCE,
            Options.TOLERANCE_START,
            Options.ABSOLUTE_TOLERANCE,
            Options.BUDGET,
            Options.INITIAL_RANK,
            Options.MIN_RANK,
            Options.MAX_RANK,
            Options.ADAPT_EVERY,
            Options.TRIAL_STEPS);

    private static final List<Option<?>> OF_THE_NETWORK = List.of(
            Options.EXPERIMENT,
            Options.RANK,
            Options.INITIAL_SPECTRUM,
            Options.SPECTRUM_DECAY,
            Options.WIDTH,
            Options.DEPTH,
            Options.LAYERS,
            Options.LEGACY,
            Options.LEGACY_WITHOUT);

    private final Map<Option<?>, Object> chosen = new LinkedHashMap<>();
    private final Map<Option<?>, String> typed = new LinkedHashMap<>();
    private final Map<Option<?>, Object> defaults = new LinkedHashMap<>();
    private final Optional<DataDescription> own;
    private Optional<DataFacts> ownFacts;

    /// @param own the data that the choices name, if it is the user's own
    private Resolution(Map<String, ?> choices, Optional<DataDescription> own) {
        this.own = own;
        this.ownFacts = own.map(DataDescription::facts);
        choices.forEach(this::choose);
        if (own.isPresent()) {
            chosen.putAll(DataPaths.located(chosen));
        }
    }

    /// The spec that these choices, by key or flag, mean.
    ///
    /// @throws IllegalArgumentException if one is not allowed, or two do not go together
    public static RunSpec of(Map<String, ?> choices) {
        return of(choices, null, Optional.empty());
    }

    /// The same.
    ///
    /// @param name what the experiment is called where it starts from no preset
    /// @param own the data that the choices name, if it is the user's own
    public static RunSpec of(Map<String, ?> choices, @Nullable String name, Optional<DataDescription> own) {
        Resolution resolution = new Resolution(choices, own);
        resolution.startFromPreset();
        return resolution.resolved(name);
    }

    /// The spec of a run that trains another's network on, its ranks held.
    ///
    /// @param origin the other
    /// @param ranks of its factored layers
    /// @param choices out of [#ofRetraining]
    /// @param own the data that the choices name, if it is the user's own
    public static RunSpec retrained(
            RunSpec origin, LayerRanks ranks, Map<String, ?> choices, Optional<DataDescription> own) {
        Resolution resolution = new Resolution(choices, own);
        resolution.startFrom(origin, ranks);
        return resolution.resolved(null);
    }

    /// The spec of a run that keeps a network as it is: what it is, and the data that it is
    /// for.
    ///
    /// @param choices out of [#ofRetraining], but none that says how to train
    /// @param own the data that the choices name, if it is the user's own
    public static RunSpec untrained(
            RunSpec origin, LayerRanks ranks, Map<String, ?> choices, Optional<DataDescription> own) {
        Resolution resolution = new Resolution(choices, own);
        List<Option<?>> kept = new ArrayList<>(Presets.INHERITED);
        kept.addAll(List.of(Options.METHOD, Options.RANK));
        for (Option<?> option : ofRetraining()) {
            if (!kept.contains(option)) {
                resolution.reject(option, "is for retraining; say for how long with 'epochs'");
            }
        }
        resolution.startFrom(origin, ranks);
        return resolution.resolved(null).only(kept);
    }

    /// What may be chosen for a run that trains another's network on.
    public static List<Option<?>> ofRetraining() {
        return Options.all().stream()
                .filter(option -> !OF_THE_NETWORK.contains(option) && !OF_ADAPTING.contains(option))
                .toList();
    }

    private void startFromPreset() {
        boolean legacy = find(Options.LEGACY).orElse(false);
        Method method = find(Options.METHOD).orElse(legacy ? Presets.legacyMethod() : Presets.defaultMethod());
        OptimizerName optimizer =
                find(Options.OPTIMIZER).orElse(legacy ? Presets.legacyOptimizer() : Presets.defaultOptimizer());
        Optional<String> preset = find(Options.EXPERIMENT);
        defaults.putAll(
                preset.isPresent()
                        ? Presets.defaults(preset.get(), method, optimizer)
                        : Presets.plain(method, optimizer));
        own.ifPresent(data -> defaults.putAll(Presets.ownData(data)));
        if (legacy) {
            defaults.putAll(Presets.legacy());
        }
    }

    private void startFrom(RunSpec origin, LayerRanks ranks) {
        OF_THE_NETWORK.forEach(option -> reject(option, "cannot be chosen: the network that is there has its own"));
        OF_ADAPTING.forEach(option -> reject(option, "is for ranks that adapt; here they are held"));
        Method before = origin.get(Options.METHOD);
        Method method = find(Options.METHOD).orElse(before.isLowRank() ? before : Presets.defaultMethod());
        if (!method.isLowRank()) {
            throw new IllegalArgumentException(
                    "%s must be one for factored weights; got %s".formatted(typed.get(Options.METHOD), method.word()));
        }
        OptimizerName optimizer =
                find(Options.OPTIMIZER).or(() -> origin.find(Options.OPTIMIZER)).orElse(Presets.defaultOptimizer());
        defaults.putAll(Presets.retraining(origin, method, optimizer));
        drop(List.of(Options.INITIAL_SPECTRUM, Options.SPECTRUM_DECAY));
        if (chosen.containsKey(Options.DATA)) { // whose samples may be of another size
            drop(List.of(Options.WIDTH, Options.DEPTH));
            drop(Options.ofOwnData());
            own.ifPresent(data -> defaults.put(Options.VALIDATION, Presets.validation(data)));
            defaults.put(Options.LAYERS, origin.layers());
            if (task() != origin.dataFacts().task()) {
                drop(List.of(Options.MEASURES));
            }
        } else {
            ownFacts = origin.ownData();
        }
        chosen.put(Options.RANK, ranks);
        typed.put(Options.RANK, Options.RANK.key());
    }

    private void choose(String name, Object value) {
        Option<?> option = Options.of(name);
        String before = typed.put(option, name);
        if (before != null) {
            throw new IllegalArgumentException("'%s' and '%s' are one option; give it once".formatted(before, name));
        }
        chosen.put(option, option.parse(name, value));
    }

    private RunSpec resolved(@Nullable String name) {
        if (!chosen.containsKey(Options.DATA) && !defaults.containsKey(Options.DATA)) {
            throw new IllegalArgumentException("data: a data set is needed, such as 'data: mnist'");
        }
        settleOwnData();
        settleLegacy();
        settleOptimizer();
        settleRanks();
        settleSpectrum();
        settlePenalties();
        settleLayers();
        settleValidation();
        settleMeasures();
        if (name != null) {
            defaults.put(Options.EXPERIMENT, name);
        }
        Map<Option<?>, Object> all = new LinkedHashMap<>();
        for (Option<?> option : Options.all()) {
            Object value = chosen.getOrDefault(option, defaults.get(option));
            if (value != null) {
                all.put(option, value);
            }
        }
        RunSpec spec = new RunSpec(all, ownFacts);
        spec.requireSizes(typed);
        return spec;
    }

    private void settleOwnData() {
        if (ownFacts.isEmpty()) {
            Options.ofOwnData()
                    .forEach(option -> reject(option, "is for data of your own; name a file or folder with data"));
            return;
        }
        if (ownFacts.get().task() == Task.REGRESSION) {
            if (find(Options.LABEL_NOISE).filter(share -> share > 0).isPresent()) {
                reject(
                        Options.LABEL_NOISE,
                        "is for classes; '%s' has values"
                                .formatted(ownFacts.get().name()));
            }
            reject(
                    Options.LEGACY,
                    "is for classes; '%s' has values".formatted(ownFacts.get().name()));
        }
    }

    private void settleLegacy() {
        if (!find(Options.LEGACY).orElse(false)) {
            reject(Options.LEGACY_WITHOUT, "is for legacy runs; give legacy, too");
            return;
        }
        Method method = value(Options.METHOD);
        if (method != Method.BUG && method != Method.DENSE) {
            throw new IllegalArgumentException(
                    "'%s' is for methods 'bug' and 'dense', which were published; got method '%s'"
                            .formatted(typed.get(Options.LEGACY), method.word()));
        }
        reject(Options.ABSOLUTE_TOLERANCE, "cannot go with legacy, whose tolerance is relative; use tolerance");
        reject(Options.BUDGET, "cannot go with legacy, whose tolerance is relative; use tolerance");
        Set<Deviation> left = find(Options.LEGACY_WITHOUT).map(Deviations::all).orElse(Deviation.none());
        if (!left.contains(Deviation.NORMAL_START)) {
            reject(
                    Options.INITIAL_SPECTRUM,
                    "cannot go with legacy, whose factors are normal numbers; add legacy-without normal-start");
            drop(List.of(Options.INITIAL_SPECTRUM, Options.SPECTRUM_DECAY));
        }
    }

    private void settleOptimizer() {
        OptimizerName optimizer = value(Options.OPTIMIZER);
        settleDenseOptimizer(optimizer);
        boolean denseMomentum =
                find(Options.DENSE_OPTIMIZER).filter(OptimizerName::hasMomentum).isPresent();
        if (!optimizer.hasMomentum() && !denseMomentum) {
            reject(
                    Options.MOMENTUM,
                    "is for optimizers 'momentum' and 'muon'; got optimizer '%s'".formatted(Words.of(optimizer)));
            defaults.remove(Options.MOMENTUM);
        }
        if (optimizer == OptimizerName.ADAM
                && find(Options.WEIGHT_DECAY).filter(decay -> decay > 0).isPresent()) {
            throw new IllegalArgumentException(
                    "%s: optimizer 'adam' has none; use optimizer 'adamw'".formatted(typed.get(Options.WEIGHT_DECAY)));
        }
    }

    private void settleDenseOptimizer(OptimizerName optimizer) {
        Method method = value(Options.METHOD);
        if (optimizer == OptimizerName.MUON) {
            if (method != Method.RIEMANNIAN && method != Method.DENSE) {
                throw new IllegalArgumentException(
                        "optimizer 'muon' is for methods 'riemannian' and 'dense'; got '%s'".formatted(method.word()));
            }
        } else if (!method.isLowRank()) {
            String why = "is for parameters beside factored ones; method 'dense' with optimizer '%s' has none"
                    .formatted(Words.of(optimizer));
            reject(Options.DENSE_OPTIMIZER, why);
            reject(Options.DENSE_LEARNING_RATE, why);
        }
        if (find(Options.LEGACY).orElse(false)) {
            reject(Options.DENSE_OPTIMIZER, "cannot go with legacy, which has one optimizer");
            reject(Options.DENSE_LEARNING_RATE, "cannot go with legacy, which has one learning rate");
        }
        if (find(Options.DENSE_OPTIMIZER).filter(OptimizerName.ADAM::equals).isPresent()
                && value(Options.WEIGHT_DECAY) > 0) {
            throw new IllegalArgumentException("%s: optimizer 'adam' has no weight decay; use optimizer 'adamw'"
                    .formatted(typed.get(Options.DENSE_OPTIMIZER)));
        }
        if (find(Options.DENSE_OPTIMIZER).filter(OptimizerName.MUON::equals).isPresent() && !method.isLowRank()) {
            throw new IllegalArgumentException("%s: method 'dense' trains its vectors with it; use another"
                    .formatted(typed.get(Options.DENSE_OPTIMIZER)));
        }
    }

    private void settleRanks() {
        Method method = value(Options.METHOD);
        if (method == Method.DENSE) {
            reject(Options.RANK, "is for factored weights; method 'dense' has none");
            OF_ADAPTING.forEach(option -> reject(option, "is for factored weights; method 'dense' has none"));
            reject(Options.INITIAL_SPECTRUM, "is for factored weights; method 'dense' has none");
            drop(OF_ADAPTING);
            reject(Options.SPECTRUM_DECAY, "is for factored weights; method 'dense' has none");
            drop(List.of(Options.RANK, Options.INITIAL_SPECTRUM, Options.SPECTRUM_DECAY));
            return;
        }
        if (chosen.containsKey(Options.RANK) || !method.adapts()) {
            String why = chosen.containsKey(Options.RANK)
                    ? "is for ranks that adapt; got '%s', which fixes them".formatted(typed.get(Options.RANK))
                    : "is for ranks that adapt; method '%s' cannot; give a rank".formatted(method.word());
            OF_ADAPTING.forEach(option -> reject(option, why));
            drop(OF_ADAPTING);
            return;
        }
        defaults.remove(Options.RANK);
        if (method.trainsInBlocks()) {
            reject(Options.TRIAL_STEPS, "is not for method '%s', whose blocks try directions".formatted(method.word()));
            drop(List.of(Options.TRIAL_STEPS));
        }
        settleTolerance();
        settleLimits();
    }

    private void settleLimits() {
        int layers = find(Options.LAYERS).map(widths -> widths.hidden().size()).orElseGet(() -> value(Options.DEPTH));
        LayerRanks least = value(Options.MIN_RANK);
        LayerRanks most = find(Options.MAX_RANK).orElse(LayerRanks.all(Integer.MAX_VALUE));
        List<Integer> leastEach = least.each(typed.getOrDefault(Options.MIN_RANK, "min-rank"), layers);
        List<Integer> mostEach = most.each(typed.getOrDefault(Options.MAX_RANK, "max-rank"), layers);
        Optional<Integer> initial = find(Options.INITIAL_RANK);
        for (int i = 0; i < layers; i++) {
            if (mostEach.get(i) < leastEach.get(i)) {
                throw new IllegalArgumentException("%s must be at least min-rank (%s); got %s"
                        .formatted(typed.get(Options.MAX_RANK), least, most));
            }
            if (initial.isPresent() && (initial.get() < leastEach.get(i) || initial.get() > mostEach.get(i))) {
                throw new IllegalArgumentException("%s must be between min-rank and max-rank; got %d"
                        .formatted(typed.get(Options.INITIAL_RANK), initial.get()));
            }
        }
        if (layers > 0) {
            // Of limits that differ the widest: each layer is held to its own when the network is made.
            int initialRank =
                    Math.clamp(value(Options.INITIAL_RANK), Collections.min(leastEach), Collections.max(mostEach));
            defaults.put(Options.INITIAL_RANK, initialRank);
        }
    }

    private void settleSpectrum() {
        boolean has = chosen.containsKey(Options.INITIAL_SPECTRUM) || defaults.containsKey(Options.INITIAL_SPECTRUM);
        if (!has) { // no factored weights, or none that start at random like this
            drop(List.of(Options.SPECTRUM_DECAY));
        } else if (value(Options.INITIAL_SPECTRUM) != SpectrumName.DECAYING) {
            reject(
                    Options.SPECTRUM_DECAY,
                    "is for initial spectrum 'decaying'; got '%s'"
                            .formatted(Words.of(value(Options.INITIAL_SPECTRUM))));
            drop(List.of(Options.SPECTRUM_DECAY));
        }
    }

    private void settlePenalties() {
        Method method = value(Options.METHOD);
        if (!method.isLowRank() || method.gauge() == Gauge.FREE) {
            reject(
                    Options.CONDITION_PENALTY,
                    "is for orthonormal factors; method '%s' has none".formatted(method.word()));
            drop(List.of(Options.CONDITION_PENALTY));
        }
    }

    private void settleTolerance() {
        Option<Double> other = chosen.containsKey(Options.BUDGET) ? Options.BUDGET : Options.ABSOLUTE_TOLERANCE;
        if (chosen.containsKey(other)) {
            String why = "cannot go with '%s'; give one of them".formatted(typed.get(other));
            reject(Options.TOLERANCE, why);
            reject(Options.TOLERANCE_START, why);
            if (other == Options.BUDGET) {
                reject(Options.ABSOLUTE_TOLERANCE, why);
            }
            drop(List.of(Options.TOLERANCE, Options.TOLERANCE_START));
        } else {
            // A default beginning is never above the end that was asked for.
            double start = value(Options.TOLERANCE_START);
            defaults.put(Options.TOLERANCE_START, Math.min(start, value(Options.TOLERANCE)));
        }
    }

    private void settleLayers() {
        if (chosen.containsKey(Options.LAYERS)) {
            String why = "cannot go with '%s', which says all widths".formatted(typed.get(Options.LAYERS));
            reject(Options.WIDTH, why);
            reject(Options.DEPTH, why);
            drop(List.of(Options.WIDTH, Options.DEPTH));
        }
    }

    private void settleValidation() {
        if (value(Options.VALIDATION) == 0) {
            reject(Options.VALIDATION_SPLIT, "needs validation samples; choose how many with validation");
            drop(List.of(Options.VALIDATION_SPLIT));
        } else {
            defaults.putIfAbsent(Options.VALIDATION_SPLIT, ValidationSplit.HELD_OUT);
        }
    }

    /// What is usual is left out, so that specs are equal to those that do not mention it.
    private void settleMeasures() {
        if (find(Options.MEASURES)
                .or(() -> defaulted(Options.MEASURES))
                .equals(Optional.of(MeasureNames.usual(task())))) {
            chosen.remove(Options.MEASURES);
            drop(List.of(Options.MEASURES));
        }
        if (find(Options.MONITOR).equals(Optional.of(EvaluationSpec.LOSS))) {
            chosen.remove(Options.MONITOR);
        }
    }

    private Task task() {
        return ownFacts.map(DataFacts::task).orElse(Task.CLASSIFICATION);
    }

    private void reject(Option<?> option, String why) {
        if (chosen.containsKey(option)) {
            throw new IllegalArgumentException("'%s' %s".formatted(typed.get(option), why));
        }
    }

    private void drop(List<Option<?>> options) {
        options.forEach(defaults::remove);
    }

    private <T> Optional<T> find(Option<T> option) {
        return Optional.ofNullable(chosen.get(option)).map(option::cast);
    }

    private <T> Optional<T> defaulted(Option<T> option) {
        return Optional.ofNullable(defaults.get(option)).map(option::cast);
    }

    private <T> T value(Option<T> option) {
        return find(option)
                .or(() -> defaulted(option))
                .orElseThrow(() -> new IllegalStateException("there is no default for '%s'".formatted(option.key())));
    }
}
