package dev.stiefel.lab.spec;

import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.own.Task;
import dev.stiefel.nn.SampleShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// From what a user chose to a whole [RunSpec]: defaults for the rest, and the rules about
/// what goes together, both as [Options] declares them.
///
/// A user's choice holds as it is, or is an error; a default gives way. Each option is resolved when it is first
/// asked for, so that defaults and rules may ask for other options; they must not do so in a circle.
public final class Resolution {
    private final Choices chosen;
    private final Choices preset;
    private final Choices published;
    private final Optional<DataDescription> own;
    private final Optional<DataFacts> ownFacts;
    private final Optional<RunSpec> origin;
    private final Optional<String> name;
    private final Map<Option<?>, Optional<?>> known = new HashMap<>();
    private final Set<Option<?>> underWay = new LinkedHashSet<>();

    private Resolution(
            Choices choices,
            Choices preset,
            Optional<DataDescription> own,
            Optional<RunSpec> origin,
            Optional<String> name) {
        this.chosen = own.isPresent() && !DataPaths.isNamedText(choices) ? DataPaths.located(choices) : choices;
        this.preset = preset;
        this.published = isLegacy() ? Presets.legacy() : Choices.none();
        this.own = own;
        this.ownFacts = own.map(DataDescription::facts)
                .or(() -> origin.filter(_ -> !choices.has(Options.DATA)).flatMap(RunSpec::ownData));
        this.origin = origin;
        this.name = name;
    }

    /// The spec that these choices mean.
    ///
    /// @throws IllegalArgumentException if two do not go together
    public static RunSpec of(Choices choices) {
        return of(choices, Optional.empty(), Optional.empty());
    }

    /// The same.
    ///
    /// @param name name of an experiment without a preset
    /// @param own the data that the choices name, if it is the user's own
    public static RunSpec of(Choices choices, Optional<String> name, Optional<DataDescription> own) {
        return new Resolution(choices, defaults(choices), own, Optional.empty(), name).resolved();
    }

    /// Choices with the values of their presets behind them: all that decides how texts are read.
    public static Choices withPresets(Choices choices) {
        return defaults(choices).with(choices);
    }

    /// The values of the preset that a run starts from, and behind them those of its network's preset, if that
    /// has one. The preparation of samples applies only to that preset's data.
    private static Choices defaults(Choices choices) {
        Choices start =
                onItsText(choices.find(Options.EXPERIMENT).map(Presets::values).orElse(Choices.none()), choices);
        Choices said = start.with(choices);
        Optional<String> network =
                said.find(Options.NETWORK).map(Architecture::word).filter(Presets::has);
        if (network.isEmpty()) {
            return start;
        }
        Choices behind = Presets.values(network.get());
        boolean hasItsData = said.find(Options.DATA).equals(behind.find(Options.DATA));
        List<Option<?>> taken = Options.all().stream()
                .filter(option -> option.group() != OptionGroup.EXPERIMENT && option.group() != OptionGroup.DATA)
                .filter(option -> hasItsData || option.group() != OptionGroup.SAMPLES)
                .toList();
        return behind.only(taken).with(start);
    }

    /// A preset's values without those that say how its own texts are cut and split, if other texts were chosen.
    private static Choices onItsText(Choices preset, Choices choices) {
        boolean isOther = DataPaths.isNamedText(preset)
                && choices.find(Options.DATA)
                        .filter(data -> !preset.find(Options.DATA).equals(Optional.of(data)))
                        .isPresent();
        return isOther
                ? preset.only(Options.all().stream()
                        .filter(option -> option.group() != OptionGroup.TEXT && option.group() != OptionGroup.SAMPLES)
                        .toList())
                : preset;
    }

    /// The spec of a run that trains another's network further, its ranks held.
    ///
    /// @param origin the other
    /// @param ranks of its factored layers
    /// @param choices out of [Options#ofRetraining]
    /// @param own the data that the choices name, if it is the user's own
    public static RunSpec retrained(RunSpec origin, LayerRanks ranks, Choices choices, Optional<DataDescription> own) {
        return retrained(origin, Choices.none().with(Options.RANK, ranks), choices, own);
    }

