package dev.stiefel.data.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// Substrings of words as a tree, in which the parent of a substring is the same without its last character.
/// Substrings that begin words stand below one root, those that continue them below another.
///
/// Only substrings that are there often enough are in it, and single characters. The count of each includes those
/// of its children, and is taken from all those above it; so learning visits the tree once, from its leaves up.
final class SubstringTree {
    private static final int TIMES = 4; // that pieces are learned, each time from the ones before
    private static final int CONTINUATIONS = 1; // their root; that of beginnings is 0
    private static final int ROOTS = 2;
    private static final int CHARACTER_BITS = 21;

    private final int[] text; // characters of all words, one after another
    private final int[] firsts; // start of each word, then the end of the last
    private final long[] counts; // of each word
    private final int[] longest; // at each place of the text, the longest substring that begins there

    private int nodes = ROOTS; // parents have smaller numbers than their children
    private int[] parents = {-1, -1};
    private int[] characters = {-1, -1};
    private int[] lengths = {0, 0};

    /// @param words and their counts; at least one word, and none empty
    /// @param least times that a substring must be there
    SubstringTree(Map<String, Long> words, long least) {
        this.text = words.keySet().stream().flatMapToInt(String::codePoints).toArray();
        this.firsts = new int[words.size() + 1];
        int word = 0;
        for (String each : words.keySet()) {
            firsts[word + 1] = firsts[word] + each.codePointCount(0, each.length());
            word++;
        }
        this.counts = words.values().stream().mapToLong(each -> each).toArray();
        this.longest = new int[text.length];
        grow(least);
    }

    /// Adds substrings of one length after those of the length before: only what is there often enough can be part of
    /// something longer that is.
    private void grow(long least) {
        int[] wordAt = new int[text.length];
        for (int word = 0; word < counts.length; word++) {
            Arrays.fill(wordAt, firsts[word], firsts[word + 1], word);
            Arrays.fill(longest, firsts[word], firsts[word + 1], CONTINUATIONS);
            longest[firsts[word]] = 0;
        }
        int[] places = new int[text.length]; // where a substring of the length before begins
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        for (int length = 1; places.length > 0; length++) {
            int before = length - 1;
            places = Arrays.stream(places)
                    .filter(at -> at + before < firsts[wordAt[at] + 1])
                    .toArray();
            Map<Long, Long> sums = new HashMap<>();
            for (int at : places) {
                sums.merge(key(longest[at], text[at + before]), counts[wordAt[at]], Long::sum);
            }
            Map<Long, Integer> children = new HashMap<>();
            int kept = 0;
            for (int at : places) {
                long key = key(longest[at], text[at + before]);
                if (length == 1 || sums.getOrDefault(key, 0L) >= least) {
                    longest[at] = children.computeIfAbsent(key, this::add);
                    places[kept++] = at;
                }
            }
            places = Arrays.copyOf(places, kept);
        }
    }

    private static long key(int node, int character) {
        return (long) node << CHARACTER_BITS | character;
    }

    private int add(long key) {
        if (nodes == parents.length) {
            parents = Arrays.copyOf(parents, 2 * nodes);
            characters = Arrays.copyOf(characters, 2 * nodes);
            lengths = Arrays.copyOf(lengths, 2 * nodes);
        }
        int parent = (int) (key >> CHARACTER_BITS);
        parents[nodes] = parent;
        characters[nodes] = (int) key & (1 << CHARACTER_BITS) - 1;
        lengths[nodes] = lengths[parent] + 1;
        return nodes++;
    }

    /// The pieces at a threshold: of each substring the count, or 0 where it is none.
    ///
    /// @param threshold at least the count that a substring needs to be in the tree
    long[] learn(long threshold) {
        BitSet cut = new BitSet(); // into which words are cut: all that begins anywhere, at first
        long[] kept = new long[0];
        for (int time = 0; time < TIMES; time++) {
            kept = kept(occurrences(cut), threshold);
            cut.clear();
            for (int node = ROOTS; node < nodes; node++) {
                cut.set(node, kept[node] > 0 || lengths[node] == 1);
            }
        }
        return kept;
    }

    /// The number of occurrences of each of the longest substrings at the start of cut words.
    private long[] occurrences(BitSet cut) {
        long[] occurrences = new long[nodes];
        for (int word = 0; word < counts.length; word++) {
            int at = firsts[word];
            while (at < firsts[word + 1]) {
                occurrences[longest[at]] += counts[word];
                at += cut.isEmpty() ? 1 : step(at, cut);
            }
        }
        return occurrences;
    }

    /// Length of the longest piece at a place.
    private int step(int at, BitSet cut) {
        int node = longest[at];
        while (!cut.get(node)) {
            node = parents[node];
        }
        return lengths[node];
    }

    private long[] kept(long[] occurrences, long threshold) {
        long[] kept = new long[nodes];
        long[] taken = new long[nodes]; // by longer pieces
        for (int node = nodes - 1; node >= ROOTS; node--) {
            long rest = occurrences[node] - taken[node];
            if (rest >= threshold) {
                kept[node] = rest;
                taken[node] += rest;
            }
            occurrences[parents[node]] += occurrences[node];
            taken[parents[node]] += taken[node];
        }
        return kept;
    }

    /// The number of pieces with more than one character.
    int longerThanOne(long[] kept) {
        int longer = 0;
        for (int node = ROOTS; node < nodes; node++) {
            longer += kept[node] > 0 && lengths[node] > 1 ? 1 : 0;
        }
        return longer;
    }

    /// The pieces as they are written, and their counts.
    Map<String, Long> pieces(long[] kept) {
        Map<String, Long> pieces = new HashMap<>();
        for (int node = ROOTS; node < nodes; node++) {
            if (kept[node] > 0) {
                pieces.put(text(node), kept[node]);
            }
        }
        return pieces;
    }

    private String text(int node) {
        int[] reversed = new int[lengths[node]];
        int at = node;
        for (int i = reversed.length - 1; i >= 0; i--) {
            reversed[i] = characters[at];
            at = parents[at];
        }
        String piece = new String(reversed, 0, reversed.length);
        return at == CONTINUATIONS ? WordPieceTokenizer.CONTINUATION + piece : piece;
    }
}
