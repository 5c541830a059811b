package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    private final Scope scope = Scope.open("test");

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void elementsLieRowByRow() {
        Tensor a = scope.matrix(2, 3, 1, 2, 3, 4, 5, 6);
        assertThat(a.get(1, 0)).isEqualTo(4);
        a.set(0, 2, 9);
        assertThat(a.toFloats()).containsExactly(1, 2, 9, 4, 5, 6);
        assertThat(a.rows()).isEqualTo(2);
        assertThat(a.columns()).isEqualTo(3);
        assertThat(a.size()).isEqualTo(6);
    }

    @Test
    void viewsShareMemory() {
        Tensor a = scope.matrix64(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        Tensor corner = a.rows(1, 3).columnRange(1, 3);
        assertThat(corner.toDoubles()).containsExactly(5, 6, 8, 9);
        corner.set(1, 1, -9);
        assertThat(a.get(2, 2)).isEqualTo(-9);
        corner.clear();
        assertThat(a.toDoubles()).containsExactly(1, 2, 3, 4, 0, 0, 7, 0, 0);
        Tensor middle = a.slice(3, 3);
        middle.write(0, new double[] {10, 11, 12}, 0, 3);
        assertThat(a.rows(1, 2).toDoubles()).containsExactly(10, 11, 12);
    }

    @Test
    void onlyAViewOfSomeColumnsOfSeveralRowsHasGaps() {
        Tensor a = scope.zeros(DType.FLOAT32, 3, 4);
        assertThat(a.isContiguous()).isTrue();
        assertThat(a.rows(1, 2).isContiguous()).isTrue();
        assertThat(a.columnRange(0, 4).isContiguous()).isTrue();
        assertThat(a.columnRange(1, 1).isContiguous()).isTrue();
        assertThat(a.rows(1, 2).columnRange(1, 3).isContiguous()).isTrue();
        assertThat(a.columnRange(1, 2).isContiguous()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void copyingIntoAndOutOfViewsWithGapsTouchesNothingElse(DType type) {
        Tensor whole = scope.zeros(type, 4, 5);
        Tensor view = whole.rows(1, 3).columnRange(1, 4);
        view.setAll(new double[] {1, 2, 3, 4, 5, 6});
        assertThat(whole.toDoubles()).containsExactly(0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0);
        Tensor copy = view.copy(scope);
        assertThat(copy.isContiguous()).isTrue();
        assertThat(copy.toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
        view.copyFrom(Ops.scaled(scope, copy, 2));
        assertThat(view.toDoubles()).containsExactly(2, 4, 6, 8, 10, 12);
        assertThat(whole.get(0, 0) + whole.get(3, 4) + whole.get(1, 0) + whole.get(2, 4))
                .isZero();
    }

    @Test
    void copyingBetweenOverlappingStretchesIsRight() {
        Tensor a = scope.matrix(4, 2, 1, 2, 3, 4, 5, 6, 7, 8);
        a.rows(1, 4).copyFrom(a.rows(0, 3));
        assertThat(a.toFloats()).containsExactly(1, 2, 1, 2, 3, 4, 5, 6);
        a.columnRange(0, 1).copyFrom(a.columnRange(0, 1));
        assertThat(a.toFloats()).containsExactly(1, 2, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void emptyTensorsAndViewsWork() {
        Tensor empty = scope.zeros(DType.FLOAT32, 0, 5);
        assertThat(empty.columnRange(2, 5).toDoubles()).isEmpty();
        empty.columnRange(2, 5).clear();
        empty.columnRange(2, 5).copyFrom(scope.zeros(DType.FLOAT32, 0, 3));
        assertThat(empty.copy(scope).toFloats()).isEmpty();
        assertThat(empty.slice(0, 3, 0).shape()).isEqualTo(Shape.of(3, 0));
        Tensor a = scope.zeros(DType.FLOAT64, 2, 2);
        assertThat(a.rows(2, 2).columnRange(2, 2).toDoubles()).isEmpty();
        assertThat(a.slice(4, 0).toDoubles()).isEmpty();
        a.read(4, new double[0], 0, 0);
        assertThat(Ops.beside(scope, empty, scope.zeros(DType.FLOAT32, 0, 2)).shape())
                .isEqualTo(Shape.of(0, 7));
        assertThat(scope.zeros(DType.FLOAT32).toFloats()).containsExactly(0);
    }

    @Test
    void rangesBeyondTheTensorAreRefused() {
        Tensor a = scope.zeros(DType.FLOAT32, 3, 4).named("a");
        assertRefused(() -> a.rows(1, 4), "rows: range must lie within [0, 3]; got [1, 4) of [3, 4] 'a'");
        assertRefused(() -> a.rows(2, 1), "rows: range must lie within [0, 3]; got [2, 1) of [3, 4] 'a'");
        assertRefused(
                () -> a.columnRange(-1, 2), "columnRange: range must lie within [0, 4]; got [-1, 2) of [3, 4] 'a'");
        assertRefused(
                () -> a.columnRange(0, Integer.MAX_VALUE),
                "columnRange: range must lie within [0, 4]; got [0, 2147483647) of [3, 4] 'a'");
        assertRefused(
                () -> a.slice(10, 3),
                "slice: [3] from element 10 must lie within the tensor; got 12 elements [3, 4] 'a'");
        assertRefused(
                () -> a.slice(Long.MAX_VALUE, 10),
                "slice: [10] from element 9223372036854775807 must lie within the tensor; got 12 elements [3, 4] 'a'");
        assertRefused(
                () -> a.columnRange(0, 2).slice(0, 2),
                "slice: needs a tensor without gaps between its rows; got a view [3, 2] 'a'; copy it");
    }

    @Test
    void transfersBeyondTheTensorOrTheArrayAreRefused() {
        Tensor a = scope.zeros(DType.FLOAT32, 3, 4).named("a");
        float[] array = new float[12];
        assertRefused(
                () -> a.read(5, array, 0, 8),
                "read: 8 elements from number 5 on must lie within the tensor; got [3, 4] 'a'");
        assertRefused(
                () -> a.write(Long.MAX_VALUE, array, 0, 1),
                "write: 1 elements from number 9223372036854775807 on must lie within the tensor; got [3, 4] 'a'");
        assertRefused(
                () -> a.write(0, array, 0, -1),
                "write: -1 elements from number 0 on must lie within the tensor; got [3, 4] 'a'");
        assertThatThrownBy(() -> a.read(0, array, 8, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> a.write(0, array, -1, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertRefused(() -> a.read(0, new double[2], 0, 2), "read: needs float64 elements; got float32 [3, 4] 'a'");
        assertRefused(
                () -> a.columnRange(0, 2).read(0, array, 0, 2),
                "read: needs a tensor without gaps between its rows; got a view [3, 2] 'a'; copy it");
        assertRefused(() -> a.setAll(new double[3]), "setAll: needs one value an element; got 3 values for [3, 4] 'a'");
    }

    @Test
    void anElementBeyondTheMatrixIsRefused() {
        Tensor a = scope.zeros(DType.FLOAT32, 3, 4).named("a");
        Tensor view = a.columnRange(0, 2);
        assertThatThrownBy(() -> view.get(0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("element [0, 2] must lie within the matrix; got [3, 2] 'a'");
        assertThatThrownBy(() -> a.set(-1, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> a.get(3, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aMatrixIsNeededWhereThereAreRowsAndColumns() {
        Tensor vector = scope.zeros(DType.FLOAT32, 3);
        assertRefused(vector::rows, "rows: needs a matrix; got [3]");
        assertRefused(() -> vector.get(0, 0), "element: needs a matrix; got [3]");
    }

    @Test
    void itDescribesItself() {
        Tensor a = scope.zeros(DType.FLOAT32, 256, 784).named("x");
        assertThat(a).hasToString("float32 [256, 784] 'x'");
        assertThat(a.name()).isEqualTo("x");
        assertThat(a.type()).isEqualTo(DType.FLOAT32);
        assertThat(a.rows(0, 2)).hasToString("float32 [2, 784] 'x'");
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
