package dev.stiefel.data.fetch;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/// A web server that has all files in one archive, at `BASE/NAME`; what breaks off is resumed.
public final class HttpArchive implements Source {
    private final URI base;
    private final TarGz archive;
    private final Timeouts timeouts;

    /// The archive below `base`, which ends with a slash.
    public HttpArchive(URI base, TarGz archive, Timeouts timeouts) {
        if (base.getHost() == null || !base.getPath().endsWith("/")) {
            throw new IllegalArgumentException("archive: the address needs a host and a final slash; got " + base);
        }
        this.base = base;
        this.archive = archive;
        this.timeouts = timeouts;
    }

    @Override
    public String name() {
        return base.resolve(archive.name()).toString();
    }

    @Override
    public void fetch(List<DataFile> files, CacheWriter writer) throws IOException {
        try (Downloads downloads = new Downloads(timeouts)) {
            downloads.fetch(
                    base.resolve(archive.name()),
                    archive.name(),
                    writer,
                    download -> archive.unpack(download, files, writer));
        }
    }
}
