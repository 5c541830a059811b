package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PoolTest {
    @Test
    void theSecondStepTakesTheMemoryOfTheFirst() {
        try (Pool pool = new Pool()) {
            step(pool);
            long idle = pool.idleBytes();
            assertThat(idle).isGreaterThan(3 * 40 * 30 * 4);
            for (int i = 0; i < 5; i++) {
                try (Scope scope = pool.scope("step")) {
                    fill(scope);
                    assertThat(pool.idleBytes()).isZero();
                }
                assertThat(pool.idleBytes()).isEqualTo(idle);
            }
        }
    }

    @Test
    void aViewOfOneStepCannotSeeTheMemoryOfTheNext() {
        try (Pool pool = new Pool()) {
            Tensor stale;
            try (Scope first = pool.scope("first")) {
                stale = first.identity(DType.FLOAT32, 3).named("stale").rows(0, 2);
            }
            try (Scope second = pool.scope("second")) {
                Tensor fresh = second.identity(DType.FLOAT32, 3);
                assertThatThrownBy(() -> stale.set(0, 0, 7))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("'stale' is closed");
                assertThatThrownBy(() -> Ops.scaleInPlace(stale, 2)).isInstanceOf(IllegalStateException.class);
                assertThat(fresh.get(0, 0)).isEqualTo(1);
            }
        }
    }

    @Test
    void zerosAreZerosInUsedMemoryToo() {
        try (Pool pool = new Pool()) {
            try (Scope first = pool.scope("first")) {
                Rng.seeded(1).fillNormal(first.uninitialized(DType.FLOAT32, 8, 8), 1);
            }
            try (Scope second = pool.scope("second")) {
                assertThat(second.zeros(DType.FLOAT32, 8, 8).toFloats()).containsOnly(0);
            }
        }
    }

    @Test
    void trimmingFreesWhatIsIdleAndNothingElse() {
        try (Pool pool = new Pool();
                Scope open = pool.scope("open")) {
            Tensor inUse = open.identity(DType.FLOAT64, 5);
            step(pool);
            pool.trim();
            assertThat(pool.idleBytes()).isZero();
            assertThat(inUse.get(4, 4)).isEqualTo(1);
            step(pool);
            assertThat(pool.idleBytes()).isPositive();
        }
    }

    @Test
    void whatComesBackAfterCloseGoesToTheSystem() {
        long before = Scope.liveOwners();
        Pool pool = new Pool();
        Scope scope = pool.scope("late");
        Tensor a = scope.identity(DType.FLOAT32, 6);
        pool.close();
        pool.close();
        assertThat(a.get(5, 5)).isEqualTo(1);
        scope.close();
        assertThat(pool.idleBytes()).isZero();
        assertThat(Scope.liveOwners()).isEqualTo(before);
    }

    @Test
    void whatIsMovedToAnotherScopeComesBackWhenThatOneCloses() {
        try (Pool pool = new Pool()) {
            try (Scope run = Scope.open("run")) {
                try (Scope step = pool.scope("step")) {
                    step.zeros(DType.FLOAT32, 10, 10).moveTo(run);
                }
                assertThat(pool.idleBytes()).isZero();
            }
            assertThat(pool.idleBytes()).isPositive();
        }
    }

    @Test
    void severalThreadsMayUseOnePool() {
        long before = Scope.liveOwners();
        AtomicBoolean sound = new AtomicBoolean(true);
        try (Pool pool = new Pool();
                Threads threads = Threads.of(4)) {
            threads.run(4, lane -> {
                for (int i = 0; i < 2_000; i++) {
                    try (Scope scope = pool.scope("lane")) {
                        Tensor mine = scope.zeros(DType.FLOAT32, 1 + i % 3, 16);
                        mine.set(0, 0, lane);
                        Tensor twice = Ops.scaled(scope, mine, 2);
                        if (twice.get(0, 0) != 2 * lane || mine.get(0, 1) != 0) {
                            sound.set(false);
                        }
                    }
                }
            });
        }
        assertThat(sound).isTrue();
        assertThat(Scope.liveOwners()).isEqualTo(before);
    }

    private static void step(Pool pool) {
        try (Scope scope = pool.scope("step")) {
            fill(scope);
        }
    }

    private static void fill(Scope scope) {
        Tensor a = scope.zeros(DType.FLOAT32, 40, 30);
        Ops.matmulTN(scope, a, Ops.sum(scope, a, 1, a));
        a.copy(scope);
    }
}
