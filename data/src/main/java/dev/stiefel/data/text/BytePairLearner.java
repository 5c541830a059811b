package dev.stiefel.data.text;

import dev.stiefel.data.text.BytePairTokenizer.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/// Learns a byte-pair tokenizer from text: again and again, the pair of neighbouring tokens that is there most
/// often becomes a token. Among equally frequent pairs, the one with the smaller numbers is first, so that the
/// same text gives the same tokenizer, in any order.
///
/// It holds each different word of the text once. A merge costs as much as the words that have the pair.
public final class BytePairLearner {
    private static final int LEAST = 2; // times that a pair must be there

    private final TextForm form;
    private final Map<String, Long> counts = new LinkedHashMap<>();

    /// A learner that has seen no text yet.
    public BytePairLearner(TextForm form) {
        this.form = form;
    }

    /// Counts the words of a text, which is cut into words by itself.
    public void add(String text) {
        WordSplitter.forEach(form.of(text), word -> counts.merge(word, 1L, Long::sum));
    }

    /// A tokenizer of what was added.
    ///
    /// @param size tokens, reserved ones and 256 bytes among them
    /// @throws IllegalArgumentException if the size is less than those, or more than the text has pairs for
    public BytePairTokenizer learn(int size) {
        BytePairTokenizer learned = learnAtMost(size);
        if (learned.size() < size) {
            throw new IllegalArgumentException(
                    "vocabulary: the text has pairs for %s tokens; got %s; ask for fewer, or give more text"
                            .formatted(learned.size(), size));
        }
        return learned;
    }

    /// A tokenizer of what was added, with fewer tokens if the text has no more pairs.
    ///
    /// @param size tokens at most, reserved ones and 256 bytes among them
    /// @throws IllegalArgumentException if the size is less than those
    public BytePairTokenizer learnAtMost(int size) {
        if (size < BytePairTokenizer.FIRST_MERGE) {
            throw new IllegalArgumentException("vocabulary: must have at least %s tokens, of bytes and reserved; got %s"
                    .formatted(BytePairTokenizer.FIRST_MERGE, size));
        }
        List<Merge> merges = new Learning(counts).merges(size - BytePairTokenizer.FIRST_MERGE);
        return new BytePairTokenizer(form, merges);
    }

    /// A pair, and how often it was there when this was made.
    private record Candidate(long count, Merge pair) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            if (count != other.count) {
                return Long.compare(other.count, count);
            }
            return pair.left() != other.pair.left()
                    ? Integer.compare(pair.left(), other.pair.left())
                    : Integer.compare(pair.right(), other.pair.right());
        }
    }

    private static final class Learning {
        private final List<int[]> words = new ArrayList<>();
        private final long[] counts;
        private final Map<Merge, Long> pairs = new HashMap<>();
        private final Map<Merge, Set<Integer>> places = new HashMap<>(); // words that have or had the pair
        private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

        Learning(Map<String, Long> text) {
            this.counts = text.values().stream().mapToLong(each -> each).toArray();
            for (String each : text.keySet()) {
                byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
                int[] word = new int[bytes.length];
                for (int i = 0; i < word.length; i++) {
                    word[i] = BytePairTokenizer.FIRST_BYTE + Byte.toUnsignedInt(bytes[i]);
                }
                words.add(word);
                count(words.size() - 1, 1);
            }
            pairs.forEach((pair, count) -> queue.add(new Candidate(count, pair)));
        }

        /// Adds a word's pairs to the counts, or takes them away.
        private void count(int number, int sign) {
            int[] word = words.get(number);
            for (int i = 0; i + 1 < word.length; i++) {
                Merge pair = new Merge(word[i], word[i + 1]);
                pairs.merge(pair, sign * counts[number], Long::sum);
                if (sign > 0) {
                    places.computeIfAbsent(pair, _ -> new HashSet<>()).add(number);
                }
            }
        }

        List<Merge> merges(int most) {
            List<Merge> merges = new ArrayList<>();
            while (merges.size() < most && !queue.isEmpty()) {
                Candidate best = queue.remove();
                long now = pairs.getOrDefault(best.pair(), 0L);
                if (now < LEAST) {
                    continue;
                }
                if (now < best.count()) { // some became parts of other tokens
                    queue.add(new Candidate(now, best.pair()));
                    continue;
                }
                apply(best.pair(), BytePairTokenizer.FIRST_MERGE + merges.size());
                merges.add(best.pair());
            }
            return merges;
        }

        private void apply(Merge pair, int token) {
            Set<Merge> found = new HashSet<>();
            for (int number : places.getOrDefault(pair, Set.of())) {
                int[] before = words.get(number);
                int[] after = replaced(before, pair, token);
                if (after.length < before.length) {
                    count(number, -1);
                    words.set(number, after);
                    count(number, 1);
                    for (int i = 0; i + 1 < after.length; i++) {
                        if (after[i] == token || after[i + 1] == token) {
                            found.add(new Merge(after[i], after[i + 1]));
                        }
                    }
                }
            }
            places.remove(pair);
            for (Merge each : found) {
                queue.add(new Candidate(pairs.getOrDefault(each, 0L), each));
            }
        }

        private static int[] replaced(int[] word, Merge pair, int token) {
            int[] made = new int[word.length];
            int length = 0;
            for (int i = 0; i < word.length; i++) {
                boolean isPair = i + 1 < word.length && word[i] == pair.left() && word[i + 1] == pair.right();
                made[length++] = isPair ? token : word[i];
                if (isPair) {
                    i++;
                }
            }
            return java.util.Arrays.copyOf(made, length);
        }
    }
}
