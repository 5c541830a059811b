package dev.stiefel.lab.figure;

import java.io.IOException;
import java.io.Serial;

/// Says that this machine cannot draw pictures of pixels: as a rule it has no fonts. SVG files
/// do not need them.
public final class NoPictureException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    NoPictureException(String message, Throwable cause) {
        super(message, cause);
    }
}
