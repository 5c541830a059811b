package dev.stiefel.lab.record;

import dev.stiefel.lab.text.Json;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Perplexity;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Metrics;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Figures of a network on some samples.
///
/// @param loss the mean loss
/// @param accuracy the fraction of samples put into their class, in `[0, 1]`; NaN where there are no classes
/// @param further further measures by name
public record Score(double loss, double accuracy, Map<String, Double> further) {
    /// Takes a copy of the map, which keeps its order.
    public Score {
        further = Collections.unmodifiableMap(new LinkedHashMap<>(further));
    }

    /// A score without further measures.
    public Score(double loss, double accuracy) {
        this(loss, accuracy, Map.of());
    }

    /// The score that these metrics mean.
    public static Score of(Metrics metrics) {
        Map<String, Double> further = new LinkedHashMap<>(metrics.measures());
        further.remove(Accuracy.NAME);
        return new Score(metrics.loss(), metrics.accuracy(), further);
    }

    /// The figure of this name: `loss`, `accuracy` or a further measure; NaN if it was not measured.
    public double figure(String name) {
        return switch (name) {
            case EvaluationSpec.LOSS -> loss;
            case Accuracy.NAME -> accuracy;
            default -> further.getOrDefault(name, Double.NaN);
        };
    }

    /// The same with the perplexity that the loss means, if that is the mean cross-entropy of tokens.
    public Score withPerplexity() {
        String name = new Perplexity().name();
        if (further.containsKey(name) || Double.isNaN(loss)) {
            return this;
        }
        Map<String, Double> all = new LinkedHashMap<>(further);
        all.put(name, Math.exp(loss));
        return new Score(loss, accuracy, all);
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.set("loss", Json.number(loss));
        if (!Double.isNaN(accuracy)) {
            json.set("accuracy", Json.number(accuracy));
        }
        further.forEach((name, figure) -> json.set(name, Json.number(figure)));
        return json;
    }

    static Score read(JsonNode json) throws IOException {
        Map<String, Double> further = new LinkedHashMap<>();
        for (String name : json.propertyNames()) {
            if (!name.equals("loss") && !name.equals("accuracy")) {
                further.put(name, Json.doubleField(json, name));
            }
        }
        double accuracy = json.has("accuracy") ? Json.doubleField(json, "accuracy") : Double.NaN;
        return new Score(Json.doubleField(json, "loss"), accuracy, further);
    }
}
