package dev.stiefel.tensor;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One block of native memory with one owner: a tensor, and the views of it that live as long as it does.
final class Storage {
    private static final long ALIGNMENT = 64; // a cache line, and the widest vector register
    private static final AtomicLong LIVE = new AtomicLong();

    private final @Nullable Pool pool;
    private final MemorySegment block;
    private final MemorySegment aligned;
    private volatile boolean closed;

    Storage(long bytes, @Nullable Pool pool) {
        long padded = Math.max(bytes, 1) + ALIGNMENT;
        this.pool = pool;
        this.block = pool == null ? Native.allocate(padded) : pool.take(padded);
        long offset = -block.address() & (ALIGNMENT - 1);
        this.aligned = block.asSlice(offset, bytes);
        LIVE.incrementAndGet();
    }

    static long live() {
        return LIVE.get();
    }

    boolean isClosed() {
        return closed;
    }

    MemorySegment segment() {
        return aligned;
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            LIVE.decrementAndGet();
            if (pool == null) {
                Native.free(block);
            } else {
                pool.giveBack(block);
            }
        }
    }
}
