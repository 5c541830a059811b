package dev.stiefel.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// What run folders are called where nobody says it, and how they are written in a command.
final class RunNames {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private RunNames() {}

    /// `FOLDER/NAME-TIMESTAMP`, with a number behind it where that is taken.
    static Path unused(Path folder, String name) {
        String stamped = name + "-" + ZonedDateTime.now(ZoneId.systemDefault()).format(STAMP);
        Path path = folder.resolve(stamped);
        for (int i = 2; Files.exists(path); i++) {
            path = folder.resolve(stamped + "-" + i);
        }
        return path;
    }

    /// The folder that was typed, or else one in `runs` that is named after what is made.
    static Path folder(CommandEnvironment environment, @Nullable String typed, String name) {
        return typed != null ? environment.path(typed) : unused(environment.path("runs"), name);
    }

    /// A path as it can be typed after a command in a shell.
    static String typed(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
