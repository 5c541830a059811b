package dev.stiefel.lab.record;

import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.util.Arrays;

/// Status of a run.
public enum RunStatus {
    /// It is being trained, or the process that trained it was killed.
    RUNNING("running"),
    /// It has ended as it should.
    DONE("done"),
    /// Somebody stopped it; it can be resumed.
    INTERRUPTED("interrupted"),
    /// The loss or a gradient was no longer finite.
    DIVERGED("diverged"),
    /// Something broke, such as a full disk; it can be resumed.
    FAILED("failed");

    private final String word;

    RunStatus(String word) {
        this.word = word;
    }

    /// The word in `run.json`.
    public String word() {
        return word;
    }

    static RunStatus of(String word) throws IOException {
        return Arrays.stream(values())
                .filter(status -> status.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IOException("'status' is unknown: '%s'".formatted(Json.oneLine(word))));
    }
}
