package dev.stiefel.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/// Products of float32 matrices from oneDNN, which generates their code at run time for the shape and
/// the processor.
///
/// On skinny shapes, of which low-rank training is made, it reaches one and a half times OpenBLAS's
/// speed (`docs/adr/0004-products.md`). It is there on x86-64 only (Linux and macOS), and only where its
/// jar is on the class path: elsewhere its products are slow or missing, and OpenBLAS's serve. It is
/// held to one thread a call, as OpenBLAS is. A version before 3.13, which another library may have put
/// on the class path, is not used: code of those before 3.11.2 damages the heap when a signal interrupts
/// it, which is how profilers work ([issue 4845](https://github.com/uxlfoundation/oneDNN/issues/4845)).
@SuppressWarnings("restricted") // calling native code is what this class is for
final class OneDnn {
    private static final int LARGE = 192;
    private static final int ALIASED_ROW = 256; // elements: 1 KiB
    private static final int LEAST_MAJOR = 3;
    private static final int LEAST_MINOR = 13;

    /// The result of [#DNNL_SGEMM] without an error.
    static final int SUCCESS = 0;

    static final byte NO_TRANSPOSE = 'N';
    static final byte TRANSPOSE = 'T';

    /// True if this library computes products.
    static final boolean IN_USE;

    /// `dnnl_sgemm`, row-major; not to be called unless [#IN_USE].
    static final MethodHandle DNNL_SGEMM;

    private static final FunctionDescriptor SGEMM = FunctionDescriptor.of(
            JAVA_INT,
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_LONG);

    private static final String VERSION;
    private static final Optional<SymbolLookup> LIBRARY;

    static {
        Linker linker = Linker.nativeLinker();
        Optional<SymbolLookup> library = Native.isDefault() ? library(linker) : Optional.empty();
        Optional<Version> version = library.map(found -> version(linker, found)).filter(Version::isSound);
        IN_USE = version.isPresent();
        LIBRARY = library;
        DNNL_SGEMM = linker.downcallHandle(
                library.map(found -> found.findOrThrow("dnnl_sgemm")).orElse(MemorySegment.ofAddress(1)), SGEMM);
        VERSION = version.map(Version::words).orElse("");
    }

    /// Numbers of a library's version.
    record Version(int major, int minor, int patch) {
        /// Returns whether its code may be interrupted.
        boolean isSound() {
            return major > LEAST_MAJOR || (major == LEAST_MAJOR && minor >= LEAST_MINOR);
        }

        private String words() {
            return "oneDNN %d.%d.%d".formatted(major, minor, patch);
        }
    }

    private OneDnn() {}

    /// Returns whether it is the faster one for this product: it packs nothing, which is what makes it fast on
    /// skinny matrices. It is slow on large ones if the second factor is transposed and has rows a multiple of 1
    /// KiB apart (see [Scope#spaced]).
    static boolean suits(int m, int n, int k, int transA, int transB, int bStride) {
        if (transA == Native.TRANSPOSE || transB == Native.NO_TRANSPOSE) {
            return true;
        }
        boolean large = Math.min(m, Math.min(n, k)) >= LARGE && bStride >= ALIASED_ROW;
        return !large || bStride % ALIASED_ROW != 0;
    }

    /// The library; not to be called unless [#IN_USE].
    static SymbolLookup loaded() {
        return LIBRARY.orElseThrow();
    }

    /// `oneDNN 3.13.0`, or nothing where it is not in use.
    static String version() {
        return VERSION;
    }

    /// The library, if it is there and can be held to one thread.
    private static Optional<SymbolLookup> library(Linker linker) {
        String platform = Loader.getPlatform();
        if (!platform.endsWith("-x86_64")) {
            return Optional.empty();
        }
        String folder = "/org/bytedeco/dnnl/" + platform + "/";
        boolean mac = platform.startsWith("macosx");
        Optional<Path> openMp = unpacked(folder + (mac ? "libiomp5.dylib" : "libgomp.so.1"));
        Optional<Path> dnnl = unpacked(folder + (mac ? "libdnnl.3.dylib" : "libdnnl.so.3"));
        if (openMp.isEmpty() || dnnl.isEmpty()) {
            return Optional.empty();
        }
        try {
            setOpenMpThreads(linker);
            SymbolLookup threads = SymbolLookup.libraryLookup(openMp.get(), Arena.global());
            if (openMpThreads(linker, threads) != Threads.PER_NATIVE_CALL) {
                return Optional.empty(); // somebody else had loaded OpenMP before, with more
            }
            return Optional.of(SymbolLookup.libraryLookup(dnnl.get(), Arena.global()));
        } catch (IllegalArgumentException cannotLoad) {
            return Optional.empty();
        }
    }

    private static Optional<Path> unpacked(String resource) {
        URL found = OneDnn.class.getResource(resource);
        if (found == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Loader.cacheResource(found).toPath());
        } catch (IOException cannotUnpack) {
            return Optional.empty();
        }
    }

    /// OpenMP reads its number of threads from the environment when it is loaded.
    private static void setOpenMpThreads(Linker linker) {
        Optional<MemorySegment> setter = linker.defaultLookup().find("setenv");
        if (setter.isEmpty()) {
            return;
        }
        MethodHandle setenv =
                linker.downcallHandle(setter.get(), FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int failed = (int) setenv.invokeExact(
                    arena.allocateFrom("OMP_NUM_THREADS"),
                    arena.allocateFrom(Integer.toString(Threads.PER_NATIVE_CALL)),
                    1);
            if (failed != 0) {
                throw new IllegalStateException("setenv OMP_NUM_THREADS failed");
            }
        } catch (Throwable e) {
            throw Native.failed("setenv", e);
        }
    }

    private static int openMpThreads(Linker linker, SymbolLookup openMp) {
        MethodHandle getter =
                linker.downcallHandle(openMp.findOrThrow("omp_get_max_threads"), FunctionDescriptor.of(JAVA_INT));
        try {
            return (int) getter.invokeExact();
        } catch (Throwable e) {
            throw Native.failed("omp_get_max_threads", e);
        }
    }

    private static Version version(Linker linker, SymbolLookup library) {
        try {
            MemorySegment version = (MemorySegment)
                    linker.downcallHandle(library.findOrThrow("dnnl_version"), FunctionDescriptor.of(ADDRESS))
                            .invokeExact();
            MemorySegment numbers = version.reinterpret(3 * ValueLayout.JAVA_INT.byteSize());
            return new Version(
                    numbers.getAtIndex(ValueLayout.JAVA_INT, 0),
                    numbers.getAtIndex(ValueLayout.JAVA_INT, 1),
                    numbers.getAtIndex(ValueLayout.JAVA_INT, 2));
        } catch (Throwable e) {
            throw Native.failed("dnnl_version", e);
        }
    }
}
