package dev.stiefel.lab.sweep;

import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// What a worker says of its run: a line on its standard output, where a JVM's options and
/// native libraries may print, too.
sealed interface WorkerMessage {
    /// What a worker's own lines begin with, so that nothing else is taken for one.
    String MARK = "\u0001";

    /// Training goes on at this epoch, counted from 0.
    record Started(int epoch) implements WorkerMessage {}

    /// So many epochs have ended.
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

    /// What a worker's own words say, from its mark on.
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
