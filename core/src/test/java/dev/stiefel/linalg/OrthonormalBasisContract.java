package dev.stiefel.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every algorithm promises for every finite tall matrix, in every format. Measured in float64: the factors are
/// cast, which is exact.
abstract class OrthonormalBasisContract {
    abstract DType type();

    abstract Tensor basis(Scope scope, Tensor a);

    @ParameterizedTest
    @MethodSource("dev.stiefel.linalg.Awkward#tall")
    void theColumnsAreOrthonormal(Awkward matrix) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = matrix.in(scope, type());
            Tensor q = basis(scope, a);
            assertThat(q.shape()).isEqualTo(a.shape());
            double error = OrthonormalBasis.error(Ops.cast(scope, q, DType.FLOAT64));
            assertThat(error).isLessThanOrEqualTo(allowed(a));
            assertThat(allowed(a)).isLessThanOrEqualTo(OrthonormalBasis.tolerance(type(), a.rows(), a.columns()));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.stiefel.linalg.Awkward#tall")
    void everyColumnOfTheMatrixLiesInTheirRange(Awkward matrix) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = matrix.in(scope, type());
            Tensor q = Ops.cast(scope, basis(scope, a), DType.FLOAT64);
            Tensor exact = Ops.cast(scope, a, DType.FLOAT64);
            ColumnScaling.scaleInPlace(exact); // exact, and keeps the squares below in range
            Tensor rest = exact.copy(scope);
            Ops.addMatmulInPlace(rest, -1, q, Ops.matmulTN(scope, q, exact));
            for (int j = 0; j < a.columns(); j++) {
                double distance = Ops.norm(rest.columnRange(j, j + 1));
                assertThat(distance)
                        .as("column %d", j)
                        .isLessThanOrEqualTo(allowed(a) * Ops.norm(exact.columnRange(j, j + 1)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.stiefel.linalg.Awkward#tall")
    void theSameMatrixGivesTheSameBitsAndIsLeftAsItIs(Awkward matrix) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = matrix.in(scope, type());
            double[] before = a.toDoubles();
            double[] first = basis(scope, a).toDoubles();
            assertThat(basis(scope, a).toDoubles()).containsExactly(first);
            assertThat(a.toDoubles()).containsExactly(before);
        }
    }

    @Test
    void aViewWithGapsGivesWhatItsCopyGives() {
        try (Scope scope = Scope.open("test")) {
            Tensor whole = scope.uninitialized(type(), 50, 12);
            whole.setAll(Awkward.normal(scope, 50, 12, 21).toDoubles());
            Tensor view = whole.columnRange(3, 9);
            assertThat(basis(scope, view).toDoubles())
                    .containsExactly(basis(scope, view.copy(scope)).toDoubles());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNotFiniteIsRefused(double bad) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = scope.identity(type(), 4).named("a");
            for (int element = 0; element < 16; element++) {
                Tensor damaged = a.copy(scope).named("a");
                damaged.set(element / 4, element % 4, bad);
                assertThatThrownBy(() -> basis(scope, damaged))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "orthonormal basis: every element must be finite; got %s with NaN or infinity",
                                damaged);
            }
        }
    }

    @Test
    void aWideMatrixIsRefused() {
        try (Scope scope = Scope.open("test")) {
            Tensor wide = scope.zeros(type(), 3, 4);
            assertThatThrownBy(() -> basis(scope, wide))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("orthonormal basis: needs at least as many rows as columns; got [3, 4]");
        }
    }

    @Test
    void onlyTheBasisStaysInTheScope() {
        try (Scope scope = Scope.open("test")) {
            for (Awkward matrix : Awkward.tall().toList()) {
                Tensor a = matrix.in(scope, type());
                long owners = Scope.liveOwners();
                basis(scope, a);
                assertThat(Scope.liveOwners()).isEqualTo(owners + 1);
            }
        }
    }

    /// `2 (n + √m) ε`. The rounding error of one inner product of unit vectors is at most `m u` (`u = ε/2`)
    /// and, of random signs, near `√m u`; a basis is `n` such steps deep. (For the worst signs `c m n u`:
    /// Higham, Accuracy and Stability of Numerical Algorithms, §19.3.)
    private double allowed(Tensor a) {
        return 2 * (a.columns() + Math.sqrt(a.rows())) * type().epsilon();
    }
}
