package dev.stiefel.data.own;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// How much memory code takes.
final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /// Bytes that this thread allocated in all while code ran, also if that threw.
    static long of(ThrowingCallable code) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            code.call();
        } catch (Throwable e) {
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
