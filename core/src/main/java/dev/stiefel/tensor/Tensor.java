package dev.stiefel.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Numbers in native memory, row-major: a vector, a matrix, or anything with more axes.
///
/// A tensor is made in a [Scope], which owns and frees it; [#close] frees it early, [#moveTo] hands it to another
/// scope. A *view* ([#rows], [#columnRange], [#slice]) shares the memory of its tensor and ends with it. Use
/// after the end is an `IllegalStateException` naming the tensor. Matrix views may have gaps between their rows;
/// what needs gapless memory says so.
///
/// Not thread-safe: threads may share a tensor for reading, or write disjoint views of it.
public final class Tensor implements AutoCloseable {
    private final DType type;
    private final Shape shape;
    private final Storage storage;
    private final boolean view;
    private final long offset; // of the first element, in elements
    private final int rowStride; // between the starts of two rows, in elements
    private String name = "";
    private @Nullable Scope owner;

    private Tensor(
            @Nullable Scope owner, DType type, Shape shape, Storage storage, boolean view, long offset, int rowStride) {
        this.owner = owner;
        this.type = type;
        this.shape = shape;
        this.storage = storage;
        this.view = view;
        this.offset = offset;
        this.rowStride = rowStride;
    }

    static Tensor owning(Scope owner, DType type, Shape shape, Storage storage) {
        return new Tensor(owner, type, shape, storage, false, 0, lastExtent(shape));
    }

    /// A matrix with gaps between its rows that owns its memory all the same.
    static Tensor owningSpaced(Scope owner, DType type, Shape shape, int rowStride, Storage storage) {
        return new Tensor(owner, type, shape, storage, false, 0, rowStride);
    }

    // ---- what it is ----

    /// Gives the tensor a name for error messages; returns it.
    public Tensor named(String newName) {
        name = newName;
        return this;
    }

    /// The name given by [#named], empty if none was.
    public String name() {
        return name;
    }

    /// The number format of its elements.
    public DType type() {
        return type;
    }

    /// Its extents.
    public Shape shape() {
        return shape;
    }

    /// The number of elements.
    public long size() {
        return shape.size();
    }

    /// Extent 0 of a matrix.
    public int rows() {
        requireMatrix("rows");
        return shape.extent(0);
    }

    /// Extent 1 of a matrix.
    public int columns() {
        requireMatrix("columns");
        return shape.extent(1);
    }

    /// Returns whether its elements lie without gaps.
    public boolean isContiguous() {
        return shape.order() < 2 || rowStride == lastExtent(shape) || shape.size() == 0 || shape.extent(0) == 1;
    }

    /// Returns whether its memory is gone.
    public boolean isClosed() {
        return storage.isClosed();
    }

    // ---- who owns it ----

    /// Hands the tensor to another scope, which frees it from now on; returns it.
    public Tensor moveTo(Scope scope) {
        requireOpen();
        if (view) {
            throw new IllegalArgumentException("moveTo: a view cannot be moved; move the tensor it was taken from, or"
                    + " copy it; got a view " + shape);
        }
        scope.adopt(this);
        if (owner != null) {
            owner.release(this);
        }
        owner = scope;
        return this;
    }

    /// Frees the memory now; a view does nothing. Twice is fine.
    @Override
    public void close() {
        if (!view && !storage.isClosed()) {
            if (owner != null) {
                owner.release(this);
            }
            free();
        }
    }

    void free() {
        storage.close();
    }

    // ---- views ----

    /// Rows `from` (inclusive) to `to` (exclusive) of a matrix, as a view.
    public Tensor rows(int from, int to) {
        requireOpen();
        requireMatrix("rows");
        requireRange("rows", from, to, shape.extent(0));
        return view(Shape.of(to - from, shape.extent(1)), offset + (long) from * rowStride, rowStride);
    }

    /// Columns `from` (inclusive) to `to` (exclusive) of a matrix, as a view.
    public Tensor columnRange(int from, int to) {
        requireOpen();
        requireMatrix("columnRange");
        requireRange("columnRange", from, to, shape.extent(1));
        return view(Shape.of(shape.extent(0), to - from), offset + from, rowStride);
    }

    /// The elements from number `from` on (in row-major order) as a gapless tensor of another shape, as a view.
    public Tensor slice(long from, int... extents) {
        requireOpen();
        requireContiguous("slice");
        Shape target = Shape.of(extents);
        if (from < 0 || from > size() - target.size()) {
            throw new IllegalArgumentException(
                    "slice: %s from element %d must lie within the tensor; got %d elements %s"
                            .formatted(target, from, size(), describe()));
        }
        return view(target, offset + from, lastExtent(target));
    }

