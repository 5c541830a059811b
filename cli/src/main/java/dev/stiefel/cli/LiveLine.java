package dev.stiefel.cli;

import java.io.PrintStream;
import java.util.function.IntFunction;

/// The one line of a terminal that is written again and again, and never breaks into two.
final class LiveLine {
    private static final String TO_THE_LEFT_AND_CLEAR = "\r\u001b[K";
    private static final int FREE_COLUMNS = 3; // for the ^C that a terminal writes; else it would begin a second line
    private static final long LEAST_NANOS_BETWEEN = 100_000_000;

    private final PrintStream err;
    private final Screen screen;
    private long shownAt;
    private boolean shown;

    LiveLine(PrintStream err, Screen screen) {
        this.err = err;
        this.screen = screen;
    }

    /// Returns whether enough time has passed for another look to be worth its work.
    boolean isDue() {
        return !shown || System.nanoTime() - shownAt >= LEAST_NANOS_BETWEEN;
    }

    /// Shows a text instead of the last one: no line breaks, and not wider than the given width.
    void show(IntFunction<String> textOfWidth) {
        shown = true;
        shownAt = System.nanoTime();
        err.print(TO_THE_LEFT_AND_CLEAR + textOfWidth.apply(screen.columns().getAsInt() - FREE_COLUMNS));
        err.flush();
    }

    /// Shows a text without colours instead of the last one, cut where it is too long.
    void show(String text) {
        show(width -> DisplayWidth.cut(text, width, screen.unicode()));
    }

    /// Takes the line away.
    void clear() {
        if (shown) {
            err.print(TO_THE_LEFT_AND_CLEAR);
            err.flush();
            shown = false;
        }
    }
}
