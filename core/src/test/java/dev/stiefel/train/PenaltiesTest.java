package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.Penalty;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.model.Network;
import dev.stiefel.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Penalties on the weights of a network that is trained.
class PenaltiesTest {
    private static final TrainData DATA =
            new TrainData(Blobs.clouds(1, 400, 8, 0.4), Optional.empty(), Optional.empty());

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "DENSE")
    void l1MakesNuclearNormsSmaller(Method method) {
        assertThat(after(method, PenaltiesTest::nuclearNorm, new Penalty.L1(0.05)))
                .isLessThan(0.9 * after(method, PenaltiesTest::nuclearNorm));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "DENSE")
    void l2MakesNormsSmaller(Method method) {
        assertThat(after(method, PenaltiesTest::norm, new Penalty.L2(0.02)))
                .isLessThan(0.9 * after(method, PenaltiesTest::norm));
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"DENSE", "FACTORS"})
    void theConditionPenaltyLowersConditionNumbers(Method method) {
        assertThat(after(method, PenaltiesTest::condition, new Penalty.Condition(0.1)))
                .isLessThan(0.5 * after(method, PenaltiesTest::condition));
    }

    @Test
    void theReportedLossIsThatOfTheSamplesAlone() {
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            SpecBuilder spec = SpecBuilder.of(Method.RIEMANNIAN).rate(1e-9).epochs(1);
            if (i == 1) {
                spec.penalties(new Penalty.L2(100));
            }
            try (Network network = Nets.classifier(Method.RIEMANNIAN, DType.FLOAT64, 1);
                    Trainer trainer = new Trainer(network, spec.build(), DATA)) {
                History history = new History();
                trainer.run(history);
                losses[i] = history.epochs.getFirst().train().loss();
            }
        }
        assertThat(losses[1]).isCloseTo(losses[0], within(1e-5));
    }

    @Test
    void aConditionNeedsOrthonormalFactors() {
        assertThatThrownBy(() -> SpecBuilder.of(Method.FACTORS)
                        .penalties(new Penalty.Condition(1))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("condition penalty: method 'factors' has no orthonormal factors; use another");
    }

    private static double after(Method method, ToDoubleFunction<List<Double>> figure, Penalty... penalties) {
        TrainSpec spec =
                SpecBuilder.of(method).penalties(penalties).rate(0.01).epochs(6).build();
        try (Network network = Nets.classifier(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            assertThat(trainer.run(Recorder.NONE)).isInstanceOf(Outcome.Finished.class);
            return network.factors().stream()
                    .map(Factors::singularValues)
                    .mapToDouble(figure)
                    .sum();
        }
    }

    private static double nuclearNorm(List<Double> sigma) {
        return sigma.stream().mapToDouble(x -> x).sum();
    }

    private static double norm(List<Double> sigma) {
        return Math.sqrt(sigma.stream().mapToDouble(x -> x * x).sum());
    }

    private static double condition(List<Double> sigma) {
        return sigma.getFirst() / sigma.getLast();
    }
}
