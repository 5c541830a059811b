package dev.stiefel.lab.spec;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/// Paths of a user's own data among choices.
public final class DataPaths {
    private DataPaths() {}

    /// The choices with paths that do not depend on the folder that a command was typed in.
    ///
    /// @param choices of data of a user's own
    public static Choices located(Choices choices) {
        Optional<String> data = choices.find(Options.DATA);
        if (data.isEmpty()) {
            return choices;
        }
        Choices located = choices.with(Options.DATA, absolute(data.get()));
        Optional<String> target = choices.find(Options.TARGET);
        return data.get().endsWith(".npy") && target.isPresent()
                ? located.with(Options.TARGET, absolute(target.get()))
                : located;
    }

    /// The path that the option `data` names.
    ///
    /// @throws IllegalArgumentException if it cannot be a path
    public static Path of(String data) {
        try {
            return Path.of(data);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("data: there is no data set or file '%s'".formatted(data), e);
        }
    }

    private static String absolute(String path) {
        return of(path).toAbsolutePath().normalize().toString();
    }
}
