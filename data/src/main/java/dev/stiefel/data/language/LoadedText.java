package dev.stiefel.data.language;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// A corpus, and where it was read from.
///
/// @param corpus the texts
/// @param validation how many of the last texts to train on were given to validate; empty where nothing says so
/// @param sha256 of each file by its name; empty for texts that the program makes
/// @param remarks what the user should know, a line each
public record LoadedText(Corpus corpus, OptionalInt validation, Map<String, String> sha256, List<String> remarks) {
    /// Copies map and list.
    public LoadedText {
        sha256 = Collections.unmodifiableMap(new LinkedHashMap<>(sha256));
        remarks = List.copyOf(remarks);
    }
}
