package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.beside;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;

import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.integrator.StepOutcome.Taken;
import dev.stiefel.linalg.LongVectors;
import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.FactoredWeight;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Operations that integrators are made of: the dense step, clipping, tests for divergence, steps of `K`, `L` and
/// `S`, and bases. For authors of integrators.
public final class StepOperations {
    private StepOperations() {}

    /// `x ← (1 − hλ) x − h direction` for the dense parameters, the decay only where it applies. Parameters
    /// with a learning rate of their own have another `h`.
    public static void stepDense(
            Threads threads, Point point, Gradients gradients, DescentDirections descent, StepSize size) {
        descent.direct(Part.DENSE, gradients);
        DenseParameters dense = point.dense();
        if (hasOneRate(dense, descent)) {
            if (size.weightDecay() > 0) {
                LongVectors.scaleInPlace(threads, List.of(dense.flat().slice(0, dense.decayed())), size.decayFactor());
            }
            LongVectors.axpyInPlace(threads, dense.flat(), -size.length(), gradients.dense());
            return;
        }
        for (DenseParameter each : dense.all()) {
            double rate = descent.relativeRate(each);
            if (size.weightDecay() > 0 && each.decay() == WeightDecay.APPLIED) {
                LongVectors.scaleInPlace(threads, List.of(each.value()), size.decayFactor(rate));
            }
            LongVectors.axpyInPlace(
                    threads, each.value(), -size.length() * rate, dense.in(gradients.dense(), each.name()));
        }
    }

    private static boolean hasOneRate(DenseParameters dense, DescentDirections descent) {
        for (DenseParameter each : dense.all()) {
            if (descent.relativeRate(each) != 1) {
                return false;
            }
        }
        return true;
    }

    /// The reason why the step must end, if loss or squared gradient norm is not finite.
    public static Optional<Diverged> diverged(double loss, double squaredNorm) {
        if (!Double.isFinite(loss)) {
            return Optional.of(new Diverged(loss, "loss " + loss));
        }
        if (!Double.isFinite(squaredNorm)) {
            return Optional.of(new Diverged(loss, "gradient norm " + Math.sqrt(squaredNorm)));
        }
        return Optional.empty();
    }

    /// The reason why the step must end, if it is too long for the number format, so that the matrices that
    /// bases are made from would overflow.
    public static Optional<Diverged> overflowing(
            Threads threads, Point point, double loss, double length, Tensor... directions) {
        double norm = Math.sqrt(LongVectors.sumOfSquares(threads, List.of(directions)));
        double longest = Math.sqrt(point.type() == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE);
        return Math.max(length, length * norm) <= longest
                ? Optional.empty()
                : Optional.of(new Diverged(loss, "step of length %s along a norm of %s".formatted(length, norm)));
    }

    /// The outcome of a step that began where the loss was `firstLoss`.
    public static StepOutcome from(double firstLoss, StepOutcome last) {
        return switch (last) {
            case Taken _ -> new Taken(firstLoss);
            case Diverged diverged -> diverged;
        };
    }

    /// The factored weights, for a step that is made for the form `U S Vᵀ` in this gauge.
    ///
    /// @param step its name, for messages
    /// @throws IllegalArgumentException if a weight has another form or is in the other gauge
    public static List<Factors> factors(String step, Point point, Gauge gauge) {
        List<Factors> factors = factors(step, point);
        factors.forEach(each -> requireGauge(step, each, gauge));
        return factors;
    }

    /// The factored weights, for a step that is made for the form `U S Vᵀ` in either gauge.
    ///
    /// @throws IllegalArgumentException if a weight has another form
    public static List<Factors> factors(String step, Point point) {
        List<Factors> factors = new ArrayList<>(point.factored().size());
        for (FactoredParameter each : point.factored()) {
            if (!(each.weight() instanceof Factors found)) {
                throw otherForm(step, "U S Vᵀ", each);
            }
            factors.add(found);
        }
        return factors;
    }

    /// The exception for a weight whose form the step does not support.
    ///
    /// @param forms forms that the step supports
    static IllegalArgumentException otherForm(String step, String forms, FactoredParameter weight) {
        String remedy = weight.weight() instanceof TuckerFactors
                ? "use BUG, S-only or vanilla factors, which take the Tucker form as well"
                : "use SOnly, which steps the core of any form";
        return new IllegalArgumentException("%s: needs weights of the form %s; got '%s' of type %s; %s"
                .formatted(
                        step, forms, weight.name(), weight.weight().getClass().getSimpleName(), remedy));
    }

