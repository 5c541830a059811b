package dev.stiefel.nn;

import java.util.ArrayList;
import java.util.List;

/// The groups of a pass's last slice, and sums of the moments of all that it saw.
final class NormGroups {
    private final double[] meanSums;
    private final double[] varianceSums;
    private final List<NormGroup> last = new ArrayList<>();
    private long rowsSeen;

    NormGroups(int width) {
        this.meanSums = new double[width];
        this.varianceSums = new double[width];
    }

    /// Makes a group.
    @FunctionalInterface
    interface Maker {
        /// Makes the group of these rows.
        ///
        /// @param end first row that is not in it
        NormGroup make(int first, int end);
    }

    /// Forgets the groups of the slice before, but not their sums.
    void clear() {
        last.clear();
    }

    /// Adds a group that is not summed.
    void add(NormGroup group) {
        last.add(group);
    }

    /// Makes a group of every so many samples, and sums their moments, variances as unbiased ones.
    void divide(RowLayout layout, int samples, Maker maker) {
        SampleGroups division = new SampleGroups(layout.samples(), samples);
        for (int g = 0; g < division.count(); g++) {
            NormGroup made = maker.make(layout.first(division.first(g)), layout.first(division.first(g + 1)));
            add(made);
            made.addTo(meanSums, varianceSums);
            rowsSeen += made.rows();
        }
    }

    List<NormGroup> last() {
        return last;
    }

    long rowsSeen() {
        return rowsSeen;
    }

    /// Adds the sums, each row's moments once.
    void addTo(double[] means, double[] variances) {
        for (int j = 0; j < means.length; j++) {
            means[j] += meanSums[j];
            variances[j] += varianceSums[j];
        }
    }
}
