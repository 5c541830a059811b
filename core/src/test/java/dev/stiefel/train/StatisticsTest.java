package dev.stiefel.train;

import static dev.stiefel.nn.LinearSpec.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.SampleGroups;
import dev.stiefel.optim.Momentum;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Running statistics, and layers that compute over groups of samples.
class StatisticsTest {
    private static final TrainData DATA = Blobs.validated(Blobs.classified(1, 100, 1), Blobs.classified(2, 50, 1));

    private static Network network(Method method, DType type, int group) {
        boolean factored = method.isLowRank();
        NetworkSpec spec = NetworkSpec.vectors(
                Blobs.WIDTH,
                x -> x.then("a", factored ? linear(8).rank(4) : linear(8))
                        .then("centre", new CentreSpec(group))
                        .then(
                                "b",
                                factored ? linear(8).rank(4).relu() : linear(8).relu())
                        .then("out", linear(Blobs.CLASSES)));
        return Network.random(spec, type, method.gauge(), new Spectrum.Gaussian(), Rng.seeded(1));
    }

    @Test
    void statisticsAreNamedAndSavedAndNotTrained() {
        try (Network network = network(Method.RIEMANNIAN, DType.FLOAT64, 4)) {
            assertThat(network.statistics()).containsOnlyKeys("centre.mean");
            assertThat(network.tensors()).containsKey("centre.mean");
            assertThat(network.parameters()).extracting("name").doesNotContain("centre.mean");
            assertThat(network.dense().names()).doesNotContain("centre.mean");
        }
    }

    /// One update a step, from the pass at the point that the step starts from, however many passes the method
    /// makes: with a learning rate that moves nothing, every method sees the same means.
    @ParameterizedTest
    @EnumSource
    void everyMethodUpdatesThemOnceAStep(Method method) {
        TrainSpec spec = SpecBuilder.of(method).rate(1e-300).batch(20).epochs(1).build();
        double[] expected = new double[8];
        try (Network still = network(method, DType.FLOAT64, 20);
                Network network = network(method, DType.FLOAT64, 20);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            int[] order = Rng.restored(
                            Rng.seeded(spec.seed())
                                    .forPurpose("order of the samples")
                                    .seed(),
                            0)
                    .permutation(100);
            for (int batch = 0; batch < 5; batch++) {
                double[] mean = meanOfFirstLayer(still, order, batch * 20, batch * 20 + 20);
                for (int j = 0; j < 8; j++) {
                    expected[j] += 0.1 * (mean[j] - expected[j]);
                }
            }
            trainer.run(Recorder.NONE);
            assertThat(network.statistics().get("centre.mean").toDoubles()).containsExactly(expected, within(1e-12));
        }
    }

    private static double[] meanOfFirstLayer(Network network, int[] order, int from, int to) {
        double[] mean = new double[8];
        try (Scope scope = Scope.open("mean")) {
            Batch batch = Batch.of(scope, DType.FLOAT64, DATA.train(), order, from, to);
            new dev.stiefel.model.NetworkPass(scope, network, dev.stiefel.nn.PassMode.EVALUATION_WITH_GRADIENT)
                    .forward(batch.inputs(), (node, output) -> {
                        for (int i = 0; node.equals("a") && i < output.rows(); i++) {
                            for (int j = 0; j < 8; j++) {
                                mean[j] += output.get(i, j) / output.rows();
                            }
                        }
                    });
        }
        return mean;
    }

    @ParameterizedTest
    @EnumSource
    void aResumedRunHasTheSameStatistics(Method method) {
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(new Momentum(0.9))
                .adapting(0.2, 4)
                .threads(2)
                .build();
        try (Network whole = network(method, DType.FLOAT32, 4);
                Trainer trainer = new Trainer(whole, spec, DATA)) {
            assertThat(trainer.run(Recorder.NONE)).isEqualTo(new Outcome.Finished());
            try (ResumedRun resumed = ResumedRun.of(network(method, DType.FLOAT32, 4), spec, DATA, 9)) {
                assertThat(Nets.bits(resumed.network())).isEqualTo(Nets.bits(whole));
                assertThat(Nets.bits(resumed.network()).get("centre.mean")).doesNotContain(0.0);
            }
        }
    }

    /// Groups are never divided, so that results depend on the number of threads by rounding only.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 16})
    void threadsDivideNoGroup(int threads) {
        int[] order = IntStream.range(0, 23).toArray(); // five groups of four, and three more
        try (Scope scope = Scope.open("test");
                Pool pool = new Pool();
                Threads one = Threads.of(1);
                Threads several = Threads.of(threads);
                Network network = network(Method.RIEMANNIAN, DType.FLOAT64, 4)) {
            Objective objective = new Objective(network.spec().loss(), List.of());
            BatchField alone = new BatchField(network, objective, new Workspace(pool, one));
            BatchField shared = new BatchField(network, objective, new Workspace(pool, several));
            Gradients expected = Gradients.of(scope, alone.point(), Part.DENSE, Part.K, Part.L);
            Gradients gradients = Gradients.of(scope, shared.point(), Part.DENSE, Part.K, Part.L);
            Batch batch = Batch.of(scope, DType.FLOAT64, DATA.train(), order, 0, 23);
            alone.use(batch);
            shared.use(batch);
            double loss = alone.evaluate(alone.point(), expected);
            assertThat(shared.evaluate(shared.point(), gradients)).isEqualTo(loss, within(1e-13));
            for (int i = 0; i < expected.flat().size(); i++) {
                assertThat(gradients.flat().get(i).toDoubles())
                        .containsExactly(expected.flat().get(i).toDoubles(), within(1e-13));
            }
        }
    }

    @Test
    void groupsAreOfOneSizeButForTheLast() {
        assertThat(new SampleGroups(23, 4).count()).isEqualTo(6);
        assertThat(new SampleGroups(21, 4).count()).isEqualTo(5);
        assertThat(new SampleGroups(22, 4).count()).isEqualTo(6);
        assertThat(new SampleGroups(3, 4).count()).isEqualTo(1);
        assertThat(new SampleGroups(7, 1).count()).isEqualTo(7);
        SampleGroups groups = new SampleGroups(21, 4);
        assertThat(IntStream.rangeClosed(0, 5).map(groups::first)).containsExactly(0, 4, 8, 12, 16, 21);
        assertThat(IntStream.rangeClosed(0, 3).map(i -> groups.share(i, 3))).containsExactly(0, 4, 12, 21);
    }
}
