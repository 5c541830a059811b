package dev.stiefel.data;

import java.util.SplittableRandom;

/// Independent random streams from one seed, one for each purpose, so that (say) switching label noise on does
/// not change which samples are used.
final class RandomStreams {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private RandomStreams() {}

    static SplittableRandom of(long seed, String purpose) {
        return new SplittableRandom(new SplittableRandom(seed).nextLong() ^ fnv1a(purpose));
    }

    /// The indices `0 … size − 1` in random order (Fisher and Yates).
    static int[] permutation(int size, SplittableRandom random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long fnv1a(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }
}
