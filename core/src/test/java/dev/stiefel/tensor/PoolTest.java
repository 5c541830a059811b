package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
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
    void stepsOfManySizesKeepNoMoreThanTheLargestTook() {
        try (Pool pool = new Pool()) {
            int most = 1200;
            for (int i = 0; i < 500; i++) {
                int rows = most - i * 37 % 600;
                try (Scope scope = pool.scope("step")) {
                    scope.zeros(DType.FLOAT32, rows, 30);
                    scope.zeros(DType.FLOAT32, 2 * rows, 30);
                }
                assertThat(pool.idleBytes()).isLessThanOrEqualTo(3L * Pool.blockBytes(4L * most * 30));
            }
        }
    }

    @Test
    void blocksOfAStepOfOtherSizesAreFreedFirst() {
        try (Pool pool = new Pool()) {
            for (int rows : new int[] {1000, 4000, 2000, 2000}) {
                try (Scope scope = pool.scope("step")) {
                    scope.zeros(DType.FLOAT32, rows, 30);
                }
            }
            long ofTwoThousand = Pool.blockBytes(4L * 2000 * 30 + 64);
            assertThat(pool.idleBytes()).isEqualTo(ofTwoThousand); // with that of 4,000 it would be more than was used
        }
    }

    @Test
    void blocksHaveTwoSizesForEachPowerOfTwo() {
        assertThat(Pool.blockBytes(64 + 1)).isEqualTo(64 + 1);
        assertThat(Pool.blockBytes(64 + 1024)).isEqualTo(64 + 1024);
        assertThat(Pool.blockBytes(64 + 1025)).isEqualTo(64 + 1536);
        assertThat(Pool.blockBytes(64 + 1536)).isEqualTo(64 + 1536);
        assertThat(Pool.blockBytes(64 + 1537)).isEqualTo(64 + 2048);
        assertThat(Pool.blockBytes(64 + (3L << 40) + 1)).isEqualTo(64 + (4L << 40));
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
    void smallTensorsShareABlockThatGoesBackWithTheLastOfThem() {
        try (Pool pool = new Pool();
                Scope run = Scope.open("run")) {
            Tensor kept;
            try (Scope step = pool.scope("step")) {
                for (int i = 0; i < 500; i++) { // several blocks
                    Tensor small = step.zeros(DType.FLOAT32, 10, 10);
                    assertThat(small.address() % 64).isZero();
                    small.set(9, 9, i);
                }
                kept = step.zeros(DType.FLOAT32, 10, 10).moveTo(run);
                kept.set(3, 3, 7);
            }
            long others = pool.idleBytes();
            assertThat(others).isPositive();
            try (Scope next = pool.scope("next")) {
                for (int i = 0; i < 1000; i++) {
                    next.zeros(DType.FLOAT32, 10, 10).set(3, 3, -1);
                }
            }
            assertThat(kept.get(3, 3)).isEqualTo(7);
            pool.trim();
            kept.close();
            assertThat(pool.idleBytes()).isPositive();
        }
    }

    @Test
    void eachTaskHasAScopeOfItsOwnAndAllCloseTogether() {
        long owners = Scope.liveOwners();
        try (Pool pool = new Pool();
                Threads threads = Threads.of(2)) {
            Tensor[] made = new Tensor[4];
            try (Scopes scopes = pool.scopes(5)) {
                threads.run(4, i -> made[i] = scopes.open(i).identity(DType.FLOAT64, i + 1));
                for (int i = 0; i < 4; i++) {
                    assertThat(made[i].get(i, i)).isOne();
                }
                assertThatThrownBy(() -> scopes.open(2))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("scopes: that of task 2 is open already");
            }
            assertThat(made).allMatch(Tensor::isClosed);
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void rowsThatWouldShareCacheSetsAreSpaced() {
        try (Scope scope = Scope.open("test")) {
            Tensor spaced = scope.spaced(DType.FLOAT32, 3, 512);
            assertThat(spaced.isContiguous()).isFalse();
            assertThat(spaced.rowStride()).isEqualTo(512 + 16);
            assertThat(scope.spaced(DType.FLOAT64, 3, 512).rowStride()).isEqualTo(512 + 8);
            assertThat(scope.spaced(DType.FLOAT32, 3, 500).isContiguous()).isTrue();
            float[] rows = new float[2 * 512];
            Arrays.fill(rows, 3);
            spaced.clear();
            spaced.writeRows(1, 2, rows);
            assertThat(spaced.get(0, 511)).isZero();
            assertThat(spaced.get(2, 511)).isEqualTo(3);
            spaced.readRows(0, 2, rows);
            assertThat(rows[511]).isZero();
            assertThat(rows[512]).isEqualTo(3);
        }
    }

    @Test
    void callsAreCountedByTheirShapes() {
        Counts.start();
        try (Scope scope = Scope.open("test")) {
            Counts before = Counts.now();
            Ops.matmul(scope, scope.zeros(DType.FLOAT32, 3, 4), scope.zeros(DType.FLOAT32, 4, 5));
            assertThat(Counts.now().since(before)).isEqualTo(new Counts(1, 2 * 3 * 4 * 5, 4 * (12 + 20 + 15)));
        }
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
