package dev.stiefel.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Owns tensors: they are made in it, and closing it frees them all.
///
/// One scope a training step, closed by try-with-resources; what must outlive it is moved out by name
/// ([Tensor#moveTo]). Closing twice is fine. A scope may be used by several threads, but must not be
/// closed while another thread works on its tensors.
///
/// ```java
/// try (Scope step = Scope.open("step")) {
///     Tensor x = step.zeros(DType.FLOAT32, 256, 784);
///     …
/// }
/// ```
public final class Scope implements AutoCloseable {
    private static final int SET_STRIDE = 1024; // bytes
    private static final int CACHE_LINE = 64; // bytes
    private static final int MOST_SPACED = 1 << 24; // far from where a row's end overflows

    private final String name;
    private final @Nullable Pool pool;
    private final List<Tensor> tensors = new ArrayList<>();
    private @Nullable Slab slab;
    private boolean closed;

    Scope(String name, @Nullable Pool pool) {
        this.name = name;
        this.pool = pool;
    }

    /// A scope whose memory comes from the system and goes back to it.
    public static Scope open(String name) {
        return new Scope(name, null);
    }

    /// A scope of its own whose memory comes from where this one's does, and goes back there: for what is needed for a
    /// while.
    public Scope inner(String innerName) {
        return new Scope(innerName, pool);
    }

    /// The number of tensors that own native memory at this moment, in the whole process.
    public static long liveOwners() {
        return Storage.live();
    }

    /// The name given when this scope was opened.
    public String name() {
        return name;
    }

    /// A tensor of zeros.
    public Tensor zeros(DType type, int... extents) {
        Tensor tensor = uninitialized(type, extents);
        tensor.clear();
        return tensor;
    }

    /// A tensor whose elements are whatever lay in memory: for results that are about to be written whole.
    public Tensor uninitialized(DType type, int... extents) {
        Shape shape = Shape.of(extents);
        synchronized (this) {
            requireOpen(shape);
            Tensor tensor = Tensor.owning(this, type, shape, storage(shape.size() * type.bytes()));
            tensors.add(tensor);
            return tensor;
        }
    }

    /// A matrix whose rows may have gaps between them, with arbitrary elements: for products that read down its
    /// columns. Where rows lie a multiple of 1 KiB apart, the elements of a column fall into few sets of the
    /// first-level cache and drive each other out: at 5,120 columns that halves the speed of a product.
    public Tensor spaced(DType type, int rows, int columns) {
        Shape shape = Shape.of(rows, columns);
        int stride = columns > 0 && (long) columns * type.bytes() % SET_STRIDE == 0 && columns < MOST_SPACED
                ? columns + CACHE_LINE / type.bytes()
                : columns;
        synchronized (this) {
            requireOpen(shape);
            Tensor tensor =
                    Tensor.owningSpaced(this, type, shape, stride, storage((long) rows * stride * type.bytes()));
            tensors.add(tensor);
            return tensor;
        }
    }

    private Storage storage(long bytes) {
        if (pool == null || bytes > Slab.LARGEST) {
            return new Storage(bytes, pool);
        }
        if (slab == null || !slab.fits(bytes)) {
            if (slab != null) {
                slab.release();
            }
            slab = new Slab(pool);
        }
        return slab.storage(bytes);
    }

    private void requireOpen(Shape shape) {
        if (closed) {
            throw new IllegalStateException(
                    "scope '%s' is closed; cannot make a tensor %s in it".formatted(name, shape));
        }
    }

    /// A float32 matrix `[rows, columns]` with these elements, row by row.
    public Tensor matrix(int rows, int columns, float... elements) {
        requireCount(Shape.of(rows, columns), elements.length);
        Tensor tensor = uninitialized(DType.FLOAT32, rows, columns);
        tensor.write(0, elements, 0, elements.length);
        return tensor;
    }

    /// A float64 matrix `[rows, columns]` with these elements, row by row.
    public Tensor matrix64(int rows, int columns, double... elements) {
        requireCount(Shape.of(rows, columns), elements.length);
        Tensor tensor = uninitialized(DType.FLOAT64, rows, columns);
        tensor.write(0, elements, 0, elements.length);
        return tensor;
    }

    /// The identity matrix `[size, size]`.
    public Tensor identity(DType type, int size) {
        Tensor tensor = zeros(type, size, size);
        for (int i = 0; i < size; i++) {
            tensor.set(i, i, 1);
        }
        return tensor;
    }

    /// Frees every tensor still owned.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            tensors.forEach(Tensor::free);
            tensors.clear();
            if (slab != null) {
                slab.release();
                slab = null;
            }
        }
    }

    synchronized void adopt(Tensor tensor) {
        if (closed) {
            throw new IllegalStateException("scope '%s' is closed; cannot move %s into it".formatted(name, tensor));
        }
        tensors.add(tensor);
    }

    synchronized void release(Tensor tensor) {
        int index = tensors.lastIndexOf(tensor); // tensors that are closed early are mostly young
        if (index >= 0) {
            tensors.remove(index);
        }
    }

    private static void requireCount(Shape shape, int count) {
        if (shape.size() != count) {
            throw new IllegalArgumentException(
                    "matrix: %s needs %d elements; got %d".formatted(shape, shape.size(), count));
        }
    }
}
