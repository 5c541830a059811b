package dev.stiefel.io;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.OperatorGraph;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A graph of ONNX nodes, put together from the inputs on. Numbers are named as in safetensors files; the value
/// that a layer hands on has the layer's name.
final class OnnxGraph implements OperatorGraph {
    private static final int OPERATORS = 20; // the first with Gelu
    private static final int FORMAT = 9; // the one that came with them
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("stiefel");
    private final Map<String, String> values = new HashMap<>(); // of the network's inputs and nodes
    private final Set<String> constants = new HashSet<>();
    private String last = INPUT;
    private boolean isMatrix; // whether the layer that is appended takes rows

    void standardize(float[] means, float[] deviations) {
        then("Sub", "input.centred", number("input.mean", means, means.length));
        then("Div", "input.scaled", number("input.deviation", deviations, deviations.length));
        String scaled = last;
        then("IsNaN", "input.missing");
        then(
                "Where",
                "input.standardized",
                number("input.zero", new float[1], 1),
                scaled); // a missing value is the mean
        values.put(INPUT, last);
    }

    void rescale(float[] means, float[] deviations) {
        then("Mul", "output.scaled", number("output.deviation", deviations, deviations.length));
        then("Add", "output.rescaled", number("output.mean", means, means.length));
    }

    void softmax() {
        then("Softmax", "probabilities").addAttribute(integer("axis", -1));
    }

    /// Appends a network: its layers take from each other as its graph says.
    void network(Network network) {
        NetworkSpec spec = network.spec();
        for (NetworkSpec.Input input : spec.inputs()) {
            values.putIfAbsent(input.name(), input.name());
        }
        for (int i = 0; i < spec.nodes().size(); i++) {
            NetworkSpec.Node node = spec.nodes().get(i);
            Layer layer = network.layers().get(i);
            List<String> from = node.from().stream().map(values::get).toList();
            isMatrix = spec.inputShapes(node).stream().anyMatch(OnnxGraph::hasRows);
            last = layer.export(this, from);
            values.put(node.name(), last);
        }
    }

    /// Whether a sample is more than one row, so that values of a batch have three dimensions.
    private static boolean hasRows(SampleShape shape) {
        return !(shape instanceof SampleShape.Vector);
    }

    @Override
    public String constant(String name, Tensor values) {
        return number(name, values);
    }

    @Override
    public String apply(String operator, String name, List<String> inputs, Map<String, Object> attributes) {
        NodeProto.Builder node = graph.addNodeBuilder()
                .setOpType(operator)
                .setName(name)
                .addAllInput(inputs)
                .addOutput(name);
        attributes.forEach((key, value) -> node.addAttribute(attribute(key, value)));
        last = name;
        return name;
    }

    @Override
    public String linear(String name, String x, String weight, String bias) {
        if (isMatrix) {
            String transposed = apply("Transpose", weight + ".transposed", weight);
            String product = apply("MatMul", name + ".product", x, transposed);
            return apply("Add", name, product, bias);
        }
        return apply("Gemm", name, List.of(x, weight, bias), Map.of("transB", 1L)); // x [B, n] · [m, n]ᵀ + b
    }

    @Override
    public String reshape(String name, String x, SampleShape shape) {
        List<Long> extents = new ArrayList<>(List.of(-1L));
        if (hasRows(shape)) {
            extents.add((long) shape.rows().orElseThrow());
        }
        extents.add((long) shape.columns());
        TensorProto.Builder tensor = graph.addInitializerBuilder()
                .setName(name + ".shape")
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(extents.size());
        extents.forEach(tensor::addInt64Data);
        return apply("Reshape", name, x, name + ".shape");
    }

    private static AttributeProto.Builder attribute(String name, Object value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        return switch (value) {
            case Long number ->
                attribute.setType(AttributeProto.AttributeType.INT).setI(number);
            case Double number ->
                attribute.setType(AttributeProto.AttributeType.FLOAT).setF(number.floatValue());
            case String text ->
                attribute.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
            default ->
                throw new IllegalArgumentException(
                        "onnx: attribute '%s' must be a Long, a Double or a String; got %s".formatted(name, value));
        };
    }

    ModelProto model(NetworkSpec network, List<Integer> ranks, Map<String, String> metadata) {
        NodeProto.Builder end = graph.getNodeBuilder(graph.getNodeCount() - 1);
        end.setOutput(0, OUTPUT);
        for (NetworkSpec.Input input : network.inputs()) {
            graph.addInput(value(input.name(), input.shape()));
        }
        graph.addOutput(value(OUTPUT, network.output()));
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(FORMAT)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS))
                .setProducerName("stiefel")
                .setProducerVersion(metadata.getOrDefault("version", ""))
                .setGraph(graph)
                .addMetadataProps(property("stiefel.layers", network.toString()))
                .addMetadataProps(property(
                        "stiefel.ranks", ranks.stream().map(String::valueOf).collect(Collectors.joining("-"))));
        metadata.forEach((key, value) -> model.addMetadataProps(property(key, value)));
        return model.build();
    }

    /// Appends a node that takes what the one before it gave, and these numbers.
    private NodeProto.Builder then(String operator, String name, String... numbers) {
        NodeProto.Builder node = graph.addNodeBuilder()
                .setOpType(operator)
                .setName(name)
                .addInput(last)
                .addAllInput(List.of(numbers))
                .addOutput(name);
        last = name;
        return node;
    }

    private String number(String name, Tensor tensor) {
        if (!constants.add(name)) {
            return name; // a weight that several layers use
        }
        int[] extents = tensor.shape().order() == 1
                ? new int[] {tensor.shape().extent(0)}
                : new int[] {tensor.rows(), tensor.columns()};
        return number(name, tensor.toFloats(), extents);
    }

    private String number(String name, float[] elements, int... extents) {
        byte[] bytes = new byte[Math.multiplyExact(elements.length, Float.BYTES)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(elements);
        TensorProto.Builder tensor = graph.addInitializerBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes));
        for (int extent : extents) {
            tensor.addDims(extent);
        }
        return name;
    }

    private static AttributeProto.Builder integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value);
    }

    private static StringStringEntryProto.Builder property(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    private static ValueInfoProto.Builder value(String name, SampleShape sample) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
        if (hasRows(sample)) {
            TensorShapeProto.Dimension.Builder rows = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(
                    sample.rows().isPresent() ? rows.setDimValue(sample.rows().getAsInt()) : rows.setDimParam("rows"));
        }
        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(sample.columns()));
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor));
    }
}
