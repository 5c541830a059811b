package dev.stiefel.lab.spec;

import dev.stiefel.lab.spec.OptionDeclaration.Check;
import dev.stiefel.lab.spec.OptionGroup.Inheritance;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// One setting of a run: its names, allowed values, default, and where it means something.
///
/// [Options] declares all of them. Users know an option by its key (`learningRate`, in YAML and JSON) or by its flag
/// (`learning-rate`, on the command line).
///
/// @param <T> the type of its value
public final class Option<T> {
    private final String key;
    private final String flag;
    private final Class<T> type;
    private final OptionGroup group;
    private final Inheritance inheritance;
    private final String hint;
    private final List<String> words;
    private final String rule;
    private final String description;
    private final Function<String, Optional<T>> parser;
    private final Function<T, Object> writer;
    private final Optional<T> shownDefault;
    private final Optional<T> leftOutAt;
    private final Function<Resolution, Optional<T>> byDefault;
    private final Function<DataDescription, Optional<T>> forOwnData;
    private final BiFunction<Resolution, T, T> fitted;
    private final Predicate<Resolution> defaultOnlyIf;
    private final Predicate<Resolution> presetOnlyIf;
    private final BiFunction<Resolution, RunSpec, Optional<T>> inherited;
    private final List<Function<Resolution, Optional<String>>> meaningless;
    private final List<Check<T>> checks;
    private final BiPredicate<Resolution, T> leftOutIf;

    Option(OptionDeclaration<T> declared, OptionGroup group, String description) {
        this.key = declared.key;
        this.flag = dashed(key);
        this.type = declared.type;
        this.group = group;
        this.inheritance = declared.inheritance.orElse(group.inheritance());
        this.hint = declared.hint;
        this.words = List.copyOf(declared.words);
        this.rule = declared.rule;
        this.description = description;
        this.parser = declared.parser;
        this.writer = declared.writer;
        this.shownDefault = declared.shownDefault;
        this.leftOutAt = declared.leftOutAt;
        this.byDefault = declared.byDefault;
        this.forOwnData = declared.forOwnData;
        this.fitted = declared.fitted;
        this.defaultOnlyIf = declared.defaultOnlyIf;
        this.presetOnlyIf = declared.presetOnlyIf;
        this.inherited = declared.inherited.orElse((_, origin) -> origin.find(this));
        this.meaningless = List.copyOf(declared.meaningless);
        this.checks = List.copyOf(declared.checks);
        this.leftOutIf = declared.leftOutIf;
    }

    /// The name in YAML and JSON: `learningRate`.
    public String key() {
        return key;
    }

    /// The name on the command line, without the leading dashes: `learning-rate`.
    public String flag() {
        return flag;
    }

    /// Its subject.
    public OptionGroup group() {
        return group;
    }

    /// The purpose of the option, in a few words.
    public String description() {
        return description;
    }

    /// A placeholder of its value in help: `N`, or all words; empty where it is true or false.
    public String hint() {
        return hint;
    }

    /// The words among its values: names to choose from, `epoch` or `none`.
    public List<String> words() {
        return words;
    }

    /// The rule for its values, beginning with "must be".
    public String rule() {
        return rule;
    }

    /// The default as users write it, if it is the same for every run for which the option has a meaning.
    public Optional<String> shownDefault() {
        return shownDefault.map(writer).map(String::valueOf);
    }

    /// Returns whether its value is a whole number.
    public boolean isWholeNumber() {
        return type == Integer.class || type == Long.class;
    }

    /// Reads a value as users write it.
    ///
    /// @param typed name that the user typed, for the message
    /// @param value a text, number, truth value, or list of numbers or texts
    /// @throws IllegalArgumentException naming the option, the rule, and what was got
    public T parse(String typed, Object value) {
        String text = value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(separator()))
                : String.valueOf(value);
        return parser.apply(text.strip())
                .orElseThrow(() -> new IllegalArgumentException("%s %s; got %s".formatted(typed, rule, shown(text))));
    }

    /// The separator of elements in a list that is typed as one word: `64-32`, `accuracy,perplexity`.
    private String separator() {
        return type == LayerRanks.class || type == LayerWidths.class ? "-" : ",";
    }

    /// A value as JSON and YAML hold it: a number, a text or a truth value.
    ///
    /// @throws ClassCastException if it is no value of this option
    public Object write(Object value) {
        return writer.apply(type.cast(value));
    }

    T cast(Object value) {
        return type.cast(value);
    }

    /// The rule by which a run that is made of another takes it over.
    Inheritance inheritance() {
        return inheritance;
    }

    /// Returns whether a run that is made of another takes it over, unless it is chosen.
    boolean isInherited() {
        return inheritance == Inheritance.INHERITED_UNLESS_CHOSEN || inheritance == Inheritance.ALWAYS_INHERITED;
    }

    /// The value that runs have without saying so, because there were runs before there was the option.
    Optional<T> leftOutAt() {
        return leftOutAt;
    }

    /// Returns whether a run does without this value, because it is what the option's absence means.
    boolean isLeftOut(Resolution run, T value) {
        return leftOutIf.test(run, value);
    }

    /// The reason why it has no meaning for a run; empty if it has one.
    Optional<String> meaninglessIn(Resolution run) {
        return meaningless.stream()
                .map(why -> why.apply(run))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// The message of the first rule that a value breaks.
    Optional<String> objection(Resolution run, T value) {
        return checks.stream()
                .map(check -> check.objection(run, value, run.typed(this)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// Returns whether it has a default where nothing is chosen.
    boolean hasDefaultIn(Resolution run) {
        return defaultOnlyIf.test(run);
    }

    /// Returns whether it takes the value of a run's preset.
    boolean takesPreset(Resolution run) {
        return presetOnlyIf.test(run);
    }

    /// The default of runs in general.
    Optional<T> byDefault(Resolution run) {
        return byDefault.apply(run);
    }

    /// The default of runs on a user's own data, if that is another.
    Optional<T> forOwnData(DataDescription data) {
        return forOwnData.apply(data);
    }

    /// The value that a derived run takes over from its origin.
    Optional<T> inherited(Resolution run, RunSpec origin) {
        return inherited.apply(run, origin);
    }

    /// A default that fits what was chosen.
    T fitted(Resolution run, T value) {
        return fitted.apply(run, value);
    }

    @Override
    public String toString() {
        return key;
    }

    private static String dashed(String key) {
        StringBuilder flag = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (Character.isUpperCase(c)) {
                flag.append('-');
            }
            flag.append(Character.toLowerCase(c));
        }
        return flag.toString();
    }

    private static String shown(String text) {
        return text.isBlank() ? "nothing" : text.replaceAll("\\p{Cntrl}", "?");
    }
}
