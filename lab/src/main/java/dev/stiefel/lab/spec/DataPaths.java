package dev.stiefel.lab.spec;

import dev.stiefel.data.language.TextDataSets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Paths of a user's own data among choices.
public final class DataPaths {
    private static final TextDataSets TEXTS = TextDataSets.in(Path.of("."));

    private DataPaths() {}

    /// Returns whether choices name a text data set that is known by name.
    static boolean isNamedText(Choices choices) {
        return choices.find(Options.DATA).filter(DataPaths::isNamedText).isPresent();
    }

    /// Returns whether this is the name of a text data set.
    public static boolean isNamedText(String data) {
        return TEXTS.has(data);
    }

    /// Returns whether this is the path of a table.
    public static boolean isTable(String data) {
        return data.toLowerCase(Locale.ROOT).matches(".*\\.[ct]sv(\\.gz)?");
    }

    /// The choices with paths that do not depend on the working directory.
    ///
    /// @param choices of data of a user's own
    public static Choices located(Choices choices) {
        Optional<String> data = choices.find(Options.DATA);
        if (data.isEmpty()) {
            return choices;
        }
        Choices located = choices.with(Options.DATA, absolute(data.get()));
        for (Option<String> option : furtherFiles(data.get())) {
            Optional<String> path = choices.find(option);
            if (path.isPresent()) {
                located = located.with(option, absolute(path.get()));
            }
        }
        return located;
    }

    /// Options whose values are paths, for data of this path.
    public static List<Option<String>> furtherFiles(String data) {
        List<Option<String>> all = new ArrayList<>(List.of(Options.VALIDATION_DATA, Options.TEST_DATA));
        if (!isTable(data)) {
            all.add(Options.TARGET);
        }
        return all;
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
