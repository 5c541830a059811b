package dev.stiefel.data.language;

import dev.stiefel.data.Holdout;
import dev.stiefel.data.text.LabelledText;
import dev.stiefel.data.text.ParallelText;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Training and test texts; some training texts may be used for validation.
public sealed interface Corpus {
    /// The kind of the texts.
    TextKind kind();

    /// One text, of which the end is held out.
    ///
    /// @param train the training text
    /// @param test text that follows it
    record Plain(String train, String test) implements Corpus {
        @Override
        public TextKind kind() {
            return TextKind.PLAIN;
        }

        /// Holds out the last part of a text: training takes the first `⌊(1 − share) · length⌋` UTF-16 characters, or
        /// one more where that would cut a character in two.
        ///
        /// @param share in (0, 1)
        /// @throws IllegalArgumentException if one part would be empty
        public static Plain of(String text, double share) {
            int cut = (int) ((1 - share) * text.length());
            if (cut > 0 && Character.isSurrogatePair(text.charAt(cut - 1), text.charAt(cut))) {
                cut++;
            }
            if (cut == 0 || cut == text.length()) {
                throw new IllegalArgumentException(
                        "plain text: must have characters to train on and others to test on; got %s characters"
                                .formatted(text.codePointCount(0, text.length())));
            }
            return new Plain(text.substring(0, cut), text.substring(cut));
        }
    }

    /// Texts and their translations.
    ///
    /// @param train training pairs
    /// @param test test pairs
    record Parallel(ParallelText train, ParallelText test) implements Corpus {
        @Override
        public TextKind kind() {
            return TextKind.PARALLEL;
        }

        /// Holds out pairs that the seed draws ([Holdout#random]).
        public static Parallel drawn(ParallelText all, double share, long seed) {
            int[] test = Holdout.random(all.size(), share, seed);
            return new Parallel(all.select(others(all.size(), test)), all.select(test));
        }
    }

    /// Texts and their classes.
    ///
    /// @param train training texts
    /// @param test test texts
    record Labelled(LabelledText train, LabelledText test) implements Corpus {
        @Override
        public TextKind kind() {
            return TextKind.LABELLED;
        }

        /// Holds out texts that the seed draws, of each class its share ([Holdout#stratified]).
        public static Labelled drawn(LabelledText all, double share, long seed) {
            List<String> classes = all.classNames();
            int[] labels = all.labels().stream().mapToInt(classes::indexOf).toArray();
            int[] test = Holdout.stratified(labels, classes.size(), share, seed);
            return new Labelled(all.select(others(all.size(), test)), all.select(test));
        }
    }

    /// The numbers below `size` that are not among these, which are in order.
    private static int[] others(int size, int[] some) {
        return IntStream.range(0, size)
                .filter(i -> Arrays.binarySearch(some, i) < 0)
                .toArray();
    }
}
