package dev.stiefel.data.own;

import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/// Records the warning of a decoder that it filled up an image whose end is missing.
final class TruncationWarnings implements IIOReadWarningListener {
    private @Nullable String fatal;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
        String lower = warning.toLowerCase(Locale.ROOT);
        if (fatal == null && (lower.contains("premature end") || lower.contains("truncated"))) {
            fatal = warning;
        }
    }

    void requireNone() throws IOException {
        if (fatal != null) {
            throw new IOException("the image is truncated");
        }
    }
}
