package dev.stiefel.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A convolution of oneDNN (a *primitive*): one direction, for images of one shape and a number of them. Its code is
/// generated when it is made, which takes about a millisecond, so primitives are kept, the last [#KEPT] that were used.
///
/// Images and positions are rows of pixels without gaps, which oneDNN calls `nhwc`. The kernel has an order of its own
/// in each primitive; [#readKernel] and [#writeKernel] go between that and ours.
///
/// Any number of threads may run one, each with a scratchpad of its own.
final class OneDnnConvolution {
    private static final int KEPT = 1024;
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Map<Key, OneDnnConvolution> PRIMITIVES = recent();
    private static final Map<Key, Boolean> FAST = recent();

    /// A map of what was used last.
    private static <V> Map<Key, V> recent() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, V> eldest) {
                return size() > KEPT;
            }
        };
    }

    /// The computed result.
    enum Direction {
        FORWARD,
        INPUT_GRADIENT,
        KERNEL_GRADIENT
    }

    /// The properties of a primitive.
    ///
    /// @param byRows true if our kernels are `[outputs, offsets · channels]`, not the transpose of that
    record Key(Direction direction, ImageGrid grid, int channels, int outputs, int samples, boolean byRows) {}

    private final Key key;
    private final Handles handles;
    private final long kernelElements;
    private final long scratchBytes;

    /// The native objects, freed with the object that has them.
    ///
    /// @param of the description that the primitive was made of, which owns the descriptions of memory
    /// @param toOwn reorders our kernel to the primitive's; of the gradient, the other way round
    /// @param adding the same, and adds to what is there
    private record Handles(
            long of, long primitive, long images, long positions, long ours, long toOwn, long adding, long own)
            implements Runnable {
        @Override
        public void run() {
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_PRIMITIVE, primitive);
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_PRIMITIVE, toOwn);
            if (adding != 0) {
                OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_PRIMITIVE, adding);
            }
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_DESCRIPTION, of);
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_MEMORY_DESCRIPTION, images);
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_MEMORY_DESCRIPTION, positions);
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_MEMORY_DESCRIPTION, ours);
        }
    }

    private OneDnnConvolution(Key key) {
        this.key = key;
        try (Arena arena = Arena.ofConfined()) {
            Shapes shapes = new Shapes(arena, key);
            long attributes = OneDnnPrimitives.attributes(arena);
            long description = shapes.description(attributes);
            long own = OneDnnPrimitives.query(
                    description,
                    key.direction == Direction.KERNEL_GRADIENT
                            ? OneDnnPrimitives.QUERY_KERNEL_GRADIENT
                            : OneDnnPrimitives.QUERY_KERNEL);
            boolean isGradient = key.direction == Direction.KERNEL_GRADIENT;
            long from = isGradient ? own : shapes.ours;
            long into = isGradient ? shapes.ours : own;
            this.handles = new Handles(
                    description,
                    OneDnnPrimitives.primitive(arena, description),
                    shapes.images,
                    shapes.positions,
                    shapes.ours,
                    OneDnnPrimitives.reorder(arena, from, into, 0),
                    isGradient ? OneDnnPrimitives.reorder(arena, from, into, OneDnnPrimitives.summing(arena)) : 0,
                    own);
            this.kernelElements = elements(OneDnnPrimitives.size(own));
            this.scratchBytes =
                    OneDnnPrimitives.size(OneDnnPrimitives.query(description, OneDnnPrimitives.QUERY_SCRATCHPAD));
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_ATTRIBUTES, attributes);
        }
        CLEANER.register(this, handles);
    }

    private static long elements(long bytes) {
        return Math.ceilDiv(bytes, (long) Float.BYTES);
    }

    /// The primitive for this, made now if there is none.
    static OneDnnConvolution of(Key key) {
        synchronized (PRIMITIVES) {
            return PRIMITIVES.computeIfAbsent(key, OneDnnConvolution::new);
        }
    }

    /// Returns whether oneDNN has generated code for this, and not only loops that are right for everything.
    static boolean isFast(Key key) {
        if (!OneDnn.IN_USE) {
            return false;
        }
        synchronized (FAST) {
            return FAST.computeIfAbsent(key, OneDnnConvolution::hasGeneratedCode);
        }
    }

    private static boolean hasGeneratedCode(Key key) {
        try (Arena arena = Arena.ofConfined()) {
            Shapes shapes = new Shapes(arena, key);
            long description = shapes.descriptionOrNull(0);
            if (description == 0) {
                shapes.free();
                return false;
            }
            String implementation =
                    OneDnnPrimitives.implementation(arena, description).toLowerCase(Locale.ROOT);
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_DESCRIPTION, description);
            shapes.free();
            return implementation.startsWith("brg")
                    || (implementation.contains("jit") && !implementation.contains("gemm:"));
        }
    }

    /// Elements of the kernel in the primitive's own order.
    long kernelElements() {
        return kernelElements;
    }

    /// Elements of the room that a run needs.
    long scratchElements() {
        return elements(scratchBytes);
    }

    /// Our kernel, in the primitive's order.
    void readKernel(long ours, long own) {
        try {
            OneDnnPrimitives.execute(
                    handles.toOwn,
                    new long[] {OneDnnPrimitives.FROM, OneDnnPrimitives.TO},
                    handles.ours,
                    ours,
                    handles.own,
                    own);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /// The gradient of our kernel from that in the primitive's order.
    void writeKernel(long own, long ours, boolean adds) {
        long reorder = adds ? handles.adding : handles.toOwn;
        try {
            OneDnnPrimitives.execute(
                    reorder,
                    new long[] {OneDnnPrimitives.FROM, OneDnnPrimitives.TO},
                    handles.own,
                    own,
                    handles.ours,
                    ours);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /// Computes what the direction says.
    ///
    /// @param images address of the images, or of their gradient
    /// @param kernel address of the kernel or its gradient, in the primitive's order
    /// @param positions address of the output positions, or of their gradient
    /// @param scratch address of room of [#scratchElements]
    void run(long images, long kernel, long positions, long scratch) {
        long[] names = switch (key.direction) {
            case FORWARD ->
                new long[] {
                    OneDnnPrimitives.SOURCE,
                    OneDnnPrimitives.KERNEL,
                    OneDnnPrimitives.RESULT,
                    OneDnnPrimitives.SCRATCHPAD
                };
            case INPUT_GRADIENT ->
                new long[] {
                    OneDnnPrimitives.SOURCE_GRADIENT,
                    OneDnnPrimitives.KERNEL,
                    OneDnnPrimitives.RESULT_GRADIENT,
                    OneDnnPrimitives.SCRATCHPAD
                };
            case KERNEL_GRADIENT ->
                new long[] {
                    OneDnnPrimitives.SOURCE,
                    OneDnnPrimitives.KERNEL_GRADIENT,
                    OneDnnPrimitives.RESULT_GRADIENT,
                    OneDnnPrimitives.SCRATCHPAD
                };
        };
        try {
            OneDnnPrimitives.execute(
                    handles.primitive,
                    names,
                    handles.images,
                    images,
                    handles.own,
                    kernel,
                    handles.positions,
                    positions,
                    OneDnnPrimitives.query(handles.of, OneDnnPrimitives.QUERY_SCRATCHPAD),
                    scratch);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /// Memory descriptors of a primitive.
    private static final class Shapes {
        private final Arena arena;
        private final Key key;
        private final long images;
        private final long positions;
        private final long ours;

        Shapes(Arena arena, Key key) {
            this.arena = arena;
            this.key = key;
            ImageGrid g = key.grid;
            int c = key.channels;
            int m = key.outputs;
            this.images = rows(g.height(), g.width(), c);
            this.positions = rows(g.outputHeight(), g.outputWidth(), m);
            long kernelRow = (long) g.kernelWidth() * c;
            long[] strides = key.byRows
                    ? new long[] {g.kernelHeight() * kernelRow, 1, kernelRow, c}
                    : new long[] {1, m, kernelRow * m, (long) c * m};
            this.ours = OneDnnPrimitives.memory(arena, new long[] {m, c, g.kernelHeight(), g.kernelWidth()}, strides);
        }

        private long rows(int height, int width, int channels) {
            return OneDnnPrimitives.memory(arena, new long[] {key.samples, channels, height, width}, new long[] {
                (long) height * width * channels, 1, (long) width * channels, channels
            });
        }

        private long description(long attributes) {
            long description = descriptionOrNull(attributes);
            if (description == 0) {
                throw new IllegalStateException("oneDNN has no convolution for " + key);
            }
            return description;
        }

        private long descriptionOrNull(long attributes) {
            ImageGrid g = key.grid;
            long any = OneDnnPrimitives.anyOrder(
                    arena, new long[] {key.outputs, key.channels, g.kernelHeight(), g.kernelWidth()});
            MemorySegment strides = OneDnnPrimitives.dims(arena, g.strideHeight(), g.strideWidth());
            MemorySegment dilations = OneDnnPrimitives.dims(arena, g.dilationHeight() - 1L, g.dilationWidth() - 1L);
            MemorySegment padding = OneDnnPrimitives.dims(arena, g.paddingHeight(), g.paddingWidth());
            OneDnnPrimitives.Window window = new OneDnnPrimitives.Window(strides, dilations, padding);
            long forward = OneDnnPrimitives.forward(
                    arena, images, any, positions, window, key.direction == Direction.FORWARD ? attributes : 0);
            long found = forward;
            if (forward != 0 && key.direction != Direction.FORWARD) {
                found = key.direction == Direction.INPUT_GRADIENT
                        ? OneDnnPrimitives.inputGradient(arena, images, any, positions, window, forward, attributes)
                        : OneDnnPrimitives.kernelGradient(arena, images, any, positions, window, forward, attributes);
                OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_DESCRIPTION, forward);
            }
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_MEMORY_DESCRIPTION, any);
            return found;
        }

        private void free() {
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_MEMORY_DESCRIPTION, images);
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_MEMORY_DESCRIPTION, positions);
            OneDnnPrimitives.call(OneDnnPrimitives.DESTROY_MEMORY_DESCRIPTION, ours);
        }
    }
}
