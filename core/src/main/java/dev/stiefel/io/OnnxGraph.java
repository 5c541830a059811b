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
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Sequence;
import dev.stiefel.nn.SampleShape.Tokens;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A graph of ONNX nodes, put together beginning with its inputs. Numbers are named as in safetensors files; the
/// value that a layer hands on has the layer's name. Where a name is taken, a number is put behind it. Images
/// come in and go out as planes; in between they are what the layers want.
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
    private final ImageForms images = new ImageForms(this);
    private final String output;
    private String last; // the value that comes out so far
    private boolean isDouble; // whether the input is float64
    private boolean isMatrix; // whether the layer that is appended takes rows

    OnnxGraph(Network network) {
        this.network = network;
        this.spec = network.spec();
        for (NetworkSpec.Input input : spec.inputs()) {
            valueNames.add(input.name());
            put(input.name(), input.name(), true);
        }
        output = free("output", valueNames);
        last = spec.inputs().getFirst().name();
    }

    /// Takes the only input, vectors, in float64, and subtracts this before it is rounded.
    void shift(double[] origins) {
        isDouble = true;
        String name = spec.inputs().getFirst().name();
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(origins.length, Double.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(origins);
        String origin = constant(
                name + ".origin", TensorProto.DataType.DOUBLE, UnsafeByteOperations.unsafeWrap(bytes), origins.length);
        String distance = apply("Sub", name + ".distance", name, origin);
        Map<String, Object> toFloat = Map.of("to", (long) TensorProto.DataType.FLOAT_VALUE);
        last = apply("Cast", name + ".rounded", List.of(distance), toFloat);
        put(name, last, true);
    }

    /// Standardizes the only input.
    void standardize(float[] means, float[] deviations) {
        NetworkSpec.Input input = spec.inputs().getFirst();
        String name = input.name();
        String centred = apply("Sub", name + ".centred", last, number(name + ".mean", means, input.shape()));
        String scaled = apply("Div", name + ".scaled", centred, number(name + ".deviation", deviations, input.shape()));
        String missing = apply("IsNaN", name + ".missing", scaled);
        String zero = number(name + ".zero", new float[1], 1);
        last = apply("Where", name + ".standardized", missing, zero, scaled); // a missing value is the mean
        put(name, last, true);
    }

    void rescale(float[] means, float[] deviations) {
        int[] extents = isImage(spec.output()) ? new int[] {means.length, 1, 1} : new int[] {means.length};
        String scaled = apply("Mul", "output.scaled", last, number("output.deviation", deviations, extents));
        last = apply("Add", "output.rescaled", scaled, number("output.mean", means, extents));
    }

    void softmax() {
        long axis = isImage(spec.output()) ? 1 : -1;
        last = apply("Softmax", "probabilities", List.of(last), Map.of("axis", axis));
    }

    /// Appends the network: its layers take from each other as its graph says.
    void layers() {
        for (int i = 0; i < spec.nodes().size(); i++) {
            NetworkSpec.Node node = spec.nodes().get(i);
            if (!values.containsKey(node.name())) { // else the layer before has done it
                append(node, network.layers().get(i));
            }
        }
        last = form(spec.nodes().getLast().name(), true);
    }

    /// Appends a layer. If the layer can absorb the map of columns behind it, appends that as well.
    private void append(NetworkSpec.Node node, Layer layer) {
        boolean asPlanes = switch (layer.exportForm()) {
            case ROWS -> false;
            case PLANES -> true;
            case ANY ->
                areOfOneSize(spec.inputShapes(node))
                        && node.from().stream().map(values::get).anyMatch(images::isPlanes);
        };
        List<String> from =
                node.from().stream().map(each -> form(each, asPlanes)).toList();
        isMatrix = spec.inputShapes(node).stream().anyMatch(OnnxGraph::hasRows);
        Optional<NetworkSpec.Node> next = onlyReader(node); // a batch normalization, say
        Optional<String> both = next.flatMap(
                reader -> layer(reader).columnMap().flatMap(map -> layer.exportWith(map, this, from, reader.name())));
        if (both.isPresent()) {
            put(next.orElseThrow().name(), both.get(), asPlanes);
        } else {
            put(node.name(), layer.export(this, from), asPlanes);
        }
    }

    /// Notes the value of an input or a node.
    private void put(String name, String value, boolean asPlanes) {
        values.put(name, value);
        if (asPlanes && spec.shape(name) instanceof Image image) {
            images.addPlanes(value, image);
        }
    }

    /// The value of an input or a node; images in this form.
    private String form(String name, boolean asPlanes) {
        String value = Objects.requireNonNull(values.get(name), name);
        return asPlanes && spec.shape(name) instanceof Image image ? images.planes(value, image) : images.rows(value);
    }

    /// The node that alone takes from this one, and from nothing else.
    private Optional<NetworkSpec.Node> onlyReader(NetworkSpec.Node node) {
        List<NetworkSpec.Node> readers = spec.nodes().stream()
                .filter(each -> each.from().contains(node.name()))
                .toList();
        return readers.size() == 1 && readers.getFirst().from().size() == 1
                ? Optional.of(readers.getFirst())
                : Optional.empty();
    }

    private Layer layer(NetworkSpec.Node node) {
        return network.layers().get(spec.nodes().indexOf(node));
    }

    private static boolean areOfOneSize(List<SampleShape> shapes) {
        return shapes.stream().allMatch(OnnxGraph::isImage)
                && shapes.stream()
                                .map(each -> (Image) each)
                                .map(each -> List.of(each.height(), each.width()))
                                .distinct()
                                .count()
                        == 1;
    }

    private static boolean isImage(SampleShape shape) {
        return shape instanceof Image;
    }

    /// Returns whether a sample may be more than one row, so that values of a batch have three dimensions, or
    /// four.
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
        String inOrder = images.channelsLast(x);
        return hasRows(shape)
                ? reshape(name, inOrder, shape.rows().orElseThrow(), shape.columns())
                : reshape(name, inOrder, shape.columns());
    }

    /// Adds a change of shape.
    ///
    /// @param extents of a sample afterwards
    String reshape(String name, String x, int... extents) {
        long[] all = new long[extents.length + 1];
        all[0] = -1; // the batch
        for (int i = 0; i < extents.length; i++) {
            all[i + 1] = extents[i];
        }
        return apply("Reshape", name, x, integers(name + ".shape", all));
    }

    @Override
    public int columnAxis(String x) {
        return isMatrix && !images.isPlanes(x) ? 2 : 1;
    }

    @Override
    public String constant(String name, float[] values, int... extents) {
        return number(name, values, extents);
    }

    @Override
    public String integers(String name, long... values) {
        String constant = free(name, valueNames);
        TensorProto.Builder tensor = graph.addInitializerBuilder()
                .setName(constant)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return constant;
    }

    /// The name, or the first free one of `name.1`, `name.2`, …; it is taken afterwards.
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
            case List<?> numbers
            when numbers.stream().allMatch(Long.class::isInstance) ->
                attribute
                        .setType(AttributeProto.AttributeType.INTS)
                        .addAllInts(numbers.stream().map(Long.class::cast).toList());
            default ->
                throw new IllegalArgumentException(
                        "onnx: attribute '%s' must be a Long, a Double, a String or a list of Long; got %s"
                                .formatted(name, value));
        };
    }

    ModelProto model(Map<String, String> metadata) {
        nameOutput();
        for (NetworkSpec.Input input : spec.inputs()) {
            graph.addInput(value(input.name(), input.name() + "_rows", input.shape(), isDouble));
        }
        graph.addOutput(value(output, rowsOfOutput(), spec.output(), false));
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

    /// Renames the result to the output's name: no node reads the last one's output, so that it may be renamed;
    /// any other value is passed through an identity.
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

    /// Adds a constant with one number a value of a sample, given row by row.
    private String number(String name, float[] elements, SampleShape shape) {
        return switch (shape) {
            case Image image ->
                number(name, ImageForms.planes(elements, image), image.channels(), image.height(), image.width());
            case Vector vector -> number(name, elements, vector.columns());
            case Matrix matrix -> number(name, elements, matrix.count(), matrix.columns());
            case Sequence _, Tokens _ ->
                throw new IllegalArgumentException("onnx: samples must have a fixed number of rows; got " + shape);
        };
    }

    /// Adds a constant under this name or, if it is taken, one like it; returns the constant's name.
    private String number(String name, float[] elements, int... extents) {
        byte[] bytes = new byte[Math.multiplyExact(elements.length, Float.BYTES)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(elements);
        return constant(name, TensorProto.DataType.FLOAT, UnsafeByteOperations.unsafeWrap(bytes), extents);
    }

    private String constant(String name, TensorProto.DataType type, ByteString bytes, int... extents) {
        String constant = free(name, valueNames);
        TensorProto.Builder tensor = graph.addInitializerBuilder()
                .setName(constant)
                .setDataType(type.getNumber())
                .setRawData(bytes);
        for (int extent : extents) {
            tensor.addDims(extent);
        }
        return constant;
    }

    private static StringStringEntryProto.Builder property(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    /// The output has the rows of the last input, where samples differ in rows.
    private String rowsOfOutput() {
        return spec.inputs().getLast().name() + "_rows";
    }

    private static ValueInfoProto.Builder value(String name, String rows, SampleShape sample, boolean isDouble) {
        int numbers = isDouble ? TensorProto.DataType.DOUBLE_VALUE : TensorProto.DataType.FLOAT_VALUE;
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder().addDim(open("batch"));
        switch (sample) {
            case Image image ->
                shape.addDim(fixed(image.channels()))
                        .addDim(fixed(image.height()))
                        .addDim(fixed(image.width()));
            case Vector vector -> shape.addDim(fixed(vector.columns()));
            case Matrix matrix -> shape.addDim(fixed(matrix.count())).addDim(fixed(matrix.columns()));
            case Sequence sequence -> shape.addDim(open(rows)).addDim(fixed(sequence.columns()));
            case Tokens _ -> shape.addDim(open(rows));
        }
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder()
                .setElemType(sample instanceof Tokens ? TensorProto.DataType.INT64_VALUE : numbers)
                .setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor));
    }

    private static TensorShapeProto.Dimension.Builder fixed(int extent) {
        return TensorShapeProto.Dimension.newBuilder().setDimValue(extent);
    }

    private static TensorShapeProto.Dimension.Builder open(String name) {
        return TensorShapeProto.Dimension.newBuilder().setDimParam(name);
    }
}
