package dev.stiefel.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/// The native functions: memory from the C library, products and factorizations from a BLAS library
/// with LAPACK.
///
/// The library is OpenBLAS, which JavaCPP unpacks and loads, unless the system property [#CHOICE] names another.
/// The calls go through the foreign-function interface on raw addresses, which costs some ten nanoseconds a call
/// and makes no objects. Nothing here checks its arguments: the callers do.
@SuppressWarnings("restricted") // calling native code is what this class is for
final class Native {
    /// The system property that chooses the engine: absent for OpenBLAS with [OneDnn]'s products where
    /// there are any, [#OPENBLAS] for OpenBLAS alone, or the path of a library with the functions of
    /// CBLAS and LAPACKE.
    static final String CHOICE = "stiefel.blas";

    static final String OPENBLAS = "openblas";

    static final int ROW_MAJOR = 101;
    static final int NO_TRANSPOSE = 111;
    static final int TRANSPOSE = 112;
    static final int UPPER = 121;
    static final int NON_UNIT = 131;
    static final int RIGHT = 142;
    static final int COLUMN_MAJOR = 102;

    static final MethodHandle SGEMM;
    static final MethodHandle DGEMM;
    static final MethodHandle STRSM;
    static final MethodHandle DTRSM;
    static final MethodHandle SAXPY;
    static final MethodHandle DAXPY;
    static final MethodHandle SSCAL;
    static final MethodHandle DSCAL;
    static final MethodHandle SDOT;
    static final MethodHandle DDOT;
    static final MethodHandle SNRM2;
    static final MethodHandle DNRM2;
    static final MethodHandle SSYRK;
    static final MethodHandle DSYRK;
    static final MethodHandle SPOTRF;
    static final MethodHandle DPOTRF;
    static final MethodHandle SGEQRF;
    static final MethodHandle DGEQRF;
    static final MethodHandle SORGQR;
    static final MethodHandle DORGQR;
    static final MethodHandle SGESDD;
    static final MethodHandle DGESDD;
    static final MethodHandle SGESVD;
    static final MethodHandle DGESVD;

    private static final MethodHandle MALLOC;
    private static final MethodHandle FREE;
    private static final String CONFIGURATION;

    static {
        Linker linker = Linker.nativeLinker();
        SymbolLookup c = linker.defaultLookup();
        MALLOC = linker.downcallHandle(
                c.findOrThrow("malloc"),
                FunctionDescriptor.of(ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(0, JAVA_BYTE)), JAVA_LONG));
        FREE = linker.downcallHandle(c.findOrThrow("free"), FunctionDescriptor.ofVoid(JAVA_LONG));

