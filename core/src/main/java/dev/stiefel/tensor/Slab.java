package dev.stiefel.tensor;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// One block of a pool for many small tensors of one scope, one after the other: a step makes hundreds of them,
/// and a request to the pool for each would cost as much as the computation with it.
///
/// The block goes back to the pool when the scope has done with the slab and the last of its tensors is
/// closed, wherever that one has been moved to. Made and filled under its scope's lock; released by
/// anybody.
final class Slab {
    /// The largest tensor that is given a part of a slab, in bytes.
    static final long LARGEST = 1 << 14;

    private static final long BYTES = (1 << 17) + Storage.ALIGNMENT;

    private final Pool pool;
    private final MemorySegment block;
    private final AtomicInteger users = new AtomicInteger(1); // the scope
    private long next;

    Slab(Pool pool) {
        this.pool = pool;
        this.block = pool.take(BYTES);
        this.next = -block.address() & (Storage.ALIGNMENT - 1);
    }

    boolean fits(long bytes) {
        return bytes <= BYTES - next;
    }

    Storage storage(long bytes) {
        MemorySegment part = block.asSlice(next, bytes);
        next += Math.max(bytes, 1) + (-Math.max(bytes, 1) & (Storage.ALIGNMENT - 1));
        users.incrementAndGet();
        return new Storage(this, part);
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            pool.giveBack(block);
        }
    }
}
