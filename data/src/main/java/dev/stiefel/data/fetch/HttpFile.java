package dev.stiefel.data.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;

/// A web server that has the single file of a data set, under whatever name; what breaks off is resumed.
public final class HttpFile implements Source {
    private final URI address;
    private final Timeouts timeouts;

    /// The file at this address.
    public HttpFile(URI address, Timeouts timeouts) {
        if (address.getHost() == null) {
            throw new IllegalArgumentException("file: the address needs a host; got " + address);
        }
        this.address = address;
        this.timeouts = timeouts;
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public void fetch(List<DataFile> files, CacheWriter writer) throws IOException {
        if (files.size() != 1) {
            throw new IOException("it has one file; %s are wanted".formatted(files.size()));
        }
        DataFile file = files.getFirst();
        try (Downloads downloads = new Downloads(timeouts)) {
            downloads.fetch(address, file.name(), writer, download -> {
                try (InputStream in = Files.newInputStream(download)) {
                    writer.accept(file, in);
                }
            });
        }
    }
}
