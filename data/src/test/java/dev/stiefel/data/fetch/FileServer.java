package dev.stiefel.data.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A real web server on this machine that has files and can be told to fail.
final class FileServer implements AutoCloseable {
    /// What a client asked for; empty where it did not say.
    record Request(String path, String range, String ifRange) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Queue<Integer> breaks = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String tag = "\"first\"";
    private volatile boolean ranges = true;
    private volatile int stallAfter = Integer.MAX_VALUE;

    FileServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/sets/");
    }

    void put(String name, byte[] content) {
        files.put("/sets/" + name, content);
    }

    /// Each of the next answers ends after so many bytes of its body.
    void breakAfter(Integer... bytes) {
        breaks.addAll(List.of(bytes));
    }

    /// From now on, every answer waits for ever after so many bytes.
    void stallAfter(int bytes) {
        stallAfter = bytes;
    }

    void setTag(String newTag) {
        tag = newTag;
    }

    void ignoreRanges() {
        ranges = false;
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String range = header(exchange, "Range");
            String ifRange = header(exchange, "If-Range");
            requests.add(new Request(path, range, ifRange));
            byte[] content = files.get(path);
            if (content == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            boolean partial = ranges && !range.isEmpty() && (ifRange.isEmpty() || ifRange.equals(tag));
            int from = partial ? Integer.parseInt(range.substring("bytes=".length(), range.length() - 1)) : 0;
            if (from >= content.length) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            if (!tag.isEmpty()) {
                exchange.getResponseHeaders().set("ETag", tag);
            }
            if (partial) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
            }
            send(exchange, partial ? 206 : 200, Arrays.copyOfRange(content, from, content.length));
        }
    }

    private void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        Integer end = breaks.poll();
        int sent = Math.min(Math.min(body.length, stallAfter), end == null ? Integer.MAX_VALUE : end);
        OutputStream out = exchange.getResponseBody();
        out.write(body, 0, sent);
        out.flush();
        if (end == null && sent < body.length) {
            await();
        }
    }

    private void await() throws IOException {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }
}
