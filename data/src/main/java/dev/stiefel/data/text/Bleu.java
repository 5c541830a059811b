package dev.stiefel.data.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// BLEU of translated sentences as sacreBLEU 2.6.0 computes it (Papineni et al. 2002; Post 2018,
/// [arXiv 1804.08771](https://arxiv.org/abs/1804.08771)): over the whole corpus, orders 1 to 4, tokenization 13a,
/// smoothing "exp", reference length nearest to that of the translation.
///
/// With `p_n` the share of the translations' n-grams that are in a reference, none more often than there,
///
///     BLEU = BP · exp(¼ Σ ln p_n),   BP = min(1, exp(1 − reference length / length))
///
/// @param letters treatment of upper and lower case
/// @param orders of n-grams that count
public record Bleu(Letters letters, Orders orders) {
    private static final int HIGHEST = 4;

    /// The usual one: letters as they are, all orders.
    public static final Bleu STANDARD = new Bleu(Letters.AS_THEY_ARE, Orders.ALL);

    /// Treatment of upper and lower case.
    public enum Letters {
        /// Letters are compared as they are.
        AS_THEY_ARE("mixed"),
        /// All letters are made lower case.
        LOWER_CASE("lc");

        private final String word;

        Letters(String word) {
            this.word = word;
        }
    }

    /// The orders of n-grams that count.
    public enum Orders {
        /// 1 to 4: the score is 0 where no sentence has four tokens.
        ALL("no"),
        /// Only those that the translations have, for single sentences.
        EFFECTIVE("yes");

        private final String word;

        Orders(String word) {
            this.word = word;
        }
    }

    /// The score of translations, each with one reference.
    ///
    /// @throws IllegalArgumentException if there are none, or not as many references
    public BleuScore score(List<String> translations, List<String> references) {
        return scoreOfMany(translations, List.of(references));
    }

    /// The score of translations with several references.
    ///
    /// @param references lists as long as the translations
    /// @throws IllegalArgumentException if there are no translations or references, or a list has another length
    public BleuScore scoreOfMany(List<String> translations, List<List<String>> references) {
        requireFit(translations, references);
        long[] matches = new long[HIGHEST];
        long[] totals = new long[HIGHEST];
        long length = 0;
        long referenceLength = 0;
        for (int i = 0; i < translations.size(); i++) {
            int sentence = i;
            List<String> translation = tokens(translations.get(i));
            List<List<String>> right =
                    references.stream().map(each -> tokens(each.get(sentence))).toList();
            length += translation.size();
            referenceLength += nearest(translation.size(), right);
            for (int n = 1; n <= HIGHEST; n++) {
                Map<List<String>, Integer> most = new HashMap<>();
                for (List<String> each : right) {
                    counts(each, n).forEach((ngram, count) -> most.merge(ngram, count, Math::max));
                }
                for (Map.Entry<List<String>, Integer> each :
                        counts(translation, n).entrySet()) {
                    totals[n - 1] += each.getValue();
                    matches[n - 1] += Math.min(each.getValue(), most.getOrDefault(each.getKey(), 0));
                }
            }
        }
        return of(matches, totals, length, referenceLength, references.size());
    }

    private static void requireFit(List<String> translations, List<List<String>> references) {
        if (translations.isEmpty() || references.isEmpty()) {
            throw new IllegalArgumentException("BLEU: there must be translations and references; got %s and %s lists"
                    .formatted(translations.size(), references.size()));
        }
        for (List<String> each : references) {
            if (each.size() != translations.size()) {
                throw new IllegalArgumentException("BLEU: %s translations need as many references; got %s"
                        .formatted(translations.size(), each.size()));
            }
        }
    }

    private List<String> tokens(String line) {
        return Tokenizer13a.tokens(letters == Letters.LOWER_CASE ? line.toLowerCase(Locale.ROOT) : line);
    }

    /// The length nearest to this one; of two, the shorter one.
    private static int nearest(int length, List<List<String>> references) {
        int nearest = references.getFirst().size();
        for (List<String> each : references) {
            int far = Math.abs(each.size() - length);
            int before = Math.abs(nearest - length);
            if (far < before || (far == before && each.size() < nearest)) {
                nearest = each.size();
            }
        }
        return nearest;
    }

    private static Map<List<String>, Integer> counts(List<String> tokens, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int from = 0; from + n <= tokens.size(); from++) {
            counts.merge(tokens.subList(from, from + n), 1, Integer::sum);
        }
        return counts;
    }

    private BleuScore of(long[] matches, long[] totals, long length, long referenceLength, int references) {
        double penalty = penalty(length, referenceLength);
        List<Double> precisions = new ArrayList<>(Collections.nCopies(HIGHEST, 0.0));
        int effective = 0;
        double score = 0;
        if (matches[0] > 0) { // an n-gram matches only if its words do
            double halving = 1;
            for (int n = 0; n < HIGHEST && totals[n] > 0; n++) {
                effective = n + 1;
                halving *= matches[n] == 0 ? 2 : 1;
                precisions.set(n, matches[n] == 0 ? 100 / (halving * totals[n]) : 100.0 * matches[n] / totals[n]);
            }
            int counted = orders == Orders.EFFECTIVE ? effective : HIGHEST;
            double logarithms = 0;
            for (int n = 0; n < counted; n++) {
                logarithms += Math.log(precisions.get(n)); // −∞ where there is no n-gram: then the score is 0
            }
            score = penalty * Math.exp(logarithms / counted);
        }
        String signature = "nrefs:%s|case:%s|eff:%s|tok:13a|smooth:exp|version:2.6.0"
                .formatted(references, letters.word, orders.word);
        return new BleuScore(
                score, precisions, penalty, list(matches), list(totals), length, referenceLength, signature);
    }

    private static double penalty(long length, long referenceLength) {
        if (length >= referenceLength) {
            return 1;
        }
        return length == 0 ? 0 : Math.exp(1 - (double) referenceLength / length);
    }

    private static List<Long> list(long[] values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }
}
