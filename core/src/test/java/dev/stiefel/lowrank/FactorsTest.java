package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactorsTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "7, 5, 3", "5, 7, 5", "13, 13, 13", "40, 3, 2"})
    void theMatrixIsTheProductAndTheSingularValuesAreIts(int m, int n, int r) {
        try (Scope scope = Scope.open("test")) {
            Tensor U = Samples.basis(scope, m, r, 1);
            Tensor S = Samples.gaussian(scope, r, r, 2);
            Tensor V = Samples.basis(scope, n, r, 3);
            try (Factors f = Factors.of(U, S, V)) {
                Tensor W = matmulNT(scope, matmul(scope, U, S), V);
                assertThat(Samples.distance(f.matrix(scope), W)).isLessThan(1e-14 * norm(W));
                assertSameValues(f.singularValues(), Svd.of(scope, W).sigma().subList(0, r));
                assertThat(List.of(f.rows(), f.columns(), f.rank())).isEqualTo(List.of(m, n, r));
                assertThat(f.gauge()).isEqualTo(Gauge.ORTHONORMAL);
                assertThat(f.type()).isEqualTo(DType.FLOAT64);
                assertThat(f).hasToString("factors of a [%d, %d] matrix, rank %d".formatted(m, n, r));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "7, 5, 3", "5, 7, 5", "13, 13, 13", "40, 3, 2"})
    void theFreeGaugeHoldsTheSameMatrixSharedEvenly(int m, int n, int r) {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.of(
                        Samples.basis(scope, m, r, 1),
                        Samples.gaussian(scope, r, r, 2),
                        Samples.basis(scope, n, r, 3));
                Factors free = f.toFreeGauge();
                Factors again = free.toFreeGauge()) {
            Tensor W = f.matrix(scope);
            assertThat(free.gauge()).isEqualTo(Gauge.FREE);
            assertThat(Samples.distance(free.S(), scope.identity(DType.FLOAT64, r)))
                    .isZero();
            assertThat(Samples.distance(free.matrix(scope), W)).isLessThan(1e-13 * norm(W));
            assertThat(norm(free.U())).isCloseTo(norm(free.V()), within(1e-13 * norm(free.U())));
            assertSameValues(free.singularValues(), f.singularValues());
            assertThat(Samples.distance(again.matrix(scope), W)).isLessThan(1e-13 * norm(W));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "7, 5, 3", "5, 7, 5", "13, 13, 13", "40, 3, 2"})
    void fromTheFreeGaugeAndBackIsTheSameMatrix(int m, int n, int r) {
        try (Scope scope = Scope.open("test");
                Factors free = Factors.product(Samples.gaussian(scope, m, r, 1), Samples.gaussian(scope, n, r, 2));
                Factors orthonormal = free.toOrthonormalGauge();
                Factors again = orthonormal.toOrthonormalGauge()) {
            Tensor W = free.matrix(scope);
            assertThat(orthonormal.gauge()).isEqualTo(Gauge.ORTHONORMAL);
            for (Tensor basis : List.of(orthonormal.U(), orthonormal.V())) {
                assertThat(OrthonormalBasis.error(basis))
                        .isLessThan(OrthonormalBasis.tolerance(DType.FLOAT64, basis.rows(), r));
            }
            assertThat(Samples.distance(orthonormal.matrix(scope), W)).isLessThan(1e-13 * norm(W));
            assertSameValues(orthonormal.singularValues(), free.singularValues());
            assertThat(Samples.distance(again.S(), orthonormal.S())).isZero();
        }
    }

    @Test
    void aDeficientProductHasAnOrthonormalGaugeToo() {
        try (Scope scope = Scope.open("test")) {
            Tensor A = Samples.gaussian(scope, 6, 3, 1);
            A.columnRange(2, 3).copyFrom(A.columnRange(1, 2));
            try (Factors free = Factors.product(A, Samples.gaussian(scope, 5, 3, 2));
                    Factors orthonormal = free.toOrthonormalGauge()) {
                assertThat(OrthonormalBasis.error(orthonormal.U()))
                        .isLessThan(OrthonormalBasis.tolerance(DType.FLOAT64, 6, 3));
                assertThat(Samples.distance(orthonormal.matrix(scope), free.matrix(scope)))
                        .isLessThan(1e-13);
            }
        }
    }

    /// By the theorem of Eckart and Young the error is the norm of the singular values left out.
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "7, 5, 3", "5, 7, 5", "13, 13, 12", "40, 3, 2"})
    void theBestFactorsMissTheSingularValuesLeftOut(int m, int n, int rank) {
        try (Scope scope = Scope.open("test")) {
            Tensor W = Samples.gaussian(scope, m, n, 1);
            Svd svd = Svd.of(scope, W);
            double tail = svd.sigma().stream().skip(rank).reduce(0.0, Math::hypot);
            try (Factors best = Factors.best(svd, rank)) {
                assertThat(best.rank()).isEqualTo(rank);
                assertThat(best.gauge()).isEqualTo(Gauge.ORTHONORMAL);
                assertThat(Samples.distance(best.matrix(scope), W)).isCloseTo(tail, within(1e-13 * norm(W)));
                assertSameValues(best.singularValues(), svd.sigma().subList(0, rank));
            }
        }
    }

    @Test
    void theDecompositionOfFactorsIsThatOfTheirMatrix() {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.of(
                        Samples.basis(scope, 9, 4, 1),
                        Samples.gaussian(scope, 4, 4, 2),
                        Samples.basis(scope, 7, 4, 3));
                Factors free = f.toFreeGauge()) {
            for (Factors each : List.of(f, free)) {
                Svd svd = each.svd(scope);
                assertSameValues(svd.sigma(), f.singularValues());
                try (Factors all = Factors.best(svd, 4)) {
                    assertThat(Samples.distance(all.matrix(scope), f.matrix(scope)))
                            .isLessThan(1e-13);
                }
                assertThatThrownBy(() -> Factors.best(svd, 5))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("rank (5) must be at most the 4 singular values there are");
                assertThatThrownBy(() -> Factors.best(svd, 0))
                        .hasMessage("rank (0) must be in [1, 7] for a [9, 7] weight");
            }
        }
    }

    @Test
    void theFreeGaugeOfADeficientMatrixHasItsZeros() {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.of(
                        Samples.basis(scope, 6, 3, 1),
                        Samples.diagonal(scope, 2, 0, 1e-200),
                        Samples.basis(scope, 5, 3, 3));
                Factors free = f.toFreeGauge()) {
            assertThat(Samples.distance(free.matrix(scope), f.matrix(scope))).isLessThan(1e-14);
            assertThat(free.singularValues().getFirst()).isCloseTo(2, within(1e-14));
            assertThat(free.singularValues().get(1)).isLessThan(1e-14);
        }
    }

    @Test
    void aRectangularCoreHasTheSmallerSideAsItsRank() {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.of(
                        Samples.basis(scope, 9, 6, 1),
                        Samples.gaussian(scope, 6, 4, 2),
                        Samples.basis(scope, 5, 4, 3));
                Factors free = f.toFreeGauge()) {
            assertThat(f.rank()).isEqualTo(4);
            assertThat(f.singularValues()).hasSize(4);
            assertThat(free.U().columns()).isEqualTo(4);
            assertThat(Samples.distance(free.matrix(scope), f.matrix(scope))).isLessThan(1e-13);
        }
    }

    @Test
    void itKeepsCopiesAndFreesThem() {
        try (Scope scope = Scope.open("test")) {
            Tensor U = Samples.basis(scope, 5, 2, 1);
            Tensor S = Samples.diagonal(scope, 2, 1);
            Tensor V = Samples.basis(scope, 4, 2, 3);
            long before = Scope.liveOwners();
            Factors f = Factors.of(U, S, V);
            U.clear();
            assertThat(norm(f.U())).isCloseTo(Math.sqrt(2), within(1e-15));
            assertThat(Scope.liveOwners()).isEqualTo(before + 3);
            f.singularValues();
            f.toFreeGauge().close();
            assertThat(Scope.liveOwners()).isEqualTo(before + 3);
            f.close();
            f.close();
            assertThat(Scope.liveOwners()).isEqualTo(before);
            assertThatThrownBy(() -> f.matrix(scope))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'U' is closed");
        }
    }

    @Test
    void replacingByTheSameRankKeepsTheTensors() {
        try (Scope scope = Scope.open("test");
                Factors f = random(5, 4, 2)) {
            Tensor U = f.U();
            f.replace(Samples.basis(scope, 5, 2, 8), Samples.diagonal(scope, 4, 3), Samples.basis(scope, 4, 2, 9));
            assertThat(f.U()).isSameAs(U);
            assertThat(f.singularValues().getFirst()).isCloseTo(4, within(1e-14));
        }
    }

    @Test
    void replacingByAnotherRankFreesWhatWas() {
        try (Scope scope = Scope.open("test");
                Factors f = random(8, 6, 5)) {
            Tensor U = f.U();
            Tensor newU = Samples.basis(scope, 8, 2, 8);
            Tensor newS = Samples.diagonal(scope, 4, 3);
            Tensor newV = Samples.basis(scope, 6, 2, 9);
            long before = Scope.liveOwners();
            for (int i = 0; i < 10; i++) {
                f.replace(newU, newS, newV);
            }
            assertThat(Scope.liveOwners()).isEqualTo(before);
            assertThat(U.isClosed()).isTrue();
            assertThat(f.rank()).isEqualTo(2);
            assertThat(f.U().name()).isEqualTo("U");
            f.replace(f.U().columnRange(0, 1), f.S().rows(0, 1).columnRange(0, 1), f.V().columnRange(0, 1));
            assertThat(f.rank()).isEqualTo(1);
            assertThat(f.singularValues().getFirst()).isCloseTo(4, within(1e-14));
        }
    }

    @Test
    void factorsOfAnotherMatrixOrFormatAreRefused() {
        try (Scope scope = Scope.open("test");
                Factors f = random(5, 4, 2)) {
            Tensor S = Samples.diagonal(scope, 4, 3);
            assertThatThrownBy(() -> f.replace(Samples.basis(scope, 6, 2, 8), S, Samples.basis(scope, 4, 2, 9)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("replace: factors must be of a [5, 4] matrix; got U [6, 2] and V [4, 2]");
            assertThatThrownBy(() -> f.replace(
                            scope.zeros(DType.FLOAT32, 5, 1),
                            scope.zeros(DType.FLOAT32, 1, 1),
                            scope.zeros(DType.FLOAT32, 4, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("replace: the number format must stay FLOAT64; got float32 [5, 1]");
            assertThat(f.rank()).isEqualTo(2);
        }
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        try (Scope scope = Scope.open("test")) {
            Tensor U = Samples.basis(scope, 5, 2, 1);
            Tensor V = Samples.basis(scope, 4, 2, 2);
            assertThatThrownBy(() -> Factors.of(U, scope.zeros(DType.FLOAT64, 3, 2), V))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("factors: U [m, p], S [p, q] and V [n, q] must fit; got [5, 2], [3, 2] and [4, 2]");
            assertThatThrownBy(() -> Factors.of(U, scope.zeros(DType.FLOAT32, 2, 2), V))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("factors: number formats must be equal; got float64 [5, 2]");
            assertThatThrownBy(
                            () -> Factors.product(scope.zeros(DType.FLOAT64, 2, 3), scope.zeros(DType.FLOAT64, 9, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("rank (3) must be in [1, 2]");
            assertThatThrownBy(
                            () -> Factors.product(scope.zeros(DType.FLOAT64, 2, 0), scope.zeros(DType.FLOAT64, 9, 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("rank (0) must be in [1, 2] for a [2, 9] weight");
        }
    }

    @Test
    void basesThatAreNotOrthonormalAreRefused() {
        try (Scope scope = Scope.open("test")) {
            Tensor good = Samples.basis(scope, 5, 2, 1);
            Tensor bad = Samples.basis(scope, 4, 2, 2);
            bad.set(0, 0, bad.get(0, 0) + 1e-9);
            assertThatThrownBy(() -> Factors.of(good, Samples.diagonal(scope, 2, 1), bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("factors: V must have orthonormal columns, ‖QᵀQ − I‖ at most ")
                    .hasMessageEndingWith("; orthonormalize it");
            bad.set(0, 0, Double.NaN);
            assertThatThrownBy(() -> Factors.of(bad, Samples.diagonal(scope, 2, 1), good))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("factors: U must have orthonormal columns");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 64", "65, 64", "-1, 64"})
    void aRankOutsideTheMatrixIsRefused(int rank, int most) {
        assertThatThrownBy(() -> Factors.random(DType.FLOAT32, 64, 128, rank, new Spectrum.Flat(), Rng.seeded(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rank (%d) must be in [1, %d] for a [64, 128] weight".formatted(rank, most));
    }

    @Test
    void theSameSeedGivesTheSameFactorsAndAnotherOthers() {
        try (Factors a = random(9, 7, 3);
                Factors b = random(9, 7, 3);
                Factors c = Factors.random(DType.FLOAT64, 9, 7, 3, new Spectrum.Gaussian(), Rng.seeded(12))) {
            assertThat(a.U().toDoubles()).isEqualTo(b.U().toDoubles());
            assertThat(a.S().toDoubles()).isEqualTo(b.S().toDoubles());
            assertThat(a.V().toDoubles()).isEqualTo(b.V().toDoubles()).isNotEqualTo(c.V().toDoubles());
        }
    }

    @Test
    void randomBasesAreOrthonormalInBothFormats() {
        for (DType type : DType.values()) {
            try (Factors f = Factors.random(type, 50, 30, 30, new Spectrum.Gaussian(), Rng.seeded(3))) {
                assertThat(f.type()).isEqualTo(type);
                assertThat(OrthonormalBasis.error(f.U())).isLessThan(OrthonormalBasis.tolerance(type, 50, 30));
                assertThat(OrthonormalBasis.error(f.V())).isLessThan(OrthonormalBasis.tolerance(type, 30, 30));
            }
        }
    }

    private static Factors random(int m, int n, int rank) {
        return Factors.random(DType.FLOAT64, m, n, rank, new Spectrum.Gaussian(), Rng.seeded(11));
    }

    private static void assertSameValues(List<Double> actual, List<Double> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-13 * expected.getFirst()));
        }
    }
}
