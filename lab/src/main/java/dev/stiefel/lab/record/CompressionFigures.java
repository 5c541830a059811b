package dev.stiefel.lab.record;

import dev.stiefel.lab.text.Json;
import dev.stiefel.model.Network;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A network before its weights were replaced by their best factors, and after it, before any
/// retraining.
///
/// @param before as it was
/// @param after with the factors in place
public record CompressionFigures(Measured before, Measured after) {
    /// Loss, accuracy and size of a network.
    ///
    /// @param validation on the samples that its run holds out; empty if it holds out none
    /// @param test on the test samples
    /// @param ranks of the factored weights
    /// @param parameters numbers in the weights at evaluation, biases not counted
    /// @param compression `1 − parameters / dense parameters`
    public record Measured(
            Optional<Score> validation, Score test, List<Integer> ranks, long parameters, double compression) {
        /// Takes a copy of the ranks.
        public Measured {
            ranks = List.copyOf(ranks);
        }

        /// Measures a network that was evaluated already.
        public static Measured of(Network network, Optional<Score> validation, Score test) {
            return new Measured(validation, test, network.ranks(), network.parameterCount(), network.compression());
        }

        private ObjectNode toJson() {
            ObjectNode json = Json.object();
            validation.ifPresent(score -> json.set("validation", score.toJson()));
            json.set("test", test.toJson());
            ranks.forEach(json.putArray("ranks")::add);
            return json.put("parameters", parameters).put("compression", compression);
        }

        private static Measured read(ObjectNode json) throws IOException {
            return new Measured(
                    json.has("validation")
                            ? Optional.of(Score.read(Json.objectField(json, "validation")))
                            : Optional.empty(),
                    Score.read(Json.objectField(json, "test")),
                    Json.intsField(json, "ranks"),
                    Json.longField(json, "parameters"),
                    Json.doubleField(json, "compression"));
        }
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.set("before", before.toJson());
        json.set("after", after.toJson());
        return json;
    }

    static CompressionFigures read(ObjectNode json) throws IOException {
        return new CompressionFigures(
                Measured.read(Json.objectField(json, "before")), Measured.read(Json.objectField(json, "after")));
    }
}
