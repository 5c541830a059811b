package dev.stiefel.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.integrator.Dense;
import dev.stiefel.integrator.GradientField;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.DenseParameters.Layout;
import dev.stiefel.optim.OptimizerState.Snapshot;
import dev.stiefel.optim.ParameterGroups.Group;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.TrainSpec.DenseTraining;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParameterGroupsTest {
    private static final StepSize SIZE = new StepSize(0.1, 0.3, Double.POSITIVE_INFINITY);

    private final Scope scope = Scope.open("test");
    private final Pool pool = new Pool();
    private final Threads threads = Threads.of(2);

    @AfterEach
    void close() {
        threads.close();
        pool.close();
        scope.close();
    }

    private Point point() {
        DenseParameters dense = DenseParameters.zeros(
                scope,
                DType.FLOAT64,
                List.of(
                        Layout.matrix("embedding", 5, 3),
                        Layout.matrix("head.weight", 4, 6),
                        Layout.matrix("out.weight", 2, 3),
                        Layout.vector("head.bias", 4),
                        Layout.vector("out.bias", 2)));
        Rng.seeded(1).fillNormal(dense.flat(), 1);
        return new Point(List.of(), dense);
    }

    private static GradientField field(long seed) {
        return (at, into) -> {
            Rng.seeded(seed).fillNormal(into.dense(), 1);
            return 1;
        };
    }

    private static ParameterGroups groups() {
        return new ParameterGroups(new Muon(0.9), new Muon(0.9), 1, List.of())
                .with(new Group("embedding", ParameterGroups.named("embed*"), new Momentum(0.5), 0.5))
                .with(new Group("out", ParameterGroups.named("out.*"), new Adam(), 2));
    }

    private void steps(Point point, OptimizerState state, int from, int to) {
        for (int step = from; step < to; step++) {
            new Dense().step(point, field(step), state, SIZE, new Workspace(pool, threads));
        }
    }

    @Test
    void eachGroupStepsAsIfItWereAlone() {
        Point point = point();
        Point apart = point();
        try (OptimizerState state = new OptimizerState(groups(), threads)) {
            steps(point, state, 0, 4);
        }
        single(apart, "embedding", new Momentum(0.5), 0.5);
        single(apart, "head.weight", new Muon(0.9), 1);
        single(apart, "out.weight", new Adam(), 2);
        single(apart, "head.bias", new Adam(), 1);
        single(apart, "out.bias", new Adam(), 2);
        assertThat(point.dense().flat().toDoubles())
                .containsExactly(apart.dense().flat().toDoubles());
    }

    /// Steps one parameter with an optimizer of its own and a learning rate that is all of the step's.
    private void single(Point whole, String name, Optimizer optimizer, double rate) {
        DenseParameter parameter = whole.dense().get(name);
        DenseParameters alone = DenseParameters.zeros(
                scope, DType.FLOAT64, List.of(new Layout(name, parameter.value().shape(), parameter.decay())));
        alone.get(name).value().copyFrom(parameter.value());
        Point point = new Point(List.of(), alone);
        StepSize size = new StepSize(SIZE.length() * rate, SIZE.weightDecay(), SIZE.clipNorm());
        try (OptimizerState state = new OptimizerState(optimizer, threads)) {
            for (int step = 0; step < 4; step++) {
                long seed = step;
                GradientField part = (_, into) -> {
                    Gradients all = Gradients.of(scope, whole, Part.DENSE);
                    field(seed).evaluate(whole, all);
                    into.dense()
                            .copyFrom(whole.dense()
                                    .in(all.dense(), name)
                                    .copy(scope)
                                    .slice(0, into.denseParameters().size()));
                    return 1;
                };
                new Dense().step(point, part, state, size, new Workspace(pool, threads));
            }
        }
        parameter.value().copyFrom(alone.get(name).value());
    }

    @Test
    void theirStateIsSavedByNameAndResumesToTheSameBits() {
        Point whole = point();
        Point resumed = point();
        try (OptimizerState uninterrupted = new OptimizerState(groups(), threads);
                OptimizerState before = new OptimizerState(groups(), threads);
                OptimizerState after = new OptimizerState(groups(), threads)) {
            steps(whole, uninterrupted, 0, 5);
            steps(resumed, before, 0, 2);
            Snapshot saved = copy(before.snapshot());
            assertThat(saved.tensors().keySet())
                    .containsExactly(
                            "DENSE.embedding.first",
                            "DENSE.first",
                            "DENSE.out.first",
                            "DENSE.out.second",
                            "DENSE.vectors.first",
                            "DENSE.vectors.second");
            assertThat(saved.steps()).containsEntry("DENSE.out", 2L);
            after.restore(resumed, saved);
            steps(resumed, after, 2, 5);
            assertThat(resumed.dense().flat().toDoubles())
                    .containsExactly(whole.dense().flat().toDoubles());
        }
    }

    @Test
    void aSnapshotOfOtherGroupsIsRefused() {
        Point point = point();
        try (OptimizerState state = new OptimizerState(groups(), threads);
                OptimizerState other = new OptimizerState(new Adam(), threads)) {
            steps(point, state, 0, 1);
            Snapshot saved = state.snapshot();
            assertThatThrownBy(() -> other.restore(point, saved))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("optimizer state: DENSE.first must have 51 elements of FLOAT64; got ");
        }
    }

    /// Has a rule for elements, which makes them 1, and one for matrices, which makes them 2.
    private record Both() implements ElementwiseOptimizer, MatrixOptimizer {
        @Override
        public String name() {
            return "both";
        }

        @Override
        public int moments() {
            return 0;
        }

        @Override
        public void direct(float[] gradient, float[] first, float[] second, int count, long step) {
            Arrays.fill(gradient, 0, count, 1);
        }

        @Override
        public void direct(double[] gradient, double[] first, double[] second, int count, long step) {
            Arrays.fill(gradient, 0, count, 1);
        }

        @Override
        public void direct(Scope scope, Tensor gradient, List<Tensor> moments, long step) {
            double[] values = new double[Math.toIntExact(gradient.size())];
            Arrays.fill(values, 2);
            gradient.setAll(values);
        }

        @Override
        public ElementwiseOptimizer forVectors() {
            return this;
        }
    }

    @Test
    void anOptimizerWithBothRulesTreatsMatricesAsAWhole() {
        Point point = point();
        point.dense().flat().clear();
        try (OptimizerState state = new OptimizerState(new Both(), threads)) {
            new Dense().step(point, field(1), state, new StepSize(1, 0, 1e9), new Workspace(pool, threads));
            assertThat(state.snapshot().steps()).containsOnlyKeys("DENSE", "DENSE.vectors");
        }
        for (DenseParameter each : point.dense().all()) {
            assertThat(each.value().toDoubles()).as(each.name()).containsOnly(each.isMatrix() ? -2 : -1);
        }
    }

    /// Has a rule for factored weights only.
    private record TangentOnly() implements TangentOptimizer {
        @Override
        public String name() {
            return "tangent-only";
        }

        @Override
        public boolean hasMomentum() {
            return false;
        }

        @Override
        public double momentumKept() {
            return 0;
        }

        @Override
        public double momentumGained() {
            return 1;
        }
    }

    @Test
    void whatIsNoGroupIsRefused() {
        assertThatThrownBy(() -> new Group("a", _ -> true, new TangentOnly(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "parameter group 'a': optimizer tangent-only has no rule for dense parameters; use another");
        assertThatThrownBy(() -> new DenseTraining(Optional.of(new TangentOnly()), OptionalDouble.empty(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dense optimizer: optimizer tangent-only has no rule for dense parameters; use another");
        Group others = new Group("others", _ -> true, new Sgd(), 1);
        assertThatThrownBy(() -> new DenseTraining(Optional.empty(), OptionalDouble.empty(), List.of(others)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parameter group: the name 'others' is reserved");
        assertThatThrownBy(() -> new Group("a b", _ -> true, new Sgd(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parameter group: a name must consist of letters, digits, - and _; got 'a b'");
        assertThatThrownBy(() -> new Group("a", _ -> true, new Sgd(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parameter group 'a': relative learning rate must be above 0 and finite; got 0.0");
        Group a = new Group("a", _ -> true, new Sgd(), 1);
        assertThatThrownBy(() -> ParameterGroups.all(new Sgd()).with(a).with(a))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("parameter groups: names must be unique; got 'a' twice");
    }

    private Snapshot copy(Snapshot snapshot) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        snapshot.tensors().forEach((name, tensor) -> tensors.put(name, tensor.copy(scope)));
        return new Snapshot(tensors, snapshot.steps());
    }
}
