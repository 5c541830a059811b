package dev.stiefel.data;

import dev.stiefel.train.Samples;
import java.util.function.Consumer;

/// Feature by feature `x ↦ (x − mean) / deviation`: fitted on training samples, applied to any.
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
                    "standardization: as many deviations as means are needed, at least one; got %d and %d"
                            .formatted(deviations.length, means.length));
        }
        for (int i = 0; i < means.length; i++) {
            if (!Float.isFinite(means[i]) || !Float.isFinite(deviations[i]) || deviations[i] <= 0) {
                throw new IllegalArgumentException(
                        "standardization: means must be finite and deviations above 0; feature %d has %s and %s"
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
        if (size == 0) {
            throw new IllegalArgumentException("standardization: at least one sample is needed; got none");
        }
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
            // Of a constant feature the sum may have been rounded: its value is its mean.
            centres[j] = varies[j] ? (float) means[j] : first[j];
            float deviation = (float) Math.sqrt(squares[j] / Math.max(1, counts[j]));
            deviations[j] = varies[j] && deviation > 0 ? deviation : 1;
        }
        return of(centres, deviations);
    }

    /// How many features it knows.
    public int width() {
        return means.length;
    }

    /// The samples with standardized inputs: a view, which standardizes what is gathered.
    public Samples apply(Samples samples) {
        if (samples.width() != width()) {
            throw new IllegalArgumentException("standardization: input width must be %d; got [%d, %d]"
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
            throw new IllegalArgumentException("standardization: target vectors must have %d values; got %d"
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

    /// Copies the mean of each feature.
    public float[] copyMeans() {
        return means.clone();
    }

    /// Copies the deviation of each feature: above 0.
    public float[] copyDeviations() {
        return deviations.clone();
    }
}
