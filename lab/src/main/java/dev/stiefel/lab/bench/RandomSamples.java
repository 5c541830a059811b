package dev.stiefel.lab.bench;

import dev.stiefel.nn.SampleShape;
import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.util.SplittableRandom;

/// Samples that mean nothing.
final class RandomSamples {
    private RandomSamples() {}

    /// @param input shape of a sample, of fixed size
    static Samples samples(int count, SampleShape input) {
        int width = input.values().orElseThrow();
        SplittableRandom random = new SplittableRandom(1);
        float[] inputs = new float[Math.multiplyExact(count, width)];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat();
        }
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(BenchNetwork.OUTPUTS);
        }
        Samples vectors = VectorSamples.classified(inputs, width, labels, BenchNetwork.OUTPUTS);
        return input instanceof SampleShape.Image image ? vectors.asImages(image) : vectors;
    }
}
