package dev.stiefel.data.own;

import dev.stiefel.train.Samples;

/// The samples that train, and those that test.
record TrainTestSplit(Samples train, Samples test) {
    /// Gives the inputs of samples, each once and in order.
    interface Inputs {
        void copy(int sample, float[] into, int at);
    }

    /// Divides samples by a seeded share.
    static TrainTestSplit of(Inputs inputs, int width, OwnTargets targets, double testShare, long seed) {
        return of(inputs, width, targets, targets.holdout(testShare, seed));
    }

    /// Divides samples into those of these rows, in order, which test, and all others.
    static TrainTestSplit of(Inputs inputs, int width, OwnTargets targets, int[] testRows) {
        int size = targets.size();
        int[] trainRows = new int[size - testRows.length];
        float[] train = new float[Math.multiplyExact(trainRows.length, width)];
        float[] test = new float[Math.multiplyExact(testRows.length, width)];
        int trained = 0;
        int tested = 0;
        for (int sample = 0; sample < size; sample++) {
            if (tested < testRows.length && testRows[tested] == sample) {
                inputs.copy(sample, test, width * tested++);
            } else {
                inputs.copy(sample, train, width * trained);
                trainRows[trained++] = sample;
            }
        }
        return new TrainTestSplit(targets.samples(train, width, trainRows), targets.samples(test, width, testRows));
    }
}
