package dev.stiefel.lab.record;

import dev.stiefel.lab.model.ProgramVersion;
import dev.stiefel.lab.text.Json;
import dev.stiefel.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// The software and the hardware that a run is made with, as far as the system says.
public final class Machine {
    private Machine() {}

    static ObjectNode versions() {
        return Json.object()
                .put("stiefel", ProgramVersion.current())
                .put("java", System.getProperty("java.vendor") + " " + Runtime.version())
                .put("blas", Engine.description());
    }

    static ObjectNode describe() {
        ObjectNode json = Json.object()
                .put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("architecture", System.getProperty("os.arch"))
                .put("cores", Runtime.getRuntime().availableProcessors());
        find(Path.of("/proc/cpuinfo"), "model name\\s*:\\s*(.*)").ifPresent(cpu -> json.put("processor", cpu));
        kilobytes(Path.of("/proc/meminfo"), "MemTotal").ifPresent(bytes -> json.put("memoryBytes", bytes));
        return json;
    }

    /// The most memory that this process had: as Linux counts it, elsewhere the heap as it is.
    public static long peakMemoryBytes() {
        return kilobytes(Path.of("/proc/self/status"), "VmHWM")
                .orElseGet(() -> Runtime.getRuntime().totalMemory());
    }

    private static Optional<Long> kilobytes(Path file, String name) {
        return find(file, name + ":\\s*([0-9]{1,15}) kB").map(number -> Long.parseLong(number) * 1024);
    }

    private static Optional<String> find(Path file, String line) {
        Pattern pattern = Pattern.compile(line);
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(pattern::matcher)
                    .filter(Matcher::matches)
                    .map(matcher -> matcher.group(1).strip())
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // not this system
        }
    }
}
