package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void theSizeIsTheProductOfTheExtents() {
        assertThat(Shape.of().size()).isEqualTo(1);
        assertThat(Shape.of(7).size()).isEqualTo(7);
        assertThat(Shape.of(2, 3, 5).size()).isEqualTo(30);
        assertThat(Shape.of(Integer.MAX_VALUE).size()).isEqualTo(Shape.MAX_SIZE);
    }

    @Test
    void oneExtentOfZeroMakesItEmptyHoweverLargeTheOthers() {
        assertThat(Shape.of(1 << 30, 1 << 30, 1 << 30, 0).size()).isZero();
    }

    @Test
    void moreElementsThanABlasIntegerCountsAreRefused() {
        assertThatThrownBy(() -> Shape.of(1 << 20, 1 << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape: a tensor may have at most 2147483647 elements; got [1048576, 1048576]");
        assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 15)).isInstanceOf(IllegalArgumentException.class);
        int[] wraps = {1 << 16, 1 << 16, 1 << 16, 1 << 16}; // 2⁶⁴, which is 0 in a long
        assertThatThrownBy(() -> Shape.of(wraps)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNegativeExtentIsRefused() {
        assertThatThrownBy(() -> Shape.of(3, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape: extents must be at least 0; got [3, -1]");
    }

    @Test
    void shapesAreValues() {
        int[] extents = {2, 3};
        Shape shape = Shape.of(extents);
        extents[0] = 9;
        assertThat(shape).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
        assertThat(shape).isNotEqualTo(Shape.of(3, 2)).isNotEqualTo(Shape.of(6));
        assertThat(shape).hasToString("[2, 3]");
        assertThat(shape.order()).isEqualTo(2);
        assertThat(shape.extent(1)).isEqualTo(3);
    }
}
