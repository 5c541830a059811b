package dev.stiefel.lab.report;

import dev.stiefel.io.DurableFiles;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A headless Chromium, told what to do over its DevTools protocol. One thread uses it.
final class Browser implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final BlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    private final List<JsonNode> events = new ArrayList<>();
    private int last;

    private Browser(Process process, Path profile, URI address) {
        this.process = process;
        this.profile = profile;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address, new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean whole) {
                        part.append(text);
                        if (whole) {
                            received.add(JSON.readTree(part.toString()));
                            part.setLength(0);
                        }
                        from.request(1);
                        return null;
                    }
                })
                .join();
    }

    /// Where a Chromium lies: the system property `stiefel.chromium`, or one of the usual names on the path.
    static Optional<Path> find() {
        String said = System.getProperty("stiefel.chromium", "");
        if (!said.isEmpty()) {
            return Optional.of(Path.of(said));
        }
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser start(Path program) throws IOException {
        Path profile = Files.createTempDirectory("chromium");
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--no-default-browser-check",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        try {
            return new Browser(process, profile, address(process));
        } catch (IOException | RuntimeException e) {
            end(process, profile);
            throw e;
        }
    }

    private static URI address(Process process) throws IOException {
        BufferedReader said = process.inputReader();
        List<String> lines = new ArrayList<>();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            lines.add(line);
            if (line.startsWith("DevTools listening on ")) {
                Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {})); // it must not block on a full pipe
                return URI.create(
                        line.substring("DevTools listening on ".length()).strip());
            }
        }
        throw new IOException("the browser ended: " + String.join(" / ", lines));
    }

    /// A fresh tab.
    Tab tab() {
        String target = call("", "Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .stringValue();
        String session = call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .stringValue();
        Tab tab = new Tab(target, session);
        for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
            tab.call(domain + ".enable", Map.of());
        }
        return tab;
    }

    private JsonNode call(String session, String method, Map<String, ?> parameters) {
        int id = ++last;
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", id);
        message.put("method", method);
        message.put("params", parameters);
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        socket.sendText(JSON.writeValueAsString(message), true).join();
        while (true) {
            JsonNode answer = next(method);
            if (answer.has("id") && answer.get("id").intValue() == id) {
                if (answer.has("error")) {
                    throw new IllegalStateException(method + ": " + answer.get("error"));
                }
                return answer.get("result");
            }
            events.add(answer);
        }
    }

    private JsonNode next(String awaited) {
        try {
            JsonNode message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new IllegalStateException("the browser does not answer: " + awaited);
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + awaited, e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        end(process, profile);
    }

    private static void end(Process process, Path profile) throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            for (int attempt = 0; Files.exists(profile) && attempt < 50; attempt++) {
                try {
                    DurableFiles.deleteTree(profile);
                } catch (IOException _) {
                    Thread.sleep(100); // a process that is ending may still have written
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A page that is open.
    final class Tab implements AutoCloseable {
        private final String target;
        private final String session;

        private Tab(String target, String session) {
            this.target = target;
            this.session = session;
        }

        JsonNode call(String method, Map<String, ?> parameters) {
            return Browser.this.call(session, method, parameters);
        }

        /// The tab with a window of this width, in light or dark.
        Tab sized(int width, int height, String colors) {
            call(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
            call(
                    "Emulation.setEmulatedMedia",
                    Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colors))));
            return this;
        }

        Tab withoutScripts() {
            call("Emulation.setScriptExecutionDisabled", Map.of("value", true));
            return this;
        }

        /// Opens a file, and waits until it is loaded.
        Tab open(Path file) {
            events.clear();
            call("Page.navigate", Map.of("url", file.toUri().toString()));
            while (events.stream().noneMatch(event -> is(event, "Page.loadEventFired"))) {
                events.add(next("a page's end"));
            }
            return this;
        }

        /// What an expression comes to.
        JsonNode evaluate(String expression) {
            JsonNode result = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
            if (result.has("exceptionDetails")) {
                throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
            }
            return result.get("result").has("value") ? result.get("result").get("value") : JSON.nullNode();
        }

        /// What the page complained of since it was opened: errors, warnings and exceptions.
        List<String> complaints() {
            call("Runtime.evaluate", Map.of("expression", "0")); // what was said before this has arrived
            return events.stream()
                    .filter(event -> is(event, "Runtime.exceptionThrown")
                            || (is(event, "Runtime.consoleAPICalled")
                                    && !event.get("params")
                                            .get("type")
                                            .stringValue()
                                            .equals("log"))
                            || is(event, "Log.entryAdded"))
                    .map(event -> event.get("params").toString())
                    .toList();
        }

        /// All that the page asked for since it was opened.
        List<String> requests() {
            return events.stream()
                    .filter(event -> is(event, "Network.requestWillBeSent"))
                    .map(event -> event.get("params").get("request").get("url").stringValue())
                    .toList();
        }

        /// The whole page as PNG.
        byte[] picture() {
            JsonNode data = call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
            return Base64.getDecoder().decode(data.get("data").stringValue());
        }

        private boolean is(JsonNode event, String method) {
            return event.has("method")
                    && event.get("method").stringValue().equals(method)
                    && event.path("sessionId").stringValue("").equals(session);
        }

        @Override
        public void close() {
            Browser.this.call("", "Target.closeTarget", Map.of("targetId", target));
        }
    }
}
