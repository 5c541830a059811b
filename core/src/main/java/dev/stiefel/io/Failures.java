package dev.stiefel.io;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// The one-line messages of this package.
final class Failures {
    private static final int LONGEST_QUOTE = 80;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private Failures() {}

    static IOException cannotRead(Path path, IOException cause) {
        return new IOException("cannot read " + path + ": " + reason(path, cause), cause);
    }

    static IOException cannotWrite(Path path, IOException cause) {
        return new IOException("cannot write " + path + ": " + reason(path, cause), cause);
    }

    static IOException cannotDelete(Path path, IOException cause) {
        return new IOException("cannot delete " + path + ": " + reason(path, cause), cause);
    }

    /// Text from a file, fit for a message: quoted, on one line, of bounded length.
    static String quote(String text) {
        return "'" + brief(text) + "'";
    }

    static String brief(String text) {
        return oneLine(text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…");
    }

    private static String oneLine(String text) {
        return UNPRINTABLE.matcher(text).replaceAll("?");
    }

    private static String reason(Path path, IOException cause) {
        return switch (cause) {
            case NoSuchFileException missing -> named(path, missing.getFile()) + " does not exist";
            case NotDirectoryException file -> file.getFile() + " is not a folder";
            case AccessDeniedException _ -> "permission denied";
            case ClosedByInterruptException _ -> "the thread was interrupted";
            case FileSystemException failed when failed.getReason() != null -> oneLine(failed.getReason());
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : oneLine(cause.getMessage());
        };
    }

    private static String named(Path path, String missing) {
        return path.toString().equals(missing) ? "it" : missing;
    }
}
