package dev.stiefel.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Memory that scopes hand back and take again: a training step asks for the same sizes as the one
/// before it, so after the first step none of its scopes reaches the system's allocator.
///
/// Blocks have few sizes, two to each power of two, so that a step whose batch is a little longer or shorter
/// finds those of the steps before it; small tensors of a scope share blocks ([Slab]). Idle memory never exceeds
/// the memory in use at one time: the blocks whose size was requested longest ago are freed. [#trim] frees all
/// that lies idle (call it when sizes change, as they do when ranks do); [#close] also makes later returns go
/// straight to the system. Safe to use from several threads.
public final class Pool implements AutoCloseable {
    private final Map<Long, Deque<MemorySegment>> idle = new LinkedHashMap<>(64, 0.75f, true); // by their last use
    private long idleBytes;
    private long usedBytes;
    private long mostUsedBytes; // since the last trim
    private boolean closed;

    /// An empty pool.
    public Pool() {}

    /// A scope whose tensors take their memory from this pool and give it back when the scope closes.
    public Scope scope(String name) {
        return new Scope(name, this);
    }

    /// Such a scope for each of `count` tasks.
    public Scopes scopes(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("scopes: the number of tasks must be at least 0; got " + count);
        }
        return new Scopes(this, count);
    }

    /// Bytes that lie idle here.
    public synchronized long idleBytes() {
        return idleBytes;
    }

    /// Frees what lies idle.
    public synchronized void trim() {
        freeIdle(0);
        mostUsedBytes = usedBytes;
    }

    @Override
    public synchronized void close() {
        closed = true;
        trim();
    }

    /// Frees idle blocks until at most so many bytes are left.
    private void freeIdle(long most) {
        Iterator<Deque<MemorySegment>> sizes = idle.values().iterator();
        while (idleBytes > most && sizes.hasNext()) {
            Deque<MemorySegment> blocks = sizes.next();
            while (idleBytes > most && !blocks.isEmpty()) {
                MemorySegment block = blocks.pop();
                idleBytes -= block.byteSize();
                Native.free(block);
            }
            if (blocks.isEmpty()) {
                sizes.remove();
            }
        }
    }

    /// The size of blocks for so many bytes: a power of two, or one and a half, and room to align.
    static long blockBytes(long bytes) {
        long whole = Math.max(1, bytes - Storage.ALIGNMENT);
        long power = Long.highestOneBit(whole);
        long half = power / 2;
        if (whole > power + half) {
            return 2 * power + Storage.ALIGNMENT;
        }
        return (whole > power ? power + half : power) + Storage.ALIGNMENT;
    }

    /// A block of at least so many bytes.
    MemorySegment take(long bytes) {
        long size = blockBytes(bytes);
        synchronized (this) {
            usedBytes += size;
            mostUsedBytes = Math.max(mostUsedBytes, usedBytes);
            Deque<MemorySegment> blocks = idle.get(size);
            MemorySegment block = blocks == null ? null : blocks.poll();
            if (block != null) {
                idleBytes -= size;
                return block;
            }
        }
        return Native.allocate(size);
    }

    void giveBack(MemorySegment block) {
        long size = block.byteSize();
        synchronized (this) {
            usedBytes -= size;
            if (!closed) {
                idle.computeIfAbsent(size, bytes -> new ArrayDeque<>()).push(block);
                idleBytes += size;
                freeIdle(mostUsedBytes);
                return;
            }
        }
        Native.free(block);
    }
}
