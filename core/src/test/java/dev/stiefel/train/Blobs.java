package dev.stiefel.train;

import java.util.Optional;
import java.util.SplittableRandom;

/// Seeded samples: classes that are Gaussian clouds around corners of a cube, and vectors that are linear in the
/// input.
final class Blobs {
    static final int WIDTH = 12;
    static final int CLASSES = 4;

    private Blobs() {}

    /// A cloud a class, its deviation `spread` times half an edge.
    static VectorSamples classified(long seed, int count, double spread) {
        return clouds(seed, count, CLASSES, spread);
    }

    /// Several clouds a class: no plane separates the classes.
    static VectorSamples clouds(long seed, int count, int clouds, double spread) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] inputs = new float[count * WIDTH];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            int cloud = random.nextInt(clouds);
            labels[i] = cloud % CLASSES;
            SplittableRandom corner = new SplittableRandom(cloud);
            for (int j = 0; j < WIDTH; j++) {
                inputs[i * WIDTH + j] = (float) ((corner.nextBoolean() ? 1 : -1) + spread * random.nextGaussian());
            }
        }
        return VectorSamples.classified(inputs, WIDTH, labels, CLASSES);
    }

    /// The same inputs with classes that have nothing to do with them.
    static Samples mislabelled(long seed, int count) {
        SplittableRandom random = new SplittableRandom(~seed);
        return classified(seed, count, 1)
                .withLabels(random.ints(count, 0, CLASSES).toArray());
    }

    /// Two outputs, each the sum of some of the inputs with changing signs.
    static VectorSamples linear(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] inputs = new float[count * WIDTH];
        float[] targets = new float[count * 2];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < WIDTH; j++) {
                inputs[i * WIDTH + j] = (float) random.nextGaussian();
                targets[i * 2 + j % 2] += (j % 4 < 2 ? 0.3f : -0.3f) * inputs[i * WIDTH + j];
            }
        }
        return VectorSamples.regression(inputs, WIDTH, targets, 2);
    }

    static TrainData only(Samples train) {
        return new TrainData(train, Optional.empty(), Optional.empty());
    }

    static TrainData validated(Samples train, Samples validation) {
        return new TrainData(train, Optional.of(validation), Optional.empty());
    }
}
