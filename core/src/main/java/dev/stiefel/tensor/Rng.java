package dev.stiefel.tensor;

import java.util.SplittableRandom;

/// A seeded generator whose whole state is two numbers, so that a run can be saved and resumed with the same
/// bits.
///
/// Draw number `d` of seed `s` comes from a `SplittableRandom` of its own, seeded by mixing `s` and `d`: what a
/// draw gives depends on how many draws came before, not on how large they were. Not thread-safe.
public final class Rng {
    private final long seed;
    private long draws;

    private Rng(long seed, long draws) {
        this.seed = seed;
        this.draws = draws;
    }

    /// A generator at its start.
    public static Rng seeded(long seed) {
        return new Rng(seed, 0);
    }

    /// A generator that has made `draws` draws already.
    public static Rng restored(long seed, long draws) {
        if (draws < 0) {
            throw new IllegalArgumentException("generator: draws must be at least 0; got " + draws);
        }
        return new Rng(seed, draws);
    }

    /// A generator independent of this one, the same for the same purpose: for example one for the initial
    /// weights and one for the order of the samples. Does not change this one.
    public Rng forPurpose(String purpose) {
        long mixed = mix(seed + purpose.length() + 1L); // the length, so that a purpose's purpose is not a longer one
        for (int i = 0; i < purpose.length(); i++) {
            mixed = mix(mixed + 0x9e3779b97f4a7c15L + purpose.charAt(i));
        }
        return seeded(mixed);
    }

    /// The seed of this generator.
    public long seed() {
        return seed;
    }

    /// The number of draws so far.
    public long draws() {
        return draws;
    }

    /// Fills a tensor with independent draws from the normal distribution of mean 0 and this deviation.
    public void fillNormal(Tensor tensor, double deviation) {
        tensor.requireOpen();
        tensor.requireContiguous("fillNormal");
        SplittableRandom random = next();
        int size = Math.toIntExact(tensor.size());
        if (tensor.type() == DType.FLOAT32) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) (deviation * random.nextGaussian());
            }
            tensor.write(0, values, 0, size);
        } else {
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                values[i] = deviation * random.nextGaussian();
            }
            tensor.write(0, values, 0, size);
        }
    }

    /// The numbers `0 … count − 1` in random order.
    public int[] permutation(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("permutation: count must be at least 0; got " + count);
        }
        SplittableRandom random = next();
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /// A number that is any `long` with the same probability.
    public long nextLong() {
        return next().nextLong();
    }

    /// Numbers in `[0, 1)`, independent of each other.
    public double[] uniform(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("uniform: count must be at least 0; got " + count);
        }
        SplittableRandom random = next();
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextDouble();
        }
        return numbers;
    }

    private SplittableRandom next() {
        return new SplittableRandom(mix(seed + mix(draws++ + 0x632be59bd9b4e019L)));
    }

    /// Stafford's variant 13 of the finalizer of MurmurHash3.
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
