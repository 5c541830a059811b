package dev.stiefel.lab.spec;

import dev.stiefel.data.own.ImageSize;
import dev.stiefel.lab.spec.OptionGroup.Inheritance;
import dev.stiefel.lab.text.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.function.Predicate;

/// An option under construction: the type of its value, then all that differs from an ordinary option.
///
/// @param <T> the type of its value
final class OptionDeclaration<T> {
    final String key;
    final Class<T> type;
    final String hint;
    final List<String> words;
    final String rule;
    final Function<String, Optional<T>> parser;
    final Function<T, Object> writer;
    final List<Function<Resolution, Optional<String>>> meaningless = new ArrayList<>();
    final List<Check<T>> checks = new ArrayList<>();
    Optional<T> shownDefault = Optional.empty();
    Optional<T> leftOutAt = Optional.empty();
    Function<Resolution, Optional<T>> byDefault = _ -> Optional.empty();
    Function<DataDescription, Optional<T>> forOwnData = _ -> Optional.empty();
    BiFunction<Resolution, T, T> fitted = (_, value) -> value;
    BiPredicate<Resolution, T> leftOutIf = (_, _) -> false;
    Predicate<Resolution> defaultOnlyIf = _ -> true;
    Predicate<Resolution> presetOnlyIf = _ -> true;
    Optional<BiFunction<Resolution, RunSpec, Optional<T>>> inherited = Optional.empty();
    Optional<Inheritance> inheritance = Optional.empty();

    /// A rule about the value of an option beside others.
    ///
    /// @param <T> the type of its value
    @FunctionalInterface
    interface Check<T> {
        /// The message if the value breaks the rule.
        ///
        /// @param typed name that the user typed for the option
        Optional<String> objection(Resolution run, T value, String typed);
    }

    private OptionDeclaration(
            String key,
            Class<T> type,
            String hint,
            List<String> words,
            String rule,
            Function<String, Optional<T>> parser,
            Function<T, Object> writer) {
        this.key = key;
        this.type = type;
        this.hint = hint;
        this.words = words;
        this.rule = rule;
        this.parser = parser;
        this.writer = writer;
    }

    static OptionDeclaration<Integer> wholeNumber(String key, int least, int most) {
        String rule = "must be a whole number, "
                + (most == Integer.MAX_VALUE ? "at least " + least : "in [%s, %s]".formatted(least, most));
        return new OptionDeclaration<>(
                key,
                Integer.class,
                "N",
                List.of(),
                rule,
                text -> integer(text).filter(value -> value >= least && value <= most),
                value -> value);
    }

    static OptionDeclaration<Integer> wholeNumberOr(String word, int standsFor, String key, int least) {
        return new OptionDeclaration<>(
                key,
                Integer.class,
                "N|" + word,
                List.of(word),
                "must be '%s' or a whole number, at least %s".formatted(word, least),
                text -> text.equals(word)
                        ? Optional.of(standsFor)
                        : integer(text).filter(value -> value >= least),
                value -> value == standsFor ? word : value);
    }

    static OptionDeclaration<Long> seed(String key) {
        return new OptionDeclaration<>(
                key,
                Long.class,
                "N",
                List.of(),
                "must be a whole number",
                OptionDeclaration::longInteger,
                value -> value);
    }

    static OptionDeclaration<Double> number(String key, String range, DoublePredicate allowed) {
        return new OptionDeclaration<>(
                key,
                Double.class,
                "X",
                List.of(),
                "must be " + range,
                text -> real(text).filter(allowed::test),
                value -> value);
    }

    /// A number in [0, 1) that is the share of something.
    static OptionDeclaration<Double> share(String key) {
        return number(key, "in [0, 1)", value -> value >= 0 && value < 1);
    }

    /// A number in (0, 1] that is the share of something.
    static OptionDeclaration<Double> shareAboveNone(String key) {
        return number(key, "in (0, 1]", value -> value > 0 && value <= 1);
    }

    static OptionDeclaration<Double> positive(String key) {
        return number(key, "above 0 and finite", value -> value > 0 && Double.isFinite(value));
    }

