package dev.stiefel.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.RankRule.Budget;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The budget rule against all choices of ranks that there are.
class RankBudgetTest {
    private static final int TRIALS = 400;

    /// One problem: up to three weights of up to four singular values.
    private record Problem(List<WeightSpectrum> weights, RankLimits limits, long budget) {
        static Problem random(SplittableRandom random, boolean sameCosts) {
            List<WeightSpectrum> weights = new ArrayList<>();
            List<Integer> least = new ArrayList<>();
            List<Integer> most = new ArrayList<>();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                int m = sameCosts ? 12 : 4 + random.nextInt(40);
                List<Double> sigma = new ArrayList<>();
                int size = 1 + random.nextInt(4);
                for (int k = 0; k < size; k++) {
                    sigma.add(random.nextInt(5) == 0 ? 0.0 : Math.exp(2 * random.nextDouble()));
                }
                sigma.sort(Collections.reverseOrder());
                weights.add(new WeightSpectrum(m, sameCosts ? 8 : 4 + random.nextInt(40), sigma));
                least.add(1 + random.nextInt(2));
                most.add(random.nextBoolean() ? RankLimits.UNLIMITED : least.getLast() + random.nextInt(2));
            }
            return new Problem(weights, new RankLimits(least, most), 1 + random.nextInt(400));
        }

        List<Integer> solved() {
            return new Budget(budget, limits).ranks(weights);
        }

        long cost(List<Integer> ranks) {
            long cost = 0;
            for (int i = 0; i < ranks.size(); i++) {
                cost += (long) ranks.get(i)
                        * (weights.get(i).rows() + weights.get(i).columns());
            }
            return cost;
        }

        /// The largest relative error of a weight.
        double largestTail(List<Integer> ranks) {
            double largest = 0;
            for (int i = 0; i < weights.size(); i++) {
                List<Double> sigma = weights.get(i).sigma();
                double all = sumOfSquares(sigma);
                if (all > 0) {
                    largest =
                            Math.max(largest, Math.sqrt(sumOfSquares(sigma.subList(ranks.get(i), sigma.size())) / all));
                }
            }
            return largest;
        }

        private static double sumOfSquares(List<Double> sigma) {
            return sigma.stream().mapToDouble(value -> value * value).sum();
        }

        List<Integer> least() {
            List<Integer> least = new ArrayList<>();
            for (int i = 0; i < weights.size(); i++) {
                least.add(limits.clamp(i, 1, weights.get(i).sigma().size()));
            }
            return least;
        }

