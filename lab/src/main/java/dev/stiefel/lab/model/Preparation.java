package dev.stiefel.lab.model;

import dev.stiefel.data.Splits;
import dev.stiefel.data.Standardization;
import dev.stiefel.data.own.Schema;
import dev.stiefel.lab.text.Json;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// All that lies between raw samples and a network: kept with the model, so that it takes what the user has, and
/// answers in the user's words.
///
/// @param schema what raw samples are, and what outputs mean
/// @param inputs what is done to input values
/// @param targets what was done to target values, and is undone in outputs
public record Preparation(Schema schema, Optional<Standardization> inputs, Optional<Standardization> targets) {
    /// Checks that they fit.
    public Preparation {
        inputs.ifPresent(each -> requireWidth("inputs", schema.inputs().width(), each));
        targets.ifPresent(each -> requireWidth("outputs", schema.outputs().width(), each));
    }

    private static void requireWidth(String what, int width, Standardization standardization) {
        if (standardization.width() != width) {
            throw new IllegalArgumentException("preparation: the %s are %d values; got means of %d"
                    .formatted(what, width, standardization.width()));
        }
    }

    /// The preparation that these splits were made with.
    public static Preparation of(Schema schema, Splits splits) {
        return new Preparation(schema, splits.standardization(), splits.targetStandardization());
    }

    /// What the network takes for raw input values; those are not changed. Raw images are given plane by plane; a
    /// network that takes images takes them pixel by pixel.
    float[] prepared(float[] raw, SampleShape input) {
        float[] prepared = raw;
        if (inputs.isPresent()) {
            prepared = raw.clone();
            inputs.get().applyInPlace(prepared, 0);
        }
        return input instanceof SampleShape.Image image ? image.ofPlanes(prepared) : prepared;
    }

    /// Turns a network's outputs for one sample into the answer: probabilities of classes, or values in their
    /// units.
    void answerInPlace(float[] outputs) {
        switch (schema.outputs()) {
            case Schema.Classes _ -> softmaxInPlace(outputs);
            case Schema.Values _ -> targets.ifPresent(each -> each.undoInPlace(outputs, 0));
        }
    }

    private static void softmaxInPlace(float[] logits) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            double power = Math.exp((double) logits[i] - largest);
            logits[i] = (float) power;
            sum += power;
        }
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (logits[i] / sum);
        }
    }

    /// An answer with its names.
    Prediction named(float[] answer) {
        return switch (schema.outputs()) {
            case Schema.Classes classes -> Prediction.OfClass.of(named(classes.names(), answer));
            case Schema.Values values -> new Prediction.OfValues(named(values.names(), answer));
        };
    }

    private static SequencedMap<String, Double> named(List<String> names, float[] answer) {
        SequencedMap<String, Double> named = new LinkedHashMap<>();
        for (int i = 0; i < answer.length; i++) {
            named.put(names.get(i), (double) answer[i]);
        }
        return named;
    }

    /// What can be said where a model file says nothing: inputs are numbers, and classes or values are called `0`,
    /// `1`, …
    static Preparation nameless(NetworkSpec network) {
        List<String> names = IntStream.range(0, network.outputs())
                .mapToObj(Integer::toString)
                .toList();
        boolean classes = network.loss() instanceof SoftmaxCrossEntropy && names.size() > 1;
        return new Preparation(
                new Schema(
                        new Schema.Vector(network.inputValues()),
                        classes ? new Schema.Classes(names) : new Schema.Values(names)),
                Optional.empty(),
                Optional.empty());
    }

    ObjectNode toJson() throws IOException {
        ObjectNode json = Json.object();
        json.set("schema", Json.parse(schema.toJson()));
        inputs.ifPresent(each -> write(json.putObject("inputs"), each));
        targets.ifPresent(each -> write(json.putObject("targets"), each));
        return json;
    }

    static Preparation read(ObjectNode json) throws IOException {
        try {
            return new Preparation(
                    Schema.parse(Json.compact(Json.objectField(json, "schema"))),
                    json.has("inputs") ? Optional.of(standardization(json, "inputs")) : Optional.empty(),
                    json.has("targets") ? Optional.of(standardization(json, "targets")) : Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void write(ObjectNode json, Standardization standardization) {
        ArrayNode means = json.putArray("means");
        for (float mean : standardization.copyMeans()) {
            means.add(mean);
        }
        ArrayNode deviations = json.putArray("deviations");
        for (float deviation : standardization.copyDeviations()) {
            deviations.add(deviation);
        }
    }

    private static Standardization standardization(ObjectNode json, String key) throws IOException {
        ObjectNode of = Json.objectField(json, key);
        return Standardization.of(floats(of, "means"), floats(of, "deviations"));
    }

    private static float[] floats(ObjectNode json, String key) throws IOException {
        JsonNode list = Json.field(json, key);
        float[] numbers = new float[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = list.get(i);
            if (number == null || !number.isNumber()) {
                throw new IOException("'%s' must be a list of numbers".formatted(key));
            }
            numbers[i] = number.floatValue();
        }
        return numbers;
    }
}
