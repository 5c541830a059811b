package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.WeightSpectrum.Mode;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Approximations of trained weights, in either form and from either form.
class ApproximationsTest {
    /// A kernel's sides.
    record Sides(int out, int in, int offsets) {
        /// Random, with singular values that fall off in both modes.
        Tensor kernel(Scope scope, double decay, long seed) {
            Tensor W = Samples.gaussian(scope, out, offsets * in, seed);
            for (int a = 0; a < out; a++) {
                for (int b = 0; b < W.columns(); b++) {
                    W.set(a, b, W.get(a, b) * Math.pow(decay, -a) * Math.pow(decay, -(b % in)));
                }
            }
            Tensor mixed = matmul(scope, Samples.basis(scope, out, out, seed + 1), W);
            return TuckerFactors.timesIn(scope, mixed, offsets, Samples.basis(scope, in, in, seed + 2));
        }

        long parameters(TuckerRanks ranks) {
            return ranks.parameters(out, in, offsets);
        }
    }

    static Stream<Sides> sides() {
        return Stream.of(
                new Sides(1, 1, 1),
                new Sides(7, 5, 9),
                new Sides(16, 1, 9),
                new Sides(1, 13, 4),
                new Sides(11, 3, 3),
                new Sides(3, 17, 2),
                new Sides(6, 6, 1));
    }

    private static final double[] DECAYS = {1, 1.3, 2};

    /// The plain higher-order decomposition, with all ranks cut to what the kernel has.
    private static double plainError(Scope scope, Tensor W, Sides sides, TuckerRanks r) {
        Tensor Uo = Svd.of(scope, W).p().columnRange(0, r.out()).copy(scope);
        Tensor Vt = Svd.of(scope, TuckerFactors.inUnfolding(W, sides.offsets()))
                .qt()
                .rows(0, r.in())
                .copy(scope);
        Tensor C = TuckerFactors.timesIn(scope, matmulTN(scope, Uo, W), sides.offsets(), Vt);
        Tensor near = TuckerFactors.timesIn(scope, matmul(scope, Uo, C), sides.offsets(), transpose(scope, Vt));
        return Samples.distance(near, W);
    }