    private Tensor view(Shape target, long start, int stride) {
        long first = target.size() == 0 ? 0 : start; // an empty view lies nowhere: its start may be past the end
        return new Tensor(owner, type, target, storage, true, first, stride).named(name);
    }

    // ---- elements ----

    /// The element in row `i` and column `j` of a matrix.
    public double get(int i, int j) {
        return type == DType.FLOAT32
                ? segment().getAtIndex(ValueLayout.JAVA_FLOAT, index(i, j))
                : segment().getAtIndex(ValueLayout.JAVA_DOUBLE, index(i, j));
    }

    /// Sets the element in row `i` and column `j` of a matrix, rounded to the tensor's format.
    public void set(int i, int j, double value) {
        if (type == DType.FLOAT32) {
            segment().setAtIndex(ValueLayout.JAVA_FLOAT, index(i, j), (float) value);
        } else {
            segment().setAtIndex(ValueLayout.JAVA_DOUBLE, index(i, j), value);
        }
    }

    /// Copies `count` elements of a gapless float32 tensor, from element `from` on, into an array.
    public void read(long from, float[] into, int at, int count) {
        requireTransfer("read", DType.FLOAT32, from, count);
        Objects.checkFromIndexSize(at, count, into.length);
        Counts.moved((long) count * type.bytes());
        MemorySegment.copy(segment(), ValueLayout.JAVA_FLOAT, (offset + from) * 4, into, at, count);
    }

    /// Copies `count` elements of a gapless float64 tensor, from element `from` on, into an array.
    public void read(long from, double[] into, int at, int count) {
        requireTransfer("read", DType.FLOAT64, from, count);
        Objects.checkFromIndexSize(at, count, into.length);
        Counts.moved((long) count * type.bytes());
        MemorySegment.copy(segment(), ValueLayout.JAVA_DOUBLE, (offset + from) * 8, into, at, count);
    }

    /// Copies `count` array elements into a gapless float32 tensor, starting at element `from`.
    public void write(long from, float[] source, int at, int count) {
        requireTransfer("write", DType.FLOAT32, from, count);
        Objects.checkFromIndexSize(at, count, source.length);
        Counts.moved((long) count * type.bytes());
        MemorySegment.copy(source, at, segment(), ValueLayout.JAVA_FLOAT, (offset + from) * 4, count);
    }

    /// Copies `count` array elements into a gapless float64 tensor, starting at element `from`.
    public void write(long from, double[] source, int at, int count) {
        requireTransfer("write", DType.FLOAT64, from, count);
        Objects.checkFromIndexSize(at, count, source.length);
        Counts.moved((long) count * type.bytes());
        MemorySegment.copy(source, at, segment(), ValueLayout.JAVA_DOUBLE, (offset + from) * 8, count);
    }

    /// Copies rows `from … from + count − 1` of a float32 matrix, gaps left out, to the start of an array.
    public void readRows(int from, int count, float[] into) {
        int width = requireRowTransfer("readRows", from, count, into.length);
        MemorySegment segment = segment();
        int length = rowStride == width ? count * width : width;
        for (int i = 0, at = 0; at < count * width; i++, at += length) {
            MemorySegment.copy(
                    segment, ValueLayout.JAVA_FLOAT, (offset + (long) (from + i) * rowStride) * 4, into, at, length);
        }
    }

    /// Copies the start of an array to rows `from … from + count − 1` of a float32 matrix: the reverse of
    /// [#readRows].
    public void writeRows(int from, int count, float[] source) {
        int width = requireRowTransfer("writeRows", from, count, source.length);
        MemorySegment segment = segment();
        int length = rowStride == width ? count * width : width;
        for (int i = 0, at = 0; at < count * width; i++, at += length) {
            MemorySegment.copy(
                    source, at, segment, ValueLayout.JAVA_FLOAT, (offset + (long) (from + i) * rowStride) * 4, length);
        }
    }

    /// All elements in row-major order, as doubles whatever the format.
    public double[] toDoubles() {
        MemorySegment segment = segment();
        double[] all = new double[Math.toIntExact(size())];
        int width = lastExtent(shape);
        for (int at = 0; at < all.length; at += width) {
            long start = offset + (long) (at / width) * rowStride;
            if (type == DType.FLOAT64) {
                MemorySegment.copy(segment, ValueLayout.JAVA_DOUBLE, start * 8, all, at, width);
            } else {
                for (int j = 0; j < width; j++) {
                    all[at + j] = segment.getAtIndex(ValueLayout.JAVA_FLOAT, start + j);
                }
            }
        }
        return all;
    }

