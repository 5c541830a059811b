package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TuckerFactorsTest {
    /// A kernel's sides.
    record Sides(int out, int in, int offsets) {}

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

    private static TuckerFactors random(Sides sides, int out, int in) {
        return TuckerFactors.random(
                DType.FLOAT64,
                sides.out(),
                sides.in(),
                sides.offsets(),
                new TuckerRanks(out, in),
                new Spectrum.Gaussian(),
                Rng.seeded(5));
    }

    @ParameterizedTest
    @MethodSource("sides")
    void theKernelIsTheSumOverCoreAndBases(Sides sides) {
        try (Scope scope = Scope.open("test");
                TuckerFactors f = random(sides, 4, 3)) {
            Tensor W = f.matrix(scope);
            int channels = sides.in();
            for (int o = 0; o < sides.out(); o++) {
                for (int column = 0; column < W.columns(); column++) {
                    int q = column / channels;
                    double sum = 0;
                    for (int a = 0; a < f.ranks().out(); a++) {
                        for (int b = 0; b < f.ranks().in(); b++) {
                            sum += f.Uo().get(o, a)
                                    * f.C().get(a, q * f.ranks().in() + b)
                                    * f.Ui().get(column % channels, b);
                        }
                    }
                    assertThat(W.get(o, column)).isCloseTo(sum, within(1e-13));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sides")
    void aRandomKernelHasTheEnergyOfAHeInitializedOne(Sides sides) {
        for (Spectrum spectrum : List.of(new Spectrum.Gaussian(), new Spectrum.Flat(), new Spectrum.Decaying(2))) {
            try (TuckerFactors f = TuckerFactors.random(
                    DType.FLOAT64,
                    sides.out(),
                    sides.in(),
                    sides.offsets(),
                    TuckerRanks.of(3),
                    spectrum,
                    Rng.seeded(1))) {
                assertThat(norm(f.C())).isCloseTo(Math.sqrt(2.0 * sides.out()), within(1e-12));
                assertThat(OrthonormalBasis.error(f.Uo())).isLessThan(1e-13);
                assertThat(OrthonormalBasis.error(f.Ui())).isLessThan(1e-13);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sides")
    void ranksAreCutToWhatTheKernelCanHave(Sides sides) {
        try (TuckerFactors f = random(sides, 100, 100)) {
            TuckerRanks r = f.ranks();
            assertThat(r.out()).isEqualTo(Math.min(sides.out(), sides.offsets() * sides.in()));
            assertThat(r.in()).isEqualTo(Math.min(sides.in(), sides.offsets() * r.out()));
            assertThat(f.parameters())
                    .isEqualTo((long) sides.out() * r.out()
                            + (long) sides.in() * r.in()
                            + (long) sides.offsets() * r.out() * r.in())
                    .isEqualTo(f.tensors().values().stream()
                            .mapToLong(Tensor::size)
                            .sum());
        }
    }

    @Test
    void aRaisedRankHoldsAllThatWasKept() {
        assertThat(new TuckerRanks(10, 1).raised(9)).isEqualTo(new TuckerRanks(10, 2));
        assertThat(new TuckerRanks(1, 10).raised(9)).isEqualTo(new TuckerRanks(2, 10));
        assertThat(new TuckerRanks(9, 1).raised(9)).isEqualTo(new TuckerRanks(9, 1));
        assertThat(new TuckerRanks(10, 1).capped(99, 99, 9)).isEqualTo(new TuckerRanks(9, 1));
        assertThat(new TuckerRanks(10, 4)).hasToString("10×4");
        assertThatThrownBy(() -> new TuckerRanks(0, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Tucker ranks must be at least 1; got 0 and 4");
    }

    @ParameterizedTest
    @MethodSource("sides")
    void aKernelOfLowRankIsFoundAgain(Sides sides) {
        try (Scope scope = Scope.open("test");
                TuckerFactors f = random(sides, 2, 3)) {
            Tensor W = f.matrix(scope);
            try (TuckerFactors best = TuckerFactors.best(W, sides.offsets(), f.ranks());
                    TuckerFactors found = TuckerFactors.within(W, sides.offsets(), 1e-10)) {
                assertThat(Samples.distance(best.matrix(scope), W)).isLessThan(1e-12 * norm(W));
                assertThat(Samples.distance(found.matrix(scope), W)).isLessThan(1e-9 * norm(W));
                assertThat(found.ranks()).isEqualTo(f.ranks());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sides")
    void anApproximationNeverErrsByMoreThanItsTolerance(Sides sides) {
        for (double tolerance : new double[] {0, 1e-6, 0.03, 0.1, 0.3, 0.7, 0.99}) {
            for (double scale : new double[] {1e-100, 1, 1e100}) {
                try (Scope scope = Scope.open("test");
                        TuckerFactors decaying = decaying(scope, sides, scale)) {
                    Tensor W = decaying.matrix(scope);
                    try (TuckerFactors near = TuckerFactors.within(W, sides.offsets(), tolerance)) {
                        double error = Samples.distance(
                                scaled(scope, near.matrix(scope), 1 / scale), scaled(scope, W, 1 / scale));
                        double whole = norm(scaled(scope, W, 1 / scale));
                        assertThat(error).isLessThanOrEqualTo(tolerance * whole + 1e-13 * whole);
                        TuckerRanks r = near.ranks();
                        assertThat(r.capped(sides.out(), sides.in(), sides.offsets()))
                                .isEqualTo(r);
                    }
                }
            }
        }
    }

    /// A kernel whose singular values fall off in both modes.
    private static TuckerFactors decaying(Scope scope, Sides sides, double scale) {
        TuckerFactors f = random(sides, sides.out(), sides.in());
        Tensor C = f.C().copy(scope);
        for (int a = 0; a < C.rows(); a++) {
            for (int b = 0; b < C.columns(); b++) {
                C.set(
                        a,
                        b,
                        scale
                                * C.get(a, b)
                                * Math.pow(2, -a)
                                * Math.pow(2, -(b % f.ranks().in())));
            }
        }
        f.replace(f.Uo().copy(scope), C, f.Ui().copy(scope));
        return f;
    }

    @ParameterizedTest
    @MethodSource("sides")
    void theBasesOfTheUnfoldingsSpanThem(Sides sides) {
        try (Scope scope = Scope.open("test");
                TuckerFactors f = random(sides, 4, 3)) {
            int k = sides.offsets();
            for (Tensor C : List.of(f.C(), scaled(scope, f.C(), 0))) { // a core of zeros has bases, too
                Tensor Ro = TuckerFactors.outRows(scope, C);
                Tensor Qi = TuckerFactors.inUnfolding(TuckerFactors.inColumns(scope, C, k), k);
                assertThat(Samples.distance(matmulNT(scope, Ro, Ro), scope.identity(DType.FLOAT64, Ro.rows())))
                        .isLessThan(1e-13);
                assertThat(OrthonormalBasis.error(Qi)).isLessThan(1e-13);
                Tensor Y = TuckerFactors.inUnfolding(C, k);
                assertThat(Samples.distance(matmul(scope, matmulNT(scope, C, Ro), Ro), C))
                        .isLessThan(1e-13 * (1 + norm(C)));
                assertThat(Samples.distance(matmul(scope, Qi, matmulTN(scope, Qi, Y)), Y))
                        .isLessThan(1e-13 * (1 + norm(C)));
            }
        }
    }

    @Test
    void theGaugeChangesAndTheKernelStays() {
        Sides sides = new Sides(7, 5, 9);
        try (Scope scope = Scope.open("test");
                TuckerFactors f = random(sides, 4, 3);
                TuckerFactors free = TuckerFactors.product(
                        9, scaled(scope, f.Uo(), 3), scaled(scope, f.C(), 0.5), scaled(scope, f.Ui(), 2));
                TuckerFactors back = free.toOrthonormalGauge();
                TuckerFactors same = f.inGauge(Gauge.FREE)) {
            assertThat(free.gauge()).isEqualTo(Gauge.FREE);
            assertThat(Samples.distance(back.matrix(scope), free.matrix(scope))).isLessThan(1e-12);
            assertThat(OrthonormalBasis.error(back.Uo())).isLessThan(1e-13);
            assertThat(Samples.distance(same.matrix(scope), f.matrix(scope))).isLessThan(1e-15);
            assertThat(free.singularValues().getFirst())
                    .isCloseTo(3 * f.singularValues().getFirst(), within(1e-12));
        }
    }

    @Test
    void singularValuesAreThoseOfTheModeOfTheLargerRank() {
        Sides sides = new Sides(7, 5, 9);
        try (TuckerFactors wide = random(sides, 2, 4);
                TuckerFactors tall = random(sides, 4, 2)) {
            assertThat(wide.rank()).isEqualTo(4);
            assertThat(wide.singularValues()).hasSize(4);
            assertThat(tall.singularValues()).hasSize(4);
            assertThat(Math.sqrt(wide.singularValues().stream()
                            .mapToDouble(each -> each * each)
                            .sum()))
                    .isCloseTo(norm(wide.C()), within(1e-12));
        }
    }

    @Test
    void wrongShapesAndBasesAreRefused() {
        try (Scope scope = Scope.open("test")) {
            Tensor Uo = Samples.basis(scope, 4, 2, 1);
            Tensor Ui = Samples.basis(scope, 3, 2, 2);
            assertThatThrownBy(() -> TuckerFactors.of(9, Uo, Samples.gaussian(scope, 2, 17, 3), Ui))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "Tucker factors: Uo [out, r_o], C [r_o, 9·r_i] and Ui [in, r_i] must fit; got [4, 2], [2,"
                                    + " 17] and [3, 2]");
            assertThatThrownBy(() -> TuckerFactors.of(9, scaled(scope, Uo, 2), Samples.gaussian(scope, 2, 18, 3), Ui))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Tucker factors: Uo must have orthonormal columns");
            assertThatThrownBy(() -> TuckerFactors.best(Samples.gaussian(scope, 4, 10, 3), 3, TuckerRanks.of(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Tucker factors: a kernel [out, k·in] of 3 offsets is needed; got [4, 10]");
        }
    }

    @Test
    void aBudgetRefusesAMode() {
        RankRule budget = new RankRule.Budget(1000);
        assertThatThrownBy(() ->
                        budget.ranks(List.of(new WeightSpectrum(4, 3, List.of(1.0), WeightSpectrum.Mode.OUTPUTS))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rank budget: is for weights of the form U S Vᵀ; got one in Tucker form; use a tolerance");
    }
}
