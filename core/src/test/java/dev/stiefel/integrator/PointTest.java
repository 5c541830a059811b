package dev.stiefel.integrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PointTest {
    @Test
    void shapesAreThoseOfTheGradientsAlsoWithARectangularCore() {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.of(
                        Matrices.basis(scope, 9, 6, 1),
                        Matrices.gaussian(scope, 6, 4, 2),
                        Matrices.basis(scope, 4, 4, 3))) {
            Point point = Points.of(List.of(f), scope.zeros(DType.FLOAT64, 0), 0);
            assertThat(point.shapes(Part.K)).containsExactly(Shape.of(9, 4));
            assertThat(point.shapes(Part.L)).containsExactly(Shape.of(4, 6));
            assertThat(point.shapes(Part.S)).containsExactly(Shape.of(6, 4));
            assertThat(point.ranks()).containsExactly(4);
            assertThatThrownBy(() -> point.shapes(Part.DENSE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the dense part is one vector, not matrices");
        }
    }

    @Test
    void namesAreUnique() {
        try (RotatingMatrix A = new RotatingMatrix(1);
                Factors f = A.start();
                Scope scope = Scope.open("test")) {
            DenseParameters dense =
                    DenseParameters.zeros(scope, DType.FLOAT64, List.of(DenseParameters.Layout.vector("w", 3)));
            assertThatThrownBy(() -> new Point(List.of(new FactoredParameter("w", f)), dense))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("point: names must be unique; got 'w' twice");
        }
    }

    @Test
    void formatsMustBeEqual() {
        try (RotatingMatrix A = new RotatingMatrix(1);
                Factors f = A.start();
                Scope scope = Scope.open("test")) {
            Tensor dense = scope.zeros(DType.FLOAT32, 3);
            assertThatThrownBy(() -> Points.of(List.of(f), dense, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("point: number formats must be equal; got float64 of 'w0' and dense float32");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aStepHasALength(double length) {
        assertThatThrownBy(() -> StepSize.of(length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("step size must be above 0 and finite; got " + length);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void weightDecayIsNotNegative(double decay) {
        assertThatThrownBy(() -> new StepSize(1, decay, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight decay must be at least 0 and finite; got " + decay);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN})
    void aClipNormIsAboveZero(double clip) {
        assertThatThrownBy(() -> new StepSize(1, 0, clip))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("clip norm must be above 0; got " + clip);
    }

    @Test
    void weightDecayNeverTurnsTheSign() {
        assertThat(new StepSize(1, 3, 1).decayFactor()).isZero();
        assertThat(new StepSize(0.5, 0.5, 1).decayFactor()).isEqualTo(0.75);
    }
}
