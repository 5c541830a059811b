package dev.stiefel.data.own;

/// Scales one axis of an image: a source pixel's share in each target pixel.
///
/// Down: the mean over the area that a target pixel covers, partly covered pixels by their part.
/// Up: linear between the centres of source pixels, constant beyond the outermost. Weights add up
/// to 1.
final class Resampling {
    private final int[] starts;
    private final double[][] weights;

    private Resampling(int[] starts, double[][] weights) {
        this.starts = starts;
        this.weights = weights;
    }

    static Resampling of(int source, int target) {
        int[] starts = new int[target];
        double[][] weights = new double[target][];
        double step = (double) source / target;
        for (int i = 0; i < target; i++) {
            if (source >= target) {
                area(i * step, Math.min((i + 1) * step, source), i, starts, weights);
            } else {
                linear((i + 0.5) * step - 0.5, source, i, starts, weights);
            }
        }
        return new Resampling(starts, weights);
    }

    private static void area(double from, double to, int target, int[] starts, double[][] weights) {
        int first = (int) from;
        int last = Math.max(first + 1, (int) Math.ceil(to - 1e-9)); // exclusive
        double[] shares = new double[last - first];
        for (int i = first; i < last; i++) {
            shares[i - first] = (Math.min(to, i + 1) - Math.max(from, i)) / (to - from);
        }
        starts[target] = first;
        weights[target] = shares;
    }

    private static void linear(double position, int source, int target, int[] starts, double[][] weights) {
        double clamped = Math.clamp(position, 0, source - 1);
        int first = (int) clamped;
        double second = clamped - first;
        starts[target] = first;
        weights[target] = second > 0 ? new double[] {1 - second, second} : new double[] {1};
    }

    int size() {
        return starts.length;
    }

    /// The first source pixel of a target pixel.
    int start(int target) {
        return starts[target];
    }

    /// The number of source pixels of a target pixel.
    int length(int target) {
        return weights[target].length;
    }

    /// The share of the source pixel `start + i` in a target pixel.
    double weight(int target, int i) {
        return weights[target][i];
    }

    /// Scales a row of pixels.
    void apply(float[] row, double[] into) {
        for (int target = 0; target < starts.length; target++) {
            double[] shares = weights[target];
            double sum = 0;
            for (int i = 0; i < shares.length; i++) {
                sum += shares[i] * row[starts[target] + i];
            }
            into[target] = sum;
        }
    }
}
