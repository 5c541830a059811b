package dev.stiefel.data.language;

import dev.stiefel.data.text.ParallelText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// A small translation task that needs no file: numbers below 10,000 in English words, and in digits. `seven thousand
/// forty-two` becomes `7042`. It is right or wrong without doubt, and has a rule to find: words that are missing are
/// zeros.
public final class NumberWords {
    /// One more than the greatest number.
    public static final int END = 10_000;

    private static final String[] SMALL = {
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen"
    };
    private static final String[] TENS = {
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"
    };

    private NumberWords() {}

    /// A number in words: with hyphens, without `and` and commas.
    ///
    /// @param number in `[0, 10,000)`
    public static String of(int number) {
        if (number < 0 || number >= END) {
            throw new IllegalArgumentException("number words: the number must be in [0, 10000); got " + number);
        }
        List<String> words = new ArrayList<>();
        if (number >= 1000) {
            words.add(SMALL[number / 1000]);
            words.add("thousand");
        }
        if (number % 1000 >= 100) {
            words.add(SMALL[number % 1000 / 100]);
            words.add("hundred");
        }
        int rest = number % 100;
        if (rest >= SMALL.length) {
            words.add(TENS[rest / 10] + (rest % 10 == 0 ? "" : "-" + SMALL[rest % 10]));
        } else if (rest > 0 || words.isEmpty()) {
            words.add(SMALL[rest]);
        }
        return String.join(" ", words);
    }

    /// Numbers, each in words and in digits, in order.
    ///
    /// @param from the first one
    /// @param to the one after the last one
    static ParallelText range(int from, int to) {
        return of(IntStream.range(from, to).toArray());
    }

    /// Different numbers, each in words and in digits, in random order. Fewer of the same seed are the first of more.
    ///
    /// @param least of the numbers, in `[0, 10,000)`
    /// @param count of numbers, in `[1, 10,000 − least]`
    /// @param seed draws them
    public static ParallelText pairs(int least, int count, long seed) {
        if (least < 0 || count < 1 || count > END - least) {
            throw new IllegalArgumentException(
                    "number words: there must be 1 to %s pairs of numbers from %s to 9999; got %s"
                            .formatted(END - least, least, count));
        }
        int[] numbers = IntStream.range(least, END).toArray();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            int drawn = random.nextInt(i, numbers.length);
            int number = numbers[drawn];
            numbers[drawn] = numbers[i];
            numbers[i] = number;
        }
        return of(Arrays.copyOf(numbers, count));
    }

    private static ParallelText of(int[] numbers) {
        return new ParallelText(
                Arrays.stream(numbers).mapToObj(NumberWords::of).toList(),
                Arrays.stream(numbers).mapToObj(Integer::toString).toList());
    }
}
