package dev.stiefel.lab.model;

import dev.stiefel.data.Splits;
import dev.stiefel.data.Standardization;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.lab.spec.TargetError;
import dev.stiefel.lab.text.Json;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Measure;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.train.EvaluationSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// All that lies between raw samples and a network: kept with the model, so that it takes what the user has, and
/// answers in the user's words.
///
/// @param schema description of raw samples and of outputs
/// @param inputs scaling of input values
/// @param targets scaling of target values, which is undone in outputs
public record Preparation(Schema schema, Optional<Standardization> inputs, Optional<Standardization> targets) {
    private static final float ROUNDING = 1e-3f;

    /// Checks that they fit.
    public Preparation {
        inputs.ifPresent(each -> requireWidth("inputs", schema.inputs().width(), each));
        targets.ifPresent(each -> requireWidth("outputs", schema.outputs().width(), each));
    }

    /// The shapes of inputs that are texts; none where inputs are something else.
    static List<SampleShape> tokens(Schema schema) {
        return switch (schema.inputs()) {
            case Schema.Text(Tokenizer tokenizer) -> List.of(new SampleShape.Tokens(tokenizer.size()));
            case Schema.TextPair(Tokenizer source, Tokenizer target) ->
                List.of(new SampleShape.Tokens(source.size()), new SampleShape.Tokens(target.size()));
            case Schema.Table _, Schema.Image _, Schema.Vector _ -> List.of();
        };
    }

    private static void requireWidth(String what, int width, Standardization standardization) {
        if (standardization.width() != width) {
            throw new IllegalArgumentException("preparation: the %s are %s values; got means of %s"
                    .formatted(what, width, standardization.width()));
        }
    }

    /// The preparation of these splits.
    public static Preparation of(Schema schema, Splits splits) {
        return new Preparation(schema, splits.standardization(), splits.targetStandardization());
    }

    /// The preparation of samples that are used as they are.
    public static Preparation of(Schema schema) {
        return new Preparation(schema, Optional.empty(), Optional.empty());
    }

    /// Numbers that images are normalized with, one a channel.
    ///
    /// @param standardization in which all values of a channel have the same
    /// @param count number of channels
    public record Channels(Standardization standardization, int count) {
        /// The mean of each channel.
        public float[] means() {
            return every(standardization.copyMeans(), count);
        }

        /// The deviation of each channel.
        public float[] deviations() {
            return every(standardization.copyDeviations(), count);
        }

        private static float[] every(float[] values, int count) {
            float[] some = new float[count];
            for (int i = 0; i < count; i++) {
                some[i] = values[i * (values.length / count)];
            }
            return some;
        }
    }

    /// The normalization of images, if all values of a channel have the same mean and deviation.
    public Optional<Channels> channels() {
        return schema.inputs() instanceof Schema.Image image
                ? inputs.filter(each -> each.isOfPlanes(image.channels()))
                        .map(each -> new Channels(each, image.channels()))
                : Optional.empty();
    }

    /// The network's input for raw input values; those are not changed. Raw images are given plane by plane; a
    /// network that takes images takes them pixel by pixel.
    float[] prepared(float[] raw, SampleShape input) {
        int divisor = schema.inputs() instanceof Schema.Vector vector ? vector.divisor() : 1;
        float[] prepared = divisor == 1 && inputs.isEmpty() ? raw : raw.clone();
        if (divisor != 1) {
            for (int i = 0; i < prepared.length; i++) {
                prepared[i] /= divisor;
            }
        }
        if (inputs.isPresent()) {
            inputs.get().applyInPlace(prepared, 0);
        }
        return input instanceof SampleShape.Image image ? image.ofPlanes(prepared) : prepared;
    }

    /// Requires that raw values are as many as a sample has, and pixels in the range of those that trained: others
    /// would be taken for something else.
    ///
    /// @throws IllegalArgumentException naming the first value that is not
    void requireRaw(float[] raw) {
        int width = schema.inputs().width();
        if (raw.length != width) {
            throw new IllegalArgumentException("a sample must have %s values; got %s".formatted(width, raw.length));
        }
        for (int i = 0; i < raw.length; i++) {
            if (Float.isInfinite(raw[i])) {
                throw new IllegalArgumentException("value %s must be finite; got %s".formatted(i + 1, raw[i]));
            }
        }
        switch (schema.inputs()) {
            case Schema.Image _ -> requirePixels(raw, 1, "divide 8-bit pixels by 255");
            case Schema.Vector(int _, int divisor)
            when divisor != 1 -> {
                requirePixels(raw, divisor, "give 8-bit pixels, as in training");
                requireUnscaled(raw, divisor);
            }
            case Schema.Vector _, Schema.Table _, Schema.Text _, Schema.TextPair _ -> {}
        }
    }

    private static void requirePixels(float[] raw, int greatest, String remedy) {
        for (int i = 0; i < raw.length; i++) {
            if (!(raw[i] >= -ROUNDING && raw[i] <= greatest + ROUNDING)) {
                throw new IllegalArgumentException("value %s must be a pixel in [0, %s]; got %s; %s"
                        .formatted(i + 1, greatest, Float.isNaN(raw[i]) ? "none" : raw[i], remedy));
            }
        }
    }

