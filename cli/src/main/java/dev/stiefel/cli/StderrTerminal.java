package dev.stiefel.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/// The terminal that stderr is, and how wide its window is. The JDK knows neither (only whether stdin and stdout
/// both are a terminal), so a shell that shares our stderr is asked, and again when the window has changed.
final class StderrTerminal implements IntSupplier {
    private static final long PATIENCE_MILLIS = 2_000;

    private volatile boolean stale;
    private int columns;

    private StderrTerminal(int columns) {
        this.columns = columns;
    }

    /// Returns whether stderr is a terminal.
    @SuppressWarnings("SystemConsoleNull") // it is null where stdin or stdout is no terminal, as before 22
    static boolean exists() {
        try {
            return ask("test -t 2").isPresent();
        } catch (IOException noShell) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    /// The terminal's width, kept up to date.
    static StderrTerminal followed() {
        StderrTerminal terminal = new StderrTerminal(askColumns());
        Signals.each("WINCH", () -> terminal.stale = true);
        return terminal;
    }

    @Override
    public int getAsInt() {
        if (stale) {
            stale = false;
            columns = askColumns();
        }
        return columns;
    }

    private static int askColumns() {
        try {
            int said = ask("stty size <&2").orElse(0);
            return said > 0 ? said : Screen.USUAL_WIDTH;
        } catch (IOException noShell) {
            return Screen.USUAL_WIDTH;
        }
    }

    /// The last number that a command prints, 0 if none; empty if it fails.
    private static OptionalInt ask(String command) throws IOException {
        Process shell = new ProcessBuilder("sh", "-c", command)
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            shell.getOutputStream().close();
            String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (!shell.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) || shell.exitValue() != 0) {
                return OptionalInt.empty();
            }
            String last = answer.substring(answer.lastIndexOf(' ') + 1);
            return OptionalInt.of(last.matches("[0-9]{1,6}") ? Integer.parseInt(last) : 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }
}
