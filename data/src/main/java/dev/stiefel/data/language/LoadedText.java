package dev.stiefel.data.language;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// A corpus and the files that it was read from.
///
/// @param corpus the texts
/// @param validation number of the last training texts that the files give for validation; empty if they give none
/// @param sha256 of each file by its name; empty for texts that the program makes
/// @param remarks notes for the user, one line each
public record LoadedText(Corpus corpus, OptionalInt validation, Map<String, String> sha256, List<String> remarks) {
    /// Copies map and list.
    public LoadedText {
        sha256 = Collections.unmodifiableMap(new LinkedHashMap<>(sha256));
        remarks = List.copyOf(remarks);
    }
}
