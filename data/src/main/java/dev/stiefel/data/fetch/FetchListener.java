package dev.stiefel.data.fetch;

/// Is told how fetching goes, in the thread that fetches.
@FunctionalInterface
public interface FetchListener {
    /// Hears nothing.
    FetchListener NONE = event -> {};

    /// Something happened.
    void on(FetchEvent event);
}
