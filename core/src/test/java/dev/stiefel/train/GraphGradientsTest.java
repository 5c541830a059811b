package dev.stiefel.train;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Objective;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Gradients of networks that are no chains, against central differences of the mean loss in float64. All parts
/// that any integrator asks for are checked, in the gauges that integrators work in.
class GraphGradientsTest {
    private static final int SAMPLES = 9;
    private static final double STEP = 3e-6;

    private final long ownersBefore = Scope.liveOwners();
    private final Scope scope = Scope.open("test");
    private final Pool pool = new Pool();

    @AfterEach
    void everythingIsFreed() {
        scope.close();
        pool.close();
        assertThat(Scope.liveOwners()).isEqualTo(ownersBefore);
    }

    static Stream<Arguments> graphs() {
        return Stream.of(Graph.values())
                .flatMap(graph -> IntStream.of(1, 3)
                        .boxed()
                        .flatMap(threads -> Stream.of(
                                Arguments.of(graph, Method.RIEMANNIAN, threads),
                                Arguments.of(graph, Method.FACTORS, threads),
                                Arguments.of(graph, Method.DENSE, threads))));
    }

    /// Differences of fourth order: they err by a multiple of `h⁴` times a fifth derivative, and by rounding of
    /// a sum of order 10, over `h`. Layer normalization of four nearly equal features has a third derivative of
    /// order 1,000, so that differences of second order err too much.
    @ParameterizedTest
    @MethodSource("graphs")
    void gradientsAreThoseOfCentralDifferences(Graph graph, Method method, int threads) {
        try (Network network = graph.network(method, DType.FLOAT64, 3);
                Threads workers = Threads.of(threads)) {
            BatchField field = new BatchField(
                    network, new Objective(network.spec().loss(), List.of()), new Workspace(pool, workers));
            int[] order = IntStream.range(0, SAMPLES).toArray();
            field.use(Batch.of(scope, DType.FLOAT64, graph.samples(5, SAMPLES), order, 0, SAMPLES));
            Gradients gradients = Gradients.of(scope, field.point(), Part.DENSE, Part.K, Part.L, Part.S);
            field.evaluate(field.point(), gradients);
            Check check = new Check(field);
            for (DenseParameter each : network.dense().all()) {
                Tensor own = network.dense().in(gradients.dense(), each.name());
                check.dense(each, own);
            }
            for (int i = 0; i < network.factors().size(); i++) {
                Factors f = network.factors().get(i);
                if (f.gauge() == Gauge.FREE) {
                    check.moves(f.U(), gradients.blocks(Part.K).get(i));
                    check.moves(f.V(), gradients.blocks(Part.L).get(i));
                } else {
                    check.orthonormal(
                            f,
                            gradients.blocks(Part.K).get(i),
                            gradients.blocks(Part.L).get(i),
                            gradients.blocks(Part.S).get(i));
                }
            }
        }
    }

    private final class Check {
        private final BatchField field;

        Check(BatchField field) {
            this.field = field;
        }

        void dense(DenseParameter parameter, Tensor gradient) {
            double[] values = parameter.value().toDoubles();
            double[] slopes = gradient.toDoubles();
            for (int i = 0; i < values.length; i++) {
                int at = i;
                double value = values[i];
                requireSlope(slopes[i], by -> {
                    values[at] = value + by;
                    parameter.value().setAll(values);
                });
                values[i] = value;
                parameter.value().setAll(values);
            }
        }

        void moves(Tensor matrix, Tensor gradient) {
            for (int i = 0; i < matrix.rows(); i++) {
                for (int j = 0; j < matrix.columns(); j++) {
                    int row = i;
                    int column = j;
                    double value = matrix.get(i, j);
                    requireSlope(gradient.get(i, j), by -> matrix.set(row, column, value + by));
                    matrix.set(i, j, value);
                }
            }
        }

        void orthonormal(Factors f, Tensor gradientK, Tensor gradientL, Tensor gradientS) {
            Tensor U = f.U().copy(scope);
            Tensor S = f.S().copy(scope);
            Tensor V = f.V().copy(scope);
            Tensor K = matmul(scope, U, S);
            Tensor L = matmulNT(scope, V, S);
            eachElement(K, gradientK, moved -> {
                Tensor basis = OrthonormalBasis.of(scope, moved);
                f.replace(basis, matmulTN(scope, basis, moved), V);
            });
            f.replace(U, S, V);
            eachElement(L, gradientL, moved -> {
                Tensor basis = OrthonormalBasis.of(scope, moved);
                f.replace(U, matmulTN(scope, moved, basis), basis);
            });
            f.replace(U, S, V);
            eachElement(S, gradientS, moved -> f.replace(U, moved, V));
            f.replace(U, S, V);
        }

        private void eachElement(Tensor at, Tensor gradient, java.util.function.Consumer<Tensor> take) {
            for (int i = 0; i < at.rows(); i++) {
                for (int j = 0; j < at.columns(); j++) {
                    int row = i;
                    int column = j;
                    requireSlope(gradient.get(i, j), by -> {
                        Tensor moved = at.copy(scope);
                        moved.set(row, column, at.get(row, column) + by);
                        take.accept(moved);
                    });
                }
            }
        }

        private void requireSlope(double gradient, DoubleConsumer move) {
            double near = change(move, STEP);
            double far = change(move, 2 * STEP);
            assertThat(gradient)
                    .isEqualTo((8 * near - far) / (12 * STEP), within(1e-8 * Math.max(1, Math.abs(gradient))));
        }

        /// The loss ahead by a step less the loss behind by it.
        private double change(DoubleConsumer move, double step) {
            move.accept(step);
            double ahead = loss();
            move.accept(-step);
            return ahead - loss();
        }

        private double loss() {
            try (Scope own = Scope.open("loss")) {
                return field.evaluate(field.point(), Gradients.of(own, field.point(), Part.DENSE));
            }
        }
    }
}