    /// The same for a network that was changed.
    ///
    /// @param network choices that differ from the origin's network: its ranks, if weights are factored, and
    ///     another form
    public static RunSpec retrained(RunSpec origin, Choices network, Choices choices, Optional<DataDescription> own) {
        List<Option<?>> fixed = Options.all().stream()
                .filter(option -> choices.has(option) && !Options.ofRetraining().contains(option))
                .sorted(Comparator.comparing(option -> option.group() == OptionGroup.ADAPTIVE_RANKS))
                .toList();
        if (!fixed.isEmpty()) {
            Option<?> first = fixed.getFirst();
            throw new IllegalArgumentException("'%s' %s"
                    .formatted(
                            choices.typed(first),
                            first.group() == OptionGroup.ADAPTIVE_RANKS
                                    ? "is for ranks that adapt; here they are fixed"
                                    : "cannot be chosen: the existing network determines it"));
        }
        Choices held = choices.with(network);
        return new Resolution(held, Choices.none(), own, Optional.of(origin), Optional.empty()).resolved();
    }

    /// The spec of a run that keeps a network as it is: the network and its data.
    ///
    /// @param network choices that differ from the origin's network: its ranks, and another form
    /// @param choices out of [Options#ofRetraining], but none that says how to train
    /// @param own the data that the choices name, if it is the user's own
    public static RunSpec untrained(RunSpec origin, Choices network, Choices choices, Optional<DataDescription> own) {
        List<Option<?>> kept = kept();
        for (Option<?> option : Options.ofRetraining()) {
            if (choices.has(option) && !kept.contains(option)) {
                throw new IllegalArgumentException(
                        "'%s' is for retraining; give the number of 'epochs'".formatted(choices.typed(option)));
            }
        }
        return retrained(origin, network, choices, own).only(kept);
    }

    /// The options of a run that is not trained.
    public static List<Option<?>> kept() {
        List<Option<?>> kept = new ArrayList<>(Options.inherited());
        kept.addAll(List.of(Options.METHOD, Options.RANK));
        return kept;
    }

    private RunSpec resolved() {
        if (find(Options.DATA).isEmpty()) {
            throw new IllegalArgumentException("data: a data set is needed, such as 'data: mnist'");
        }
        if (ownFacts.isEmpty() && DataPaths.isNamedText(get(Options.DATA))) {
            throw new IllegalArgumentException(
                    "data: '%s' is text, which must be read before the network is known; use Experiment.of"
                            .formatted(get(Options.DATA)));
        }
        // Mistakes in options that decide about others are reported first.
        Options.in(OptionGroup.OWN_DATA, OptionGroup.PUBLISHED).forEach(this::find);
        Map<Option<?>, Object> all = new LinkedHashMap<>();
        for (Option<?> option : Options.all()) {
            find(option).ifPresent(value -> all.put(option, value));
        }
        RunSpec spec = new RunSpec(all, ownFacts);
        spec.requireSizes(chosen);
        return spec;
    }

    /// The value that the run has; empty if the option means nothing to it.
    ///
    /// @throws IllegalArgumentException if what was chosen is not allowed
    @SuppressWarnings("unchecked") // what is known of an option is of its type
    <T> Optional<T> find(Option<T> option) {
        Optional<?> before = known.get(option);
        if (before != null) {
            return (Optional<T>) before;
        }
        if (!underWay.add(option)) {
            throw new IllegalStateException("options depend on each other in a circle: " + underWay);
        }
        Optional<T> found = resolve(option);
        underWay.remove(option);
        known.put(option, found);
        return found;
    }

