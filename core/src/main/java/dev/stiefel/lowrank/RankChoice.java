package dev.stiefel.lowrank;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Possible ranks of a weight, with the cost and the error of truncation to them.
///
/// @param ranks one a mode: one of a matrix, those of outputs and channels of a kernel in Tucker form
/// @param parameters numbers of factors of these ranks
/// @param error the share of the weight's norm that is cut off; at most this of a kernel in Tucker form
public record RankChoice(List<Integer> ranks, long parameters, double error) {
    /// Takes a copy of the ranks.
    public RankChoice {
        ranks = List.copyOf(ranks);
    }

    /// The choices for a matrix between a smallest and a largest rank, cheapest first.
    static List<RankChoice> ofMatrix(WeightSpectrum weight, int least, int most) {
        double[] tails = weight.tails();
        List<RankChoice> choices = new ArrayList<>();
        for (int r = least; r <= most; r++) {
            choices.add(new RankChoice(List.of(r), (long) r * weight.parametersPerRank(), tails[r]));
        }
        return choices;
    }

    /// The choices that are worth their price, cheapest first: each with a smaller error than every cheaper one.
    static List<RankChoice> worthTheirPrice(List<RankChoice> all) {
        List<RankChoice> cheapestFirst = new ArrayList<>(all);
        cheapestFirst.sort(Comparator.comparingLong(RankChoice::parameters).thenComparingDouble(RankChoice::error));
        List<RankChoice> choices = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        for (RankChoice each : cheapestFirst) {
            if (each.error() < least) {
                choices.add(each);
                least = each.error();
            }
        }
        return choices;
    }

    /// One choice for each weight, so that all together have no more than a number of parameters: each begins
    /// with its cheapest; then, again and again, the weight with the largest error takes its next one, until none
    /// whose error is not zero has a next one that fits what is left. Ties go to the earlier weight. The cheapest
    /// are taken also where they exceed the number.
    ///
    /// So long as every next choice fits, no other choices that cost as much or less have a smaller largest
    /// error.
    ///
    /// @param weights a weight's choices, cheapest first, each with a smaller error than the one before
    public static List<RankChoice> withinBudget(List<List<RankChoice>> weights, long parameters) {
        int[] taken = new int[weights.size()];
        long left = parameters
                - weights.stream()
                        .mapToLong(each -> each.getFirst().parameters())
                        .sum();
        for (int next = next(weights, taken, left); next >= 0; next = next(weights, taken, left)) {
            left -= extra(weights.get(next), taken[next]);
            taken[next]++;
        }
        List<RankChoice> chosen = new ArrayList<>();
        for (int i = 0; i < taken.length; i++) {
            chosen.add(weights.get(i).get(taken[i]));
        }
        return chosen;
    }

    /// The weight with the largest error among those whose next choice fits; -1 if there is none.
    private static int next(List<List<RankChoice>> weights, int[] taken, long left) {
        int next = -1;
        double largest = 0;
        for (int i = 0; i < taken.length; i++) {
            List<RankChoice> choices = weights.get(i);
            double error = choices.get(taken[i]).error();
            if (taken[i] + 1 < choices.size() && error > largest && extra(choices, taken[i]) <= left) {
                next = i;
                largest = error;
            }
        }
        return next;
    }

    private static long extra(List<RankChoice> choices, int taken) {
        return choices.get(taken + 1).parameters() - choices.get(taken).parameters();
    }
}
