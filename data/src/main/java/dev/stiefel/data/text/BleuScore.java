package dev.stiefel.data.text;

import java.util.List;

/// A BLEU score with its components.
///
/// @param score from 0 to 100
/// @param precisions of the orders 1 to 4 in percent, smoothed
/// @param brevityPenalty 1 unless the translations are shorter than the references
/// @param matches n-grams of each order that a reference has, too
/// @param totals n-grams of each order
/// @param length tokens of the translations
/// @param referenceLength tokens of the references: of each sentence, the one nearest in length
/// @param signature sacreBLEU's signature of the computation: scores with other signatures cannot be compared
public record BleuScore(
        double score,
        List<Double> precisions,
        double brevityPenalty,
        List<Long> matches,
        List<Long> totals,
        long length,
        long referenceLength,
        String signature) {
    /// Takes copies of the lists.
    public BleuScore {
        precisions = List.copyOf(precisions);
        matches = List.copyOf(matches);
        totals = List.copyOf(totals);
    }
}
