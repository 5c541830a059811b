package dev.stiefel.data;

import dev.stiefel.train.Samples;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Feature by feature `x ↦ (x − mean) / deviation`: fitted on training samples, applied to any. All pixels of a
/// channel may share their mean and deviation ([#fitPlanes]).
///
/// A feature that is constant in the training samples has deviation 1, so that it becomes 0 there and never NaN.
/// A missing value, NaN, counts in neither statistic and becomes 0, the mean: also where a feature has no value at all.
/// A feature that is *almost* constant there (a pixel at the border that one image in 60,000 touches) has a tiny
/// deviation and can be large elsewhere; for images in `[0, 1]` leaving them as they are is often the better choice.
public final class Standardization {
    private static final int VALUES_AT_ONCE = 1 << 18;

    private final float[] means;
    private final float[] deviations;

    private Standardization(float[] means, float[] deviations) {
        this.means = means;
        this.deviations = deviations;
    }

    /// One with the given means and deviations, as [#copyMeans()] and [#copyDeviations()] gave them.
    public static Standardization of(float[] means, float[] deviations) {
        if (means.length == 0 || means.length != deviations.length) {
            throw new IllegalArgumentException(
                    "standardization: as many deviations as means are needed, at least one; got %s and %s"
                            .formatted(deviations.length, means.length));
        }
        for (int i = 0; i < means.length; i++) {
            if (!Float.isFinite(means[i]) || !Float.isFinite(deviations[i]) || deviations[i] <= 0) {
                throw new IllegalArgumentException(
                        "standardization: means must be finite and deviations above 0; feature %s has %s and %s"
                                .formatted(i, means[i], deviations[i]));
            }
        }
        return new Standardization(means.clone(), deviations.clone());
    }

    /// Mean and deviation (that of a population, divided by N) of each feature of `samples`, in two passes in
    /// double precision, over the values that are not missing.
    public static Standardization fit(Samples samples) {
        return fit(samples.size(), samples.width(), samples::copyInputs);
    }

    /// The same of each value of the target vectors.
    ///
    /// @throws IllegalStateException if they have classes
    public static Standardization fitTargets(Samples samples) {
        return fit(samples.size(), samples.outputs(), samples::copyTargets);
    }

    /// One mean and deviation for all values of each plane: those of a population, in double precision. A plane that
    /// is constant has deviation 1. Processors share the samples; the result does not depend on their number.
    ///
    /// One pass sums `x − c` and `(x − c)²`, where `c` is the plane's first value, so that a mean that is large
    /// beside the deviation costs no digits.
    ///
    /// @param samples whose inputs are planes of the same size, one after another, and miss no values
    /// @param planes number of planes in a sample
    public static Standardization fitPlanes(Samples samples, int planes) {
        int size = samples.size();
        int width = samples.width();
        if (planes < 1 || width % planes != 0) {
            throw new IllegalArgumentException(
                    "standardization: samples of %s values cannot be cut into %s planes".formatted(width, planes));
        }
        requireSamples(size);
        float[] first = firstOfPlanes(samples, planes);
        int atOnce = Math.clamp(VALUES_AT_ONCE / width, 1, size);
        double[][] parts = IntStream.range(0, Math.ceilDiv(size, atOnce))
                .parallel()
                .mapToObj(i -> momentsOfPlanes(samples, i * atOnce, Math.min(size, (i + 1) * atOnce), first))
                .toArray(double[][]::new);
        int pixels = width / planes;
        double count = (double) size * pixels;
        float[] means = new float[planes];
        float[] deviations = new float[planes];
        for (int plane = 0; plane < planes; plane++) {
            double sum = 0;
            double squares = 0;
            for (double[] part : parts) {
                sum += part[2 * plane];
                squares += part[2 * plane + 1];
            }
            double shift = sum / count;
            means[plane] = (float) (first[plane] + shift);
            float deviation = (float) Math.sqrt(Math.max(0, squares / count - shift * shift));
            deviations[plane] = deviation > 0 ? deviation : 1;
        }
        return ofPlanes(means, deviations, pixels);
    }

    /// Sums of `x − c` and of `(x − c)²` of each plane in turn, over the samples `from` to `to`.
    private static double[] momentsOfPlanes(Samples samples, int from, int to, float[] centres) {
        int pixels = samples.width() / centres.length;
        float[] values = new float[(to - from) * samples.width()];
        samples.copyInputs(from, to, values, 0);
        double[] moments = new double[2 * centres.length];
        for (int at = 0, plane = 0; at < values.length; at += pixels, plane = (plane + 1) % centres.length) {
            double sum = 0;
            double squares = 0;
            for (int j = at; j < at + pixels; j++) {
                double centred = (double) values[j] - centres[plane];
                sum += centred;
                squares += centred * centred;
            }
            moments[2 * plane] += sum;
            moments[2 * plane + 1] += squares;
        }
        return moments;
    }

    private static float[] firstOfPlanes(Samples samples, int planes) {
        float[] sample = new float[samples.width()];
        samples.copyInput(0, sample, 0);
        float[] first = new float[planes];
        for (int plane = 0; plane < planes; plane++) {
            first[plane] = sample[plane * (sample.length / planes)];
        }
        return first;
    }

