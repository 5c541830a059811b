package dev.stiefel.cli;

import dev.stiefel.lab.sweep.Sweep;
import dev.stiefel.lab.sweep.SweepProgress;
import dev.stiefel.lab.text.NumberText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Progress of a sweep: a table on a terminal, else a line now and then.
final class SweepDisplay implements AutoCloseable {
    private static final long TABLE_MILLIS = 500;
    private static final long LINE_MILLIS = 30_000;
    private static final int MOST_ROWS = 16;
    private static final int FREE_COLUMNS = 3; // for the ^C that a terminal writes

    private final PrintStream err;
    private final Screen screen;
    private final Sweep sweep;
    private final Thread thread;
    private int lines; // of the table, on the screen

    private SweepDisplay(PrintStream err, Screen screen, Sweep sweep) {
        this.err = err;
        this.screen = screen;
        this.sweep = sweep;
        this.thread = Thread.ofPlatform().daemon().name("sweep-display").unstarted(this::show);
    }

    static SweepDisplay of(CommandEnvironment environment, boolean quiet, Sweep sweep) {
        SweepDisplay display = new SweepDisplay(
                environment.err(), quiet ? Screen.NONE : environment.screen().get(), sweep);
        if (!quiet) {
            display.thread.start();
        }
        return display;
    }

    private void show() {
        try {
            while (true) {
                Thread.sleep(screen.terminal() ? TABLE_MILLIS : LINE_MILLIS);
                SweepProgress progress = sweep.progress();
                if (screen.terminal()) {
                    draw(table(progress));
                } else {
                    err.println(line(progress));
                    err.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it has ended
        }
    }

    private void draw(List<String> table) {
        StringBuilder text = new StringBuilder(erased());
        int width = screen.columns().getAsInt() - FREE_COLUMNS;
        table.forEach(line ->
                text.append(DisplayWidth.cut(line, width, screen.unicode())).append("\u001b[K\n"));
        err.print(text);
        err.flush();
        lines = table.size();
    }

    /// The text that erases the table from the screen.
    private String erased() {
        return lines == 0 ? "" : "\r\u001b[" + lines + "A\u001b[J";
    }

    private List<String> table(SweepProgress progress) {
        List<String> table = new ArrayList<>();
        table.add(line(progress));
        for (SweepProgress.Running each : progress.running()
                .subList(0, Math.min(MOST_ROWS, progress.running().size()))) {
            table.add("  epoch %s of %s  %s".formatted(each.epoch(), each.epochs(), each.label()));
        }
        if (progress.running().size() > MOST_ROWS) {
            table.add("  … %s more".formatted(progress.running().size() - MOST_ROWS));
        }
        return table;
    }

    static String line(SweepProgress progress) {
        StringBuilder line = new StringBuilder(
                "%s of %s runs done".formatted(NumberText.count(progress.done()), NumberText.count(progress.total())));
        if (progress.diverged() > 0) {
            line.append(", %s diverged".formatted(progress.diverged()));
        }
        if (progress.failed() > 0) {
            line.append(", %s failed".formatted(progress.failed()));
        }
        line.append(", %s running".formatted(progress.running().size()));
        progress.runsPerHour()
                .ifPresent(rate -> line.append(", %s an hour".formatted(NumberText.count(Math.round(rate)))));
        progress.left().ifPresent(left -> line.append(", %s left".formatted(NumberText.clock(left.toMillis() / 1e3))));
        return line.toString();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        err.print(erased());
        err.flush();
    }
}
