package dev.stiefel.data.text;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A WordPiece tokenizer (Schuster and Nakajima 2012), as in BERT
/// ([arXiv 1810.04805](https://arxiv.org/abs/1810.04805)).
///
/// A word is cut from left to right, each time into the longest piece that fits. Pieces that continue a word begin
/// with `##`. A word with a rest that no piece fits is [ReservedToken#UNKNOWN] as a whole, and so is one of more than
/// 100 characters.
///
/// Words are separated by white space; every punctuation character and every Chinese character is a word of its
/// own. Decoding puts one space between words, so `(a-b)` comes back as `( a - b )`, in its [TextForm]; unknown
/// words are lost.
///
/// Numbers: reserved tokens, then the pieces in their order. Safe for use by several threads.
public final class WordPieceTokenizer implements Tokenizer {
    static final String CONTINUATION = "##";
    static final int LONGEST_WORD = 100; // characters; the library "tokenizers" counts characters, too, not bytes

    private static final int FIRST_PIECE = ReservedToken.values().length;
    private static final int REMEMBERED = 1 << 16; // words

    private final TextForm form;
    private final Vocabulary vocabulary = new Vocabulary("WordPiece tokenizer");
    private final Map<String, Integer> beginnings = new HashMap<>();
    private final Map<String, Integer> continuations = new HashMap<>(); // without their mark
    private final int longestPiece;
    private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

    /// A tokenizer with these pieces, those of a file `vocab.txt` after the reserved tokens, say.
    ///
    /// @param pieces pieces; those inside a word begin with `##`
    /// @throws IllegalArgumentException if a piece is empty, reserved or there twice
    public WordPieceTokenizer(TextForm form, List<String> pieces) {
        this.form = form;
        List<String> reserved = List.copyOf(vocabulary.tokens());
        for (String each : pieces) {
            boolean continues = each.startsWith(CONTINUATION);
            String text = continues ? each.substring(CONTINUATION.length()) : each;
            Map<String, Integer> kind = continues ? continuations : beginnings;
            if (text.isEmpty() || reserved.contains(each) || kind.put(text, vocabulary.size()) != null) {
                throw new IllegalArgumentException(
                        "WordPiece tokenizer: pieces must differ, and none be empty or reserved; piece %s is '%s'"
                                .formatted(vocabulary.size() - FIRST_PIECE, each));
            }
            vocabulary.add(each);
        }
        this.longestPiece = pieces.stream().mapToInt(String::length).max().orElse(0);
    }

    /// A tokenizer from its JSON ([#toJson]).
    ///
    /// @throws IOException if it is not what this class writes
    public static WordPieceTokenizer ofJson(String json) throws IOException {
        return TokenizerJson.readPieces(json);
    }

    /// The form that text is brought to first.
    public TextForm form() {
        return form;
    }

    /// The pieces, those that continue a word with `##` before them.
    public List<String> pieces() {
        return vocabulary().subList(FIRST_PIECE, size());
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    @Override
    public int[] encode(String text) {
        IntStream.Builder tokens = IntStream.builder();
        PieceWords.forEach(form.of(text), word -> {
            for (int each : word(word)) {
                tokens.add(each);
            }
        });
        return tokens.build().toArray();
    }

    private int[] word(String word) {
        int[] known = remembered.get(word);
        if (known == null) {
            known = cut(word);
            if (remembered.size() < REMEMBERED) {
                remembered.put(word, known);
            }
        }
        return known;
    }

    private int[] cut(String word) {
        int[] unknown = {ReservedToken.UNKNOWN.number()};
        if (word.codePointCount(0, word.length()) > LONGEST_WORD) {
            return unknown;
        }
        IntStream.Builder tokens = IntStream.builder();
        int from = 0;
        while (from < word.length()) {
            Map<String, Integer> pieces = from == 0 ? beginnings : continuations;
            int to = Math.min(word.length(), from + longestPiece);
            Integer piece = null;
            while (piece == null && to > from) {
                piece = pieces.get(word.substring(from, to--));
            }
            if (piece == null) {
                return unknown;
            }
            tokens.add(piece);
            from = to + 1;
        }
        return tokens.build().toArray();
    }

    @Override
    public String decode(int... tokens) {
        StringBuilder text = new StringBuilder();
        for (int each : tokens) {
            String token = token(each);
            if (each < FIRST_PIECE) {
                continue;
            }
            boolean continues = token.startsWith(CONTINUATION);
            if (!continues && !text.isEmpty()) {
                text.append(' ');
            }
            text.append(continues ? token.substring(CONTINUATION.length()) : token);
        }
        return text.toString();
    }

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
        return other instanceof WordPieceTokenizer that
                && form == that.form
                && vocabulary().equals(that.vocabulary());
    }

    @Override
    public int hashCode() {
        return Objects.hash(form, vocabulary());
    }

    /// The texts of all tokens, in order.
    List<String> vocabulary() {
        return vocabulary.tokens();
    }
}
