package dev.stiefel.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.DenseParameters.Layout;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DenseParametersTest {
    private final Scope scope = Scope.open("test");

    @AfterEach
    void close() {
        scope.close();
    }

    private static List<Layout> layouts() {
        return List.of(
                Layout.vector("a.bias", 2),
                Layout.matrix("a.weight", 2, 3),
                Layout.vector("b.bias", 1),
                Layout.matrix("b.weight", 1, 2));
    }

    @Test
    void whatDecaysComesFirstAndTheOrderIsKeptOtherwise() {
        DenseParameters all = DenseParameters.zeros(scope, DType.FLOAT32, layouts());
        assertThat(all.names()).containsExactly("a.weight", "b.weight", "a.bias", "b.bias");
        assertThat(all.size()).isEqualTo(11);
        assertThat(all.decayed()).isEqualTo(8);
        assertThat(all.offset("a.bias")).isEqualTo(8);
        assertThat(all.type()).isEqualTo(DType.FLOAT32);
        assertThat(all.all().stream().filter(DenseParameter::isMatrix).map(DenseParameter::name))
                .containsExactly("a.weight", "b.weight");
    }

    @Test
    void valuesAndPartsOfOtherVectorsAreViews() {
        DenseParameters all = DenseParameters.zeros(scope, DType.FLOAT64, layouts());
        Tensor gradient = scope.zeros(DType.FLOAT64, 11);
        all.get("b.weight").value().set(0, 1, 5);
        all.in(gradient, "b.weight").set(0, 1, 7);
        assertThat(all.flat().toDoubles()[7]).isEqualTo(5);
        assertThat(gradient.toDoubles()[7]).isEqualTo(7);
        assertThat(all.in(gradient, "a.bias").shape()).isEqualTo(Shape.of(2));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Tensor flat = scope.zeros(DType.FLOAT64, 3);
        assertThatThrownBy(() -> DenseParameters.of(flat, List.of(Layout.vector("x", 1), Layout.matrix("w", 2, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dense parameters: those with weight decay must be first; got x, w");
        assertThatThrownBy(() -> DenseParameters.of(flat, List.of(Layout.vector("x", 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dense parameters: the vector must have their 2 elements; got 3");
        assertThatThrownBy(() -> DenseParameters.of(flat, List.of(Layout.vector("x", 2), Layout.vector("x", 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dense parameters: names must be unique; got 'x' twice");
        DenseParameters all = DenseParameters.of(flat, List.of(Layout.vector("x", 3)));
        assertThatThrownBy(() -> all.get("y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dense parameters: there is no 'y'; they are x");
        assertThatThrownBy(() -> all.in(scope.zeros(DType.FLOAT64, 2), "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dense parameters: a vector laid out alike has 3 elements; got 2");
        assertThatThrownBy(() -> new Layout("t", Shape.of(1, 2, 3), WeightDecay.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("dense parameter 't': must be a matrix or a vector; got ");
    }
}
