package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.cast;

import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.DenseParameters.Layout;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.OptimizerState;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/// A point that can be stepped: weights, two further unknowns that start at 1 (weight decay applies to the
/// first), an optimizer's state and a workspace.
public final class Model implements AutoCloseable {
    private final Scope scope = Scope.open("model");
    private final Pool pool = new Pool();
    private final Threads threads;
    private final Point point;
    private final OptimizerState state;
    private final int m;
    private final int n;

    private Model(List<Factors> factors, Tensor front, int m, int n, Optimizer optimizer, int threads) {
        this.threads = Threads.of(threads);
        this.m = m;
        this.n = n;
        int matrix = Math.toIntExact(front.size());
        Tensor dense = scope.zeros(front.type(), matrix + 2);
        dense.slice(0, front.rows(), front.columns()).copyFrom(front);
        dense.slice(matrix, 1, 2).set(0, 0, 1);
        dense.slice(matrix, 1, 2).set(0, 1, 1);
        this.point = matrix == 0
                ? Points.of(factors, dense, 1)
                : new Point(
                        List.of(),
                        DenseParameters.of(
                                dense,
                                List.of(
                                        Layout.matrix("W", m, n),
                                        new Layout("decayed", Shape.of(1), WeightDecay.APPLIED),
                                        Layout.vector("kept", 1))));
        this.state = new OptimizerState(optimizer, this.threads);
    }

    /// Takes the factors over.
    public static Model factored(Optimizer optimizer, int threads, Factors... factors) {
        try (Scope local = Scope.open("no matrix")) {
            Tensor none = local.zeros(factors[0].type(), 1, 0);
            return new Model(List.of(factors), none, factors[0].rows(), factors[0].columns(), optimizer, threads);
        }
    }

    public static Model factored(Factors factors) {
        return factored(new Sgd(), 1, factors);
    }

    public static Model dense(Optimizer optimizer, int threads, Tensor W) {
        return new Model(List.of(), W, W.rows(), W.columns(), optimizer, threads);
    }

    /// The same factors in another number format; closes the given ones.
    public static Factors inFormat(DType type, Factors factors) {
        try (factors;
                Scope local = Scope.open("format")) {
            return Factors.of(
                    cast(local, factors.U(), type), cast(local, factors.S(), type), cast(local, factors.V(), type));
        }
    }

    public Point point() {
        return point;
    }

    public Factors factors() {
        return point.factors().getFirst();
    }

    public OptimizerState state() {
        return state;
    }

    public Workspace workspace() {
        return new Workspace(pool, threads);
    }

    public StepOutcome step(Integrator integrator, GradientField field, StepSize size) {
        return integrator.step(point, field, state, size, workspace());
    }

    /// Steps of equal length from time `from` on.
    public void steps(Integrator integrator, MatrixField field, double from, StepSize size, int count) {
        for (int k = 0; k < count; k++) {
            field.setTime(from + k * size.length());
            StepOutcome outcome = step(integrator, field, size);
            if (!(outcome instanceof StepOutcome.Taken)) {
                throw new AssertionError("step " + k + " was not taken: " + outcome);
            }
        }
    }

    /// The (first) matrix, formed.
    public Tensor matrix(Scope into) {
        return point.factors().isEmpty()
                ? point.dense().flat().slice(0, m, n).copy(into)
                : factors().matrix(into);
    }

    /// The two unknowns beside the matrices.
    public double[] beside() {
        double[] dense = point.dense().flat().toDoubles();
        return Arrays.copyOfRange(dense, dense.length - 2, dense.length);
    }

    /// Every number of the point.
    public double[] numbers() {
        DoubleStream all = DoubleStream.of(point.dense().flat().toDoubles());
        for (Factors f : point.factors()) {
            for (Tensor each : List.of(f.U(), f.S(), f.V())) {
                all = DoubleStream.concat(all, DoubleStream.of(each.toDoubles()));
            }
        }
        return all.toArray();
    }

    @Override
    public void close() {
        state.close();
        point.factors().forEach(Factors::close);
        scope.close();
        pool.close();
        threads.close();
    }
}
