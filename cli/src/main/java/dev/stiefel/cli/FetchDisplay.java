package dev.stiefel.cli;

import dev.stiefel.data.fetch.FetchEvent;
import dev.stiefel.data.fetch.FetchListener;
import dev.stiefel.lab.text.NumberText;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/// Shows how a data set comes: the bytes as they come on a terminal, a line for each thing that happens elsewhere.
/// Can make fetching stop.
final class FetchDisplay implements FetchListener {
    private final PrintStream err;
    private final Screen screen;
    private final LiveLine line;
    private final boolean silent;
    private boolean stopRequested;
    private @Nullable Thread fetching;

    private FetchDisplay(PrintStream err, Screen screen, LiveLine line, boolean silent) {
        this.err = err;
        this.screen = screen;
        this.line = line;
        this.silent = silent;
    }

    static FetchDisplay of(PrintStream err, Screen screen, LiveLine line) {
        return new FetchDisplay(err, screen, line, false);
    }

    static FetchDisplay silent(PrintStream err, LiveLine line) {
        return new FetchDisplay(err, Screen.NONE, line, true);
    }

    /// Ends the current fetching with an exception.
    synchronized void stop() {
        stopRequested = true;
        if (fetching != null) {
            fetching.interrupt();
        }
    }

    @Override
    public void on(FetchEvent event) {
        follow(event);
        if (silent) {
            return;
        }
        switch (event) {
            case FetchEvent.Waiting waiting -> say("waiting for another process that fetches into " + waiting.folder());
            case FetchEvent.Damaged damaged ->
                say("%s is damaged (%s); it is fetched again".formatted(damaged.file(), damaged.problem()));
            case FetchEvent.Asking asking -> say("asking " + asking.source());
            case FetchEvent.SourceFailed failed -> say("%s: %s".formatted(failed.source(), failed.problem()));
            case FetchEvent.Fetched fetched ->
                say("%s is here (%s)"
                        .formatted(
                                fetched.file().name(),
                                NumberText.bytes(fetched.file().bytes())));
            case FetchEvent.Progress progress -> show(progress.file(), progress.received(), progress.total());
            case FetchEvent.Reading reading -> show("reading " + reading.file(), reading.read(), reading.total());
            case FetchEvent.Working working -> {
                if (screen.terminal()) {
                    line.show("data: " + working.what());
                }
            }
        }
    }

    /// After a file has arrived, the thread may continue with work that no interrupt should meet.
    private synchronized void follow(FetchEvent event) {
        fetching = switch (event) {
            case FetchEvent.Fetched _, FetchEvent.Reading _, FetchEvent.Working _ -> null;
            default -> Thread.currentThread();
        };
        if (stopRequested && fetching != null) {
            fetching.interrupt();
        }
    }

    private void show(String file, long bytes, long total) {
        if (screen.terminal() && line.isDue()) {
            String of = total < 0 ? "" : " of " + NumberText.bytes(total);
            line.show("data: %s, %s%s".formatted(file, NumberText.bytes(bytes), of));
        }
    }

    private void say(String text) {
        line.clear();
        err.println("data: " + text);
    }
}
