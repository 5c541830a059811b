package dev.stiefel.lowrank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlocksTest {
    @Test
    void matricesLieOneAfterTheOtherInOneBuffer() {
        try (Scope scope = Scope.open("test")) {
            long before = Scope.liveOwners();
            Blocks blocks = Blocks.zeros(scope, DType.FLOAT32, List.of(Shape.of(2, 3), Shape.of(1, 1), Shape.of(2, 2)));
            assertThat(Scope.liveOwners()).isEqualTo(before + 1);
            assertThat(blocks.count()).isEqualTo(3);
            assertThat(blocks.shapes()).containsExactly(Shape.of(2, 3), Shape.of(1, 1), Shape.of(2, 2));
            assertThat(blocks.flat().shape()).isEqualTo(Shape.of(11));
            blocks.get(0).set(1, 2, 5);
            blocks.get(1).set(0, 0, 6);
            blocks.get(2).set(0, 0, 7);
            blocks.get(2).set(1, 1, 8);
            assertThat(blocks.flat().toFloats()).containsExactly(0, 0, 0, 0, 0, 5, 6, 7, 0, 0, 8);
        }
    }

    @Test
    void copiesAreCopiesAlsoOfViewsWithGaps() {
        try (Scope scope = Scope.open("test")) {
            Tensor a = scope.matrix64(2, 3, 1, 2, 3, 4, 5, 6);
            Blocks blocks = Blocks.copyOf(scope, DType.FLOAT64, List.of(a.columnRange(1, 3), a));
            a.clear();
            assertThat(blocks.flat().toDoubles()).containsExactly(2, 3, 5, 6, 1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void noMatricesAreAnEmptyBuffer() {
        try (Scope scope = Scope.open("test")) {
            Blocks none = Blocks.zeros(scope, DType.FLOAT64, List.of());
            assertThat(none.count()).isZero();
            assertThat(none.flat().size()).isZero();
        }
    }
}
