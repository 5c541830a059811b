package dev.stiefel.lab.spec;

import dev.stiefel.lab.text.Words;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.stream.Collectors;

/// One thing about a run that can be chosen: its names, what it may be, and how it is written
/// down.
///
/// All there are lie in [Options]. An option is known by its key (`learningRate`, in YAML and
/// JSON) and by the same name as a flag (`learning-rate`, on the command line).
///
/// @param <T> what its value is
public final class Option<T> {
    private final String key;
    private final String flag;
    private final Class<T> type;
    private final String hint;
    private final String rule;
    private final String description;
    private final Function<String, Optional<T>> parser;
    private final Function<T, Object> writer;

    private Option(
            String key,
            Class<T> type,
            String hint,
            String rule,
            String description,
            Function<String, Optional<T>> parser,
            Function<T, Object> writer) {
        this.key = key;
        this.flag = dashed(key);
        this.type = type;
        this.hint = hint;
        this.rule = rule;
        this.description = description;
        this.parser = parser;
        this.writer = writer;
    }

    static Option<Integer> wholeNumber(String key, int least, int most, String description) {
        String rule = "must be a whole number, "
                + (most == Integer.MAX_VALUE ? "at least " + least : "in [%d, %d]".formatted(least, most));
        return new Option<>(
                key,
                Integer.class,
                "N",
                rule,
                description,
                text -> integer(text).filter(value -> value >= least && value <= most),
                value -> value);
    }

    static Option<Integer> wholeNumberOr(String word, int standsFor, String key, int least, String description) {
        return new Option<>(
                key,
                Integer.class,
                "N|" + word,
                "must be '%s' or a whole number, at least %d".formatted(word, least),
                description,
                text -> text.equals(word)
                        ? Optional.of(standsFor)
                        : integer(text).filter(value -> value >= least),
                value -> value == standsFor ? word : value);
    }

    static Option<Long> seed(String key, String description) {
        return new Option<>(
                key, Long.class, "N", "must be a whole number", description, Option::longInteger, value -> value);
    }

    static Option<Double> number(String key, String range, DoublePredicate allowed, String description) {
        return new Option<>(
                key,
                Double.class,
                "X",
                "must be " + range,
                description,
                text -> real(text).filter(allowed::test),
                value -> value);
    }

    static Option<Double> numberOrNone(String key, String range, DoublePredicate allowed, String description) {
        return new Option<>(
                key,
                Double.class,
                "X|none",
                "must be 'none' or " + range,
                description,
                text -> text.equals("none")
                        ? Optional.of(Double.POSITIVE_INFINITY)
                        : real(text).filter(allowed::test),
                value -> value.isInfinite() ? "none" : value);
    }

    static <E extends Enum<E>> Option<E> word(String key, Class<E> type, String description) {
        List<E> all = Arrays.asList(type.getEnumConstants());
        return new Option<>(
                key,
                type,
                all.stream().map(Words::of).collect(Collectors.joining("|")),
                "must be one of " + all.stream().map(Words::of).collect(Collectors.joining(", ")),
                description,
                text -> all.stream().filter(each -> Words.of(each).equals(text)).findFirst(),
                Words::of);
    }

    static Option<Boolean> yesOrNo(String key, String description) {
        return new Option<>(
                key,
                Boolean.class,
                "",
                "must be true or false",
                description,
                text -> text.equals("true") || text.equals("false")
                        ? Optional.of(Boolean.valueOf(text))
                        : Optional.empty(),
                value -> value);
    }

    static Option<String> text(String key, String hint, String description) {
        return new Option<>(
                key,
                String.class,
                hint,
                "must be a name",
                description,
                text -> text.isBlank() ? Optional.empty() : Optional.of(text),
                value -> value);
    }

    static Option<LayerWidths> layers(String key, String description) {
        return new Option<>(
                key,
                LayerWidths.class,
                "784-500-…-10",
                "must be two or more widths, at least 1 each, with dashes in between",
                description,
                LayerWidths::parse,
                LayerWidths::toString);
    }

    static Option<LayerRanks> ranks(String key, String description) {
        return new Option<>(
                key,
                LayerRanks.class,
                "N|N-N-…",
                "must be a whole number, at least 1, or one a factored layer with dashes in between",
                description,
                LayerRanks::parse,
                LayerRanks::plain);
    }

    static Option<Deviations> deviations(String key, String description) {
        return new Option<>(
                key,
                Deviations.class,
                Deviations.words("|"),
                "must be one or more, with commas in between, of " + Deviations.words(", "),
                description,
                Deviations::parse,
                Deviations::toString);
    }

    static Option<MeasureNames> measures(String key, String description) {
        return new Option<>(
                key,
                MeasureNames.class,
                "NAME,…",
                "must be 'none' or names of measures, each once, with commas in between",
                description,
                MeasureNames::parse,
                MeasureNames::toString);
    }

    /// What YAML and JSON call it: `learningRate`.
    public String key() {
        return key;
    }

    /// What the command line calls it, without the leading dashes: `learning-rate`.
    public String flag() {
        return flag;
    }

    /// What it is for, in a few words.
    public String description() {
        return description;
    }

    /// What stands for its value in a help text: `N`, or the words there are; empty where it
    /// is a yes or no.
    public String hint() {
        return hint;
    }

    /// What its value must be, beginning with "must be".
    public String rule() {
        return rule;
    }

    /// Whether its value is a whole number.
    public boolean isWholeNumber() {
        return type == Integer.class || type == Long.class;
    }

    /// Reads a value as users write it.
    ///
    /// @param typed what the user called the option, for the message
    /// @param value a text, number, truth value, or list of numbers or texts
    /// @throws IllegalArgumentException naming the option, the rule, and what was got
    public T parse(String typed, Object value) {
        String text = value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(between(list)))
                : String.valueOf(value);
        return parser.apply(text.strip())
                .orElseThrow(() -> new IllegalArgumentException("%s %s; got %s".formatted(typed, rule, shown(text))));
    }

    private static String between(List<?> list) {
        return list.stream().anyMatch(each -> String.valueOf(each).matches("[a-z].*")) ? "," : "-";
    }

    /// A value that a user wrote, as JSON and YAML hold it: a number, a text or a truth value.
    ///
    /// @throws IllegalArgumentException as [#parse] does
    public Object plain(String typed, Object value) {
        return writer.apply(parse(typed, value));
    }

    /// A value as JSON and YAML hold it: a number, a text or a truth value.
    Object write(Object value) {
        return writer.apply(type.cast(value));
    }

    T cast(Object value) {
        return type.cast(value);
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

    private static Optional<Double> real(String text) {
        try {
            // Java would also take hexadecimal digits, and a trailing f or d.
            return text.matches("[-+.eE0-9]+") ? Optional.of(Double.parseDouble(text)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
