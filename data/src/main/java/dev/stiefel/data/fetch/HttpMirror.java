package dev.stiefel.data.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A web server that has each file as `BASE/NAME.gz`.
///
/// A download that breaks off is resumed where it stopped (`Range`, with `If-Range` so that a
/// file that has changed
/// is sent whole), at once as long as bytes still come, and by the next process after that.
public final class HttpMirror implements Source {
    private static final int ATTEMPTS = 5;
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final URI base;
    private final Patience patience;

    /// The mirror at `base`, which ends with a slash.
    public HttpMirror(URI base, Patience patience) {
        if (base.getHost() == null || !base.getPath().endsWith("/")) {
            throw new IllegalArgumentException("mirror: the address needs a host and a final slash; got " + base);
        }
        this.base = base;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "mirror " + base.getHost();
    }

    @Override
    public void fetch(List<DataFile> files, Intake intake) throws IOException {
        @SuppressWarnings("resource") // its close() would wait for a download that stalls
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(patience.connect())
                .build();
        try {
            for (DataFile file : files) {
                fetch(client, file, intake);
            }
        } finally {
            client.shutdownNow();
        }
    }

    private void fetch(HttpClient client, DataFile file, Intake intake) throws IOException {
        String name = file.name() + ".gz";
        PartialDownload part = new PartialDownload(intake.folder(), name, base.resolve(name));
        boolean resumed = part.size() > 0;
        download(client, part, name, intake);
        try {
            accept(file, part, intake);
        } catch (CacheException e) {
            throw e;
        } catch (IOException e) {
            part.delete();
            if (!resumed) {
                throw e;
            }
            // What an earlier process left may have been damaged: once more from the beginning.
            download(client, part, name, intake);
            accept(file, part, intake);
        }
        part.delete();
    }

    private static void accept(DataFile file, PartialDownload part, Intake intake) throws IOException {
        try (InputStream in = Files.newInputStream(part.path())) {
            intake.accept(file, in);
        }
    }

    private void download(HttpClient client, PartialDownload part, String name, Intake intake) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long before = part.size();
            try {
                transfer(client, part, name, intake);
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

    private void transfer(HttpClient client, PartialDownload part, String name, Intake intake) throws IOException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(client, part);
        if (response.statusCode() == RANGE_NOT_SATISFIABLE) {
            part.delete();
            response = send(client, part);
        }
        switch (response.statusCode()) {
            case OK -> part.begin(version(response));
            case PARTIAL_CONTENT -> requireStart(response, part.size());
            default -> throw new IOException("'%s': HTTP status %d".formatted(name, response.statusCode()));
        }
        receive(response, part, name, intake);
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(HttpClient client, PartialDownload part)
            throws IOException {
        HttpRequest request = request(part);
        // Twice the time to connect, for the whole way to the answer: looking a name up has no limit of its own.
        long limit = patience.connect().multipliedBy(2).toMillis();
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
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response, PartialDownload part, String name, Intake intake)
            throws IOException {
        long received = part.size();
        OptionalLong length = response.headers().firstValueAsLong("Content-Length");
        long total = length.isPresent() ? received + length.getAsLong() : -1;
        try (Body body = new Body();
                FileChannel channel = part.open()) {
            response.body().subscribe(body);
            for (var bytes = body.next(patience.stall()); !bytes.isEmpty(); bytes = body.next(patience.stall())) {
                received += bytes.stream().mapToLong(ByteBuffer::remaining).sum();
                part.append(channel, bytes);
                intake.progress(name, received, total);
            }
        }
    }

    /// What names this version of the file for `If-Range`: a strong entity tag, else the
    /// date, else nothing.
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
            throw new IOException("the server must go on at byte %d; got '%s'".formatted(start, range));
        }
    }
}
