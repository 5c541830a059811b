package dev.stiefel.lab.spec;

import dev.stiefel.data.ValidationSplit;
import dev.stiefel.data.own.Schema;
import dev.stiefel.lab.text.NearMiss;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import dev.stiefel.train.TrainSpec.Decay;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The experiments that have a name, and the only place where defaults are: what a run does
/// where
/// nothing else is said. Some depend on the method and the optimizer.
public final class Presets {
    private enum Entry {
        CIFAR10("cifar10", "a 3072-500-500-500-500-10 network on CIFAR-10"),
        DIGITS("digits", "a small network on the 8×8 digits that are part of the program: seconds, no download"),
        FASHION_MNIST("fashion-mnist", "a 784-500-500-500-500-10 network on Fashion-MNIST"),
        MNIST("mnist", "a 784-500-500-500-500-10 network on MNIST");

        private final String word;
        private final String description;

        Entry(String word, String description) {
            this.word = word;
            this.description = description;
        }
    }

    /// What a run takes over from the one whose network it trains on.
    public static final List<Option<?>> INHERITED = List.of(
            Options.EXPERIMENT,
            Options.DATA,
            Options.TARGET,
            Options.TASK,
            Options.IGNORE,
            Options.CATEGORICAL,
            Options.IMAGE_SIZE,
            Options.TEST_FRACTION,
            Options.WIDTH,
            Options.DEPTH,
            Options.LAYERS,
            Options.BATCH_SIZE,
            Options.SEED,
            Options.TRAIN_FRACTION,
            Options.EVALUATION_FRACTION,
            Options.LABEL_NOISE,
            Options.VALIDATION,
            Options.VALIDATION_SPLIT,
            Options.STANDARDIZE,
            Options.MEASURES);

    /// The fraction of a user's own samples that tests, where nothing is said.
    public static final double TEST_FRACTION = 0.2;

    private static final int FEW = 10_000; // samples

    private Presets() {}

    /// All presets, by name.
    public static List<Preset> all() {
        return names().stream().map(Presets::of).toList();
    }

    /// The preset of this name.
    ///
    /// @throws IllegalArgumentException if there is none, with the nearest one
    public static Preset of(String name) {
        return of(name, Map.of());
    }

    /// The preset of this name with some options chosen, by key or flag.
    ///
    /// @throws IllegalArgumentException if there is no such preset or option, or a value is
    ///     not allowed
    public static Preset of(String name, Map<String, ?> choices) {
        Map<String, Object> all = new LinkedHashMap<>(choices);
        all.put(Options.EXPERIMENT.key(), name);
        return new Preset(name, description(name), Resolution.of(all));
    }

    /// The presets' names.
    public static List<String> names() {
        return Arrays.stream(Entry.values()).map(preset -> preset.word).toList();
    }

    /// Whether there is a preset of this name.
    public static boolean has(String name) {
        return names().contains(name);
    }

    /// The message for a name that no preset has, with the nearest one.
    public static String unknown(String name) {
        return "there is no preset '%s'%s"
                .formatted(
                        name.replaceAll("\\p{Cntrl}", "?"),
                        NearMiss.of(name, names())
                                .map("; did you mean '%s'?"::formatted)
                                .orElse("; there are " + String.join(", ", names())));
    }

