package dev.stiefel.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The functions of oneDNN's interface in C, and its numbers.
@SuppressWarnings("restricted") // calling native code is what this class is for
final class OneDnnPrimitives {
    static final int FROM = 1;
    static final int TO = 17;
    static final int SOURCE = 1;
    static final int RESULT = 17;
    static final int KERNEL = 33;
    static final int SCRATCHPAD = 80;
    static final int SOURCE_GRADIENT = 129;
    static final int RESULT_GRADIENT = 145;
    static final int KERNEL_GRADIENT = 161;

    static final int QUERY_IMPLEMENTATION = 8;
    static final int QUERY_KERNEL = 131;
    static final int QUERY_KERNEL_GRADIENT = 132;
    static final int QUERY_SCRATCHPAD = 136;

    private static final int FLOAT32 = 3;
    private static final int ANY = 1;
    private static final int CPU = 1;
    private static final int IN_ORDER = 1;
    private static final int FORWARD_TRAINING = 64;
    private static final int DIRECT = 1;
    private static final int SCRATCHPAD_IS_OURS = 1;
    private static final int DIMENSIONS = 12; // of every array of extents
    private static final int ARGUMENT = 16; // bytes of a number and a pointer

    private static final FunctionDescriptor ONE = FunctionDescriptor.of(JAVA_INT, JAVA_LONG);

    static final MethodHandle DESTROY_PRIMITIVE;
    static final MethodHandle DESTROY_DESCRIPTION;
    static final MethodHandle DESTROY_MEMORY_DESCRIPTION;
    static final MethodHandle DESTROY_ATTRIBUTES;
    private static final MethodHandle INPUT_GRADIENT_DESCRIPTION;
    private static final MethodHandle KERNEL_GRADIENT_DESCRIPTION;
    private static final MethodHandle FORWARD_DESCRIPTION;
    private static final MethodHandle REORDER_DESCRIPTION;
    private static final MethodHandle CREATE_PRIMITIVE;
    private static final MethodHandle CREATE_MEMORY;
    private static final MethodHandle DESTROY_MEMORY;
    private static final MethodHandle MEMORY_STRIDES;
    private static final MethodHandle MEMORY_ANY;
    private static final MethodHandle MEMORY_SIZE;
    private static final MethodHandle QUERY_MEMORY;
    private static final MethodHandle QUERY;
    private static final MethodHandle EXECUTE;
    private static final MethodHandle CREATE_ATTRIBUTES;
    private static final MethodHandle SET_SCRATCHPAD;
    private static final MethodHandle CREATE_POST_OPS;
    private static final MethodHandle APPEND_SUM;
    private static final MethodHandle SET_POST_OPS;
    private static final MethodHandle DESTROY_POST_OPS;
    private static final MethodHandle CREATE_STREAM;
    private static final long ENGINE;
    private static final ThreadLocal<Stream> STREAMS = ThreadLocal.withInitial(Stream::new);

