package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Estimates of a sweep. That they are close is tested with the sweeps themselves.
class SweepEstimateTest {
    @ParameterizedTest
    @CsvSource({"0.001, 12", "0.5, 12", "2, 5", "3, 3", "9, 1", "500, 1"})
    void networksWhoseEpochsTakeLongAreTriedForFewer(double epochSeconds, int epochs) {
        assertThat(SweepEstimate.trialEpochs(epochSeconds)).isEqualTo(epochs);
    }
}