    /// Sets all elements, given in row-major order, rounded to the tensor's format: the reverse of
    /// [#toDoubles].
    public void setAll(double[] elements) {
        MemorySegment segment = segment();
        if (elements.length != size()) {
            throw new IllegalArgumentException(
                    "setAll: needs one value an element; got %d values for %s".formatted(elements.length, describe()));
        }
        int width = lastExtent(shape);
        for (int at = 0; at < elements.length; at += width) {
            long start = offset + (long) (at / width) * rowStride;
            if (type == DType.FLOAT64) {
                MemorySegment.copy(elements, at, segment, ValueLayout.JAVA_DOUBLE, start * 8, width);
            } else {
                for (int j = 0; j < width; j++) {
                    segment.setAtIndex(ValueLayout.JAVA_FLOAT, start + j, (float) elements[at + j]);
                }
            }
        }
    }

    /// All elements of a float32 tensor in row-major order.
    public float[] toFloats() {
        MemorySegment segment = segment();
        requireType("toFloats", DType.FLOAT32);
        float[] all = new float[Math.toIntExact(size())];
        int width = lastExtent(shape);
        for (int at = 0; at < all.length; at += width) {
            long start = offset + (long) (at / width) * rowStride;
            MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, start * 4, all, at, width);
        }
        return all;
    }

    boolean allFinite() {
        MemorySegment segment = segment();
        int width = lastExtent(shape);
        for (long at = 0, row = 0; at < size(); at += width, row++) {
            long start = offset + row * rowStride;
            for (long j = start; j < start + width; j++) {
                double element = type == DType.FLOAT32
                        ? segment.getAtIndex(ValueLayout.JAVA_FLOAT, j)
                        : segment.getAtIndex(ValueLayout.JAVA_DOUBLE, j);
                if (!Double.isFinite(element)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Sets every element to 0.
    public void clear() {
        if (isContiguous()) {
            bytes().fill((byte) 0);
        } else {
            for (int i = 0; i < shape.extent(0); i++) {
                rows(i, i + 1).clear();
            }
        }
    }

    /// Copies the elements of a tensor of the same shape and format into this one. Two views with gaps must not
    /// share memory.
    public void copyFrom(Tensor source) {
        requireSame("copyFrom", source);
        if (storage == source.storage && sameElements(source)) {
            return;
        }
        if (isContiguous() && source.isContiguous()) {
            bytes().copyFrom(source.bytes());
        } else {
            requireApart("copyFrom", source);
            MemorySegment from = source.segment();
            MemorySegment into = segment();
            long length = (long) shape.extent(1) * type.bytes();
            for (int i = 0; i < shape.extent(0); i++) {
                long at = (source.offset + (long) i * source.rowStride) * type.bytes();
                MemorySegment.copy(from, at, into, (offset + (long) i * rowStride) * type.bytes(), length);
            }
        }
    }

    /// A gapless copy in `scope`.
    public Tensor copy(Scope scope) {
        requireOpen();
        Tensor copy = scope.uninitialized(type, extents());
        copy.copyFrom(this);
        return copy;
    }

    /// The format, shape and name, for messages: `float32 [256, 784] 'x'`.
    @Override
    public String toString() {
        return word(type) + " " + describe();
    }

    // ---- for this package ----

    long address() {
        return segment().address() + offset * type.bytes();
    }

    int rowStride() {
        return Math.max(1, rowStride);
    }

    /// The memory of the tensor, which starts at [#start].
    MemorySegment memory() {
        return segment();
    }

    /// The offset of its first element in [#memory], in bytes.
    long start() {
        return offset * type.bytes();
    }

    String describe() {
        return name.isEmpty() ? shape.toString() : shape + " '" + name + "'";
    }

    void requireOpen() {
        if (storage.isClosed()) {
            throw new IllegalStateException(
                    "tensor %s is closed; use it before its scope ends, or move it out".formatted(describe()));
        }
    }

    void requireMatrix(String operation) {
        if (shape.order() != 2) {
            throw new IllegalArgumentException("%s: needs a matrix; got %s".formatted(operation, describe()));
        }
    }

    void requireContiguous(String operation) {
        if (!isContiguous()) {
            throw new IllegalArgumentException(
                    "%s: needs a tensor without gaps between its rows; got a view %s; copy it"
                            .formatted(operation, describe()));
        }
    }

    private static String word(DType type) {
        return type == DType.FLOAT32 ? "float32" : "float64";
    }

    void requireType(String operation, DType needed) {
        if (type != needed) {
            throw new IllegalArgumentException(
                    "%s: needs %s elements; got %s".formatted(operation, word(needed), this));
        }
    }

    void requireSame(String operation, Tensor other) {
        requireOpen();
        other.requireOpen();
        if (!shape.equals(other.shape)) {
            throw new IllegalArgumentException(
                    "%s: shapes must be equal; got %s and %s".formatted(operation, describe(), other.describe()));
        }
        if (type != other.type) {
            throw new IllegalArgumentException(
                    "%s: number formats must be equal; got %s and %s".formatted(operation, this, other));
        }
    }

    /// Requires that written and read tensors share no memory, unless both are the very same elements.
    void requireApart(String operation, Tensor read) {
        if (storage == read.storage && !sameElements(read) && overlaps(read)) {
            throw new IllegalArgumentException(
                    "%s: what is written must not share memory with what is read; got %s and %s"
                            .formatted(operation, describe(), read.describe()));
        }
    }

    /// Requires that written and read tensors share no element.
    void requireDisjoint(String operation, Tensor read) {
        if (storage == read.storage && overlaps(read)) {
            throw new IllegalArgumentException(
                    "%s: what is written must not share memory with what is read; got %s and %s"
                            .formatted(operation, describe(), read.describe()));
        }
    }

    private boolean sameElements(Tensor other) {
        return shape.equals(other.shape) && offset == other.offset && (isContiguous() || rowStride == other.rowStride);
    }

    /// Returns whether two tensors in one storage have an element in common. Exact, except for two views with
    /// gaps of different widths, where it says yes as soon as one starts before the other ends.
    private boolean overlaps(Tensor other) {
        if (size() == 0 || other.size() == 0) {
            return false;
        }
        if (end() <= other.offset || other.end() <= offset) {
            return false;
        }
        boolean oneGrid = isContiguous() || other.isContiguous() || rowStride == other.rowStride;
        if (!oneGrid) {
            return true;
        }
        // Element j of row i lies at offset + i stride + j. With k the difference of the rows of a common element, the
        // difference of its columns is offset − other.offset + k stride: is there a k for which both are in range?
        long stride = isContiguous() ? Math.max(1, other.rowStride) : rowStride;
        long distance = offset - other.offset;
        long least = Math.max(Math.ceilDiv(-(runLength() - 1) - distance, stride), -(other.runs() - 1));
        long most = Math.min(Math.floorDiv(other.runLength() - 1 - distance, stride), runs() - 1);
        return least <= most;
    }

    private long runs() {
        return isContiguous() ? 1 : shape.extent(0);
    }

    private long runLength() {
        return isContiguous() ? size() : shape.extent(1);
    }

    private long end() {
        return offset + (runs() - 1) * rowStride + runLength();
    }

    private MemorySegment segment() {
        requireOpen();
        return storage.segment();
    }

    private MemorySegment bytes() {
        return segment().asSlice(offset * type.bytes(), size() * type.bytes());
    }

    private long index(int i, int j) {
        requireMatrix("element");
        if (i < 0 || i >= shape.extent(0) || j < 0 || j >= shape.extent(1)) {
            throw new IndexOutOfBoundsException(
                    "element [%d, %d] must lie within the matrix; got %s".formatted(i, j, describe()));
        }
        return offset + (long) i * rowStride + j;
    }

    private int[] extents() {
        int[] extents = new int[shape.order()];
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] = shape.extent(axis);
        }
        return extents;
    }

    private void requireTransfer(String operation, DType needed, long from, int count) {
        requireOpen();
        requireType(operation, needed);
        requireContiguous(operation);
        if (from < 0 || count < 0 || from > size() - count) {
            throw new IllegalArgumentException("%s: %d elements from number %d on must lie within the tensor; got %s"
                    .formatted(operation, count, from, describe()));
        }
    }

    /// The matrix's width, if rows from `from` on lie within it and their elements within an array of
    /// this length.
    private int requireRowTransfer(String operation, int from, int count, int length) {
        requireOpen();
        requireType(operation, DType.FLOAT32);
        requireMatrix(operation);
        if (from < 0 || count < 0 || from > shape.extent(0) - count) {
            throw new IllegalArgumentException("%s: %d rows from number %d on must lie within the matrix; got %s"
                    .formatted(operation, count, from, describe()));
        }
        int width = shape.extent(1);
        if ((long) count * width > length) {
            throw new IllegalArgumentException("%s: %d rows of %s need an array of %d elements; got %d"
                    .formatted(operation, count, describe(), (long) count * width, length));
        }
        Counts.moved((long) count * width * type.bytes());
        return width;
    }

    private void requireRange(String operation, int from, int to, int extent) {
        if (from < 0 || from > to || to > extent) {
            throw new IllegalArgumentException("%s: range must lie within [0, %d]; got [%d, %d) of %s"
                    .formatted(operation, extent, from, to, describe()));
        }
    }

    private static int lastExtent(Shape shape) {
        return shape.order() == 0 ? 1 : shape.extent(shape.order() - 1);
    }
}