        /// Every choice of ranks within the limits.
        List<List<Integer>> choices() {
            List<List<Integer>> all = List.of(List.of());
            for (int i = 0; i < weights.size(); i++) {
                int size = weights.get(i).sigma().size();
                List<List<Integer>> longer = new ArrayList<>();
                for (List<Integer> some : all) {
                    for (int r = limits.clamp(i, 1, size); r <= limits.clamp(i, RankLimits.UNLIMITED, size); r++) {
                        List<Integer> more = new ArrayList<>(some);
                        more.add(r);
                        longer.add(more);
                    }
                }
                all = longer;
            }
            return all;
        }
    }

    @Test
    void whereAllDirectionsCostTheSameNoChoiceWithinTheBudgetHasASmallerLargestTail() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < TRIALS; trial++) {
            Problem problem = Problem.random(random, true);
            double tail = problem.largestTail(problem.solved());
            long budget = Math.max(problem.budget(), problem.cost(problem.least()));
            for (List<Integer> choice : problem.choices()) {
                if (problem.cost(choice) <= budget) {
                    assertThat(problem.largestTail(choice))
                            .as(problem.toString())
                            .isGreaterThanOrEqualTo(tail * (1 - 1e-12));
                }
            }
        }
    }

    /// Where the budget is what the rule itself spends before a direction does not fit.
    @Test
    void noChoiceThatSpendsAsMuchOrLessHasASmallerLargestTail() {
        SplittableRandom random = new SplittableRandom(2);
        for (int trial = 0; trial < TRIALS; trial++) {
            Problem any = Problem.random(random, false);
            List<Integer> ranks = any.least();
            for (long budget = any.cost(ranks); budget < 400; budget++) {
                Problem problem = new Problem(any.weights(), any.limits(), budget);
                if (problem.cost(problem.solved()) < budget) {
                    continue;
                }
                double tail = problem.largestTail(problem.solved());
                for (List<Integer> choice : problem.choices()) {
                    if (problem.cost(choice) <= budget && isReached(problem)) {
                        assertThat(problem.largestTail(choice))
                                .as(problem.toString())
                                .isGreaterThanOrEqualTo(tail * (1 - 1e-12));
                    }
                }
            }
        }
    }

    /// Whether the weight with the largest tail has no further direction, or one that fits nobody's: that is,
    /// whether no direction was left out on the way for want of room.
    private static boolean isReached(Problem problem) {
        List<Integer> ranks = problem.least();
        while (problem.cost(ranks) < problem.budget()) {
            int next = worst(problem, ranks);
            if (next < 0 || problem.cost(plusOne(ranks, next)) > problem.budget()) {
                return false;
            }
            ranks = plusOne(ranks, next);
        }
        return ranks.equals(problem.solved());
    }

    /// The tolerance rule with the largest tail that the budget left as its tolerance keeps the same ranks, or
    /// fewer in weights that had no part in it.
    @Test
    void itIsTheToleranceRuleWithTheToleranceFound() {
        SplittableRandom random = new SplittableRandom(3);
        for (int trial = 0; trial < TRIALS; trial++) {
            Problem problem = Problem.random(random, true);
            List<Integer> ranks = problem.solved();
            double tail = problem.largestTail(ranks);
            if (tail >= 1) {
                continue;
            }
            List<Integer> tolerated = new RelativeTolerance(Math.min(1 - 1e-12, tail * (1 + 1e-12)), problem.limits())
                    .ranks(problem.weights());
            for (int i = 0; i < ranks.size(); i++) {
                assertThat(tolerated.get(i)).isLessThanOrEqualTo(ranks.get(i));
            }
        }
    }

    @Test
    void theBudgetIsKeptAndNothingThatFitsIsLeftOut() {
        SplittableRandom random = new SplittableRandom(4);
        for (int trial = 0; trial < TRIALS; trial++) {
            Problem problem = Problem.random(random, false);
            List<Integer> ranks = problem.solved();
            assertThat(problem.choices()).contains(ranks);
            if (problem.cost(problem.least()) > problem.budget()) {
                assertThat(ranks).isEqualTo(problem.least());
                continue;
            }
            assertThat(problem.cost(ranks)).isLessThanOrEqualTo(problem.budget());
            for (List<Integer> choice : problem.choices()) {
                boolean grown = problem.cost(choice) == problem.cost(ranks) + difference(problem, ranks, choice);
                if (grown && problem.cost(choice) <= problem.budget()) {
                    assertThat(problem.largestTail(choice))
                            .isEqualTo(problem.largestTail(ranks)); // only zeros were left out
                }
            }
        }
    }

    @Test
    void equalWorthGoesToTheEarlierWeight() {
        List<WeightSpectrum> weights = Collections.nCopies(3, new WeightSpectrum(5, 5, List.of(1.0, 1.0)));
        assertThat(new Budget(40).ranks(weights)).containsExactly(2, 1, 1);
        assertThat(new Budget(59).ranks(weights)).containsExactly(2, 2, 1);
    }

    @Test
    void scalingOneWeightChangesNoRank() {
        WeightSpectrum weight = new WeightSpectrum(9, 4, List.of(5.0, 3.0, 1.0));
        WeightSpectrum other = new WeightSpectrum(5, 5, List.of(4.0, 2.0, 1.5));
        WeightSpectrum scaled = new WeightSpectrum(5, 5, List.of(400.0, 200.0, 150.0));
        for (int budget = 23; budget < 80; budget++) {
            assertThat(new Budget(budget).ranks(List.of(weight, scaled)))
                    .isEqualTo(new Budget(budget).ranks(List.of(weight, other)));
        }
    }

    @Test
    void hugeAndTinySingularValuesAreStillInOrder() {
        for (double scale : new double[] {1e-300, 1e-200, 1e200, 1e300}) {
            List<WeightSpectrum> weights = List.of(
                    new WeightSpectrum(5, 5, List.of(4 * scale, scale)),
                    new WeightSpectrum(5, 5, List.of(3 * scale, 2 * scale)));
            assertThat(new Budget(30).ranks(weights)).containsExactly(1, 2);
        }
    }

    @Test
    void aBudgetThatDoesNotHoldTheLeastRanksIsRefusedBeforehandAndGivesWayAfterwards() {
        Budget budget = new Budget(189, RankLimits.of(4, 9));
        List<Shape> shapes = List.of(Shape.of(30, 10), Shape.of(7, 3)); // the second has no more than 3 ranks
        assertThatThrownBy(() -> budget.requireFit(shapes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rank budget must hold the least ranks, 190 parameters; got 189; raise it or lower them");
        assertThatCode(() -> new Budget(190, RankLimits.of(4, 9)).requireFit(shapes))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> new Budget(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rank budget must be at least 1 parameter; got 0");
    }

    private static List<Integer> plusOne(List<Integer> ranks, int i) {
        List<Integer> more = new ArrayList<>(ranks);
        more.set(i, more.get(i) + 1);
        return more;
    }

    private static long difference(Problem problem, List<Integer> ranks, List<Integer> choice) {
        long cost = 0;
        for (int i = 0; i < ranks.size(); i++) {
            cost += (long) Math.max(0, choice.get(i) - ranks.get(i))
                    * problem.weights().get(i).parametersPerRank();
        }
        return cost;
    }

    /// The weight with the largest tail that may have another direction; -1 if there is none.
    private static int worst(Problem problem, List<Integer> ranks) {
        int worst = -1;
        double largest = 0;
        for (int i = 0; i < ranks.size(); i++) {
            WeightSpectrum weight = problem.weights().get(i);
            int size = weight.sigma().size();
            if (ranks.get(i) < problem.limits().clamp(i, RankLimits.UNLIMITED, size)
                    && weight.tail(ranks.get(i)) > largest) {
                worst = i;
                largest = weight.tail(ranks.get(i));
            }
        }
        return worst;
    }
}
