package dev.stiefel.model;

import dev.stiefel.model.NetworkSpec.Input;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Sequence;
import dev.stiefel.nn.SampleShape.Tokens;
import dev.stiefel.nn.SampleShape.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// [NetworkSpec] as JSON and back.
///
/// A chain of linear layers is written in short:
///
///     {"inputs": 784,
///      "layers": [{"outputs": 500, "activation": "relu", "rank": 20}, …],
///      "loss": "softmax-cross-entropy"}
///
/// and every other network as its graph:
///
///     {"inputs": [{"name": "input", "shape": {"kind": "image", "height": 28, "width": 28, "channels": 1}}],
///      "nodes": [{"name": "linear1", "from": ["input"], "layer": {"type": "linear", "outputs": 16, …}}, …],
///      "loss": "softmax-cross-entropy"}
///
/// Layers and losses are records; their components are the keys, beside `type`, the word of [SpecTypes].
public final class NetworkJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final SpecTypes types;

    /// Reads and writes layers and losses of these types.
    public NetworkJson(SpecTypes types) {
        this.types = types;
    }

    /// The description as JSON text in one line.
    ///
    /// @throws IllegalArgumentException if a layer or the loss is of no known type
    public String write(NetworkSpec spec) {
        return MAPPER.writeValueAsString(toJson(spec));
    }

    /// The description in a JSON text.
    ///
    /// @throws IllegalArgumentException if it is none; the message names the key
    public NetworkSpec read(String text) {
        JsonNode json;
        try {
            json = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("network: must be JSON: " + e.getOriginalMessage(), e);
        }
        if (!(json instanceof ObjectNode object)) {
            throw new IllegalArgumentException("network: must be a JSON object; got " + json);
        }
        return read(object);
    }

    /// The description as a JSON object.
    public ObjectNode toJson(NetworkSpec spec) {
        ObjectNode json = MAPPER.createObjectNode();
        if (spec.isChain()) {
            json.put("inputs", spec.inputs().getFirst().shape().columns());
            ArrayNode layers = json.putArray("layers");
            for (LinearSpec layer : spec.chainLayers()) {
                ObjectNode one = layers.addObject()
                        .put("outputs", layer.outputs())
                        .put("activation", RecordJson.word(layer.activation()));
                layer.rank().ifPresent(rank -> one.put("rank", rank));
            }
        } else {
            ArrayNode inputs = json.putArray("inputs");
            for (Input input : spec.inputs()) {
                inputs.addObject().put("name", input.name()).set("shape", shape(input.shape()));
            }
            ArrayNode nodes = json.putArray("nodes");
            for (Node node : spec.nodes()) {
                ObjectNode one = nodes.addObject().put("name", node.name());
                ArrayNode from = one.putArray("from");
                node.from().forEach(from::add);
                ObjectNode layer = one.putObject("layer");
                layer.put(RecordJson.TYPE, types.word(node.layer()));
                RecordJson.write((Record) node.layer(), layer);
            }
        }
        json.set("loss", loss(spec.loss()));
        return json;
    }

    /// The description in a JSON object, which may have other keys beside it. Objects within may not.
    ///
    /// @throws IllegalArgumentException if it is none; the message names the key
    public NetworkSpec read(ObjectNode json) {
        JsonNode inputs = RecordJson.require(json, "inputs");
        if (inputs.isInt()) {
            List<LinearSpec> layers = new ArrayList<>();
            for (JsonNode layer : list(json, "layers")) {
                RecordJson.requireKeys(layer, "layer", List.of("outputs", "activation", "rank"));
                layers.add(new LinearSpec(
                        RecordJson.number(layer, "outputs"),
                        RecordJson.word(Activation.class, layer, "activation"),
                        layer.has("rank") ? OptionalInt.of(RecordJson.number(layer, "rank")) : OptionalInt.empty()));
            }
            return NetworkSpec.chain(inputs.intValue(), layers, loss(RecordJson.require(json, "loss")));
        }
        List<Input> given = new ArrayList<>();
        for (JsonNode input : list(json, "inputs")) {
            RecordJson.requireKeys(input, "input", List.of("name", "shape"));
            given.add(new Input(RecordJson.text(input, "name"), readShape(RecordJson.require(input, "shape"))));
        }
        List<Node> nodes = new ArrayList<>();
        for (JsonNode node : list(json, "nodes")) {
            RecordJson.requireKeys(node, "node", List.of("name", "from", "layer"));
            List<String> from = RecordJson.texts(node, "from");
            JsonNode layer = RecordJson.require(node, "layer");
            nodes.add(new Node(
                    RecordJson.text(node, "name"),
                    read(types.layers(), "layer", RecordJson.text(layer, RecordJson.TYPE), layer),
                    from));
        }
        return new NetworkSpec(given, nodes, loss(RecordJson.require(json, "loss")));
    }

    private JsonNode loss(Loss loss) {
        String word = types.word(loss);
        Record values = (Record) loss;
        if (values.getClass().getRecordComponents().length == 0) {
            return MAPPER.createObjectNode().stringNode(word);
        }
        ObjectNode json = MAPPER.createObjectNode().put(RecordJson.TYPE, word);
        RecordJson.write(values, json);
        return json;
    }

    private Loss loss(JsonNode json) {
        String word = json.isString() ? json.stringValue() : RecordJson.text(json, RecordJson.TYPE);
        return read(types.losses(), "loss", word, json);
    }

    private static <T> T read(Map<String, Class<? extends T>> types, String what, String word, JsonNode json) {
        Class<? extends T> type = types.get(word);
        if (type == null) {
            throw new IllegalArgumentException("network: there is no %s '%s'; there are %s"
                    .formatted(what, word, types.keySet().stream().sorted().toList()));
        }
        return RecordJson.read(type, "%s '%s'".formatted(what, word), json);
    }

    private static Iterable<JsonNode> list(JsonNode json, String key) {
        if (!(RecordJson.require(json, key) instanceof ArrayNode array)) {
            throw new IllegalArgumentException("'%s' must be a list".formatted(key));
        }
        return array;
    }

    private static ObjectNode shape(SampleShape shape) {
        ObjectNode json = MAPPER.createObjectNode();
        return switch (shape) {
            case Vector v -> json.put("kind", "vector").put("columns", v.columns());
            case Matrix m -> json.put("kind", "matrix").put("rows", m.count()).put("columns", m.columns());
            case Image i ->
                json.put("kind", "image")
                        .put("height", i.height())
                        .put("width", i.width())
                        .put("channels", i.channels());
            case Sequence s -> json.put("kind", "sequence").put("columns", s.columns());
            case Tokens t -> json.put("kind", "tokens").put("vocabulary", t.vocabulary());
        };
    }

    private static SampleShape readShape(JsonNode json) {
        String kind = RecordJson.text(json, "kind");
        SampleShape read = switch (kind) {
            case "vector" -> new Vector(RecordJson.number(json, "columns"));
            case "matrix" -> new Matrix(RecordJson.number(json, "rows"), RecordJson.number(json, "columns"));
            case "image" ->
                new Image(
                        RecordJson.number(json, "height"),
                        RecordJson.number(json, "width"),
                        RecordJson.number(json, "channels"));
            case "sequence" -> new Sequence(RecordJson.number(json, "columns"));
            case "tokens" -> new Tokens(RecordJson.number(json, "vocabulary"));
            default ->
                throw new IllegalArgumentException(
                        "'kind' must be one of vector, matrix, image, sequence, tokens; got '%s'".formatted(kind));
        };
        RecordJson.requireKeys(
                json, "shape '%s'".formatted(kind), List.copyOf(shape(read).propertyNames()));
        return read;
    }
}
