package dev.stiefel.lab.bench;

import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.util.SplittableRandom;

/// Samples that mean nothing.
final class RandomSamples {
    private RandomSamples() {}

    static Samples samples(int count) {
        SplittableRandom random = new SplittableRandom(1);
        float[] inputs = new float[Math.multiplyExact(count, BenchSpec.INPUTS)];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat();
        }
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(BenchSpec.OUTPUTS);
        }
        return VectorSamples.classified(inputs, BenchSpec.INPUTS, labels, BenchSpec.OUTPUTS);
    }
}
