package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.model.Network;
import dev.stiefel.published.Deviation;
import dev.stiefel.published.KerasAdam;
import dev.stiefel.published.PublishedTraining;
import dev.stiefel.tensor.DType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Training as published code does it. 100 samples in batches of 16: the last of an epoch has 4.
class LegacyTest {
    private static final TrainData DATA = Blobs.only(Blobs.classified(1, 100, 1));

    private static TrainSpec legacy(Method method) {
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(new KerasAdam())
                .adapting(0.2, 1)
                .rate(5e-3)
                .build();
        return PublishedTraining.with(spec, Deviation.all());
    }

    @ParameterizedTest
    @EnumSource(names = {"BUG", "DENSE"})
    void trainingFiguresAreThoseOfTheLastBatchAlone(Method method) {
        try (Network network = Nets.classifier(method, DType.FLOAT64, 1);
                Trainer trainer = new Trainer(network, legacy(method), DATA)) {
            History history = new History();
            assertThat(trainer.run(history)).isEqualTo(new Outcome.Finished());
            for (EpochRecord epoch : history.epochs) {
                assertThat(epoch.train().samples()).isEqualTo(4);
                assertThat(epoch.train().accuracy() * 4).isIn(0.0, 1.0, 2.0, 3.0, 4.0);
            }
        }
    }

    /// The dense step has one pass, so that the figure is the loss that a recorder would see for that
    /// batch.
    @Test
    void theyAreOfTheBatchBeforeItsStep() {
        TrainSpec means = SpecBuilder.of(Method.DENSE).batch(50).epochs(1).build();
        List<Double> losses = new ArrayList<>();
        double[] figure = new double[2];
        for (TrainSpec spec : List.of(means, PublishedTraining.with(means, EnumSet.of(Deviation.LAST_BATCH_FIGURES)))) {
            try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT64, 1);
                    Trainer trainer = new Trainer(network, spec, DATA)) {
                History history = new History();
                trainer.run(history);
                figure[losses.size()] = history.epochs.getFirst().train().loss();
                losses.add(history.losses.getFirst());
            }
        }
        // the mean of both batches is that of the first, which a recorder hears of, and the last
        assertThat(figure[1]).isCloseTo(2 * figure[0] - losses.getFirst(), within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(names = {"BUG", "DENSE"})
    void aRunGoesOnWithTheSameBitsWhereverItWasStopped(Method method) {
        TrainSpec spec = legacy(method);
        try (Network whole = Nets.classifier(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(whole, spec, DATA)) {
            History expected = new History();
            trainer.run(expected);
            for (long stop : new long[] {1, 6, 7, 13, 20}) {
                Network network = Nets.classifier(method, DType.FLOAT32, 1);
                try (ResumedRun resumed = ResumedRun.of(network, spec, DATA, stop)) {
                    assertThat(Nets.bits(resumed.network())).isEqualTo(Nets.bits(whole));
                    assertThat(resumed.history().timeless()).isEqualTo(expected.timeless());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RIEMANNIAN", "FACTORS"})
    void otherMethodsWereNotPublished(Method method) {
        TrainSpec spec = SpecBuilder.of(method).build();
        assertThatThrownBy(() -> PublishedTraining.with(spec, Deviation.all()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "legacy is for methods 'bug' and 'dense', which were published; got '" + method.word() + "'");
    }
}
