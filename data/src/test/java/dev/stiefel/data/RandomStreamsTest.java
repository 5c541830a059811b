package dev.stiefel.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RandomStreamsTest {
    @Test
    void aStreamIsDecidedBySeedAndPurpose() {
        long value = RandomStreams.of(1, "fraction").nextLong();

        assertThat(RandomStreams.of(1, "fraction").nextLong()).isEqualTo(value);
        assertThat(RandomStreams.of(2, "fraction").nextLong()).isNotEqualTo(value);
        assertThat(RandomStreams.of(1, "label noise").nextLong()).isNotEqualTo(value);
    }

    @Test
    void aPermutationHasEveryIndexOnce() {
        for (int size : new int[] {0, 1, 2, 31, 1000}) {
            int[] order = RandomStreams.permutation(size, new SplittableRandom(3));
            Arrays.sort(order);
            assertThat(order).isEqualTo(IntStream.range(0, size).toArray());
        }
    }

    @Test
    void everyPermutationOfThreeIsAsLikely() {
        SplittableRandom random = new SplittableRandom(3);
        int[] counts = new int[27];
        for (int i = 0; i < 6000; i++) {
            int[] p = RandomStreams.permutation(3, random);
            counts[9 * p[0] + 3 * p[1] + p[2]]++;
        }
        // Six of them, 1000 times each; the deviation is 29: five of them.
        assertThat(Arrays.stream(counts).filter(count -> count > 0)).hasSize(6).allMatch(c -> c > 855 && c < 1145);
    }
}
