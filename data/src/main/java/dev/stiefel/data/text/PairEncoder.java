package dev.stiefel.data.text;

import dev.stiefel.train.TokenSequences;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Makes samples of parallel text, for networks that predict each token of a translation from its source and from
/// the tokens before (teacher forcing). For a source with the tokens `s₁ … sₘ` and a target with `t₁ … tₙ`:
///
/// - first input: `s₁ … sₘ END`
/// - second input: `START t₁ … tₙ`
/// - targets: `t₁ … tₙ END`, a class for each token of the second input
///
/// A pair is too long if one of these has more tokens than the limit.
///
/// @param source tokenizer of the sources
/// @param target tokenizer of the targets
/// @param longest tokens of a sequence at most, [ReservedToken#START] and [ReservedToken#END] among them
/// @param tooLong treatment of pairs that are too long
public record PairEncoder(Tokenizer source, Tokenizer target, int longest, TooLong tooLong) {
    /// Treatment of pairs that are too long.
    public enum TooLong {
        /// They are errors.
        REFUSED,
        /// They are left out, and counted.
        DROPPED
    }

    /// Samples and their texts.
    ///
    /// @param samples a sample for each pair that was not dropped
    /// @param text the pairs that were not dropped, in order
    /// @param dropped number of pairs that were too long
    public record Encoded(TokenSequences samples, ParallelText text, int dropped) {}

    /// Checks the limit.
    public PairEncoder {
        if (longest < 2) {
            throw new IllegalArgumentException(
                    "pairs: sequences must be allowed at least 2 tokens, one of them reserved; got " + longest);
        }
    }

    /// The samples of some pairs.
    ///
    /// @throws IllegalArgumentException if a pair is too long and none may be, or if all are
    public Encoded encode(ParallelText text) {
        List<int[]> sources = new ArrayList<>();
        List<int[]> inputs = new ArrayList<>();
        List<int[]> targets = new ArrayList<>();
        List<String> sourceTexts = new ArrayList<>();
        List<String> targetTexts = new ArrayList<>();
        for (int i = 0; i < text.size(); i++) {
            int[] from = source.encode(text.sources().get(i));
            int[] to = target.encode(text.targets().get(i));
            if (Math.max(from.length, to.length) >= longest) {
                requireDropping(i, from.length + 1, to.length + 1);
                continue;
            }
            sources.add(ended(from));
            inputs.add(started(to));
            targets.add(ended(to));
            sourceTexts.add(text.sources().get(i));
            targetTexts.add(text.targets().get(i));
        }
        if (sources.isEmpty()) {
            throw new IllegalArgumentException(
                    "pairs: at least one must have at most %s tokens on both sides; got %s pairs, all longer"
                            .formatted(longest, text.size()));
        }
        TokenSequences samples = TokenSequences.pairs(
                sources.toArray(int[][]::new),
                source.size(),
                inputs.toArray(int[][]::new),
                target.size(),
                targets.toArray(int[][]::new),
                target.size());
        return new Encoded(samples, new ParallelText(sourceTexts, targetTexts), text.size() - sources.size());
    }

    private void requireDropping(int pair, int sourceTokens, int targetTokens) {
        if (tooLong == TooLong.REFUSED) {
            throw new IllegalArgumentException(
                    ("pairs: sequences must have at most %s tokens; pair %s has %s and %s; allow more, or drop longer"
                                    + " pairs")
                            .formatted(longest, pair + 1, sourceTokens, targetTokens));
        }
    }

    private static int[] ended(int[] tokens) {
        int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
        ended[tokens.length] = ReservedToken.END.number();
        return ended;
    }

    private static int[] started(int[] tokens) {
        int[] started = new int[tokens.length + 1];
        started[0] = ReservedToken.START.number();
        System.arraycopy(tokens, 0, started, 1, tokens.length);
        return started;
    }
}
