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
/// that a layer hands on has the layer's name. Where a name is taken, a number is put behind it.
final class OnnxGraph implements OperatorGraph {
    private static final int OPERATORS = 20; // the first with Gelu
    private static final int FORMAT = 9; // the one that came with them

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("stiefel");
    private final Network network;
    private final NetworkSpec spec;
    private final Set<String> nodeNames = new HashSet<>();
    private final Set<String> valueNames = new HashSet<>(); // of values and constants
    private final Map<String, String> values = new HashMap<>(); // of the network's inputs and nodes
    private final Map<String, String> constants = new HashMap<>(); // by the name that layers know
    private final Map<String, String> transposed = new HashMap<>(); // by the constant
    private final String output;
    private String last; // the value that comes out so far
    private boolean isMatrix; // whether the layer that is appended takes rows

    OnnxGraph(Network network) {
        this.network = network;
        this.spec = network.spec();
        for (NetworkSpec.Input input : spec.inputs()) {
            valueNames.add(input.name());
            values.put(input.name(), input.name());
        }
        output = free("output", valueNames);
        last = spec.inputs().getFirst().name();
    }

    /// Standardizes the only input.
    void standardize(float[] means, float[] deviations) {
        NetworkSpec.Input input = spec.inputs().getFirst();
        String name = input.name();
        int[] extents = hasRows(input.shape())
                ? new int[] {input.shape().rows().orElseThrow(), input.shape().columns()}
                : new int[] {input.shape().columns()};
        String centred = apply("Sub", name + ".centred", name, number(name + ".mean", means, extents));
        String scaled = apply("Div", name + ".scaled", centred, number(name + ".deviation", deviations, extents));
        String missing = apply("IsNaN", name + ".missing", scaled);
        String zero = number(name + ".zero", new float[1], 1);
        last = apply("Where", name + ".standardized", missing, zero, scaled); // a missing value is the mean
        values.put(name, last);
    }

    void rescale(float[] means, float[] deviations) {
        String scaled = apply("Mul", "output.scaled", last, number("output.deviation", deviations, deviations.length));
        last = apply("Add", "output.rescaled", scaled, number("output.mean", means, means.length));
    }

    void softmax() {
        last = apply("Softmax", "probabilities", List.of(last), Map.of("axis", -1L));
    }

    /// Appends the network: its layers take from each other as its graph says.
    void layers() {
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
        return constants.computeIfAbsent(name, _ -> number(name, values)); // several layers may use a weight
    }

    @Override
    public String apply(String operator, String name, List<String> inputs, Map<String, Object> attributes) {
        String value = free(name, valueNames);
        NodeProto.Builder node = graph.addNodeBuilder()
                .setOpType(operator)
                .setName(free(name, nodeNames))
                .addAllInput(inputs)
                .addOutput(value);
        attributes.forEach((key, attribute) -> node.addAttribute(attribute(key, attribute)));
        return value;
    }

    @Override
    public String linear(String name, String x, String weight, String bias) {
        if (isMatrix) {
            String right = transposed.computeIfAbsent(weight, _ -> apply("Transpose", weight + ".transposed", weight));
            String product = apply("MatMul", name + ".product", x, right);
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
        String constant = free(name + ".shape", valueNames);
        TensorProto.Builder tensor = graph.addInitializerBuilder()
                .setName(constant)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(extents.size());
        extents.forEach(tensor::addInt64Data);
        return apply("Reshape", name, x, constant);
    }

    /// The name, or the first of `name.1`, `name.2`, … if it is taken; taken from now on.
    private static String free(String name, Set<String> taken) {
        String free = name;
        for (int i = 1; !taken.add(free); i++) {
            free = name + "." + i;
        }
        return free;
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

    ModelProto model(Map<String, String> metadata) {
        nameOutput();
        for (NetworkSpec.Input input : spec.inputs()) {
            graph.addInput(value(input.name(), input.shape()));
        }
        graph.addOutput(value(output, spec.output()));
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(FORMAT)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS))
                .setProducerName("stiefel")
                .setProducerVersion(metadata.getOrDefault("version", ""))
                .setGraph(graph)
                .addMetadataProps(property("stiefel.layers", spec.toString()))
                .addMetadataProps(property(
                        "stiefel.ranks",
                        network.ranks().stream().map(String::valueOf).collect(Collectors.joining("-"))));
        metadata.forEach((key, value) -> model.addMetadataProps(property(key, value)));
        return model.build();
    }

    /// Gives the result the output's name: nothing takes from the last node, so that its value may be renamed; any
    /// other value is handed on.
    private void nameOutput() {
        int nodes = graph.getNodeCount();
        if (nodes > 0 && graph.getNode(nodes - 1).getOutput(0).equals(last)) {
            graph.getNodeBuilder(nodes - 1).setOutput(0, output);
        } else {
            graph.addNodeBuilder()
                    .setOpType("Identity")
                    .setName(free("output", nodeNames))
                    .addInput(last)
                    .addOutput(output);
        }
    }

    private String number(String name, Tensor tensor) {
        int[] extents = tensor.shape().order() == 1
                ? new int[] {tensor.shape().extent(0)}
                : new int[] {tensor.rows(), tensor.columns()};
        return number(name, tensor.toFloats(), extents);
    }

    /// Adds a constant under this name or, if it is taken, one like it; returns the constant's name.
    private String number(String name, float[] elements, int... extents) {
        byte[] bytes = new byte[Math.multiplyExact(elements.length, Float.BYTES)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(elements);
        String constant = free(name, valueNames);
        TensorProto.Builder tensor = graph.addInitializerBuilder()
                .setName(constant)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes));
        for (int extent : extents) {
            tensor.addDims(extent);
        }
        return constant;
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
