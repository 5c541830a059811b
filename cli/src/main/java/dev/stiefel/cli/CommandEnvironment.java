package dev.stiefel.cli;

import dev.stiefel.data.fetch.CacheFolder;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/// The parts of the process that a command can use.
///
/// @param in input that is typed or piped
/// @param out output for results
/// @param err output for progress and errors
/// @param screen screen that shows `err`; asked only by commands that show progress
/// @param directory base of relative paths; empty for the process's own, so that messages name paths as they were
///     typed
/// @param home the user's home folder
/// @param variables the environment's variables
/// @param interrupts Ctrl-C
public record CommandEnvironment(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Supplier<Screen> screen,
        Path directory,
        Path home,
        Map<String, String> variables,
        Interrupts interrupts) {
    /// Copies the variables.
    public CommandEnvironment {
        variables = Map.copyOf(variables);
    }

    /// The path that a user typed.
    Path path(String typed) {
        if (typed.isBlank()) {
            throw new UsageException("a path must not be empty");
        }
        try {
            return directory.resolve(typed);
        } catch (InvalidPathException e) {
            boolean ascii = !System.getProperty("sun.jnu.encoding", "UTF-8").equals("UTF-8");
            throw new UsageException(
                    "'%s' is not a path: %s%s".formatted(typed, e.getReason(), ascii ? "; set LC_ALL=C.UTF-8" : ""));
        }
    }

    /// The location of fetched data sets.
    Path cache() {
        return CacheFolder.of(variables, home);
    }
}