    /// What a run that starts from no preset does where nothing is said. The data set must be.
    static Map<Option<?>, Object> plain(Method method, OptimizerName optimizer) {
        Defaults defaults = new Defaults()
                .with(Options.METHOD, method)
                .with(Options.RANK, LayerRanks.all(50)) // of methods that cannot adapt
                .with(Options.TOLERANCE, 0.17)
                .with(Options.TOLERANCE_START, 0.03)
                .with(Options.INITIAL_RANK, 64)
                .with(Options.MIN_RANK, LayerRanks.all(1))
                .with(Options.ADAPT_EVERY, RankPlan.EVERY_EPOCH)
                .with(Options.TRIAL_STEPS, 50)
                .with(Options.INITIAL_SPECTRUM, SpectrumName.GAUSSIAN)
                .with(Options.SPECTRUM_DECAY, 2.0)
                .with(Options.WIDTH, 500)
                .with(Options.DEPTH, 4)
                .with(Options.OPTIMIZER, optimizer)
                .with(Options.LEARNING_RATE, learningRate(method, optimizer))
                .with(Options.MOMENTUM, 0.9)
                .with(Options.SCHEDULE, Decay.COSINE)
                .with(Options.WARM_UP, 200)
                .with(Options.CLIP_NORM, 1.0)
                .with(Options.WEIGHT_DECAY, weightDecay(method, optimizer))
                .with(Options.L1, 0.0)
                .with(Options.L2, 0.0)
                .with(Options.CONDITION_PENALTY, 0.0)
                .with(Options.EPOCHS, 10)
                .with(Options.BATCH_SIZE, 128)
                .with(Options.SEED, 0L)
                .with(Options.THREADS, Math.min(Threads.available(), 1024))
                .with(Options.TRAIN_FRACTION, 1.0)
                .with(Options.EVALUATION_FRACTION, 1.0)
                .with(Options.LABEL_NOISE, 0.0)
                .with(Options.VALIDATION, 0)
                .with(Options.VALIDATION_SPLIT, ValidationSplit.HELD_OUT)
                .with(Options.STANDARDIZE, false)
                .with(Options.EARLY_STOPPING, 0);
        return (optimizer == OptimizerName.MUON ? muon(defaults) : defaults).values;
    }

    /// What Muon changes. An option that other optimizers know no default of must stay without one there, because
    /// a run's name is the hash of its options.
    private static Defaults muon(Defaults defaults) {
        return defaults.with(Options.MOMENTUM, 0.95)
                .with(Options.DENSE_OPTIMIZER, OptimizerName.ADAMW)
                .with(Options.DENSE_LEARNING_RATE, 3e-3);
    }

    /// What a run on a user's own data does where nothing is said: a tenth of the samples
    /// that are not for
    /// testing validates, columns of any units are standardized, and the fewer samples, the
    /// smaller batches.
    static Map<Option<?>, Object> ownData(DataDescription data) {
        int samples = data.facts().trainSize();
        boolean images = data.schema().inputs() instanceof Schema.Image;
        return new Defaults()
                .with(Options.TEST_FRACTION, TEST_FRACTION)
                .with(Options.WIDTH, 256)
                .with(Options.DEPTH, 3)
                .with(Options.RANK, LayerRanks.all(32))
                .with(Options.INITIAL_RANK, 32)
                .with(Options.EPOCHS, 30)
                .with(Options.BATCH_SIZE, samples < FEW ? 32 : 128)
                .with(Options.WARM_UP, samples < FEW ? 50 : 200)
                .with(Options.TRIAL_STEPS, samples < FEW ? 10 : 50)
                .with(Options.VALIDATION, validation(data))
                .with(Options.STANDARDIZE, !images)
                .values;
    }

    /// How many samples of a user's own validate, where nothing is said.
    static int validation(DataDescription data) {
        return data.facts().trainSize() / 10;
    }

    /// What a preset does where nothing is said.
    static Map<Option<?>, Object> defaults(String name, Method method, OptimizerName optimizer) {
        Defaults defaults = new Defaults();
        defaults.values.putAll(plain(method, optimizer));
        return switch (preset(name)) {
            case CIFAR10 -> defaults.with(Options.DATA, "cifar10").with(Options.VALIDATION, 5_000).values;
            case MNIST -> defaults.with(Options.DATA, "mnist").with(Options.VALIDATION, 10_000).values;
            case FASHION_MNIST -> defaults.with(Options.DATA, "fashion-mnist").with(Options.VALIDATION, 10_000).values;
            case DIGITS ->
                defaults.with(Options.DATA, "digits")
                        .with(Options.VALIDATION, 300)
                        .with(Options.WIDTH, 64)
                        .with(Options.DEPTH, 3)
                        .with(Options.RANK, LayerRanks.all(16))
                        .with(Options.INITIAL_RANK, 24)
                        .with(Options.EPOCHS, 30)
                        .with(Options.BATCH_SIZE, 32)
                        .with(Options.WARM_UP, 50)
                        .with(Options.TRIAL_STEPS, 10)
                        .values;
        };
    }

