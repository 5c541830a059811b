package dev.stiefel.data.fetch;

import java.nio.file.Path;

/// Something worth showing while data is fetched, or read where that takes long.
public sealed interface FetchEvent {
    /// Another process or thread is fetching into the same folder; this one waits for it.
    record Waiting(Path folder) implements FetchEvent {}

    /// A file in the cache is not what it should be, and is fetched again.
    record Damaged(String file, String problem) implements FetchEvent {}

    /// A source is asked.
    record Asking(String source) implements FetchEvent {}

    /// So many bytes of a file have arrived; `total` is −1 if the source does not tell the size.
    record Progress(String file, long received, long total) implements FetchEvent {}

    /// So many bytes of a user's own file have been read.
    record Reading(String file, long read, long total) implements FetchEvent {}

    /// Texts are worked on, which may take a while: `learning tokenizers`.
    record Working(String what) implements FetchEvent {}

    /// A source could not give everything; the next one is asked.
    record SourceFailed(String source, String problem) implements FetchEvent {}

    /// A file is in the cache, whole.
    record Fetched(DataFile file, String source) implements FetchEvent {}
}
