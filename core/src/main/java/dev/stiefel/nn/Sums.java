package dev.stiefel.nn;

/// Sums over some output rows, from which means are made: of the loss, and of what each measure counts.
public final class Sums {
    private final double loss;
    private final double[] measures;
    private final long rows;

    /// Makes these sums.
    ///
    /// @param loss of the rows' losses
    /// @param measures one a measure, in the order of the [Objective]; copied
    /// @param rows number of rows with a target
    public Sums(double loss, double[] measures, long rows) {
        this.loss = loss;
        this.measures = measures.clone();
        this.rows = rows;
    }

    /// Nothing yet.
    public static Sums none(int measures) {
        return new Sums(0, new double[measures], 0);
    }

    /// The sum of the rows' losses.
    public double loss() {
        return loss;
    }

    /// The sum of what measure `i` counts.
    public double measure(int i) {
        return measures[i];
    }

    /// The number of measures.
    public int measures() {
        return measures.length;
    }

    /// The number of rows with a target.
    public long rows() {
        return rows;
    }

    /// The sums over both.
    public Sums plus(Sums other) {
        double[] sums = measures.clone();
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.measures[i];
        }
        return new Sums(loss + other.loss, sums, rows + other.rows);
    }

    @Override
    public String toString() {
        return "loss %s, measures %s of %d rows".formatted(loss, java.util.Arrays.toString(measures), rows);
    }
}