    static OptionDeclaration<Double> notNegative(String key) {
        return number(key, "at least 0 and finite", value -> value >= 0 && Double.isFinite(value));
    }

    static OptionDeclaration<Double> positiveOrNone(String key) {
        return new OptionDeclaration<>(
                key,
                Double.class,
                "X|none",
                List.of("none"),
                "must be 'none' or above 0 and finite",
                text -> text.equals("none")
                        ? Optional.of(Double.POSITIVE_INFINITY)
                        : real(text).filter(value -> value > 0 && Double.isFinite(value)),
                value -> value.isInfinite() ? "none" : value);
    }

    static <E extends Enum<E>> OptionDeclaration<E> word(String key, Class<E> type) {
        return oneOf(key, type, Arrays.asList(type.getEnumConstants()), Words::of);
    }

    /// One of some values that have a name.
    static <T> OptionDeclaration<T> oneOf(String key, Class<T> type, List<? extends T> all, Function<T, String> name) {
        List<String> words = all.stream().map(name).toList();
        return new OptionDeclaration<>(
                key,
                type,
                String.join("|", words),
                words,
                "must be one of " + String.join(", ", words),
                text -> all.stream()
                        .filter(each -> name.apply(each).equals(text))
                        .<T>map(each -> each)
                        .findFirst(),
                name::apply);
    }

    static OptionDeclaration<Boolean> yesOrNo(String key) {
        return new OptionDeclaration<>(
                key,
                Boolean.class,
                "",
                List.of(),
                "must be true or false",
                text -> text.equals("true") || text.equals("false")
                        ? Optional.of(Boolean.valueOf(text))
                        : Optional.empty(),
                value -> value);
    }

    static OptionDeclaration<String> text(String key, String hint) {
        return new OptionDeclaration<>(
                key,
                String.class,
                hint,
                List.of(),
                "must be a name",
                text -> text.isBlank() ? Optional.empty() : Optional.of(text),
                value -> value);
    }

    static OptionDeclaration<LayerWidths> layers(String key) {
        return new OptionDeclaration<>(
                key,
                LayerWidths.class,
                "784-500-…-10",
                List.of(),
                "must be two or more widths, at least 1 each, separated by dashes",
                LayerWidths::parse,
                LayerWidths::toString);
    }

    static OptionDeclaration<LayerRanks> ranks(String key) {
        return ranks(key, LayerRanks::parse);
    }

    static OptionDeclaration<LayerRanks> rankLimits(String key) {
        return ranks(key, LayerRanks::parseNumbers);
    }

    private static OptionDeclaration<LayerRanks> ranks(String key, Function<String, Optional<LayerRanks>> parser) {
        return new OptionDeclaration<>(
                key,
                LayerRanks.class,
                "N|N-N-…",
                List.of(),
                "must be a whole number, at least 1, or one per factored layer, separated by dashes",
                parser,
                LayerRanks::plain);
    }

    static OptionDeclaration<ImageSize> imageSize(String key) {
        return new OptionDeclaration<>(
                key,
                ImageSize.class,
                "N|WxH",
                List.of(),
                "must be a whole number, in [1, 512], or a width and a height separated by an x",
                ImageSize::parse,
                size -> size.isSquare() ? (Object) size.width() : size.toString());
    }

    static OptionDeclaration<LayerPatterns> layerPatterns(String key) {
        return new OptionDeclaration<>(
                key,
                LayerPatterns.class,
                "LAYER,…",
                List.of(),
                "must be one or more names of layers, separated by commas; * stands for any characters",
                LayerPatterns::parse,
                LayerPatterns::toString);
    }

    /// A number for each channel of images.
    ///
    /// @param range condition on each number
    static OptionDeclaration<ChannelValues> channelValues(String key, String range, DoublePredicate allowed) {
        return new OptionDeclaration<>(
                key,
                ChannelValues.class,
                "X,…",
                List.of(),
                "must be a number for each channel, %s, separated by commas".formatted(range),
                text -> ChannelValues.parse(text, allowed),
                ChannelValues::toString);
    }

