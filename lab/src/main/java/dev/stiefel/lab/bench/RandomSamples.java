package dev.stiefel.lab.bench;

import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.train.Samples;
import dev.stiefel.train.TokenSequences;
import dev.stiefel.train.VectorSamples;
import java.util.SplittableRandom;

/// Samples that mean nothing.
final class RandomSamples {
    private static final int TOKENS = 40; // of a sentence, its start and end included

    private RandomSamples() {}

    /// Samples for a network: vectors or images of fixed size, or pairs of sentences of 40 tokens, of which the
    /// last one of the target only follows.
    static Samples samples(int count, NetworkSpec network) {
        SplittableRandom random = new SplittableRandom(1);
        SampleShape input = network.inputs().getFirst().shape();
        return input instanceof SampleShape.Tokens source
                ? sentences(count, source.vocabulary(), network.outputs(), random)
                : values(count, input, random);
    }

    private static Samples sentences(int count, int sourceTokens, int targetTokens, SplittableRandom random) {
        int[][] sources = new int[count][];
        int[][] targets = new int[count][];
        int[][] next = new int[count][];
        for (int i = 0; i < count; i++) {
            sources[i] = random.ints(TOKENS, 0, sourceTokens).toArray();
            targets[i] = random.ints(TOKENS - 1L, 0, targetTokens).toArray();
            next[i] = random.ints(TOKENS - 1L, 0, targetTokens).toArray();
        }
        return TokenSequences.pairs(sources, sourceTokens, targets, targetTokens, next, targetTokens);
    }

    private static Samples values(int count, SampleShape input, SplittableRandom random) {
        int width = input.values().orElseThrow();
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
