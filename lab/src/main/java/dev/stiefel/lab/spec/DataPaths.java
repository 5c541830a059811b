package dev.stiefel.lab.spec;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Paths of a user's own data in the values of options.
public final class DataPaths {
    private DataPaths() {}

    /// Those of the values that are paths, made independent of the folder that a command was
    /// typed in.
    public static Map<Option<?>, Object> located(Map<Option<?>, Object> values) {
        Map<Option<?>, Object> located = new LinkedHashMap<>();
        String data = String.valueOf(values.get(Options.DATA));
        located.put(Options.DATA, absolute(data));
        if (data.endsWith(".npy") && values.containsKey(Options.TARGET)) {
            located.put(Options.TARGET, absolute(String.valueOf(values.get(Options.TARGET))));
        }
        return located;
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
