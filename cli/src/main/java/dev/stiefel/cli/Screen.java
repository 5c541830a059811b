package dev.stiefel.cli;

import java.util.Map;
import java.util.function.IntSupplier;

/// Screen of an output stream.
///
/// @param terminal true if someone looks at it while it is written
/// @param color true if colours may be used
/// @param unicode true if more than ASCII can be shown
/// @param columns present width: a window may change while a command runs
public record Screen(boolean terminal, boolean color, boolean unicode, IntSupplier columns) {
    static final int USUAL_WIDTH = 80;

    /// A file, a pipe, or anything else that is no terminal.
    static final Screen NONE = new Screen(false, false, true, () -> USUAL_WIDTH);

    /// The screen that stderr of this process goes to; the system is asked.
    static Screen ofStderr(Map<String, String> environment, boolean unicode) {
        String type = environment.getOrDefault("TERM", "");
        if (type.equals("dumb") || !StderrTerminal.exists()) {
            return NONE;
        }
        boolean color = environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Screen(true, color, unicode, StderrTerminal.followed());
    }
}
