package dev.stiefel.data.fetch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/// The meaning of an exception, in words.
final class ExceptionText {
    private ExceptionText() {}

    static String of(IOException e) {
        if (isUnresolved(e)) {
            return "its name cannot be resolved";
        }
        return switch (e) {
            case HttpConnectTimeoutException _ -> "no connection in time";
            case ConnectException _ -> "the connection was refused";
            case NoSuchFileException missing -> "no such file: " + missing.getFile();
            case FileAlreadyExistsException existing -> "a file is in the way: " + existing.getFile();
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static boolean isUnresolved(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }
}