    /// One with the same mean and deviation for all values of a plane.
    ///
    /// @param means one a plane
    /// @param deviations likewise
    /// @param pixels values of a plane
    public static Standardization ofPlanes(float[] means, float[] deviations, int pixels) {
        return of(repeated(means, pixels), repeated(deviations, pixels));
    }

    private static float[] repeated(float[] values, int times) {
        float[] repeated = new float[Math.multiplyExact(values.length, times)];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = values[i / times];
        }
        return repeated;
    }

    private interface Rows {
        void copy(int from, int to, float[] into, int at);

        /// Shows each of `size` rows.
        default void forEach(int size, int width, Consumer<float[]> seen) {
            int atOnce = Math.clamp(VALUES_AT_ONCE / Math.max(1, width), 1, Math.max(1, size));
            float[] some = new float[Math.multiplyExact(atOnce, width)];
            float[] row = new float[width];
            for (int from = 0; from < size; from += atOnce) {
                int to = Math.min(size, from + atOnce);
                copy(from, to, some, 0);
                for (int i = 0; i < to - from; i++) {
                    System.arraycopy(some, i * width, row, 0, width);
                    seen.accept(row);
                }
            }
        }
    }

    private static Standardization fit(int size, int width, Rows rows) {
        requireSamples(size);
        float[] first = new float[width];
        int[] counts = new int[width];
        double[] means = new double[width];
        rows.forEach(size, width, row -> {
            for (int j = 0; j < width; j++) {
                if (!Float.isNaN(row[j])) {
                    first[j] = counts[j] == 0 ? row[j] : first[j];
                    means[j] += row[j];
                    counts[j]++;
                }
            }
        });
        for (int j = 0; j < width; j++) {
            means[j] /= Math.max(1, counts[j]);
        }
        double[] squares = new double[width];
        boolean[] varies = new boolean[width];
        rows.forEach(size, width, row -> {
            for (int j = 0; j < width; j++) {
                if (!Float.isNaN(row[j])) {
                    double centred = row[j] - means[j];
                    squares[j] += centred * centred;
                    varies[j] |= row[j] != first[j];
                }
            }
        });
        float[] deviations = new float[width];
        float[] centres = new float[width];
        for (int j = 0; j < width; j++) {
            // The sum of a constant feature may have been rounded: its value is its mean.
            centres[j] = varies[j] ? (float) means[j] : first[j];
            float deviation = (float) Math.sqrt(squares[j] / Math.max(1, counts[j]));
            deviations[j] = varies[j] && deviation > 0 ? deviation : 1;
        }
        return of(centres, deviations);
    }

    private static void requireSamples(int size) {
        if (size == 0) {
            throw new IllegalArgumentException("standardization: at least one sample is needed; got none");
        }
    }

    /// The number of features.
    public int width() {
        return means.length;
    }

    /// The samples with standardized inputs: a view, which standardizes what is gathered.
    public Samples apply(Samples samples) {
        if (samples.width() != width()) {
            throw new IllegalArgumentException("standardization: input width must be %s; got [%s, %s]"
                    .formatted(width(), samples.size(), samples.width()));
        }
        return samples.mapInputs(input -> applyInPlace(input, 0));
    }

    /// The samples with standardized target vectors: a view, which standardizes what is gathered.
    public Samples applyToTargets(Samples samples) {
        if (samples.hasLabels()) {
            throw new IllegalStateException("samples: these have classes, not target vectors");
        }
        if (samples.outputs() != width()) {
            throw new IllegalArgumentException("standardization: target vectors must have %s values; got %s"
                    .formatted(width(), samples.outputs()));
        }
        return samples.mapTargets(target -> applyInPlace(target, 0));
    }

    /// Standardizes the one input that begins at index `at` of `inputs`.
    public void applyInPlace(float[] inputs, int at) {
        for (int j = 0; j < means.length; j++) { // a loop of its own, that the compiler can do many at a time
            inputs[at + j] = (inputs[at + j] - means[j]) / deviations[j];
        }
        for (int j = 0; j < means.length; j++) {
            if (Float.isNaN(inputs[at + j])) {
                inputs[at + j] = 0;
            }
        }
    }

    /// The inverse: what the one vector that begins at index `at` was before it was standardized.
    public void undoInPlace(float[] standardized, int at) {
        for (int j = 0; j < means.length; j++) {
            standardized[at + j] = standardized[at + j] * deviations[j] + means[j];
        }
    }

    /// Returns whether it does the same to all values of each of so many planes.
    public boolean isOfPlanes(int planes) {
        return planes >= 1 && width() % planes == 0 && isConstant(means, planes) && isConstant(deviations, planes);
    }

    private static boolean isConstant(float[] values, int planes) {
        int pixels = values.length / planes;
        for (int i = 0; i < values.length; i++) {
            if (values[i] != values[i / pixels * pixels]) {
                return false;
            }
        }
        return true;
    }

    /// Copies the mean of each feature.
    public float[] copyMeans() {
        return means.clone();
    }

    /// Copies the deviation of each feature: above 0.
    public float[] copyDeviations() {
        return deviations.clone();
    }
}
