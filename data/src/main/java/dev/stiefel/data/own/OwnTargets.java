package dev.stiefel.data.own;

import dev.stiefel.data.Holdout;
import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be told of each sample: its class, or its numbers.
final class OwnTargets {
    private final Schema.Outputs outputs;
    private final int @Nullable [] labels;
    private final float[] values;

    private OwnTargets(Schema.Outputs outputs, int @Nullable [] labels, float[] values) {
        this.outputs = outputs;
        this.labels = labels;
        this.values = values;
    }

    /// A class each, by its place among the names.
    static OwnTargets classes(int[] labels, List<String> names) {
        return new OwnTargets(new Schema.Classes(names), labels, new float[0]);
    }

    /// As many numbers each as there are names.
    static OwnTargets numbers(float[] values, List<String> names) {
        return new OwnTargets(new Schema.Values(names), null, values);
    }

    Schema.Outputs outputs() {
        return outputs;
    }

    int size() {
        return labels == null ? values.length / outputs.width() : labels.length;
    }

    /// The samples that test, in order.
    int[] holdout(double share, long seed) {
        return labels == null
                ? Holdout.random(size(), share, seed)
                : Holdout.stratified(labels, outputs.width(), share, seed);
    }

    /// Samples with the targets of these rows.
    Samples samples(float[] inputs, int width, int[] rows) {
        if (labels != null) {
            int[] chosen = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                chosen[i] = labels[rows[i]];
            }
            return VectorSamples.classified(inputs, width, chosen, outputs.width());
        }
        int count = outputs.width();
        float[] chosen = new float[Math.multiplyExact(rows.length, count)];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, rows[i] * count, chosen, i * count, count);
        }
        return VectorSamples.regression(inputs, width, chosen, count);
    }
}
