package dev.stiefel.data.fetch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Runs a program of the system in a folder, with an end in time.
final class ExternalCommand {
    private ExternalCommand() {}

    /// Runs `command` in `folder` and returns the file, in that folder, that has its output.
    static Path run(Path folder, Duration limit, List<String> command) throws IOException {
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        Process process = start(folder, output, errors, command);
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("'%s' took longer than %s s".formatted(words(command), limit.toSeconds()));
            }
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "'%s' ended with status %s%s".formatted(words(command), process.exitValue(), complaint(errors)));
        }
        return output;
    }

    private static Process start(Path folder, Path output, Path errors, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new IOException("the program '" + command.getFirst() + "' is not installed", e);
        }
    }

    private static String words(List<String> command) {
        return command.stream().limit(3).collect(Collectors.joining(" "));
    }

    /// The first lines that speak of an error, for a message of one line.
    private static String complaint(Path errors) throws IOException {
        List<String> lines = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line ->
                        line.startsWith("E:") || line.toLowerCase(Locale.ROOT).contains("error"))
                .limit(3)
                .toList();
        return lines.isEmpty() ? "" : ": " + String.join(", ", lines);
    }
}
