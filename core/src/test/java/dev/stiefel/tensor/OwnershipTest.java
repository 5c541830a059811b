package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OwnershipTest {
    @Test
    void closingAScopeEndsItsTensorsAndTheCountOfLiveOwnersReturns() {
        long before = Scope.liveOwners();
        Tensor a;
        try (Scope scope = Scope.open("step")) {
            a = scope.zeros(DType.FLOAT32, 2, 3);
            Tensor ignored = scope.identity(DType.FLOAT64, 4);
            Ops.matmul(scope, ignored, ignored);
            assertThat(Scope.liveOwners()).isEqualTo(before + 3);
            assertThat(a.isClosed()).isFalse();
        }
        assertThat(a.isClosed()).isTrue();
        assertThat(Scope.liveOwners()).isEqualTo(before);
    }

    @Test
    void useAfterCloseIsAnErrorThatNamesTheTensor() {
        Tensor a;
        try (Scope scope = Scope.open("step")) {
            a = scope.zeros(DType.FLOAT32, 2, 3).named("hidden");
        }
        String message = "tensor [2, 3] 'hidden' is closed; use it before its scope ends, or move it out";
        assertThatThrownBy(() -> a.get(0, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
        assertThatThrownBy(a::toFloats)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
        try (Scope other = Scope.open("other")) {
            assertThatThrownBy(() -> Ops.matmulNT(other, a, a))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> a.copy(other))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> a.moveTo(other))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void closedTwiceIsFine() {
        long before = Scope.liveOwners();
        Scope scope = Scope.open("step");
        Tensor a = scope.zeros(DType.FLOAT32, 5);
        a.close();
        a.close();
        assertThat(Scope.liveOwners()).isEqualTo(before);
        scope.close();
        scope.close();
        a.close();
        assertThat(Scope.liveOwners()).isEqualTo(before);
    }

    @Test
    void aTensorClosedEarlyLeavesTheOthersOfItsScope() {
        try (Scope scope = Scope.open("step")) {
            Tensor a = scope.identity(DType.FLOAT32, 2);
            Tensor b = scope.identity(DType.FLOAT32, 2);
            a.close();
            assertThat(a.isClosed()).isTrue();
            assertThat(b.toFloats()).containsExactly(1, 0, 0, 1);
        }
    }

    @Test
    void aViewEndsWithTheTensorItWasTakenFrom() {
        try (Scope scope = Scope.open("step")) {
            Tensor a = scope.identity(DType.FLOAT32, 3).named("a");
            Tensor view = a.rows(1, 3).columnRange(0, 2);
            a.close();
            assertThat(view.isClosed()).isTrue();
            assertThatThrownBy(() -> view.get(0, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[2, 2] 'a' is closed");
        }
    }

    @Test
    void closingAViewDoesNothing() {
        try (Scope scope = Scope.open("step")) {
            Tensor a = scope.identity(DType.FLOAT32, 3);
            long owners = Scope.liveOwners();
            a.rows(0, 1).close();
            assertThat(a.isClosed()).isFalse();
            assertThat(Scope.liveOwners()).isEqualTo(owners);
        }
    }

    @Test
    void whatIsMovedOutOutlivesItsScope() {
        Tensor kept;
        try (Scope run = Scope.open("run")) {
            Tensor view;
            try (Scope step = Scope.open("step")) {
                kept = step.identity(DType.FLOAT64, 2);
                view = kept.rows(0, 1);
                assertThat(kept.moveTo(run)).isSameAs(kept);
                assertThat(kept.moveTo(run)).isSameAs(kept);
            }
            assertThat(kept.toDoubles()).containsExactly(1, 0, 0, 1);
            assertThat(view.toDoubles()).containsExactly(1, 0);
        }
        assertThat(kept.isClosed()).isTrue();
    }

    @Test
    void aViewCannotBeMoved() {
        try (Scope scope = Scope.open("step");
                Scope other = Scope.open("other")) {
            Tensor view = scope.zeros(DType.FLOAT32, 2, 2).rows(0, 1);
            assertThatThrownBy(() -> view.moveTo(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("moveTo: a view cannot be moved; move the tensor it was taken from, or copy it;"
                            + " got a view [1, 2]");
        }
    }

    @Test
    void aClosedScopeMakesAndTakesNothing() {
        Scope closed = Scope.open("ended");
        closed.close();
        assertThatThrownBy(() -> closed.zeros(DType.FLOAT32, 2, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("scope 'ended' is closed; cannot make a tensor [2, 2] in it");
        try (Scope scope = Scope.open("step")) {
            Tensor a = scope.identity(DType.FLOAT32, 1).named("a");
            assertThatThrownBy(() -> a.moveTo(closed))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("scope 'ended' is closed; cannot move float32 [1, 1] 'a' into it");
            assertThat(a.get(0, 0)).isEqualTo(1); // still where it was
        }
        assertThat(closed.name()).isEqualTo("ended");
    }

    @Test
    void aScopeMadeWithTheWrongNumberOfElementsHoldsNothing() {
        long before = Scope.liveOwners();
        try (Scope scope = Scope.open("step")) {
            assertThatThrownBy(() -> scope.matrix(2, 3, 1, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("matrix: [2, 3] needs 6 elements; got 2");
            assertThatThrownBy(() -> scope.matrix64(1 << 20, 1 << 20)).isInstanceOf(IllegalArgumentException.class);
            assertThat(Scope.liveOwners()).isEqualTo(before);
        }
    }
}