    @ParameterizedTest
    @MethodSource("sides")
    void noRanksErrByMoreThanThePlainHigherOrderDecomposition(Sides sides) {
        SplittableRandom random = new SplittableRandom(1);
        for (double decay : DECAYS) {
            try (Scope scope = Scope.open("test")) {
                Tensor W = sides.kernel(scope, decay, 3);
                TuckerApproximations all = TuckerApproximations.of(scope, W, sides.offsets());
                for (int trial = 0; trial < 12; trial++) {
                    TuckerRanks r = new TuckerRanks(1 + random.nextInt(sides.out()), 1 + random.nextInt(sides.in()))
                            .capped(sides.out(), sides.in(), sides.offsets());
                    try (TuckerFactors near = all.ofRanks(List.of(r.out(), r.in()))) {
                        assertThat(near.ranks()).isEqualTo(r);
                        assertThat(Samples.distance(near.matrix(scope), W))
                                .isLessThanOrEqualTo(plainError(scope, W, sides, r) + 1e-13 * norm(W));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sides")
    void aToleranceIsKeptWithNoMoreParametersThanEqualSharesNeed(Sides sides) {
        for (double decay : DECAYS) {
            for (double tolerance : new double[] {0, 1e-6, 0.03, 0.1, 0.3, 0.7, 0.99}) {
                try (Scope scope = Scope.open("test")) {
                    Tensor W = sides.kernel(scope, decay, 5);
                    WeightSpectrum out = new WeightSpectrum(
                            sides.out(), sides.in(), Svd.of(scope, W).sigma(), Mode.OUTPUTS);
                    WeightSpectrum in = new WeightSpectrum(
                            sides.out(),
                            sides.in(),
                            Svd.of(scope, TuckerFactors.inUnfolding(W, sides.offsets()))
                                    .sigma(),
                            Mode.CHANNELS);
                    RankRule equalShares = new RankRule.RelativeTolerance(tolerance);
                    TuckerRanks plain = new TuckerRanks(
                                    equalShares.ranks(List.of(out)).getFirst(),
                                    equalShares.ranks(List.of(in)).getFirst())
                            .raised(sides.offsets());
                    try (TuckerFactors near = TuckerFactors.within(W, sides.offsets(), tolerance)) {
                        assertThat(Samples.distance(near.matrix(scope), W))
                                .isLessThanOrEqualTo((tolerance + 1e-13) * norm(W));
                        assertThat(near.parameters()).isLessThanOrEqualTo(sides.parameters(plain));
                        assertThat(near.ranks().capped(sides.out(), sides.in(), sides.offsets()))
                                .isEqualTo(near.ranks());
                    }
                }
            }
        }
    }

    /// What a kernel is factored as makes no difference, so long as it is the same kernel.
    @ParameterizedTest
    @MethodSource("sides")
    void theFormThatAKernelHasMakesNoDifference(Sides sides) {
        try (Scope scope = Scope.open("test")) {
            Tensor some = sides.kernel(scope, 1.3, 7);
            try (TuckerFactors tucker = TuckerFactors.best(some, sides.offsets(), new TuckerRanks(4, 3));
                    TuckerFactors freeTucker = tucker.inGauge(Gauge.FREE)) {
                Tensor W = tucker.matrix(scope);
                Svd svd = Svd.of(scope, W);
                Approximations dense = TuckerApproximations.of(scope, W, sides.offsets());
                try (Factors matrix = Factors.best(svd, tucker.ranks().out());
                        Factors freeMatrix = matrix.toFreeGauge()) {
                    for (FactoredWeight form : List.of(tucker, freeTucker, matrix, freeMatrix)) {
                        FactoredParameter parameter = new FactoredParameter("weight", form);
                        Approximations kernel = Approximations.inTuckerForm(scope, parameter, sides.offsets());
                        requireEqual(scope, dense.ofRanks(List.of(2, 2)), kernel.ofRanks(List.of(2, 2)), W);
                        requireEqual(scope, dense.within(0.3), kernel.within(0.3), W);
                        try (FactoredWeight all = kernel.ofRanks(List.of(99, 99))) {
                            assertThat(Samples.distance(matrix(scope, all), W)).isLessThan(1e-12 * norm(W));
                        }

                        MatrixApproximations flat = Approximations.inMatrixForm(scope, parameter);
                        assertThat(flat.svd().sigma().getFirst())
                                .isCloseTo(svd.sigma().getFirst(), offset(1e-12 * norm(W)));
                        try (Factors one = flat.ofRanks(List.of(1));
                                Factors best = Factors.best(svd, 1);
                                Factors near = flat.within(0.3)) {
                            assertThat(Samples.distance(one.matrix(scope), best.matrix(scope)))
                                    .isLessThan(1e-12 * norm(W));
                            assertThat(Samples.distance(near.matrix(scope), W)).isLessThanOrEqualTo(0.3 * norm(W));
                        }
                    }
                }
            }
        }
    }

    private static void requireEqual(Scope scope, FactoredWeight expected, FactoredWeight got, Tensor W) {
        try (expected;
                got) {
            assertThat(got.toString()).isEqualTo(expected.toString());
            assertThat(Samples.distance(matrix(scope, expected), matrix(scope, got)))
                    .isLessThan(1e-12 * norm(W));
        }
    }

    private static Tensor matrix(Scope scope, FactoredWeight weight) {
        return switch (weight) {
            case Factors f -> f.matrix(scope);
            case TuckerFactors f -> f.matrix(scope);
            default -> throw new AssertionError(weight);
        };
    }

    @ParameterizedTest
    @MethodSource("sides")
    void choicesCostMoreAndErrLessOneAfterTheOtherAndNoneThatIsBetterIsMissing(Sides sides) {
        try (Scope scope = Scope.open("test")) {
            Tensor W = sides.kernel(scope, 1.3, 9);
            TuckerApproximations all = TuckerApproximations.of(scope, W, sides.offsets());
            List<RankChoice> choices = all.choices();
            assertThat(choices.getFirst().ranks()).containsExactly(1, 1);
            assertThat(choices.getLast().error()).isZero();
            for (int i = 1; i < choices.size(); i++) {
                assertThat(choices.get(i).parameters())
                        .isGreaterThan(choices.get(i - 1).parameters());
                assertThat(choices.get(i).error()).isLessThan(choices.get(i - 1).error());
            }
            for (int o = 1; o <= sides.out(); o++) {
                for (int i = 1; i <= sides.in(); i++) {
                    TuckerRanks r = new TuckerRanks(o, i);
                    if (!r.capped(sides.out(), sides.in(), sides.offsets()).equals(r)) {
                        continue;
                    }
                    RankChoice affordable = choices.stream()
                            .filter(choice -> choice.parameters() <= sides.parameters(r))
                            .toList()
                            .getLast();
                    assertThat(affordable.error() * norm(W))
                            .isLessThanOrEqualTo(plainError(scope, W, sides, r) + 1e-12 * norm(W));
                }
            }
            for (RankChoice choice : choices) {
                TuckerRanks r =
                        new TuckerRanks(choice.ranks().get(0), choice.ranks().get(1));
                assertThat(choice.parameters()).isEqualTo(sides.parameters(r));
                assertThat(choice.error() * norm(W)).isCloseTo(plainError(scope, W, sides, r), offset(1e-12 * norm(W)));
            }
        }
    }

    @Test
    void aBudgetIsSharedByWeightsOfBothForms() {
        SplittableRandom random = new SplittableRandom(2);
        Sides sides = new Sides(7, 5, 3);
        for (int trial = 0; trial < 20; trial++) {
            try (Scope scope = Scope.open("test")) {
                List<List<RankChoice>> weights = new ArrayList<>();
                weights.add(TuckerApproximations.of(scope, sides.kernel(scope, 1.1 + random.nextDouble(), trial), 3)
                        .choices());
                weights.add(new MatrixApproximations(Svd.of(scope, Samples.gaussian(scope, 6, 4, trial))).choices());
                long least = 7 + 5 + 3 + 10;
                for (long budget = least; budget < 150; budget += 7) {
                    List<RankChoice> chosen = RankChoice.withinBudget(weights, budget);
                    long spent = cost(chosen);
                    assertThat(spent).isLessThanOrEqualTo(budget);
                    double largest = largestError(chosen);
                    for (RankChoice one : weights.get(0)) {
                        for (RankChoice other : weights.get(1)) {
                            List<RankChoice> both = List.of(one, other);
                            if (cost(both) <= spent && steps(weights, budget) == steps(weights, spent)) {
                                assertThat(largestError(both)).isGreaterThanOrEqualTo(largest);
                            }
                        }
                    }
                }
                assertThat(RankChoice.withinBudget(weights, 1))
                        .extracting(RankChoice::ranks)
                        .containsExactly(List.of(1, 1), List.of(1));
            }
        }
    }

    /// How many steps in the order of errors fit a budget: where as many fit what was spent, none was left out.
    private static int steps(List<List<RankChoice>> weights, long budget) {
        int[] taken = new int[weights.size()];
        for (int steps = 0; ; steps++) {
            int worst = weights.get(0).get(taken[0]).error()
                            >= weights.get(1).get(taken[1]).error()
                    ? 0
                    : 1;
            if (taken[worst] + 1 == weights.get(worst).size()) {
                return steps;
            }
            taken[worst]++;
            if (cost(List.of(weights.get(0).get(taken[0]), weights.get(1).get(taken[1]))) > budget) {
                return steps;
            }
        }
    }

    private static long cost(List<RankChoice> choices) {
        return choices.stream().mapToLong(RankChoice::parameters).sum();
    }

    private static double largestError(List<RankChoice> choices) {
        return choices.stream().mapToDouble(RankChoice::error).max().orElseThrow();
    }

    @Test
    void aKernelOfZerosHasRankOne() {
        try (Scope scope = Scope.open("test");
                TuckerFactors zero = TuckerFactors.within(scope.zeros(DType.FLOAT32, 4, 6), 2, 0)) {
            assertThat(zero.ranks()).isEqualTo(TuckerRanks.of(1));
            assertThat(norm(zero.matrix(scope))).isZero();
        }
    }
}
