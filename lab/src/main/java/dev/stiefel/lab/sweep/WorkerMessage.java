package dev.stiefel.lab.sweep;

import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// A worker's message about its run: a line on its standard output, where a JVM's options and native libraries may
/// print, too.
sealed interface WorkerMessage {
    /// The prefix of a worker's own lines, which distinguishes them from any other output.
    String MARK = "\u0001";

    /// Training continues at this epoch, counted from 0.
    record Started(int epoch) implements WorkerMessage {}

    /// So many epochs are done.
    record Epoch(int epoch) implements WorkerMessage {}

    /// The run has ended, or was stopped.
    ///
    /// @param message why, where there is something to say
    record Ended(RunStatus status, String message) implements WorkerMessage {}

    /// The run could not begin, since what all runs need is not there, its data for one.
    record Unavailable(String message) implements WorkerMessage {}

    /// One line.
    default String line() {
        ObjectNode json = Json.object();
        switch (this) {
            case Started started -> json.put("started", started.epoch());
            case Epoch epoch -> json.put("epoch", epoch.epoch());
            case Ended ended -> json.put("ended", Words.of(ended.status())).put("message", ended.message());
            case Unavailable unavailable -> json.put("unavailable", unavailable.message());
        }
        return MARK + Json.compact(json);
    }

    /// The message in a worker's own line, starting at its mark.
    ///
    /// @throws IOException if they are none of a worker's
    static WorkerMessage read(String words) throws IOException {
        ObjectNode json = Json.parse(words.substring(MARK.length()));
        if (json.has("started")) {
            return new Started(Json.intField(json, "started"));
        }
        if (json.has("epoch")) {
            return new Epoch(Json.intField(json, "epoch"));
        }
        if (json.has("unavailable")) {
            return new Unavailable(Json.textField(json, "unavailable"));
        }
        return new Ended(Json.wordField(RunStatus.class, json, "ended"), Json.textField(json, "message"));
    }
}
