package dev.stiefel.cli;

import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Default names of run folders, and their form in a command.
final class RunNames {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private RunNames() {}

    /// `NAME-TIMESTAMP`.
    static String stamped(String name) {
        return name + "-" + ZonedDateTime.now(ZoneId.systemDefault()).format(STAMP);
    }

    /// A path as it can be typed after a command in a shell.
    static String typed(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
