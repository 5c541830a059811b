package dev.stiefel.lab.analysis;

import java.util.List;

final class PeakTest {
    PeakTest(List<Peak.Sample> samples, int resamples, long seed) {
    }

    Peak peak() {
        throw new UnsupportedOperationException();
    }
}
