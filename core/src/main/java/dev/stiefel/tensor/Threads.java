package dev.stiefel.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The threads of one training run, and the policy of the native libraries' own: they get none.
///
/// Every native call runs on the thread that makes it (OpenBLAS is held to one thread when it is loaded), and a step is
/// shared between cores from outside: each takes its part of the batch, or some of the layers, through many calls with
/// no barrier in between. Task `t` of `n` threads always runs on thread `t mod n`, and every task writes what is its
/// own,
/// so results do not depend on timing. Several runs may each have their own `Threads`, in one process.
///
/// The first thread is the one that calls [#run]; the others wait, spinning for some microseconds and then asleep.
public final class Threads implements AutoCloseable {
    /// How many threads a native call may start: applied when the library is loaded.
    static final int PER_NATIVE_CALL = 1;

    private static final int SPINS = 2_000;

    private final int count;
    private final Thread[] workers;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile Job job = new Job(0, 0, i -> {}, null);
    private volatile boolean closed;

    private record Job(
            long number,
            int tasks,
            IntConsumer task,
            @Nullable Thread caller) {}

    private Threads(int count) {
        this.count = count;
        this.workers = new Thread[count - 1];
        for (int i = 0; i < workers.length; i++) {
            int lane = i + 1;
            workers[i] = Thread.ofPlatform().daemon().name("stiefel-" + lane).start(() -> work(lane));
        }
    }

    /// This many threads, the caller's among them.
    ///
    /// @throws IllegalArgumentException if `count` is not in `[1, 1024]`
    public static Threads of(int count) {
        if (count < 1 || count > 1024) {
            throw new IllegalArgumentException("threads must be in [1, 1024]; got " + count);
        }
        return new Threads(count);
    }

    /// One thread a core of this machine.
    public static int available() {
        return Runtime.getRuntime().availableProcessors();
    }

    /// How many threads there are.
    public int count() {
        return count;
    }

    /// Runs tasks `0 … tasks − 1` and returns when all are done. What a task throws is thrown here, after the others
    /// have ended.
    public void run(int tasks, IntConsumer task) {
        if (closed) {
            throw new IllegalStateException("threads are closed; make new ones");
        }
        if (count == 1 || tasks <= 1) {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
            return;
        }
        failure.set(null);
        pending.set(workers.length);
        job = new Job(job.number + 1, tasks, task, Thread.currentThread());
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        runLane(0, job);
        for (int spins = 0; pending.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        Throwable thrown = failure.get();
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
    }

    /// Ends the threads.
    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private void work(int lane) {
        long done = 0;
        while (!closed) {
            Job next = job;
            for (int spins = 0; next.number == done && spins < SPINS; spins++) {
                Thread.onSpinWait();
                next = job;
            }
            if (next.number == done) {
                LockSupport.park(this);
                continue;
            }
            done = next.number;
            runLane(lane, next);
            if (pending.decrementAndGet() == 0) {
                LockSupport.unpark(next.caller);
            }
        }
    }

    private void runLane(int lane, Job current) {
        try {
            for (int i = lane; i < current.tasks; i += count) {
                current.task.accept(i);
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }
}
