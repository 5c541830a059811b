package dev.stiefel.data.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;

/// A web server that has each file as `BASE/NAME.gz`, or as `BASE/NAME`; what breaks off is resumed.
public final class HttpMirror implements Source {
    private final URI base;
    private final String suffix;
    private final Timeouts timeouts;

    /// The mirror of gzip files at `base`, which ends with a slash.
    public HttpMirror(URI base, Timeouts timeouts) {
        this(base, ".gz", timeouts);
    }

    /// The mirror at `base`, which ends with a slash, of files as they are.
    public static HttpMirror ofPlainFiles(URI base, Timeouts timeouts) {
        return new HttpMirror(base, "", timeouts);
    }

    private HttpMirror(URI base, String suffix, Timeouts timeouts) {
        if (base.getHost() == null || !base.getPath().endsWith("/")) {
            throw new IllegalArgumentException("mirror: the address needs a host and a final slash; got " + base);
        }
        this.base = base;
        this.suffix = suffix;
        this.timeouts = timeouts;
    }

    @Override
    public String name() {
        return "mirror " + base.getHost();
    }

    @Override
    public void fetch(List<DataFile> files, CacheWriter writer) throws IOException {
        try (Downloads downloads = new Downloads(timeouts)) {
            for (DataFile file : files) {
                String name = file.name() + suffix;
                downloads.fetch(base.resolve(name), name, writer, download -> {
                    try (InputStream in = Files.newInputStream(download)) {
                        writer.accept(file, in);
                    }
                });
            }
        }
    }
}
