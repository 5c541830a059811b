package dev.stiefel.data.own;

import dev.stiefel.data.Holdout;
import dev.stiefel.train.Samples;

/// The samples that train, and those that test: views of all samples.
record TrainTestSplit(Samples train, Samples test) {
    /// Divides samples by a seeded share.
    static TrainTestSplit of(Samples all, double testShare, long seed) {
        return of(all, testRows(all, testShare, seed));
    }

    /// The samples that test of a seeded share, in order.
    static int[] testRows(Samples all, double testShare, long seed) {
        return all.hasLabels()
                ? Holdout.stratified(all.copyLabels(), all.outputs(), testShare, seed)
                : Holdout.random(all.size(), testShare, seed);
    }

    /// Divides samples into those of these rows, in order, which test, and all others.
    static TrainTestSplit of(Samples all, int[] testRows) {
        int[] trainRows = new int[all.size() - testRows.length];
        int trained = 0;
        int tested = 0;
        for (int sample = 0; sample < all.size(); sample++) {
            if (tested < testRows.length && testRows[tested] == sample) {
                tested++;
            } else {
                trainRows[trained++] = sample;
            }
        }
        return new TrainTestSplit(all.select(trainRows), all.select(testRows));
    }
}