    /// Refuses factors in the other gauge.
    public static void requireGauge(String step, FactoredWeight factors, Gauge gauge) {
        if (factors.gauge() != gauge) {
            throw new IllegalArgumentException("%s: needs factors in the %s; got %s"
                    .formatted(
                            step,
                            switch (gauge) {
                                case FREE -> "free gauge (Factors.toFreeGauge)";
                                case ORTHONORMAL -> "orthonormal gauge (Factors.of)";
                            },
                            factors));
        }
    }

    /// Clips the gradients by their common norm and turns those of these parts into directions, unless
    /// the step must end.
    public static Optional<Diverged> direct(
            Point point,
            Gradients gradients,
            double loss,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            Part... parts) {
        workspace.enter(Stage.OPTIMIZER);
        double squaredNorm = squaredNorm(workspace.threads(), gradients, gradients.parts());
        return direct(point, gradients, loss, squaredNorm, descent, size, workspace, parts);
    }

    /// The same with a squared norm of the caller's.
    public static Optional<Diverged> direct(
            Point point,
            Gradients gradients,
            double loss,
            double squaredNorm,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            Part... parts) {
        Optional<Diverged> diverged = diverged(loss, squaredNorm);
        if (diverged.isPresent()) {
            return diverged;
        }
        clip(workspace.threads(), gradients, squaredNorm, size, gradients.parts());
        for (Part part : parts) {
            descent.direct(part, gradients);
        }
        Tensor[] directions = Arrays.stream(parts).map(gradients::flat).toArray(Tensor[]::new);
        return overflowing(workspace.threads(), point, loss, size.length(), directions);
    }

    /// The squared norm of the gradients of these parts, as one vector.
    public static double squaredNorm(Threads threads, Gradients gradients, Part... parts) {
        return LongVectors.sumOfSquares(threads, flat(gradients, parts));
    }

    /// Scales the gradients of these parts so that their norm is at most the clip norm.
    public static void clip(Threads threads, Gradients gradients, double squaredNorm, StepSize size, Part... parts) {
        double norm = Math.sqrt(squaredNorm);
        if (norm > size.clipNorm()) {
            LongVectors.scaleInPlace(threads, flat(gradients, parts), size.clipNorm() / norm);
        }
    }

    private static List<Tensor> flat(Gradients gradients, Part... parts) {
        return Arrays.stream(parts).map(gradients::flat).toList();
    }

    /// The step of the cores and of the dense parameters in the pass after that of the bases: `S ← S − h
    /// d(∇S)`, as [SOnly] takes it, without weight decay of the cores.
    ///
    /// @param scope for the gradients
    /// @param firstLoss the loss at the point that the whole step started from, which the outcome gives
    public static StepOutcome coreStep(
            Scope scope,
            Point point,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            double firstLoss) {
        return from(firstLoss, SOnly.take(scope, point, field, descent, size, workspace, Stage.SECOND_PASS, 1));
    }

    /// `U S − h direction`, `[m, r]`.
    public static Tensor kStep(Scope scope, Factors f, Tensor S, Tensor direction, double h) {
        Tensor K = direction.copy(scope);
        addMatmulInPlace(K, -h, 1, f.U(), S);
        return K;
    }

    /// `V Sᵀ − h direction`, `[n, r]`.
    public static Tensor lStep(Scope scope, Factors f, Tensor S, Tensor direction, double h) {
        Tensor L = direction.copy(scope);
        addMatmulNTInPlace(L, -h, 1, f.V(), S);
        return L;
    }

    /// `M S Nᵀ`: the core in new bases.
    public static Tensor project(Scope scope, Tensor M, Tensor S, Tensor N) {
        return matmulNT(scope, matmul(scope, M, S), N);
    }

    /// An orthonormal basis of the columns of `[a | b]`, `[m, ≤ m]`: where they are more than rows, the
    /// whole space.
    public static Tensor augmentedBasis(Scope scope, Tensor a, Tensor b) {
        return basis(scope, beside(scope, a, b));
    }

    /// An orthonormal basis of the columns: where they are more than rows, the whole space.
    public static Tensor basis(Scope scope, Tensor a) {
        return OrthonormalBasis.of(
                scope, a.columns() <= a.rows() ? a : a.columnRange(0, a.rows()).copy(scope));
    }
}
