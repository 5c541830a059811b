package dev.stiefel.data.own;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// Words that stand for a missing value in a table, in upper or lower case. An empty cell always does.
///
/// @param numbers in columns of numbers
/// @param categories in columns of categories, where words such as `none` are values like others
public record MissingWords(List<String> numbers, List<String> categories) {
    private static final List<String> OLDEST = List.of("na", "n/a", "nan", "null", "?");
    private static final List<String> EVERYWHERE = Stream.concat(
                    OLDEST.stream(), Stream.of("#n/a", "#na", "<na>", "\\n", "(null)"))
            .toList();
    private static final List<String> WHERE_NUMBERS_ARE = List.of(
            "-",
            "--",
            "---",
            ".",
            "n.a.",
            "n/d",
            "nd",
            "k.a.",
            "none",
            "nil",
            "nat",
            "missing",
            "unknown",
            "undefined",
            "#null!",
            "#value!",
            "#div/0!",
            "#num!",
            "#ref!",
            "#name?",
            "-nan",
            "+nan",
            "1.#qnan",
            "-1.#ind",
            "1.#ind",
            "(blank)",
            "blank",
            "empty",
            "–",
            "—");

    /// The usual ones.
    public static final MissingWords USUAL = new MissingWords(
            Stream.concat(EVERYWHERE.stream(), WHERE_NUMBERS_ARE.stream()).toList(), EVERYWHERE);

    /// The words for tables that were read by versions of this program in which words could not be chosen.
    static final MissingWords EARLIER = of(OLDEST);

    /// Keeps the words in lower case.
    public MissingWords {
        numbers = numbers.stream().map(MissingWords::folded).toList();
        categories = categories.stream().map(MissingWords::folded).toList();
    }

    /// The same words in all columns.
    public static MissingWords of(List<String> words) {
        return new MissingWords(words, words);
    }

    private static String folded(String word) {
        return word.strip().toLowerCase(Locale.ROOT);
    }

    /// Tells them quickly.
    Lookup lookup() {
        return new Lookup(numbers, categories);
    }

    /// Tells whether cells are missing.
    static final class Lookup {
        private final Set<String> numbers;
        private final Set<String> categories;
        private final int longest;

        private Lookup(List<String> numbers, List<String> categories) {
            this.numbers = new HashSet<>(numbers);
            this.categories = new HashSet<>(categories);
            longest = Stream.concat(numbers.stream(), categories.stream())
                    .mapToInt(String::length)
                    .max()
                    .orElse(0);
        }

        boolean isMissingNumber(char[] text, int from, int to) {
            return isOneOf(numbers, text, from, to);
        }

        boolean isMissingCategory(char[] text, int from, int to) {
            return isOneOf(categories, text, from, to);
        }

        private boolean isOneOf(Set<String> words, char[] text, int from, int to) {
            return from == to
                    || (to - from <= longest
                            && words.contains(new String(text, from, to - from).toLowerCase(Locale.ROOT)));
        }
    }
}
