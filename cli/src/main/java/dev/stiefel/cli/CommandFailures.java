package dev.stiefel.cli;

import dev.stiefel.lab.data.InvalidDataException;
import dev.stiefel.lab.model.InvalidRunException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/// Message and exit code of a command that failed.
final class CommandFailures {
    static final int FAILURE = 1;
    static final int MISTAKE = 2;
    static final int INTERRUPTED = 130; // 128 + SIGINT
    static final int HUNG_UP = 129; // 128 + SIGHUP
    static final int READER_GONE = 141; // 128 + SIGPIPE

    private CommandFailures() {}

    static int report(Throwable thrown, PrintStream err, boolean verbose) {
        Throwable e = thrown instanceof ExceptionInInitializerError && thrown.getCause() != null
                ? thrown.getCause() // the engine that was chosen cannot be loaded
                : thrown;
        if (isReaderGone(e)) {
            return READER_GONE; // without a word, as other programs end then
        }
        err.println("stiefel: " + oneLine(message(e, verbose)));
        if (verbose) {
            err.print(CommandLines.trace(e));
        }
        err.flush();
        return code(e);
    }

    private static boolean isReaderGone(Throwable e) {
        return e instanceof UncheckedIOException && e.getCause() instanceof StandardOutput.ReaderGoneException;
    }

    private static int code(Throwable e) {
        return switch (e) {
            case UsageException _, IllegalArgumentException _, InvalidRunException _, InvalidDataException _ -> MISTAKE;
            case InterruptedIOException _, InterruptedException _ -> INTERRUPTED;
            default -> FAILURE;
        };
    }

    private static String message(Throwable e, boolean verbose) {
        return switch (e) {
            case UncheckedIOException unchecked -> message(Objects.requireNonNull(unchecked.getCause()), verbose);
            case IOException io -> io(io);
            case UsageException _, IllegalArgumentException _ when e.getMessage() != null -> e.getMessage();
            case OutOfMemoryError _ ->
                "not enough memory: %s; a smaller batch or network needs less, STIEFEL_JAVA_OPTS=-Xmx… allows more"
                        .formatted(e.getMessage());
            default -> "internal error: %s%s".formatted(e, verbose ? "" : "; --verbose shows the stack trace");
        };
    }

    private static String io(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file or folder: " + missing.getFile();
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case FileAlreadyExistsException existing -> "already exists: " + existing.getFile();
            case FileSystemException other
            when other.getReason() != null -> "cannot use %s: %s".formatted(other.getFile(), other.getReason());
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
