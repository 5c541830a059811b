package dev.stiefel.data.fetch;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The cache folder cannot be written: no other source would help, so fetching ends.
final class CacheException extends IOException {
    private static final long serialVersionUID = 1L;

    CacheException(Path path, IOException cause) {
        super(
                "cannot write %s: %s; free or allow space there, or name another cache folder with STIEFEL_HOME"
                        .formatted(path, reason(cause)),
                cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        @Nullable String reason = cause instanceof FileSystemException e ? e.getReason() : cause.getMessage();
        return reason == null ? ExceptionText.of(cause) : reason;
    }
}
