package dev.stiefel.data.fetch;

import java.io.IOException;
import java.util.List;

/// A source of files of data sets.
///
/// A source need not be trusted: what it hands over is accepted only with the right SHA-256.
public interface Source {
    /// The name in messages: `mirror data.example.org`.
    String name();

    /// Hands each of `files` to [CacheWriter#accept]. Files handed over before a failure are kept.
    ///
    /// @throws IOException saying, without the source's name, why it cannot; the next source is asked then
    void fetch(List<DataFile> files, CacheWriter writer) throws IOException;
}
