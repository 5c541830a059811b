package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class ThreadsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyTaskRunsOnceAndOnItsLane(int count) {
        try (Threads threads = Threads.of(count)) {
            for (int tasks : new int[] {0, 1, 2, 3, 7, 64}) {
                AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                AtomicReferenceArray<Thread> ranOn = new AtomicReferenceArray<>(tasks);
                threads.run(tasks, task -> {
                    runs.incrementAndGet(task);
                    ranOn.set(task, Thread.currentThread());
                });
                for (int task = 0; task < tasks; task++) {
                    assertThat(runs.get(task)).isEqualTo(1);
                    assertThat(ranOn.get(task)).isSameAs(ranOn.get(task % count));
                }
                if (tasks > 0) {
                    assertThat(ranOn.get(0)).isSameAs(Thread.currentThread());
                }
                if (tasks > 1 && count > 1) {
                    assertThat(ranOn.get(1)).isNotSameAs(Thread.currentThread());
                }
            }
        }
    }

    @Test
    void whatATaskWroteIsSeenWhenTheRunHasReturned() {
        assertSumsOfManyRuns(20_000);
    }

    @Test
    @Tag("slow")
    void noWakeUpIsLostInManyRuns() {
        assertSumsOfManyRuns(200_000);
    }

    private static void assertSumsOfManyRuns(long runs) {
        try (Threads threads = Threads.of(2)) {
            long[] sums = new long[64]; // not volatile: the run itself must order the writes
            for (long i = 1; i <= runs; i++) {
                long step = i;
                threads.run(2, task -> sums[task * 32] += step);
            }
            long expected = runs * (runs + 1) / 2;
            assertThat(sums[0]).isEqualTo(expected);
            assertThat(sums[32]).isEqualTo(expected);
        }
    }

    @Test
    void runsWithPausesBetweenThemEndToo() throws InterruptedException {
        try (Threads threads = Threads.of(3)) {
            AtomicLong ran = new AtomicLong();
            for (int i = 0; i < 300; i++) {
                threads.run(3, task -> ran.incrementAndGet());
                if (i % 10 == 0) {
                    Thread.sleep(2); // long enough for the others to fall asleep
                }
            }
            assertThat(ran).hasValue(900);
        }
    }

    @Test
    void manyThreadsSideBySideOnFewCoresEachDoTheirWork() throws InterruptedException {
        int sets = 8;
        int runs = 3_000;
        AtomicIntegerArray ran = new AtomicIntegerArray(sets);
        List<Thread> callers = new ArrayList<>();
        for (int s = 0; s < sets; s++) {
            int set = s;
            callers.add(Thread.ofPlatform().daemon().start(() -> {
                try (Threads threads = Threads.of(2)) {
                    for (int i = 0; i < runs; i++) {
                        threads.run(3, task -> ran.incrementAndGet(set));
                    }
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        for (int set = 0; set < sets; set++) {
            assertThat(ran.get(set)).isEqualTo(3 * runs);
        }
    }

    @Test
    void resultsAreThoseOfOneThread() {
        List<double[]> results = new ArrayList<>();
        for (int count : new int[] {1, 2, 5}) {
            try (Threads threads = Threads.of(count);
                    Scope scope = Scope.open("test")) {
                Tensor a = scope.uninitialized(DType.FLOAT32, 96, 40);
                Rng.seeded(4).fillNormal(a, 1);
                Tensor out = scope.uninitialized(DType.FLOAT32, 4 * 40, 40);
                threads.run(4, task -> {
                    Tensor part = a.rows(task * 24, (task + 1) * 24);
                    Ops.matmulTNInto(out.rows(task * 40, (task + 1) * 40), part, part);
                });
                results.add(out.toDoubles());
            }
        }
        assertThat(results.get(1)).containsExactly(results.get(0));
        assertThat(results.get(2)).containsExactly(results.get(0));
    }

    @Test
    void muchMoreThreadsThanCoresMayMultiplyAtOnce() {
        int count = 256;
        AtomicIntegerArray right = new AtomicIntegerArray(count);
        try (Threads threads = Threads.of(count)) {
            threads.run(count, task -> {
                try (Scope scope = Scope.open("lane")) {
                    Tensor a = scope.identity(DType.FLOAT32, 64);
                    right.set(task, Ops.dot(Ops.matmul(scope, a, a), a) == 64 ? 1 : 0);
                }
            });
        }
        for (int task = 0; task < count; task++) {
            assertThat(right.get(task)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void theFailureOfTheLowestTaskIsThrownAfterAllHaveRunAndTheThreadsStayUsable(int count) {
        try (Threads threads = Threads.of(count)) {
            for (int round = 0; round < 50; round++) {
                AtomicLong ran = new AtomicLong();
                assertThatThrownBy(() -> threads.run(9, task -> {
                            ran.incrementAndGet();
                            if (task % 3 == 2) {
                                throw new IllegalArgumentException("task " + task);
                            }
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("task 2");
                assertThat(ran).hasValue(9);
            }
            AtomicLong ran = new AtomicLong();
            threads.run(9, task -> ran.incrementAndGet());
            assertThat(ran).hasValue(9);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void errorsAndUndeclaredExceptionsComeThrough(int count) {
        try (Threads threads = Threads.of(count)) {
            assertThatThrownBy(() -> threads.run(2, task -> {
                        throw new AssertionError("task " + task);
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("task 0");
            assertThatThrownBy(() -> threads.run(2, task -> sneak(new IOException("disk"))))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("disk");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aRunFromWithinATaskIsRefused(int count) {
        try (Threads threads = Threads.of(count)) {
            for (int nesting : new int[] {0, 1}) {
                assertThatThrownBy(() -> threads.run(2, task -> {
                            if (task == nesting) {
                                threads.run(2, inner -> {});
                            }
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("threads: a run is under way; start the next when it has returned, and none from"
                                + " within a task");
            }
        }
    }

    @Test
    void aRunFromAnotherThreadMeanwhileIsRefused() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        try (Threads threads = Threads.of(2)) {
            Thread other = Thread.ofPlatform().daemon().start(() -> {
                try {
                    running.await();
                    threads.run(2, task -> {});
                } catch (IllegalStateException | InterruptedException e) {
                    refusal.set(e);
                } finally {
                    tried.countDown();
                }
            });
            threads.run(2, task -> {
                running.countDown();
                awaitQuietly(tried);
            });
            other.join();
            assertThat(refusal.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("under way");
        }
    }

    @Test
    void closingTwiceIsFineAndRunningAfterwardsIsRefused() {
        for (int count : new int[] {1, 3}) {
            Threads threads = Threads.of(count);
            threads.run(3, task -> {});
            threads.close();
            threads.close();
            assertThatThrownBy(() -> threads.run(1, task -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("threads are closed; make new ones");
        }
    }

    @Test
    void closingDuringARunEndsTheThreadsAfterIt() {
        for (int round = 0; round < 200; round++) {
            Threads threads = Threads.of(3);
            AtomicLong ran = new AtomicLong();
            threads.run(6, task -> {
                threads.close();
                ran.incrementAndGet();
            });
            assertThat(ran).hasValue(6);
            assertThatThrownBy(() -> threads.run(2, task -> {})).hasMessage("threads are closed; make new ones");
        }
    }

    @Test
    void closedThreadsEnd() throws InterruptedException {
        AtomicReference<Thread> worker = new AtomicReference<>();
        Threads threads = Threads.of(2);
        threads.run(2, task -> {
            if (task == 1) {
                worker.set(Thread.currentThread());
            }
        });
        threads.close();
        worker.get().join(TimeUnit.SECONDS.toMillis(30));
        assertThat(worker.get().isAlive()).isFalse();
    }

    @Test
    void aRunOfAnInterruptedCallerEndsAndKeepsTheInterrupt() {
        try (Threads threads = Threads.of(2)) {
            AtomicLong ran = new AtomicLong();
            Thread.currentThread().interrupt();
            threads.run(2, task -> {
                awaitQuietly(new CountDownLatch(task == 0 ? 0 : 1), 5);
                ran.incrementAndGet();
            });
            assertThat(Thread.interrupted()).isTrue();
            assertThat(ran).hasValue(2);
        }
    }

    @Test
    void countsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Threads.of(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads must be in [1, 1024]; got 0");
        assertThatThrownBy(() -> Threads.of(1025)).isInstanceOf(IllegalArgumentException.class);
        try (Threads threads = Threads.of(2)) {
            assertThatThrownBy(() -> threads.run(-1, task -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("run: tasks must be at least 0; got -1");
            assertThat(threads.count()).isEqualTo(2);
            assertThat(Threads.available()).isPositive();
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> void sneak(Exception e) throws E {
        throw (E) e;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        awaitQuietly(latch, 30_000);
    }

    private static void awaitQuietly(CountDownLatch latch, long millis) {
        try {
            latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
