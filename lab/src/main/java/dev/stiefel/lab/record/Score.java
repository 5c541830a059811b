package dev.stiefel.lab.record;

import dev.stiefel.lab.text.Json;
import dev.stiefel.train.Metrics;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How well a network does on some samples.
///
/// @param loss the mean loss
/// @param accuracy the share of samples put into their class, in `[0, 1]`; NaN where there are no classes
public record Score(double loss, double accuracy) {
    /// The score that these metrics mean.
    public static Score of(Metrics metrics) {
        return new Score(metrics.loss(), metrics.accuracy());
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.set("loss", Json.number(loss));
        json.set("accuracy", Json.number(accuracy));
        return json;
    }

    static Score read(JsonNode json) throws IOException {
        return new Score(Json.doubleField(json, "loss"), Json.doubleField(json, "accuracy"));
    }
}