    static {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = OneDnn.loaded();
        FunctionDescriptor two = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG);
        DESTROY_PRIMITIVE = find(linker, library, "dnnl_primitive_destroy", ONE);
        DESTROY_DESCRIPTION = find(linker, library, "dnnl_primitive_desc_destroy", ONE);
        DESTROY_MEMORY_DESCRIPTION = find(linker, library, "dnnl_memory_desc_destroy", ONE);
        DESTROY_ATTRIBUTES = find(linker, library, "dnnl_primitive_attr_destroy", ONE);
        DESTROY_MEMORY = find(linker, library, "dnnl_memory_destroy", ONE);
        DESTROY_POST_OPS = find(linker, library, "dnnl_post_ops_destroy", ONE);
        FORWARD_DESCRIPTION = find(
                linker,
                library,
                "dnnl_convolution_forward_primitive_desc_create",
                FunctionDescriptor.of(
                        JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
        INPUT_GRADIENT_DESCRIPTION = find(
                linker,
                library,
                "dnnl_convolution_backward_data_primitive_desc_create",
                FunctionDescriptor.of(
                        JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS,
                        ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG));
        KERNEL_GRADIENT_DESCRIPTION = find(
                linker,
                library,
                "dnnl_convolution_backward_weights_primitive_desc_create",
                FunctionDescriptor.of(
                        JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS,
                        ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG));
        REORDER_DESCRIPTION = find(
                linker,
                library,
                "dnnl_reorder_primitive_desc_create",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
        CREATE_PRIMITIVE = find(linker, library, "dnnl_primitive_create", two);
        CREATE_MEMORY = find(
                linker,
                library,
                "dnnl_memory_create",
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
        MEMORY_STRIDES = find(
                linker,
                library,
                "dnnl_memory_desc_create_with_strides",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
        MEMORY_ANY = find(
                linker,
                library,
                "dnnl_memory_desc_create_with_tag",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
        MEMORY_SIZE = find(linker, library, "dnnl_memory_desc_get_size", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
        QUERY_MEMORY = find(
                linker,
                library,
                "dnnl_primitive_desc_query_md",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT));
        QUERY = find(
                linker,
                library,
                "dnnl_primitive_desc_query",
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS));
        EXECUTE = find(
                linker,
                library,
                "dnnl_primitive_execute",
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG));
        CREATE_ATTRIBUTES =
                find(linker, library, "dnnl_primitive_attr_create", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        SET_SCRATCHPAD = find(
                linker,
                library,
                "dnnl_primitive_attr_set_scratchpad_mode",
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
        CREATE_POST_OPS = find(linker, library, "dnnl_post_ops_create", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        APPEND_SUM = find(
                linker,
                library,
                "dnnl_post_ops_append_sum",
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_FLOAT, JAVA_INT, JAVA_INT));
        SET_POST_OPS = find(
                linker,
                library,
                "dnnl_primitive_attr_set_post_ops",
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
        CREATE_STREAM = find(
                linker, library, "dnnl_stream_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
        MethodHandle createEngine = find(
                linker, library, "dnnl_engine_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG));
        try (Arena arena = Arena.ofConfined()) {
            ENGINE = made(arena, "dnnl_engine_create", out -> (int) createEngine.invokeExact(out, CPU, 0L));
        }
    }

    private OneDnnPrimitives() {}

    /// A thread's stream, and room for the arguments of a call. Streams are small, and threads few: never freed.
    private static final class Stream {
        private final long handle;
        private final MemorySegment arguments = Arena.ofAuto().allocate(MemoryLayout.sequenceLayout(8, JAVA_LONG));

        Stream() {
            try (Arena arena = Arena.ofConfined()) {
                handle = made(
                        arena, "dnnl_stream_create", out -> (int) CREATE_STREAM.invokeExact(out, ENGINE, IN_ORDER));
            }
        }
    }

    private static MethodHandle find(Linker linker, SymbolLookup library, String name, FunctionDescriptor descriptor) {
        return linker.downcallHandle(library.findOrThrow(name), descriptor);
    }

    private static void require(String function, int status) {
        if (status != OneDnn.SUCCESS) {
            throw new IllegalStateException(function + ": status " + status);
        }
    }

    /// A function that makes an object, writes its handle to `out`, and returns a status.
    @FunctionalInterface
    private interface Maker {
        int make(MemorySegment out) throws Throwable;
    }

    /// The handle of what a function makes; 0 where it refuses.
    private static long madeOrNone(Arena arena, String function, Maker maker) {
        MemorySegment out = arena.allocate(JAVA_LONG);
        try {
            return maker.make(out) == OneDnn.SUCCESS ? out.get(JAVA_LONG, 0) : 0;
        } catch (Throwable e) {
            throw Native.failed(function, e);
        }
    }

    private static long made(Arena arena, String function, Maker maker) {
        return madeOrNone(arena, function, out -> {
            require(function, maker.make(out));
            return OneDnn.SUCCESS;
        });
    }

    /// Calls what takes one object.
    static void call(MethodHandle function, long object) {
        try {
            int status = (int) function.invokeExact(object);
            require("oneDNN", status);
        } catch (Throwable e) {
            throw Native.failed("oneDNN", e);
        }
    }

    static MemorySegment dims(Arena arena, long... values) {
        MemorySegment dims = arena.allocate(JAVA_LONG, DIMENSIONS);
        MemorySegment.copy(values, 0, dims, JAVA_LONG, 0, values.length);
        return dims;
    }

    static long memory(Arena arena, long[] extents, long[] strides) {
        return made(arena, "dnnl_memory_desc_create_with_strides", out -> (int)
                MEMORY_STRIDES.invokeExact(out, extents.length, dims(arena, extents), FLOAT32, dims(arena, strides)));
    }

    static long anyOrder(Arena arena, long[] extents) {
        return made(arena, "dnnl_memory_desc_create_with_tag", out ->
                (int) MEMORY_ANY.invokeExact(out, extents.length, dims(arena, extents), FLOAT32, ANY));
    }

    /// Bytes of what is described.
    static long size(long memoryDescription) {
        try {
            return (long) MEMORY_SIZE.invokeExact(memoryDescription);
        } catch (Throwable e) {
            throw Native.failed("dnnl_memory_desc_get_size", e);
        }
    }

    static long query(long description, int what) {
        try {
            return (long) QUERY_MEMORY.invokeExact(description, what, 0);
        } catch (Throwable e) {
            throw Native.failed("dnnl_primitive_desc_query_md", e);
        }
    }

    static String implementation(Arena arena, long description) {
        long address = made(arena, "dnnl_primitive_desc_query", out ->
                (int) QUERY.invokeExact(description, QUERY_IMPLEMENTATION, 0, out));
        return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /// Where a window moves, two numbers each: down and across.
    record Window(MemorySegment strides, MemorySegment dilations, MemorySegment padding) {}

    /// A description of the way forward, 0 where there is none.
    static long forward(Arena arena, long images, long kernel, long positions, Window window, long attributes) {
        return madeOrNone(
                arena, "dnnl_convolution_forward_primitive_desc_create", out -> (int) FORWARD_DESCRIPTION.invokeExact(
                        out,
                        ENGINE,
                        FORWARD_TRAINING,
                        DIRECT,
                        images,
                        kernel,
                        0L,
                        positions,
                        window.strides,
                        window.dilations,
                        window.padding,
                        window.padding,
                        attributes));
    }

    /// A description of the gradient of the images, 0 where there is none.
    ///
    /// @param forward a description of the way forward
    static long inputGradient(
            Arena arena, long images, long kernel, long positions, Window window, long forward, long attributes) {
        return madeOrNone(
                arena,
                "dnnl_convolution_backward_data_primitive_desc_create",
                out -> (int) INPUT_GRADIENT_DESCRIPTION.invokeExact(
                        out,
                        ENGINE,
                        DIRECT,
                        images,
                        kernel,
                        positions,
                        window.strides,
                        window.dilations,
                        window.padding,
                        window.padding,
                        forward,
                        attributes));
    }

    /// A description of the gradient of the kernel, 0 where there is none.
    ///
    /// @param forward a description of the way forward
    static long kernelGradient(
            Arena arena, long images, long kernel, long positions, Window window, long forward, long attributes) {
        return madeOrNone(
                arena,
                "dnnl_convolution_backward_weights_primitive_desc_create",
                out -> (int) KERNEL_GRADIENT_DESCRIPTION.invokeExact(
                        out,
                        ENGINE,
                        DIRECT,
                        images,
                        kernel,
                        0L,
                        positions,
                        window.strides,
                        window.dilations,
                        window.padding,
                        window.padding,
                        forward,
                        attributes));
    }

    private static long emptyAttributes(Arena arena) {
        return made(arena, "dnnl_primitive_attr_create", out -> (int) CREATE_ATTRIBUTES.invokeExact(out));
    }

    /// Attributes that make the scratchpad the caller's.
    static long attributes(Arena arena) {
        long attributes = emptyAttributes(arena);
        try {
            require("dnnl_primitive_attr_set_scratchpad_mode", (int)
                    SET_SCRATCHPAD.invokeExact(attributes, SCRATCHPAD_IS_OURS));
        } catch (Throwable e) {
            throw Native.failed("dnnl_primitive_attr_set_scratchpad_mode", e);
        }
        return attributes;
    }

    /// Attributes that add to the result.
    static long summing(Arena arena) {
        long attributes = emptyAttributes(arena);
        long postOps = made(arena, "dnnl_post_ops_create", out -> (int) CREATE_POST_OPS.invokeExact(out));
        try {
            require("dnnl_post_ops_append_sum", (int) APPEND_SUM.invokeExact(postOps, 1f, 0, 0));
            require("dnnl_primitive_attr_set_post_ops", (int) SET_POST_OPS.invokeExact(attributes, postOps));
        } catch (Throwable e) {
            throw Native.failed("dnnl_post_ops_append_sum", e);
        }
        call(DESTROY_POST_OPS, postOps);
        return attributes;
    }

    /// @param attributes which are freed; 0 for none
    static long reorder(Arena arena, long from, long into, long attributes) {
        long description = made(arena, "dnnl_reorder_primitive_desc_create", out ->
                (int) REORDER_DESCRIPTION.invokeExact(out, from, ENGINE, into, ENGINE, attributes));
        if (attributes != 0) {
            call(DESTROY_ATTRIBUTES, attributes);
        }
        long primitive = primitive(arena, description);
        call(DESTROY_DESCRIPTION, description);
        return primitive;
    }

    static long primitive(Arena arena, long description) {
        return made(arena, "dnnl_primitive_create", out -> (int) CREATE_PRIMITIVE.invokeExact(out, description));
    }

    /// Runs a primitive.
    ///
    /// @param names of the arguments
    /// @param memory of each argument a description and an address
    static void execute(long primitive, long[] names, long... memory) {
        Stream stream = STREAMS.get();
        MemorySegment arguments = stream.arguments;
        try {
            for (int i = 0; i < names.length; i++) {
                long at = (long) i * ARGUMENT;
                arguments.set(JAVA_LONG, at, names[i]);
                long into = arguments.address() + at + Long.BYTES;
                require("dnnl_memory_create", (int)
                        CREATE_MEMORY.invokeExact(into, memory[2 * i], ENGINE, memory[2 * i + 1]));
            }
            int status = (int) EXECUTE.invokeExact(primitive, stream.handle, names.length, arguments.address());
            require("dnnl_primitive_execute", status);
            for (int i = 0; i < names.length; i++) {
                long memoryObject = arguments.get(JAVA_LONG, (long) i * ARGUMENT + Long.BYTES);
                require("dnnl_memory_destroy", (int) DESTROY_MEMORY.invokeExact(memoryObject));
            }
        } catch (Throwable e) {
            throw Native.failed("dnnl_primitive_execute", e);
        }
    }
}
