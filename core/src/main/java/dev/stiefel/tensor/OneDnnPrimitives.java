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

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = OneDnn.loaded();

    static final MethodHandle DESTROY_PRIMITIVE = status("dnnl_primitive_destroy", JAVA_LONG);
    static final MethodHandle DESTROY_DESCRIPTION = status("dnnl_primitive_desc_destroy", JAVA_LONG);
    static final MethodHandle DESTROY_MEMORY_DESCRIPTION = status("dnnl_memory_desc_destroy", JAVA_LONG);
    static final MethodHandle DESTROY_ATTRIBUTES = status("dnnl_primitive_attr_destroy", JAVA_LONG);
    private static final MethodHandle DESTROY_MEMORY = status("dnnl_memory_destroy", JAVA_LONG);
    private static final MethodHandle DESTROY_POST_OPS = status("dnnl_post_ops_destroy", JAVA_LONG);
    private static final MethodHandle FORWARD_DESCRIPTION = status(
            "dnnl_convolution_forward_primitive_desc_create",
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG);
    private static final MethodHandle INPUT_GRADIENT_DESCRIPTION = status(
            "dnnl_convolution_backward_data_primitive_desc_create",
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG);
    private static final MethodHandle KERNEL_GRADIENT_DESCRIPTION = status(
            "dnnl_convolution_backward_weights_primitive_desc_create",
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG);
    private static final MethodHandle REORDER_DESCRIPTION = status(
            "dnnl_reorder_primitive_desc_create", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CREATE_PRIMITIVE = status("dnnl_primitive_create", ADDRESS, JAVA_LONG);
    private static final MethodHandle CREATE_MEMORY =
            status("dnnl_memory_create", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MEMORY_STRIDES =
            status("dnnl_memory_desc_create_with_strides", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle MEMORY_ANY =
            status("dnnl_memory_desc_create_with_tag", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle MEMORY_SIZE = number("dnnl_memory_desc_get_size", JAVA_LONG);
    private static final MethodHandle QUERY_MEMORY =
            number("dnnl_primitive_desc_query_md", JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle QUERY =
            status("dnnl_primitive_desc_query", JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EXECUTE =
            status("dnnl_primitive_execute", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle CREATE_ATTRIBUTES = status("dnnl_primitive_attr_create", ADDRESS);
    private static final MethodHandle SET_SCRATCHPAD =
            status("dnnl_primitive_attr_set_scratchpad_mode", JAVA_LONG, JAVA_INT);
    private static final MethodHandle CREATE_POST_OPS = status("dnnl_post_ops_create", ADDRESS);
    private static final MethodHandle APPEND_SUM =
            status("dnnl_post_ops_append_sum", JAVA_LONG, JAVA_FLOAT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SET_POST_OPS = status("dnnl_primitive_attr_set_post_ops", JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CREATE_STREAM = status("dnnl_stream_create", ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CREATE_ENGINE = status("dnnl_engine_create", ADDRESS, JAVA_INT, JAVA_LONG);
    private static final long ENGINE = engine();
    private static final ThreadLocal<Stream> STREAMS = ThreadLocal.withInitial(Stream::new);

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

    /// A function that returns a status.
    private static MethodHandle status(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LIBRARY.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /// A function that returns a number or an address.
    private static MethodHandle number(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LIBRARY.findOrThrow(name), FunctionDescriptor.of(JAVA_LONG, arguments));
    }

    private static long engine() {
        try (Arena arena = Arena.ofConfined()) {
            return made(arena, "dnnl_engine_create", out -> (int) CREATE_ENGINE.invokeExact(out, CPU, 0L));
        }
    }

    private static int require(String function, int status) {
        if (status != OneDnn.SUCCESS) {
            throw new IllegalStateException(function + ": status " + status);
        }
        return status;
    }

    /// One or several native calls, with a status or a number as the result.
    @FunctionalInterface
    private interface Call {
        long run() throws Throwable;
    }

    /// The result of native calls.
    private static long called(String function, Call call) {
        try {
            return call.run();
        } catch (Throwable e) {
            throw Native.failed(function, e);
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
        return called(function, () -> maker.make(out) == OneDnn.SUCCESS ? out.get(JAVA_LONG, 0) : 0);
    }

    private static long made(Arena arena, String function, Maker maker) {
        return madeOrNone(arena, function, out -> require(function, maker.make(out)));
    }

    /// Calls what takes one object.
    static void call(MethodHandle function, long object) {
        called("oneDNN", () -> require("oneDNN", (int) function.invokeExact(object)));
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
        return called("dnnl_memory_desc_get_size", () -> (long) MEMORY_SIZE.invokeExact(memoryDescription));
    }

    static long query(long description, int what) {
        return called("dnnl_primitive_desc_query_md", () -> (long) QUERY_MEMORY.invokeExact(description, what, 0));
    }

    static String implementation(Arena arena, long description) {
        long address = made(arena, "dnnl_primitive_desc_query", out ->
                (int) QUERY.invokeExact(description, QUERY_IMPLEMENTATION, 0, out));
        return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /// Movement of a window, two numbers each: down and across.
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
        String function = "dnnl_primitive_attr_set_scratchpad_mode";
        called(function, () -> require(function, (int) SET_SCRATCHPAD.invokeExact(attributes, SCRATCHPAD_IS_OURS)));
        return attributes;
    }

    /// Attributes that add to the result.
    static long summing(Arena arena) {
        long attributes = emptyAttributes(arena);
        long postOps = made(arena, "dnnl_post_ops_create", out -> (int) CREATE_POST_OPS.invokeExact(out));
        called("dnnl_post_ops_append_sum", () -> {
            require("dnnl_post_ops_append_sum", (int) APPEND_SUM.invokeExact(postOps, 1f, 0, 0));
            return require("dnnl_primitive_attr_set_post_ops", (int) SET_POST_OPS.invokeExact(attributes, postOps));
        });
        call(DESTROY_POST_OPS, postOps);
        return attributes;
    }

    /// @param attributes attributes, which are freed; 0 for none
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
        called("dnnl_primitive_execute", () -> {
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
            return status;
        });
    }
}