    static OptionDeclaration<Deviations> deviations(String key) {
        return new OptionDeclaration<>(
                key,
                Deviations.class,
                String.join("|", Deviations.words()),
                Deviations.words(),
                "must be one or more, separated by commas, of " + String.join(", ", Deviations.words()),
                Deviations::parse,
                Deviations::toString);
    }

    static OptionDeclaration<MeasureNames> measures(String key) {
        return new OptionDeclaration<>(
                key,
                MeasureNames.class,
                "NAME,…",
                List.of(),
                "must be 'none' or names of measures, each once, separated by commas",
                MeasureNames::parse,
                MeasureNames::toString);
    }

    /// Has this default in every run.
    OptionDeclaration<T> byDefault(T value) {
        this.shownDefault = Optional.of(value);
        return byDefault(_ -> value);
    }

    /// Has a default that is this in nearly every run, for help.
    OptionDeclaration<T> shownDefault(T value) {
        this.shownDefault = Optional.of(value);
        return this;
    }

    /// Has a default that depends on the run.
    OptionDeclaration<T> byDefault(Function<Resolution, T> value) {
        return byDefaultIfAny(value.andThen(Optional::of));
    }

    /// Has a default that depends on the run, in some runs.
    OptionDeclaration<T> byDefaultIfAny(Function<Resolution, Optional<T>> value) {
        this.byDefault = value;
        return this;
    }

    /// Has another default where the data is a user's own.
    OptionDeclaration<T> forOwnData(Function<DataDescription, T> value) {
        this.shownDefault = Optional.empty();
        this.forOwnData = value.andThen(Optional::of);
        return this;
    }

    /// Has another default where the data is some user's own.
    OptionDeclaration<T> forOwnDataIfAny(Function<DataDescription, Optional<T>> value) {
        this.forOwnData = value;
        return this;
    }

    /// Has a default only in some runs.
    OptionDeclaration<T> defaultOnlyIf(Predicate<Resolution> condition) {
        this.defaultOnlyIf = condition;
        return this;
    }

    /// Takes a preset's value only in some runs.
    OptionDeclaration<T> presetOnlyIf(Predicate<Resolution> condition) {
        this.presetOnlyIf = condition;
        return this;
    }

    /// Has a default that gives way to what was chosen.
    OptionDeclaration<T> fitted(BiFunction<Resolution, T, T> change) {
        this.fitted = change;
        return this;
    }

    /// Means nothing to some runs: then it has no value, and choosing it is an error.
    ///
    /// @param why the rest of the message after the option's name, where it means nothing
    OptionDeclaration<T> unless(Function<Resolution, Optional<String>> why) {
        meaningless.add(why);
        return this;
    }

    /// Must go together with the values of others.
    OptionDeclaration<T> check(Check<T> check) {
        checks.add(check);
        return this;
    }

    /// Is treated otherwise than its group in runs that are made of others.
    OptionDeclaration<T> inheritance(Inheritance other) {
        this.inheritance = Optional.of(other);
        return this;
    }

    /// Is taken over in another way than as it is.
    OptionDeclaration<T> inherited(BiFunction<Resolution, RunSpec, Optional<T>> value) {
        this.inherited = Optional.of(value);
        return this;
    }

    /// Came later than runs that have been recorded: it has this default, is left out of records and hashes there, and
    /// runs without it have it.
    OptionDeclaration<T> leftOutAtDefault(T value) {
        this.leftOutAt = Optional.of(value);
        return byDefault(value);
    }

    /// Came later, too, but what its absence means depends on the run: users of the option must ask for it.
    OptionDeclaration<T> leftOutIf(BiPredicate<Resolution, T> usual) {
        this.leftOutIf = usual;
        return this;
    }

    private static Optional<Integer> integer(String text) {
        return longInteger(text)
                .filter(value -> value >= Integer.MIN_VALUE && value <= Integer.MAX_VALUE)
                .map(Long::intValue);
    }

    private static Optional<Long> longInteger(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// The number that a text is, if it is one.
    static Optional<Double> real(String text) {
        try {
            // Java would also take hexadecimal digits, and a trailing f or d.
            return text.matches("[-+.eE0-9]+") ? Optional.of(Double.parseDouble(text)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