    /// What a run that trains another's network on, its ranks held, does where nothing is
    /// said: data,
    /// layers and batches as the other has them, steps a tenth as long as from scratch, and
    /// no warm-up,
    /// since nothing is random.
    static Map<Option<?>, Object> retraining(RunSpec origin, Method method, OptimizerName optimizer) {
        Defaults defaults = new Defaults();
        defaults.values.putAll(plain(method, optimizer));
        defaults.values.keySet().removeAll(INHERITED);
        for (Option<?> option : INHERITED) {
            origin.find(option).ifPresent(value -> defaults.values.put(option, value));
        }
        if (optimizer == OptimizerName.MUON) {
            defaults.with(Options.DENSE_LEARNING_RATE, 3e-4);
        }
        return defaults.with(Options.LEARNING_RATE, learningRate(method, optimizer) / 10)
                .with(Options.WARM_UP, 0)
                .values;
    }

    /// What a legacy run does where nothing is said: what the scripts published with arXiv
    /// 2205.13571 do. The
    /// network's size, the data set and the samples held out stay the preset's.
    static Map<Option<?>, Object> legacy() {
        return new Defaults()
                .with(Options.TOLERANCE, 0.09)
                .with(Options.TOLERANCE_START, Math.nextDown(1.0)) // cut down to the tolerance: no annealing
                .with(Options.INITIAL_RANK, 150)
                .with(Options.MIN_RANK, LayerRanks.all(2))
                .with(Options.MAX_RANK, LayerRanks.all(350))
                .with(Options.ADAPT_EVERY, 1)
                .with(Options.TRIAL_STEPS, 0)
                .with(Options.LEARNING_RATE, 1e-3)
                .with(Options.SCHEDULE, Decay.CONSTANT)
                .with(Options.WARM_UP, 0)
                .with(Options.CLIP_NORM, Double.POSITIVE_INFINITY)
                .with(Options.WEIGHT_DECAY, 0.0)
                .with(Options.EPOCHS, 250)
                .with(Options.BATCH_SIZE, 256)
                .with(Options.LEGACY, true)
                .values;
    }

    static Method legacyMethod() {
        return Method.BUG;
    }

    static OptimizerName legacyOptimizer() {
        return OptimizerName.ADAM;
    }

    /// The method of runs that choose none.
    public static Method defaultMethod() {
        return Method.RIEMANNIAN;
    }

    static OptimizerName defaultOptimizer() {
        return OptimizerName.MOMENTUM;
    }

    private static double learningRate(Method method, OptimizerName optimizer) {
        return switch (optimizer) {
            case SGD, MOMENTUM -> method == Method.DENSE ? 0.1 : 0.2;
            case ADAM, ADAMW -> 1e-3;
            case MUON -> 1e-2;
        };
    }

    private static double weightDecay(Method method, OptimizerName optimizer) {
        return switch (optimizer) {
            case ADAM -> 0;
            case ADAMW -> 1e-2;
            case MUON -> 0.1;
            case SGD, MOMENTUM -> method == Method.DENSE ? 2e-3 : 5e-3;
        };
    }

    private static String description(String name) {
        return preset(name).description;
    }

    private static Entry preset(String name) {
        return Arrays.stream(Entry.values())
                .filter(preset -> preset.word.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(unknown(name)));
    }

    private static final class Defaults {
        private final Map<Option<?>, Object> values = new LinkedHashMap<>();

        <T> Defaults with(Option<T> option, T value) {
            values.put(option, value);
            return this;
        }
    }
}
