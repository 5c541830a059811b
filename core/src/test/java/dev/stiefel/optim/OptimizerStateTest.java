package dev.stiefel.optim;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.integrator.BasisChange;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.TangentVector;
import dev.stiefel.optim.OptimizerState.Snapshot;
import dev.stiefel.published.KerasAdam;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerStateTest {
    private final Threads threads = Threads.of(1);
    private final Scope scope = Scope.open("test");

    @AfterEach
    void free() {
        scope.close();
        threads.close();
    }

    static Stream<Optimizer> optimizers() {
        return Stream.of(new Sgd(), new Momentum(0.9), new Adam());
    }

    /// A velocity that has taken up a gradient of 1 goes on by 0.9 of it, where it may.
    @Test
    void coastingGivesTheDirectionsOfAGradientOfZeroInARangeAndCountsForAll() {
        try (Layers layers = new Layers(DType.FLOAT64, 5, 3, 2);
                OptimizerState state = new OptimizerState(new Momentum(0.9), threads)) {
            Gradients g = layers.gradients(scope, 1);
            g.dense().setAll(new double[] {1, 1, 1, 1, 1});
            state.direct(Part.DENSE, g);
            state.coast(Part.DENSE, g, 1, 3);
            assertThat(g.dense().toDoubles()).containsExactly(0, 0.9, 0.9, 0, 0);
            state.coast(Part.DENSE, g, 0, 0);
            assertThat(g.dense().toDoubles()).containsOnly(0);
            state.coast(Part.DENSE, g, 0, 5);
            assertThat(g.dense().toDoubles()).containsExactly(0.9, 0.9 * 0.9, 0.9 * 0.9, 0.9, 0.9);
            assertThat(state.snapshot().steps()).containsExactly(Map.entry("DENSE", 4L));
        }
    }

    @Test
    void whatHasNoVelocityDoesNotCoast() {
        for (Optimizer optimizer : List.of(new Sgd(), new Momentum(0.9), new Adam(), new KerasAdam())) {
            try (Layers layers = new Layers(DType.FLOAT32, 1, 3, 2);
                    OptimizerState state = new OptimizerState(optimizer, threads)) {
                Gradients g = layers.gradients(scope, 1);
                state.coast(Part.K, g, 0, g.flat(Part.K).size());
                assertThat(g.flat(Part.K).toDoubles()).containsOnly(0);
            }
        }
    }

    @Test
    void restartedMomentsAreZerosOfTheNewShapesAndStepsCountOn() {
        try (Layers layers = new Layers(DType.FLOAT64, 1, 3, 2);
                Layers others = new Layers(DType.FLOAT64, 1, 2, 4);
                OptimizerState state = new OptimizerState(new Adam(), threads)) {
            List<Part> factored = List.of(Part.K, Part.L, Part.S);
            Gradients g = layers.gradients(scope, 1);
            factored.forEach(part -> state.direct(part, g));
            state.restart(layers.point(), Part.K);
            assertThat(state.snapshot().tensors().get("K.first").toDoubles()).containsOnly(0);
            assertThat(state.snapshot().tensors().get("L.first").toDoubles()).doesNotContain(0);
            state.restart(others.point(), Part.K, Part.L, Part.S);
            for (String name : List.of("K.first", "K.second", "L.first", "L.second", "S.first", "S.second")) {
                assertThat(state.snapshot().tensors().get(name).toDoubles()).containsOnly(0);
            }
            Gradients h = others.gradients(scope, 2);
            factored.forEach(part -> state.direct(part, h));
            assertThat(state.snapshot().steps().values()).containsOnly(2L);
        }
    }

    @Test
    void firstMomentsFollowTheBasesAlsoToAnotherRank() {
        try (Layers layers = new Layers(DType.FLOAT64, 1, 3, 2);
                OptimizerState state = new OptimizerState(new Momentum(0.9), threads)) {
            directAll(state, layers, 1);
            Gradients g = layers.gradients(scope, 1); // after one step the moment is the gradient
            List<BasisChange> changes = layers.changes(scope, 2, 4, 50);
            for (Part part : List.of(Part.K, Part.L, Part.S)) {
                state.carry(changes, part);
            }
            int[] ranks = {2, 4};
            long[] at = {0, 0, 0};
            for (int i = 0; i < 2; i++) {
                Tensor M = changes.get(i).left();
                Tensor N = changes.get(i).right();
                Tensor K = matmulNT(scope, g.blocks(Part.K).get(i), N);
                Tensor L = matmulNT(scope, g.blocks(Part.L).get(i), M);
                Tensor S = matmulNT(scope, matmul(scope, M, g.blocks(Part.S).get(i)), N);
                List<Tensor> expected = List.of(K, L, S);
                List<String> names = List.of("K.first", "L.first", "S.first");
                for (int p = 0; p < 3; p++) {
                    Tensor each = expected.get(p);
                    Tensor actual = moment(state, names.get(p)).slice(at[p], each.rows(), ranks[i]);
                    assertThat(norm(sum(scope, actual, -1, each))).isLessThan(1e-14);
                    at[p] += each.size();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void secondMomentsStayAtLeastZeroThroughEveryChange(DType type) {
        int[][] ranks = {{3, 2}, {5, 4}, {1, 1}, {4, 4}};
        try (OptimizerState state = new OptimizerState(new Adam(), threads)) {
            for (int k = 0; k < ranks.length; k++) {
                try (Layers layers = new Layers(type, 1, ranks[k][0], ranks[k][1])) {
                    Gradients gradients = layers.gradients(scope, k);
                    for (Part part : List.of(Part.K, Part.L, Part.S)) {
                        state.direct(part, gradients);
                    }
                    int[] next = ranks[(k + 1) % ranks.length];
                    List<BasisChange> changes = layers.changes(scope, next[0], next[1], 50 + k);
                    for (Part part : List.of(Part.K, Part.L, Part.S)) {
                        state.carry(changes, part);
                        double[] second = moment(state, part + ".second").toDoubles();
                        assertThat(DoubleStream.of(second))
                                .allMatch(x -> x >= 0)
                                .anyMatch(x -> x > 0);
                    }
                }
            }
        }
    }

    @Test
    void swappingTheVectorsOfABasisSwapsMomentsExactly() {
        try (Layers layers = new Layers(DType.FLOAT64, 1, 2, 2);
                OptimizerState state = new OptimizerState(new Adam(), threads)) {
            directAll(state, layers, 1);
            double[] before = moment(state, "S.second").toDoubles();
            Tensor swap = scope.matrix64(2, 2, 0, 1, 1, 0);
            Tensor keep = scope.identity(DType.FLOAT64, 2);
            state.carry(List.of(new BasisChange(swap, keep), new BasisChange(keep, swap)), Part.S);
            assertThat(moment(state, "S.second").toDoubles())
                    .containsExactly(
                            before[2], before[3], before[0], before[1], before[5], before[4], before[7], before[6]);
        }
    }

    @Test
    void whatWasNeverDirectedHasNothingToCarry() {
        try (Layers layers = new Layers(DType.FLOAT64, 1, 2, 2);
                OptimizerState state = new OptimizerState(new Adam(), threads)) {
            state.carry(layers.changes(scope, 3, 3, 1), Part.K);
            assertThat(state.snapshot().steps()).isEmpty();
            assertThatThrownBy(() -> state.carryTangent(List.of(), List.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("optimizer: there is no momentum to carry");
        }
    }

    @Test
    void anotherRankWithoutCarryingIsRefused() {
        try (Layers before = new Layers(DType.FLOAT64, 1, 2, 2);
                Layers after = new Layers(DType.FLOAT64, 1, 3, 2);
                OptimizerState state = new OptimizerState(new Momentum(0.9), threads)) {
            directAll(state, before, 1);
            assertThatThrownBy(() -> state.direct(Part.S, after.gradients(scope, 2)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("optimizer: moments of S are [[2, 2], [2, 2]], its gradient is [[3, 3], [2, 2]];"
                            + " carry them first");
            Gradients tangent = after.gradients(scope, 3);
            assertThatThrownBy(() -> state.directTangent(
                            after.point().factors(),
                            new TangentVector(tangent.blocks(Part.K), tangent.blocks(Part.L)),
                            List.of(1.0, 1.0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("optimizer: the momentum is [[7, 2], [4, 2]], its gradient is [[7, 3], [4, 2]];"
                            + " carry it first");
        }
    }

    @Test
    void allStateLiesInAFewBuffers() {
        try (Layers layers = new Layers(DType.FLOAT32, 5, 2, 2)) {
            Gradients gradients = layers.gradients(scope, 1);
            long before = Scope.liveOwners();
            try (OptimizerState state = new OptimizerState(new Adam(), threads)) {
                for (Part part : Part.values()) {
                    state.direct(part, gradients);
                }
                assertThat(Scope.liveOwners()).isEqualTo(before + 8); // two moments of four parts
            }
            assertThat(Scope.liveOwners()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aRestoredStateGoesOnWithTheSameBits(Optimizer optimizer) {
        for (DType type : DType.values()) {
            try (Layers layers = new Layers(type, 9, 3, 2);
                    OptimizerState original = new OptimizerState(optimizer, threads);
                    OptimizerState restored = new OptimizerState(optimizer, threads)) {
                for (int k = 0; k < 4; k++) {
                    directAll(original, layers, k);
                }
                restored.restore(layers.point(), copy(original.snapshot()));
                assertThat(restored.snapshot().steps())
                        .isEqualTo(original.snapshot().steps());
                for (int k = 4; k < 8; k++) {
                    assertThat(directAll(restored, layers, k)).isEqualTo(directAll(original, layers, k));
                }
            }
        }
    }

    @Test
    void aSnapshotOfAnotherRankIsRefusedAndLeavesTheStateAtItsStart() {
        try (Layers saved = new Layers(DType.FLOAT64, 9, 3, 2);
                Layers other = new Layers(DType.FLOAT64, 9, 2, 2);
                OptimizerState state = new OptimizerState(new Momentum(0.9), threads);
                OptimizerState fresh = new OptimizerState(new Momentum(0.9), threads)) {
            directAll(state, saved, 1);
            Snapshot snapshot = copy(state.snapshot());
            assertThatThrownBy(() -> fresh.restore(other.point(), snapshot))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("optimizer state: K.first must have 22 elements of FLOAT64; got float64 [29]");
            assertThat(fresh.snapshot().steps()).isEmpty();
            fresh.restore(saved.point(), snapshot);
            assertThat(fresh.snapshot().steps()).isEqualTo(snapshot.steps());
        }
    }

    @Test
    void aSnapshotThatLacksSomethingOrHasTooMuchIsRefused() {
        try (Layers layers = new Layers(DType.FLOAT64, 9, 3, 2);
                OptimizerState adam = new OptimizerState(new Adam(), threads);
                OptimizerState momentum = new OptimizerState(new Momentum(0.9), threads)) {
            directAll(adam, layers, 1);
            directAll(momentum, layers, 1);
            assertRefused(
                    new Adam(),
                    layers,
                    momentum.snapshot(),
                    "optimizer state: K.second must have 29 elements of FLOAT64; got none");
            assertRefused(
                    new Momentum(0.5),
                    layers,
                    adam.snapshot(),
                    "optimizer state: K.second is nothing that Momentum[momentum=0.5] keeps; restore with the"
                            + " optimizer that was saved");
            assertRefused(
                    new Sgd(),
                    layers,
                    momentum.snapshot(),
                    "optimizer state: K.first is nothing that Sgd[] keeps; restore with the optimizer that was saved");
            Map<String, Tensor> tensors = new LinkedHashMap<>(adam.snapshot().tensors());
            tensors.remove("TANGENT.L");
            assertRefused(
                    new Adam(),
                    layers,
                    new Snapshot(tensors, adam.snapshot().steps()),
                    "optimizer state: TANGENT.L must have 27 elements of FLOAT64; got none");
        }
    }

    @Test
    void aSnapshotInAnotherFormatIsRefused() {
        try (Layers layers = new Layers(DType.FLOAT64, 9, 3, 2);
                Layers single = new Layers(DType.FLOAT32, 9, 3, 2);
                OptimizerState state = new OptimizerState(new Momentum(0.9), threads)) {
            directAll(state, single, 1);
            assertRefused(
                    new Momentum(0.9),
                    layers,
                    state.snapshot(),
                    "optimizer state: K.first must have 29 elements of FLOAT64; got float32 [29]");
        }
    }

    @Test
    void onlyAStateAtItsStartCanBeRestored() {
        try (Layers layers = new Layers(DType.FLOAT64, 9, 3, 2);
                OptimizerState state = new OptimizerState(new Momentum(0.9), threads)) {
            directAll(state, layers, 1);
            Snapshot snapshot = state.snapshot();
            assertThatThrownBy(() -> state.restore(layers.point(), snapshot))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("optimizer: only a state at its start can be restored");
        }
    }

    @Test
    void itFreesItsMemoryWhenRanksChangeAndWhenItCloses() {
        long before = Scope.liveOwners();
        try (Scope local = Scope.open("ranks");
                Layers layers = new Layers(DType.FLOAT32, 5, 2, 2);
                OptimizerState state = new OptimizerState(new Adam(), threads)) {
            Gradients gradients = layers.gradients(local, 1);
            state.direct(Part.K, gradients);
            List<BasisChange> same = layers.changes(local, 2, 2, 1);
            List<BasisChange> up = layers.changes(local, 3, 2, 1);
            state.carry(same, Part.K);
            long owners = Scope.liveOwners();
            state.carry(up, Part.K);
            assertThat(Scope.liveOwners()).isEqualTo(owners);
        }
        assertThat(Scope.liveOwners()).isEqualTo(before);
    }

    /// Directs every part, the tangent space among them, and returns all directions.
    private List<Double> directAll(OptimizerState state, Layers layers, int seed) {
        List<Double> directions = new ArrayList<>();
        try (Scope local = Scope.open("direct all")) {
            Gradients gradients = layers.gradients(local, seed);
            for (Part part : Part.values()) {
                state.direct(part, gradients);
                addAll(directions, gradients.flat(part));
            }
            Gradients tangent = layers.gradients(local, seed + 1000);
            var direction = state.directTangent(
                    layers.point().factors(),
                    new TangentVector(tangent.blocks(Part.K), tangent.blocks(Part.L)),
                    List.of(0.5 + seed, 0.25));
            addAll(directions, direction.vector().K().flat());
            addAll(directions, direction.vector().L().flat());
            directions.addAll(direction.scales());
        }
        return directions;
    }

    private static void addAll(List<Double> directions, Tensor tensor) {
        DoubleStream.of(tensor.toDoubles()).forEach(directions::add);
    }

    private void assertRefused(Optimizer optimizer, Layers at, Snapshot snapshot, String message) {
        try (OptimizerState state = new OptimizerState(optimizer, threads)) {
            assertThatThrownBy(() -> state.restore(at.point(), snapshot))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
            assertThat(state.snapshot().steps()).isEmpty();
        }
    }

    private Snapshot copy(Snapshot snapshot) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        snapshot.tensors().forEach((name, tensor) -> tensors.put(name, tensor.copy(scope)));
        return new Snapshot(tensors, snapshot.steps());
    }

    private static Tensor moment(OptimizerState state, String name) {
        return Objects.requireNonNull(state.snapshot().tensors().get(name));
    }
}
