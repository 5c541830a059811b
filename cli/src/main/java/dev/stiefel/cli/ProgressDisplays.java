package dev.stiefel.cli;

import dev.stiefel.lab.session.RunListener;

/// Displays while a run is trained: its data while it is fetched, then its epochs.
final class ProgressDisplays implements AutoCloseable {
    private final FetchDisplay fetching;
    private final RunListener training;
    private final LiveLine line;

    private ProgressDisplays(FetchDisplay fetching, RunListener training, LiveLine line) {
        this.fetching = fetching;
        this.training = training;
        this.line = line;
    }

    static ProgressDisplays of(CommandEnvironment environment, boolean quiet) {
        Screen screen = quiet ? Screen.NONE : environment.screen().get();
        LiveLine line = new LiveLine(environment.err(), screen);
        return new ProgressDisplays(
                quiet ? FetchDisplay.silent(environment.err(), line) : FetchDisplay.of(environment.err(), screen, line),
                quiet ? RunListener.NONE : new TrainingDisplay(environment.err(), screen, line),
                line);
    }

    FetchDisplay fetching() {
        return fetching;
    }

    RunListener training() {
        return training;
    }

    /// Takes away what is not meant to stay. Harmless when done again.
    @Override
    public void close() {
        line.clear();
    }
}
