package dev.stiefel.lab.model;

import dev.stiefel.lab.text.Json;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.util.Map;

/// Checks that weights from a file are finite numbers.
public final class FiniteCheck {
    private static final int BLOCK = 1 << 14;

    private FiniteCheck() {}

    /// Refuses numbers that are not finite.
    ///
    /// @param tensors gapless, by name
    /// @throws IOException naming the first that has an element which is infinite or no number
    public static void require(Map<String, Tensor> tensors) throws IOException {
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            require(named.getKey(), named.getValue());
        }
    }

    /// The same for one tensor.
    public static void require(String name, Tensor tensor) throws IOException {
        float[] floats = new float[tensor.type() == DType.FLOAT32 ? BLOCK : 0];
        double[] doubles = new double[tensor.type() == DType.FLOAT64 ? BLOCK : 0];
        for (long at = 0; at < tensor.size(); at += BLOCK) {
            int count = (int) Math.min(BLOCK, tensor.size() - at);
            switch (tensor.type()) {
                case FLOAT32 -> tensor.read(at, floats, 0, count);
                case FLOAT64 -> tensor.read(at, doubles, 0, count);
            }
            for (int i = 0; i < count; i++) {
                double element = tensor.type() == DType.FLOAT32 ? floats[i] : doubles[i];
                if (!Double.isFinite(element)) {
                    throw new IOException("tensor '%s': its numbers must be finite; element %s is %s"
                            .formatted(Json.oneLine(name), at + i, element));
                }
            }
        }
    }
}
