package dev.stiefel.data.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A byte-pair tokenizer over bytes (Sennrich et al. 2016, [arXiv 1508.07909](https://arxiv.org/abs/1508.07909); over
/// bytes as in GPT-2): a word's UTF-8 bytes are tokens, and pairs of neighbouring tokens are merged, those first that
/// were learned first, and of these the ones further left. No text is unknown, and decoding gives back what
/// [TextForm] made of it.
///
/// Numbers: reserved tokens, 256 bytes, then the merges in their order. Safe for use by several threads.
public final class BytePairTokenizer implements Tokenizer {
    static final int FIRST_BYTE = ReservedToken.values().length;
    static final int FIRST_MERGE = FIRST_BYTE + 256;

    private static final int REMEMBERED = 1 << 16; // words

    private final TextForm form;
    private final List<Merge> merges;
    private final Map<Merge, Integer> ranks;
    private final List<byte[]> bytes = new ArrayList<>(); // of each token
    private final Vocabulary vocabulary = new Vocabulary("byte-pair tokenizer");
    private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

    /// Two tokens that become one.
    ///
    /// @param left number of the first one
    /// @param right number of the second one
    public record Merge(int left, int right) {}

    /// A tokenizer with these merges.
    ///
    /// @throws IllegalArgumentException if a merge is of tokens that come later, or is there twice
    public BytePairTokenizer(TextForm form, List<Merge> merges) {
        this.form = form;
        this.merges = List.copyOf(merges);
        this.ranks = new HashMap<>();
        for (int i = 0; i < FIRST_BYTE; i++) {
            bytes.add(new byte[0]);
        }
        for (int i = 0; i < 256; i++) {
            add(new byte[] {(byte) i});
        }
        for (Merge each : merges) {
            if (!isText(each.left()) || !isText(each.right()) || ranks.put(each, ranks.size()) != null) {
                throw new IllegalArgumentException(
                        "byte-pair tokenizer: merge %s must be of two tokens before it, and no other's; got %s"
                                .formatted(ranks.size(), each));
            }
            byte[] left = bytes.get(each.left());
            byte[] right = bytes.get(each.right());
            byte[] both = Arrays.copyOf(left, left.length + right.length);
            System.arraycopy(right, 0, both, left.length, right.length);
            add(both);
        }
    }

    private void add(byte[] token) {
        bytes.add(token);
        vocabulary.add(ByteCharacters.show(token));
    }

    private boolean isText(int token) {
        return token >= FIRST_BYTE && token < bytes.size();
    }

    /// A tokenizer from its JSON ([#toJson]).
    ///
    /// @throws IOException if it is not what this class writes
    public static BytePairTokenizer ofJson(String json) throws IOException {
        return TokenizerJson.readBytePairs(json);
    }

    /// The form that text is brought to first.
    public TextForm form() {
        return form;
    }

    /// The learned merges, in order.
    public List<Merge> merges() {
        return merges;
    }

    @Override
    public int size() {
        return bytes.size();
    }

    @Override
    public int[] encode(String text) {
        IntStream.Builder tokens = IntStream.builder();
        WordSplitter.forEach(form.of(text), word -> {
            for (int each : word(word)) {
                tokens.add(each);
            }
        });
        return tokens.build().toArray();
    }

    private int[] word(String word) {
        int[] known = remembered.get(word);
        if (known == null) {
            known = merged(word.getBytes(StandardCharsets.UTF_8));
            if (remembered.size() < REMEMBERED) {
                remembered.put(word, known);
            }
        }
        return known;
    }

    /// A place in a word where two tokens may be merged.
    private record Place(int rank, int position) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return rank != other.rank ? Integer.compare(rank, other.rank) : Integer.compare(position, other.position);
        }
    }

    private int[] merged(byte[] word) {
        Chain chain = new Chain(word);
        PriorityQueue<Place> places = new PriorityQueue<>();
        for (int i = 0; i < word.length; i++) {
            offer(chain, i, places);
        }
        while (!places.isEmpty()) {
            Place best = places.remove();
            int at = best.position();
            if (chain.hasPair(at) && best.rank() == rank(chain.pair(at))) { // else it was merged otherwise
                chain.merge(at, FIRST_MERGE + best.rank());
                offer(chain, at, places);
                if (chain.before[at] >= 0) {
                    offer(chain, chain.before[at], places);
                }
            }
        }
        return chain.tokens();
    }

    private void offer(Chain chain, int at, PriorityQueue<Place> places) {
        if (chain.hasPair(at)) {
            int rank = rank(chain.pair(at));
            if (rank < merges.size()) {
                places.add(new Place(rank, at));
            }
        }
    }

    private int rank(Merge pair) {
        return ranks.getOrDefault(pair, merges.size());
    }

    /// The tokens of a word, linked to their neighbours.
    private static final class Chain {
        private static final int GONE = -1;

        private final int[] token; // GONE if it became part of the token before
        private final int[] before;
        private final int[] after;

        Chain(byte[] word) {
            int length = word.length;
            this.token = new int[length];
            this.before = new int[length];
            this.after = new int[length];
            for (int i = 0; i < length; i++) {
                token[i] = FIRST_BYTE + Byte.toUnsignedInt(word[i]);
                before[i] = i - 1;
                after[i] = i + 1;
            }
        }

        boolean hasPair(int at) {
            return token[at] != GONE && after[at] < token.length;
        }

        Merge pair(int at) {
            return new Merge(token[at], token[after[at]]);
        }

        void merge(int at, int into) {
            int gone = after[at];
            token[at] = into;
            token[gone] = GONE;
            after[at] = after[gone];
            if (after[at] < token.length) {
                before[after[at]] = at;
            }
        }

        int[] tokens() {
            return IntStream.of(token).filter(each -> each != GONE).toArray();
        }
    }

    @Override
    public String decode(int... tokens) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int each : tokens) {
            text.writeBytes(bytes.get(vocabulary.required(each)));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /// The token, each byte as a character: letters, digits and marks as they are, others as GPT-2 shows them.
    @Override
    public String token(int number) {
        return vocabulary.token(number);
    }

    @Override
    public String toJson() {
        return TokenizerJson.write(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BytePairTokenizer that && form == that.form && merges.equals(that.merges);
    }

    @Override
    public int hashCode() {
        return Objects.hash(form, merges);
    }

    /// The texts of all tokens, in order.
    List<String> vocabulary() {
        return vocabulary.tokens();
    }
}
