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
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Linear;
import dev.stiefel.nn.Weight.DenseWeight;
import dev.stiefel.nn.Weight.LowRankWeight;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A chain of ONNX nodes, put together from the input on. Numbers are named as in safetensors files; the value that a
/// layer hands on has the layer's name.
final class OnnxGraph {
    private static final int OPERATORS = 20; // the first with Gelu
    private static final int FORMAT = 9; // the one that came with them
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";

    private final Scope scope;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("stiefel");
    private String last = INPUT;

    /// @param scope for products that are made on the way
    OnnxGraph(Scope scope) {
        this.scope = scope;
    }

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
    }

    void rescale(float[] means, float[] deviations) {
        then("Mul", "output.scaled", number("output.deviation", deviations, deviations.length));
        then("Add", "output.rescaled", number("output.mean", means, means.length));
    }

    void softmax() {
        then("Softmax", "probabilities").addAttribute(integer("axis", -1));
    }

    void layer(String name, Network network, int i) {
        Linear layer = (Linear) network.layers().get(i);
        String weight = switch (layer.weight()) {
            case DenseWeight dense -> number(name + ".weight", dense.matrix());
            case LowRankWeight factored -> factors(name + ".weight", factored.factors());
        };
        String bias = number(name + ".bias", layer.bias());
        then("Gemm", name + ".linear", weight, bias).addAttribute(integer("transB", 1)); // x [B, n] · [m, n]ᵀ + b
        activate(name, layer.activation());
    }

    /// Appends the product with the factor on the input's side; returns the other one, `[m, r]`.
    private String factors(String name, Factors f) {
        boolean free = f.gauge() == Gauge.FREE;
        boolean left = f.rows() <= f.columns(); // S goes into U
        String before = free || left
                ? number(name + ".V", f.V())
                : number(name + ".VS", Ops.matmulNT(scope, f.V(), f.S())); // V Sᵀ [n, r]
        then("MatMul", name + ".reduced", before); // [B, r]
        return free || !left ? number(name + ".U", f.U()) : number(name + ".US", Ops.matmul(scope, f.U(), f.S()));
    }

    private void activate(String name, Activation activation) {
        switch (activation) {
            case IDENTITY -> {
                // what the linear map gives
            }
            case RELU -> then("Relu", name);
            case TANH -> then("Tanh", name);
            case GELU ->
                then("Gelu", name)
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("approximate")
                                .setType(AttributeProto.AttributeType.STRING)
                                .setS(ByteString.copyFromUtf8("tanh")));
        }
    }

    ModelProto model(NetworkSpec network, List<Integer> ranks, Map<String, String> metadata) {
        NodeProto.Builder end = graph.getNodeBuilder(graph.getNodeCount() - 1);
        end.setOutput(0, OUTPUT);
        graph.addInput(value(INPUT, network.inputs())).addOutput(value(OUTPUT, network.outputs()));
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

    private static ValueInfoProto.Builder value(String name, int width) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width));
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor));
    }
}
