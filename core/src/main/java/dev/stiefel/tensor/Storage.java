package dev.stiefel.tensor;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// A stretch of native memory with one owner: a tensor, and the views of it that live as long as it
/// does. A block of its own, or a part of a [Slab].
final class Storage {
    static final long ALIGNMENT = 64; // a cache line, and the widest vector register

    private static final LongAdder LIVE = new LongAdder();

    private final @Nullable Pool pool;
    private final @Nullable Slab slab;
    private final MemorySegment block;
    private final MemorySegment aligned;
    private volatile boolean closed;

    /// A block of its own, from a pool or from the system.
    Storage(long bytes, @Nullable Pool pool) {
        long padded = Math.max(bytes, 1) + ALIGNMENT;
        this.pool = pool;
        this.slab = null;
        this.block = pool == null ? Native.allocate(padded) : pool.take(padded);
        this.aligned = block.asSlice(-block.address() & (ALIGNMENT - 1), bytes);
        LIVE.increment();
    }

    /// A part of a slab.
    Storage(Slab slab, MemorySegment aligned) {
        this.pool = null;
        this.slab = slab;
        this.block = aligned;
        this.aligned = aligned;
        LIVE.increment();
    }

    static long live() {
        return LIVE.sum();
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
            LIVE.decrement();
            if (slab != null) {
                slab.release();
            } else if (pool != null) {
                pool.giveBack(block);
            } else {
                Native.free(block);
            }
        }
    }
}