    private static void requireUnscaled(float[] raw, int greatest) {
        float largest = 0;
        float fraction = 0;
        for (float value : raw) {
            largest = Math.max(largest, value);
            fraction = value == Math.rint(value) ? fraction : value;
        }
        if (largest <= 1 && fraction != 0) {
            throw new IllegalArgumentException(
                    "pixels must be in [0, %s], as in training; all are in [0, 1], such as %s; multiply them by %s"
                            .formatted(greatest, fraction, greatest));
        }
    }

    /// Turns a network's outputs for one sample into the answer: probabilities of classes, or values in their
    /// units.
    void answerInPlace(float[] outputs) {
        switch (schema.outputs()) {
            case Schema.Classes _, Schema.NextToken _ -> softmaxInPlace(outputs);
            case Schema.Values _ -> targets.ifPresent(each -> each.undoInPlace(outputs, 0));
        }
    }

    /// The same figures with errors of numbers in the unit of the data. They are left out where several outputs have
    /// different units.
    public EvaluationSpec inUnits(EvaluationSpec evaluation) {
        OptionalDouble unit = unitOfTargets();
        List<Measure> measures = new ArrayList<>();
        for (Measure measure : evaluation.measures()) {
            if (measure instanceof TargetError error) {
                unit.ifPresent(value -> measures.add(new TargetError(error.name(), error.error(), value)));
            } else {
                measures.add(measure);
            }
        }
        return new EvaluationSpec(measures, evaluation.evaluators(), evaluation.monitored());
    }

    /// A unit of the targets that the network is trained on, in the unit of the data; empty where several outputs have
    /// different ones.
    OptionalDouble unitOfTargets() {
        if (targets.isEmpty()) {
            return OptionalDouble.of(1);
        }
        float[] units = targets.get().copyDeviations();
        for (float unit : units) {
            if (unit != units[0]) {
                return OptionalDouble.empty();
            }
        }
        return OptionalDouble.of(units[0]);
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
    ///
    /// @throws IllegalArgumentException if it is no answer: a value is missing that was never missing in training
    Prediction named(float[] answer) {
        for (float each : answer) {
            if (!Float.isFinite(each)) {
                throw new IllegalArgumentException("the prediction is not a number; only models with standardized"
                        + " inputs accept missing values; fill them in");
            }
        }
        return switch (schema.outputs()) {
            case Schema.Classes classes -> Prediction.OfClass.of(named(classes.names(), answer));
            case Schema.Values values -> new Prediction.OfValues(named(values.names(), answer));
            case Schema.NextToken _ ->
                throw new IllegalArgumentException("predict: the model writes texts; use translate or generate");
        };
    }

    private static SequencedMap<String, Double> named(List<String> names, float[] answer) {
        SequencedMap<String, Double> named = new LinkedHashMap<>();
        for (int i = 0; i < answer.length; i++) {
            named.put(names.get(i), (double) answer[i]);
        }
        return named;
    }

    /// The preparation for a model file without one: inputs are numbers, and classes or values are called `0`,
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
        inputs.ifPresent(each -> writeInputs(json.putObject("inputs"), each));
        targets.ifPresent(each -> write(json.putObject("targets"), each));
        return json;
    }

    static Preparation read(ObjectNode json) throws IOException {
        try {
            Schema schema = Schema.parse(Json.compact(Json.objectField(json, "schema")));
            return new Preparation(
                    schema,
                    json.has("inputs")
                            ? Optional.of(inputs(schema, Json.objectField(json, "inputs")))
                            : Optional.empty(),
                    json.has("targets")
                            ? Optional.of(standardization(Json.objectField(json, "targets")))
                            : Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Writes means and deviations: one a channel where they are the same for all pixels of it.
    private void writeInputs(ObjectNode json, Standardization standardization) {
        if (schema.inputs() instanceof Schema.Image image && standardization.isOfPlanes(image.channels())) {
            int pixels = image.width() / image.channels();
            write(json, standardization.copyMeans(), standardization.copyDeviations(), pixels);
        } else {
            write(json, standardization);
        }
    }

    private static void write(ObjectNode json, Standardization standardization) {
        write(json, standardization.copyMeans(), standardization.copyDeviations(), 1);
    }

    private static void write(ObjectNode json, float[] means, float[] deviations, int step) {
        writeEvery(json.putArray("means"), means, step);
        writeEvery(json.putArray("deviations"), deviations, step);
    }

    private static void writeEvery(ArrayNode list, float[] numbers, int step) {
        for (int i = 0; i < numbers.length; i += step) {
            list.add(numbers[i]);
        }
    }

    private static Standardization inputs(Schema schema, ObjectNode json) throws IOException {
        float[] means = floats(json, "means");
        boolean perChannel = schema.inputs() instanceof Schema.Image image
                && means.length == image.channels()
                && means.length != image.width();
        return perChannel
                ? Standardization.ofPlanes(
                        means, floats(json, "deviations"), schema.inputs().width() / means.length)
                : standardization(json);
    }

    private static Standardization standardization(ObjectNode json) throws IOException {
        return Standardization.of(floats(json, "means"), floats(json, "deviations"));
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
