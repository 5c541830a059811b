package dev.stiefel.data.language;

import dev.stiefel.data.fetch.DataFile;
import java.util.List;

/// Description of a text data set, known before any of it is read.
///
/// @param name name of its folder in the cache
/// @param kind kind of its texts
/// @param description its content, in a few words
/// @param licence its terms
/// @param origin who made it, and where it is described
/// @param sources sources to fetch it from, in the order of asking; empty: it is part of the program
/// @param files its files with their SHA-256
public record TextDataInfo(
        String name,
        TextKind kind,
        String description,
        String licence,
        String origin,
        List<String> sources,
        List<DataFile> files) {
    /// Copies the lists.
    public TextDataInfo {
        sources = List.copyOf(sources);
        files = List.copyOf(files);
    }

    /// Bytes of the files, as they are fetched.
    public long bytes() {
        return files.stream().mapToLong(DataFile::bytes).sum();
    }
}
