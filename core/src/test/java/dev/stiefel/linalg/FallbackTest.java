package dev.stiefel.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// When CholeskyQR2 gives up and Householder takes over.
class FallbackTest {
    static Stream<Awkward> dependent() {
        return Awkward.tall()
                .filter(matrix -> Stream.of("zero", "repeated", "rank", "all ones", "nearly")
                                .anyMatch(matrix.name()::contains)
                        || matrix.name().endsWith("step 0.0"));
    }

    static Stream<Awkward> harmless() {
        return Awkward.tall()
                .filter(matrix -> Stream.of(
                                        "normal [5, 1]",
                                        "normal [31, 13]",
                                        "normal [500, 20]",
                                        "columns scaled",
                                        "near overflow",
                                        "near underflow",
                                        "1/1e+02",
                                        "from subnormal")
                                .anyMatch(matrix.name()::startsWith)
                        || matrix.name().endsWith("1/1e+02"));
    }

    @ParameterizedTest
    @MethodSource("dependent")
    void dependentColumnsAreLeftToHouseholder(Awkward matrix) {
        assertCholeskySucceeds(matrix, DType.FLOAT32, false);
        assertCholeskySucceeds(matrix, DType.FLOAT64, false);
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void wellConditionedColumnsNeedNoHouseholderHoweverTheyAreScaled(Awkward matrix) {
        assertCholeskySucceeds(matrix, DType.FLOAT32, true);
        assertCholeskySucceeds(matrix, DType.FLOAT64, true);
    }

    @ParameterizedTest
    @EnumSource
    void theResultOfTheFallbackIsHouseholders(DType type) {
        try (Scope scope = Scope.open("test")) {
            for (Awkward matrix : dependent().toList()) {
                Tensor a = matrix.in(scope, type);
                assertThat(OrthonormalBasis.of(scope, a).toDoubles())
                        .as(matrix.name())
                        .containsExactly(OrthonormalBasis.householder(scope, a).toDoubles());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void inPlaceGivesTheSameAndLeavesWhatItRefuses(DType type) {
        try (Scope scope = Scope.open("test")) {
            for (Awkward matrix : Awkward.tall().toList()) {
                Tensor a = matrix.in(scope, type);
                double[] expected = OrthonormalBasis.of(scope, a).toDoubles();
                OrthonormalBasis.ofInPlace(scope, a);
                assertThat(a.toDoubles()).as(matrix.name()).containsExactly(expected);
            }
            Tensor damaged = scope.identity(type, 3);
            damaged.set(2, 0, Double.NaN);
            double[] before = damaged.toDoubles();
            assertThatThrownBy(() -> OrthonormalBasis.ofInPlace(scope, damaged))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(damaged.toDoubles()).containsExactly(before);
            Tensor gaps = scope.zeros(type, 4, 4).columnRange(0, 2);
            assertThatThrownBy(() -> OrthonormalBasis.ofInPlace(scope, gaps))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("orthonormal basis: needs a tensor without gaps between its rows; got a view [4, 2];"
                            + " copy it");
        }
    }

    private static void assertCholeskySucceeds(Awkward matrix, DType type, boolean expected) {
        try (Scope scope = Scope.open("test")) {
            assertThat(OrthonormalBasis.choleskyQr2(scope, matrix.in(scope, type))
                            .isPresent())
                    .as("%s in %s", matrix, type)
                    .isEqualTo(expected);
        }
    }
}