        Path library = blas();
        SymbolLookup blas = open(library);
        holdToOneThread(linker, blas, library);
        CONFIGURATION = configuration(linker, blas, library);
        SGEMM = find(linker, blas, "cblas_sgemm", gemm(JAVA_FLOAT));
        DGEMM = find(linker, blas, "cblas_dgemm", gemm(JAVA_DOUBLE));
        STRSM = find(linker, blas, "cblas_strsm", trsm(JAVA_FLOAT));
        DTRSM = find(linker, blas, "cblas_dtrsm", trsm(JAVA_DOUBLE));
        SAXPY = find(linker, blas, "cblas_saxpy", axpy(JAVA_FLOAT));
        DAXPY = find(linker, blas, "cblas_daxpy", axpy(JAVA_DOUBLE));
        SSCAL = find(linker, blas, "cblas_sscal", scal(JAVA_FLOAT));
        DSCAL = find(linker, blas, "cblas_dscal", scal(JAVA_DOUBLE));
        SDOT = find(linker, blas, "cblas_sdot", dot(JAVA_FLOAT));
        DDOT = find(linker, blas, "cblas_ddot", dot(JAVA_DOUBLE));
        SNRM2 = find(linker, blas, "cblas_snrm2", nrm2(JAVA_FLOAT));
        DNRM2 = find(linker, blas, "cblas_dnrm2", nrm2(JAVA_DOUBLE));
        SSYRK = find(linker, blas, "cblas_ssyrk", syrk(JAVA_FLOAT));
        DSYRK = find(linker, blas, "cblas_dsyrk", syrk(JAVA_DOUBLE));
        FunctionDescriptor potrf = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_BYTE, JAVA_INT, JAVA_LONG, JAVA_INT);
        SPOTRF = find(linker, blas, "LAPACKE_spotrf", potrf);
        DPOTRF = find(linker, blas, "LAPACKE_dpotrf", potrf);
        FunctionDescriptor geqrf =
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
        SGEQRF = find(linker, blas, "LAPACKE_sgeqrf", geqrf);
        DGEQRF = find(linker, blas, "LAPACKE_dgeqrf", geqrf);
        FunctionDescriptor orgqr =
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
        SORGQR = find(linker, blas, "LAPACKE_sorgqr", orgqr);
        DORGQR = find(linker, blas, "LAPACKE_dorgqr", orgqr);
        FunctionDescriptor gesdd = FunctionDescriptor.of(
                JAVA_INT, JAVA_INT, JAVA_BYTE, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT,
                JAVA_LONG, JAVA_INT);
        SGESDD = find(linker, blas, "LAPACKE_sgesdd", gesdd);
        DGESDD = find(linker, blas, "LAPACKE_dgesdd", gesdd);
        FunctionDescriptor gesvd = FunctionDescriptor.of(
                JAVA_INT, JAVA_INT, JAVA_BYTE, JAVA_BYTE, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG,
                JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
        SGESVD = find(linker, blas, "LAPACKE_sgesvd", gesvd);
        DGESVD = find(linker, blas, "LAPACKE_dgesvd", gesvd);
    }

    private Native() {}

    /// The library's description of itself: version, options, and the processor that it detects.
    static String configuration() {
        return CONFIGURATION;
    }

    /// Returns whether the engine was left to us.
    static boolean isDefault() {
        return System.getProperty(CHOICE, "").isEmpty();
    }

    private static Path blas() {
        String choice = System.getProperty(CHOICE, "");
        return choice.isEmpty() || choice.equals(OPENBLAS)
                ? openBlas()
                : Path.of(choice).toAbsolutePath();
    }

    private static SymbolLookup open(Path library) {
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cannot load the library %s; -D%s must be '%s' or the path of a library with CBLAS and LAPACKE"
                            .formatted(library, CHOICE, OPENBLAS),
                    e);
        }
    }

    /// Every call runs on the thread that makes it: [Threads] says why.
    private static void holdToOneThread(Linker linker, SymbolLookup blas, Path library) {
        MemorySegment setter = Stream.of(
                        "openblas_set_num_threads", "MKL_Set_Num_Threads", "bli_thread_set_num_threads")
                .flatMap(name -> blas.find(name).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the library %s has no known way to hold it to one thread; use OpenBLAS, MKL or BLIS"
                                .formatted(library)));
        try {
            linker.downcallHandle(setter, FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(Threads.PER_NATIVE_CALL);
        } catch (Throwable e) {
            throw failed("to set the number of threads", e);
        }
    }

    private static String configuration(Linker linker, SymbolLookup blas, Path library) {
        return blas.find("openblas_get_config")
                .map(address -> linker.downcallHandle(address, FunctionDescriptor.of(ADDRESS)))
                .map(Native::text)
                .orElse(library.toString());
    }

    private static String text(MethodHandle function) {
        try {
            MemorySegment start = (MemorySegment) function.invokeExact();
            return start.reinterpret(Long.MAX_VALUE).getString(0).strip();
        } catch (Throwable e) {
            throw failed("a function that returns text", e);
        }
    }

    /// At least `bytes` bytes of uninitialised memory; freed by [#free].
    static MemorySegment allocate(long bytes) {
        try {
            MemorySegment block = (MemorySegment) MALLOC.invokeExact(bytes);
            if (block.address() == 0) {
                throw new OutOfMemoryError("the system has no " + bytes + " bytes of native memory left");
            }
            return block.reinterpret(bytes);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            throw failed("malloc", e);
        }
    }

    static void free(MemorySegment block) {
        try {
            FREE.invokeExact(block.address());
        } catch (Throwable e) {
            throw failed("free", e);
        }
    }

    /// A native call that did not return: never expected, since it means a signature here is wrong.
    static IllegalStateException failed(String function, Throwable cause) {
        return new IllegalStateException("native call " + function + " failed", cause);
    }

    private static MethodHandle find(Linker linker, SymbolLookup library, String name, FunctionDescriptor descriptor) {
        MemorySegment address = library.find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the library %s has no function %s; -D%s must name one with CBLAS and LAPACKE"
                                .formatted(blas(), name, CHOICE)));
        return linker.downcallHandle(address, descriptor);
    }

    private static FunctionDescriptor gemm(MemoryLayout real) {
        return FunctionDescriptor.ofVoid(
                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, real, JAVA_LONG, JAVA_INT, JAVA_LONG,
                JAVA_INT, real, JAVA_LONG, JAVA_INT);
    }

    private static FunctionDescriptor trsm(MemoryLayout real) {
        return FunctionDescriptor.ofVoid(
                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, real, JAVA_LONG, JAVA_INT,
                JAVA_LONG, JAVA_INT);
    }

    private static FunctionDescriptor axpy(MemoryLayout real) {
        return FunctionDescriptor.ofVoid(JAVA_INT, real, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    }

    private static FunctionDescriptor scal(MemoryLayout real) {
        return FunctionDescriptor.ofVoid(JAVA_INT, real, JAVA_LONG, JAVA_INT);
    }

    private static FunctionDescriptor dot(MemoryLayout real) {
        return FunctionDescriptor.of(real, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    }

    private static FunctionDescriptor nrm2(MemoryLayout real) {
        return FunctionDescriptor.of(real, JAVA_INT, JAVA_LONG, JAVA_INT);
    }

    private static FunctionDescriptor syrk(MemoryLayout real) {
        return FunctionDescriptor.ofVoid(
                JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, real, JAVA_LONG, JAVA_INT, real, JAVA_LONG, JAVA_INT);
    }

    /// The OpenBLAS library that JavaCPP has unpacked: the one beside its own wrapper.
    private static Path openBlas() {
        Path folder = Path.of(Loader.load(openblas.class)).toAbsolutePath().getParent();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("libopenblas[._0-9]*(so|dylib|dll).*"))
                    .min(Path::compareTo)
                    .orElseThrow(() -> new IllegalStateException(
                            "no OpenBLAS library in " + folder + "; empty JavaCPP's cache folder and start again"));
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }
}
