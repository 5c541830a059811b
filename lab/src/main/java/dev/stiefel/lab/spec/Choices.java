package dev.stiefel.lab.spec;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Options that a user chose, each parsed once, with the names that the user typed.
public final class Choices {
    private static final Choices NONE = new Choices(Map.of(), Map.of());

    private final Map<Option<?>, Object> values;
    private final Map<Option<?>, String> names;

    private Choices(Map<Option<?>, Object> values, Map<Option<?>, String> names) {
        this.values = values;
        this.names = names;
    }

    /// No choices.
    public static Choices none() {
        return NONE;
    }

    /// The choices of a written mapping.
    ///
    /// @param written texts, numbers, truth values and lists of numbers by key (`learningRate`) or flag
    ///     (`learning-rate`)
    /// @throws IllegalArgumentException if there is no such option, a value is not allowed, or an option is there
    ///     twice
    public static Choices of(Map<String, ?> written) {
        Choices choices = NONE;
        for (Map.Entry<String, ?> each : written.entrySet()) {
            choices = choices.with(each.getKey(), each.getValue());
        }
        return choices;
    }

    /// The same with one more choice.
    ///
    /// @param typed a key or flag
    /// @throws IllegalArgumentException as [#of] does
    public Choices with(String typed, Object written) {
        Option<?> option = Options.of(typed);
        if (has(option)) {
            throw new IllegalArgumentException(
                    "'%s' and '%s' are one option; give it once".formatted(typed(option), typed));
        }
        return put(option, option.parse(typed, written), typed);
    }

    /// The same with another value of an option.
    public <T> Choices with(Option<T> option, T value) {
        return put(option, value, typed(option));
    }

    /// The same with another value of an option.
    ///
    /// @param typed name that the user typed
    public <T> Choices with(Option<T> option, T value, String typed) {
        return put(option, value, typed);
    }

    /// A copy with other choices, which override those of the same options.
    public Choices with(Choices others) {
        Choices all = this;
        for (Map.Entry<Option<?>, Object> each : others.values.entrySet()) {
            all = all.put(each.getKey(), each.getValue(), others.typed(each.getKey()));
        }
        return all;
    }

    /// A copy with these options only.
    public Choices only(Collection<Option<?>> options) {
        Map<Option<?>, Object> kept = new LinkedHashMap<>(values);
        kept.keySet().retainAll(options);
        return new Choices(kept, names);
    }

    /// A copy without one option.
    public Choices without(Option<?> option) {
        Map<Option<?>, Object> kept = new LinkedHashMap<>(values);
        kept.remove(option);
        return new Choices(kept, names);
    }

    private Choices put(Option<?> option, Object value, String typed) {
        Map<Option<?>, Object> moreValues = new LinkedHashMap<>(values);
        Map<Option<?>, String> moreNames = new LinkedHashMap<>(names);
        moreValues.put(option, value);
        moreNames.put(option, typed);
        return new Choices(moreValues, moreNames);
    }

    /// The value that was chosen.
    public <T> Optional<T> find(Option<T> option) {
        return Optional.ofNullable(values.get(option)).map(option::cast);
    }

    /// Returns whether an option was chosen.
    public boolean has(Option<?> option) {
        return values.containsKey(option);
    }

    /// The name that the user typed for an option; its key if it was not chosen.
    public String typed(Option<?> option) {
        return names.getOrDefault(option, option.key());
    }

    /// The options that were chosen, in order.
    public Set<Option<?>> options() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /// All values by key, as JSON and YAML hold them: texts, numbers and truth values.
    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        values.forEach((option, value) -> map.put(option.key(), option.write(value)));
        return map;
    }

    /// Returns whether nothing was chosen.
    public boolean isEmpty() {
        return values.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Choices choices && values.equals(choices.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