    /// The value that the run has.
    <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new IllegalStateException("there is no default for '%s'".formatted(option.key())));
    }

    private <T> Optional<T> resolve(Option<T> option) {
        Optional<String> meaningless = option.meaninglessIn(this);
        if (meaningless.isPresent()) {
            Optional<T> absence = option.leftOutAt(); // off is what it is without it
            if (chosen(option)
                    .filter(value -> !value.equals(false) && !absence.equals(Optional.of(value)))
                    .isPresent()) {
                throw new IllegalArgumentException("'%s' %s".formatted(typed(option), meaningless.get()));
            }
            return Optional.empty();
        }
        Optional<T> value = chosen(option).or(() -> byDefault(option));
        value.flatMap(each -> option.objection(this, each)).ifPresent(message -> {
            throw new IllegalArgumentException(message);
        });
        return value.filter(each -> !option.isLeftOut(this, each));
    }

    private <T> Optional<T> byDefault(Option<T> option) {
        if (!option.hasDefaultIn(this)) {
            return Optional.empty();
        }
        Optional<T> value = origin.isPresent()
                ? inherited(option, origin.get())
                : published.find(option).or(() -> ofPresetOrData(option));
        return value.or(() -> option.byDefault(this)).map(each -> option.fitted(this, each));
    }

    /// A preset of text is for texts of a user's own, too; another one is for its own data.
    private <T> Optional<T> ofPresetOrData(Option<T> option) {
        Optional<T> ofPreset = preset.find(option).filter(_ -> option.takesPreset(this));
        Optional<T> ofData = own.flatMap(option::forOwnData);
        return isTextPreset() && textKind().isPresent() ? ofPreset.or(() -> ofData) : ofData.or(() -> ofPreset);
    }

    private boolean isTextPreset() {
        return DataPaths.isNamedText(preset);
    }

    private <T> Optional<T> inherited(Option<T> option, RunSpec from) {
        boolean aboutOtherFiles = option.group() == OptionGroup.OWN_DATA && isChosen(Options.DATA);
        return option.isInherited() && !aboutOtherFiles ? option.inherited(this, from) : Optional.empty();
    }

    /// The value that was chosen.
    <T> Optional<T> chosen(Option<T> option) {
        return chosen.find(option);
    }

    /// Returns whether the user chose an option.
    boolean isChosen(Option<?> option) {
        return chosen.has(option);
    }

    /// The name that the user typed for an option.
    String typed(Option<?> option) {
        return chosen.typed(option);
    }

    /// The name of an experiment without a preset.
    Optional<String> name() {
        return name;
    }

    /// The preset's value of an option, used by the run or not.
    <T> Optional<T> ofPreset(Option<T> option) {
        return preset.find(option);
    }

    /// The run that this one is made of, if it is made of one.
    Optional<RunSpec> origin() {
        return origin;
    }

    /// The data that the choices name, if it is the user's own.
    Optional<DataDescription> own() {
        return own;
    }

    /// The facts of the run's data, if it is the user's own.
    Optional<DataFacts> ownFacts() {
        return ownFacts;
    }

    /// The kind of the data's texts, if they are texts.
    Optional<TextKind> textKind() {
        return ownFacts.flatMap(DataFacts::text).map(TextFacts::kind);
    }

    /// Returns whether the data is files of the user's own.
    boolean hasOwnFiles() {
        return ownFacts.filter(facts -> !DataPaths.isNamedText(facts.name())).isPresent();
    }

    /// The task: samples have classes or values.
    Task task() {
        return ownFacts.map(DataFacts::task).orElse(Task.CLASSIFICATION);
    }

    /// The facts of the data, if it is the user's own and its samples have values and no classes.
    Optional<DataFacts> regressionData() {
        return ownFacts.filter(facts -> facts.task() == Task.REGRESSION);
    }

    /// The facts of the data.
    DataFacts dataFacts() {
        return ownFacts.orElseGet(() -> RunSpec.catalogued(get(Options.DATA)));
    }

    /// The shape of the run's samples, if they are images.
    Optional<SampleShape.Image> image() {
        return dataFacts().image();
    }

    /// Returns whether the run is to do as published code does. May be asked before methods are known.
    boolean isLegacy() {
        return chosen.find(Options.LEGACY).or(() -> preset.find(Options.LEGACY)).orElse(false);
    }
}
