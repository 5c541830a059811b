package dev.stiefel.data.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Downloads files of web servers, each into a file of its own in a cache writer's folder.
///
/// A download that breaks off is resumed where it stopped (`Range`, with `If-Range` so that a file that has changed
/// is sent whole), at once as long as bytes still come, and by the next process after that.
final class Downloads implements AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final Timeouts timeouts;
    private final HttpClient client;

    Downloads(Timeouts timeouts) {
        this.timeouts = timeouts;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(timeouts.connect())
                .build();
    }

    /// Takes a whole download, and finds out whether it is what it should be.
    @FunctionalInterface
    interface Taker {
        void take(Path download) throws IOException;
    }

    /// Downloads what is at an address, has it taken, and deletes it.
    void fetch(URI address, String name, CacheWriter writer, Taker taker) throws IOException {
        PartialDownload part = new PartialDownload(writer.folder(), name, address);
        boolean resumed = part.size() > 0;
        download(part, name, writer);
        try {
            taker.take(part.path());
        } catch (CacheException e) {
            throw e;
        } catch (IOException e) {
            part.delete();
            if (!resumed) {
                throw e;
            }
            // The remains of an earlier process may be damaged: download again from the beginning.
            download(part, name, writer);
            taker.take(part.path());
        }
        part.delete();
    }

    /// Does not wait for a download that stalls, as the client's own closing would.
    @Override
    public void close() {
        client.shutdownNow();
    }

    private void download(PartialDownload part, String name, CacheWriter writer) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long before = part.size();
            try {
                transfer(part, name, writer);
                return;
            } catch (CacheException e) {
                throw e;
            } catch (IOException e) {
                boolean goesOn = part.size() > before && !Thread.currentThread().isInterrupted();
                if (attempt == ATTEMPTS || !goesOn) {
                    throw e;
                }
            }
        }
    }

    private void transfer(PartialDownload part, String name, CacheWriter writer) throws IOException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(part);
        if (response.statusCode() == RANGE_NOT_SATISFIABLE) {
            part.delete();
            response = send(part);
        }
        switch (response.statusCode()) {
            case OK -> part.begin(version(response));
            case PARTIAL_CONTENT -> requireStart(response, part.size());
            default -> throw new IOException("'%s': HTTP status %s".formatted(name, response.statusCode()));
        }
        receive(response, part, name, writer);
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(PartialDownload part) throws IOException {
        HttpRequest request = request(part);
        // Twice the time to connect, for the whole way to the answer: looking a name up has no limit of its own.
        long limit = timeouts.connect().multipliedBy(2).toMillis();
        try {
            return client.sendAsync(request, HttpResponse.BodyHandlers.ofPublisher())
                    .get(limit, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no answer in time");
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    private static HttpRequest request(PartialDownload part) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(part.address()).header("Accept-Encoding", "identity");
        if (part.size() > 0) {
            request.header("Range", "bytes=" + part.size() + "-");
            if (!part.version().isEmpty()) {
                request.header("If-Range", part.version());
            }
        }
        return request.build();
    }

    private void receive(
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response,
            PartialDownload part,
            String name,
            CacheWriter writer)
            throws IOException {
        long received = part.size();
        OptionalLong length = response.headers().firstValueAsLong("Content-Length");
        long total = length.isPresent() ? received + length.getAsLong() : -1;
        try (ResponseBody body = new ResponseBody();
                FileChannel channel = part.open()) {
            response.body().subscribe(body);
            for (var bytes = body.next(timeouts.stall()); !bytes.isEmpty(); bytes = body.next(timeouts.stall())) {
                received += bytes.stream().mapToLong(ByteBuffer::remaining).sum();
                part.append(channel, bytes);
                writer.progress(name, received, total);
            }
        }
    }

    /// The name of this version of the file for `If-Range`: a strong entity tag, else the date, else nothing.
    private static String version(HttpResponse<?> response) {
        return response.headers()
                .firstValue("ETag")
                .filter(tag -> !tag.startsWith("W/"))
                .or(() -> response.headers().firstValue("Last-Modified"))
                .orElse("");
    }

    private static void requireStart(HttpResponse<?> response, long start) throws IOException {
        String range = response.headers().firstValue("Content-Range").orElse("");
        if (start == 0 || !range.startsWith("bytes " + start + "-")) {
            throw new IOException("the server must continue at byte %s; got '%s'".formatted(start, range));
        }
    }
}
