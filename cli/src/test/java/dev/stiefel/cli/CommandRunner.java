package dev.stiefel.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Runs commands in this process, in a folder of their own, as a shell would.
final class CommandRunner {
    private final Path directory;
    private final Screen screen;
    private final Interrupts interrupts;

    CommandRunner(Path directory) {
        this(directory, Screen.NONE, Interrupts.NONE);
    }

    CommandRunner(Path directory, Screen screen, Interrupts interrupts) {
        this.directory = directory;
        this.screen = screen;
        this.interrupts = interrupts;
    }

    /// What a command left behind.
    record Result(int code, String out, String err) {}

    /// The arguments are separated by spaces.
    Result run(String arguments) {
        return run(arguments.isEmpty() ? List.of() : List.of(arguments.split(" ")));
    }

    Result run(List<String> arguments) {
        return run(arguments, "");
    }

    /// With something on standard input.
    Result run(List<String> arguments, String input) {
        return run(arguments, input.getBytes(StandardCharsets.UTF_8));
    }

    /// With bytes on standard input.
    Result run(List<String> arguments, byte[] input) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
        int code = Main.run(
                arguments,
                new CommandEnvironment(
                        new ByteArrayInputStream(input),
                        outStream,
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        () -> screen,
                        directory,
                        directory,
                        Map.of("STIEFEL_HOME", directory.resolve("cache").toString()),
                        interrupts));
        outStream.flush();
        return new Result(code, clean(out), clean(err));
    }

    /// Every file and folder below the directory, with the size and time of the files.
    SortedMap<String, String> everything() throws IOException {
        SortedMap<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                all.put(
                        directory.relativize(file).toString(),
                        Files.isRegularFile(file)
                                ? Files.size(file) + " " + Files.getLastModifiedTime(file)
                                : "folder");
            }
        }
        return all;
    }

    private String clean(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8)
                .replace(directory + "/", "")
                .replace(directory.toString(), ".");
    }
}
