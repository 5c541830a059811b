package dev.stiefel.data.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Learns a WordPiece tokenizer from text, top-down, as TensorFlow Text does: candidates are all substrings of
/// words, counted; the longest come first, one is kept if its count reaches a threshold, and its count is then
/// taken from those of its prefixes. This is done four times, from the second on with the substrings alone that
/// begin where the tokenizer of the time before cuts words. The threshold is found by bisection. Every single
/// character is kept, as a word's beginning and as a continuation. The same text gives the same tokenizer, in any
/// order.
///
/// Source: the learner of `tensorflow_text`, with its bounds of the threshold, its order of tokens (characters, then
/// pieces by falling count, then by text) and its 5 % of slack. Deviations: there is no limit on the number of
/// different characters; the size is never more than what was asked for; thresholds below 10 are tried where a text
/// has too few pieces for the size.
///
/// It holds each different word of the text once. Learning takes memory for each different substring of words that is
/// there as often as the least threshold.
public final class WordPieceLearner {
    private static final int LONGEST_WORD = 50; // characters; pieces are not learned from longer ones
    private static final long USUAL_LEAST = 10; // bounds of the threshold
    private static final long USUAL_MOST = 10_000_000;
    private static final long LEAST = 2;
    private static final double SLACK = 0.05; // of the size
    private static final int RESERVED = ReservedToken.values().length;

    private final TextForm form;
    private final Map<String, Long> counts = new LinkedHashMap<>();

    /// A learner that has seen no text yet.
    public WordPieceLearner(TextForm form) {
        this.form = form;
    }

    /// Counts the words of a text.
    public void add(String text) {
        PieceWords.forEach(form.of(text), word -> counts.merge(word, 1L, Long::sum));
    }

    /// A tokenizer of what was added.
    ///
    /// @param size tokens at most, reserved ones among them. It has up to 5 % fewer, or more than that where no
    ///     threshold gives a number between: in small texts many pieces are there equally often
    /// @throws IllegalArgumentException if the size is less than reserved tokens and characters take, or more than
    ///     the text has pieces for, or if there were no words
    public WordPieceTokenizer learn(int size) {
        return learn(size, true);
    }

    /// The same, with as many tokens as the text has pieces for that are there at least twice.
    ///
    /// @param size tokens at most, reserved ones among them
    /// @throws IllegalArgumentException if the size is less than reserved tokens and characters take, or if there
    ///     were no words
    public WordPieceTokenizer learnAtMost(int size) {
        return learn(size, false);
    }

    private WordPieceTokenizer learn(int size, boolean needsSize) {
        if (counts.isEmpty()) {
            throw new IllegalArgumentException("vocabulary: there must be words to learn from; got none; add text");
        }
        NavigableSet<Integer> characters = new TreeSet<>();
        counts.keySet().forEach(word -> word.codePoints().forEach(characters::add));
        int needed = RESERVED + 2 * characters.size();
        if (size < needed) {
            throw new IllegalArgumentException(
                    ("vocabulary: must have at least %s tokens, for %s reserved ones and %s characters that begin or"
                                    + " continue words; got %s")
                            .formatted(needed, RESERVED, characters.size(), size));
        }
        Bisection learned = learned(size, needed);
        WordPieceTokenizer tokenizer = new WordPieceTokenizer(form, pieces(characters, learned.best));
        if (needsSize && !learned.hadTooMany && tokenizer.size() < size - size * SLACK) {
            throw new IllegalArgumentException(
                    "vocabulary: the text has word pieces for %s tokens; got %s; ask for fewer, or give more text"
                            .formatted(tokenizer.size(), size));
        }
        return tokenizer;
    }

    /// Characters in order, then the other pieces by falling count, then by text.
    private static List<String> pieces(NavigableSet<Integer> characters, Map<String, Long> learned) {
        Map<String, Long> others = new TreeMap<>(learned);
        List<String> pieces = new ArrayList<>();
        for (int each : characters) {
            String character = Character.toString(each);
            pieces.add(character);
            others.remove(character);
            others.putIfAbsent(WordPieceTokenizer.CONTINUATION + character, 1L);
        }
        others.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey(WordPieceLearner::compareCharacters)))
                .forEach(each -> pieces.add(each.getKey()));
        return pieces;
    }

    /// By code points, where the order of strings is one of UTF-16.
    private static int compareCharacters(String one, String other) {
        return Arrays.compare(one.codePoints().toArray(), other.codePoints().toArray());
    }

    /// The search for pieces of more than one character, and of single characters likewise, with how often they were
    /// there.
    ///
    /// @param size tokens at most
    /// @param needed tokens that always exist
    private Bisection learned(int size, int needed) {
        Map<String, Long> words = new LinkedHashMap<>();
        counts.forEach((word, count) -> {
            if (word.codePointCount(0, word.length()) <= LONGEST_WORD) {
                words.put(word, count);
            }
        });
        Bisection bisection = new Bisection(words, size, needed);
        if (words.isEmpty()) {
            return bisection;
        }
        LongSummaryStatistics each =
                words.values().stream().mapToLong(count -> count).summaryStatistics();
        long lower = Math.max(each.getMin(), USUAL_LEAST);
        long upper = Math.min(each.getMax(), USUAL_MOST);
        if (lower <= upper) {
            bisection.search(lower, upper);
        }
        if (!bisection.isNear() && !bisection.hadTooMany) {
            bisection.search(LEAST, lower - 1);
        }
        if (bisection.bestSize == 0) { // substrings of many words are there more often than any word
            bisection.search(Math.max(lower, upper + 1), each.getSum() * LONGEST_WORD + 1);
        }
        return bisection;
    }

    /// Looks for the threshold that gives the size, or a little less.
    private static final class Bisection {
        private final Map<String, Long> words;
        private final int size;
        private final int needed;
        private boolean hadTooMany;
        private int bestSize;
        private Map<String, Long> best = Map.of(); // pieces of the largest vocabulary that fits

        Bisection(Map<String, Long> words, int size, int needed) {
            this.words = words;
            this.size = size;
            this.needed = needed;
        }

        boolean isNear() {
            return bestSize > 0 && size - bestSize <= SLACK * size;
        }

        void search(long least, long greatest) {
            SubstringTree tree = new SubstringTree(words, least);
            long lower = least;
            long upper = greatest;
            while (lower <= upper && !isNear()) {
                long threshold = (lower + upper) / 2;
                long[] kept = tree.learn(threshold);
                int now = needed + tree.longerThanOne(kept);
                if (now <= size && now > bestSize) {
                    bestSize = now;
                    best = tree.pieces(kept);
                }
                if (now > size) {
                    hadTooMany = true;
                    lower = threshold + 1;
                } else {
                    upper = threshold - 1;
                }
            }
        }
    }
}
