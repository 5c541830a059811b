package dev.stiefel.io;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Vector;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A written model, and what ONNX Runtime makes of samples with it.
public final class OnnxModel {
    private final Path file;
    private final NetworkSpec spec;

    /// The model of this network.
    public OnnxModel(Path file, NetworkSpec spec) {
        this.file = file;
        this.spec = spec;
    }

    /// The operators of its nodes, in order.
    public List<String> operators() throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getNodeList().stream()
                .map(NodeProto::getOpType)
                .toList();
    }

    /// The outputs for a batch, row by row.
    public float[] run(List<SampleRows> inputs) throws OrtException {
        return run(inputs, "output");
    }

    /// The outputs for a batch, row by row.
    ///
    /// @param output its name in the model
    public float[] run(List<SampleRows> inputs, String output) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> given = new LinkedHashMap<>();
        List<OnnxTensor> opened = new ArrayList<>();
        try (OrtSession session = environment.createSession(file.toString())) {
            for (int k = 0; k < inputs.size(); k++) {
                NetworkSpec.Input input = spec.inputs().get(k);
                OnnxTensor tensor = tensor(environment, input.shape(), inputs.get(k));
                opened.add(tensor);
                given.put(input.name(), tensor);
            }
            try (OrtSession.Result result = session.run(given)) {
                FloatBuffer values = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
                float[] all = new float[values.remaining()];
                values.get(all);
                return spec.output() instanceof Image image ? rows(all, image) : all;
            }
        } finally {
            opened.forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, SampleShape shape, SampleRows rows)
            throws OrtException {
        float[] values = rows.values().toFloats();
        if (shape instanceof SampleShape.Tokens) {
            long[] tokens = new long[values.length];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = (long) values[i];
            }
            long[] extents = {rows.samples(), values.length / rows.samples()};
            return OnnxTensor.createTensor(environment, LongBuffer.wrap(tokens), extents);
        }
        return OnnxTensor.createTensor(
                environment,
                FloatBuffer.wrap(shape instanceof Image image ? planes(values, image) : values),
                extents(shape, rows.samples()));
    }

    private static long[] extents(SampleShape shape, int samples) {
        return switch (shape) {
            case Vector v -> new long[] {samples, v.columns()};
            case Image i -> new long[] {samples, i.channels(), i.height(), i.width()};
            default -> new long[] {samples, shape.rows().orElseThrow(), shape.columns()};
        };
    }

    /// Images with the channels last as planes.
    private static float[] planes(float[] rows, Image image) {
        float[] planes = new float[rows.length];
        int pixels = image.height() * image.width();
        int c = image.channels();
        for (int sample = 0; sample < rows.length; sample += pixels * c) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                for (int j = 0; j < c; j++) {
                    planes[sample + j * pixels + pixel] = rows[sample + pixel * c + j];
                }
            }
        }
        return planes;
    }

    /// Planes as images with the channels last.
    private static float[] rows(float[] planes, Image image) {
        return planes(planes, new Image(image.channels(), 1, image.height() * image.width()));
    }
}
