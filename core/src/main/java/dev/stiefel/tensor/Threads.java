package dev.stiefel.tensor;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The threads of one training run, and the policy of the native libraries' own: they get none.
///
/// Every native call runs on the thread that makes it (OpenBLAS is held to one thread when it is loaded), and a step
/// is shared between cores from outside: each takes its part of the batch, or some of the layers, through many calls
/// with no barrier in between. Task `t` of `n` threads always runs on thread `t mod n`, and every task writes what is
/// its own, so results do not depend on timing. Several runs may each have their own `Threads`, in one process.
///
/// The first thread is the one that calls [#run]; the others wait, awake for some tens of microseconds and then asleep.
public final class Threads implements AutoCloseable {
    /// The number of threads that a native call may start: applied when the library is loaded.
    static final int PER_NATIVE_CALL = 1;

    /// A few microseconds of spinning: the other is running and about to be done.
    private static final int SPINS = 100;

    /// Then some tens of microseconds of giving way, which on a free core is spinning too, and on a busy machine lets
    /// the thread that is waited for run: two threads on one core that spin wait for each other's time slices.
    private static final int YIELDS = 200;

    private enum State {
        IDLE,
        RUNNING,
        /// Running, and to be closed when that run ends.
        CLOSING,
        CLOSED
    }

    private final int count;
    private final Thread[] workers;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private volatile Job job = Job.NONE;

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

    /// The number of threads.
    public int count() {
        return count;
    }

    /// Runs tasks `0 … tasks − 1` and returns when all are done, in order where there is one thread or task. If
    /// tasks throw, the others still run; then the exception of the task with the lowest number is thrown here.
    ///
    /// @throws IllegalStateException if a run is under way already (this call is made from within a task, or from
    ///     another thread), or the threads are closed
    public void run(int tasks, IntConsumer task) {
        Objects.requireNonNull(task, "task");
        if (tasks < 0) {
            throw new IllegalArgumentException("run: tasks must be at least 0; got " + tasks);
        }
        start();
        try {
            Job next = new Job(tasks, task, Thread.currentThread(), workers.length);
            if (tasks <= 1) {
                next.runLane(0, 1);
            } else {
                publish(next);
                next.runLane(0, count);
                next.await();
            }
            next.rethrow();
        } finally {
            if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
                end();
            }
        }
    }

    private void start() {
        if (!state.compareAndSet(State.IDLE, State.RUNNING)) {
            boolean closed = state.get() == State.CLOSED;
            throw new IllegalStateException(
                    closed
                            ? "threads are closed; make new ones"
                            : "threads: a run is under way; start the next when it has returned, and none from within"
                                    + " a task");
        }
    }

    /// Ends the threads, after the run under way if there is one. Twice is fine.
    @Override
    public void close() {
        State before = state.getAndUpdate(now -> switch (now) {
            case IDLE, CLOSED -> State.CLOSED;
            case RUNNING, CLOSING -> State.CLOSING;
        });
        if (before == State.IDLE) {
            end();
        }
    }

    private void end() {
        state.set(State.CLOSED);
        publish(Job.END);
    }

    private void publish(Job next) {
        job = next;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private void work(int lane) {
        Job current = awaitAfter(Job.NONE);
        while (current != Job.END) {
            current.runLane(lane, count);
            current.laneDone();
            current = awaitAfter(current);
        }
    }

    private Job awaitAfter(Job done) {
        for (int spins = 0; ; spins++) {
            Job next = job;
            if (next != done) {
                return next;
            }
            pause(spins);
        }
    }

    /// Waits for a permit. No permit is lost: it is given after the awaited change, and the waiting thread checks
    /// for the change after every wake-up.
    @SuppressWarnings("ThreadPriorityCheck") // yielding is for speed alone: the permit is what is relied on
    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else if (spins < SPINS + YIELDS) {
            Thread.yield();
        } else {
            LockSupport.park();
        }
    }

    /// One call of [#run].
    private static final class Job {
        static final Job NONE = new Job(0, task -> {}, null, 0);
        static final Job END = new Job(0, task -> {}, null, 0);

        private final int tasks;
        private final IntConsumer task;
        private final @Nullable Thread caller;
        private final AtomicInteger pending;
        private @Nullable Throwable failure;
        private int failed = Integer.MAX_VALUE;

        Job(int tasks, IntConsumer task, @Nullable Thread caller, int pending) {
            this.tasks = tasks;
            this.task = task;
            this.caller = caller;
            this.pending = new AtomicInteger(pending);
        }

        void runLane(int lane, int lanes) {
            for (int i = lane; i < tasks; i += lanes) {
                try {
                    task.accept(i);
                } catch (Throwable e) { // also what a task throws without having declared it: no thread may be lost
                    fail(i, e);
                }
            }
        }

        private synchronized void fail(int number, Throwable thrown) {
            if (number < failed) {
                failed = number;
                failure = thrown;
            }
        }

        void laneDone() {
            if (pending.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }

        void await() {
            for (int spins = 0; pending.get() > 0; spins++) {
                pause(spins);
            }
        }

        synchronized void rethrow() {
            switch (failure) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new CompletionException(e);
            }
        }
    }
}
