package dev.stiefel.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// Memory that scopes hand back and take again: a training step asks for the same sizes as the one
/// before it, so after the first step none of its scopes reaches the system's allocator.
///
/// Blocks are kept by their exact size; small tensors of a scope share blocks ([Slab]). [#trim] frees
/// what lies idle (call it when sizes change, as they do when ranks do); [#close] also makes later
/// returns go straight to the system. Safe to use from several threads.
public final class Pool implements AutoCloseable {
    private final Map<Long, Deque<MemorySegment>> idle = new HashMap<>();
    private long idleBytes;
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
        idle.values().forEach(blocks -> blocks.forEach(Native::free));
        idle.clear();
        idleBytes = 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        trim();
    }

    MemorySegment take(long bytes) {
        synchronized (this) {
            Deque<MemorySegment> blocks = idle.get(bytes);
            MemorySegment block = blocks == null ? null : blocks.poll();
            if (block != null) {
                idleBytes -= bytes;
                return block;
            }
        }
        return Native.allocate(bytes);
    }

    void giveBack(MemorySegment block) {
        synchronized (this) {
            if (!closed) {
                idle.computeIfAbsent(block.byteSize(), bytes -> new ArrayDeque<>())
                        .push(block);
                idleBytes += block.byteSize();
                return;
            }
        }
        Native.free(block);
    }
}
