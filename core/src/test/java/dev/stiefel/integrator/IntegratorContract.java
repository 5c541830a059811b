package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.cast;
import static dev.stiefel.tensor.Ops.scaled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.integrator.StepOutcome.Taken;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every integrator keeps.
abstract class IntegratorContract {
    /// What the adaptive integrators are run with: a truncation far below the errors that are looked at,
    /// on a rank that may grow, but not to the whole space.
    static final RankRule RULE = new RankRule.RelativeTolerance(1e-9, RankLimits.of(1, 5));

    private static final int HALVINGS = 4;

    abstract Integrator integrator();

    /// A model that starts from these factors, in the form that the integrator works on; takes them
    /// over.
    Model model(Optimizer optimizer, int threads, Factors... factors) {
        return Model.factored(optimizer, threads, factors);
    }

    /// Where the flow of the tangent field is at time 1.
    Tensor solution(Scope scope, RotatingMatrix A) {
        return A.at(scope, 1);
    }

    /// How many steps the coarsest run to time 1 takes.
    int steps() {
        return 16;
    }

    /// What one step asks of a descent, in order.
    abstract List<String> requests();

    /// How many times a step multiplies the matrix by `1 − hλ`.
    int decaysOfTheMatrix() {
        return 1;
    }

    /// What truncation may take from a matrix whose largest singular value is 1.
    double truncation() {
        return 0;
    }

    @Test
    void theErrorIsOfFirstOrderInTheStepSize() {
        double[] sizes = new double[HALVINGS + 1];
        double[] errors = new double[sizes.length];
        double[] errorsBeside = new double[sizes.length];
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Scope scope = Scope.open("test")) {
            Tensor expected = solution(scope, A);
            for (int k = 0; k < sizes.length; k++) {
                int steps = steps() << k;
                sizes[k] = 1.0 / steps;
                try (Model model = model(new Sgd(), 1, A.start())) {
                    model.steps(integrator(), A.tangentField(), 0, StepSize.of(sizes[k]), steps);
                    errors[k] = Matrices.distance(model.matrix(scope), expected);
                    errorsBeside[k] = Math.abs(model.beside()[0] - Math.exp(-1));
                }
            }
        }
        assertThat(Slope.of(sizes, errors))
                .as("slope of %s", Arrays.toString(errors))
                .isCloseTo(1, within(0.15));
        assertThat(Slope.of(sizes, errorsBeside)).isCloseTo(1, within(0.15));
    }

    @Test
    void aStepEvaluatesTheFieldAsOftenAsItSays() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = model(new Momentum(0.9), 1, A.start())) {
            MatrixField field = A.tangentField();
            model.steps(integrator(), field, 0, StepSize.of(0.01), 7);
            assertThat(field.evaluations())
                    .isEqualTo(7 * integrator().work().evaluations().size());
        }
    }

    @Test
    void aStepDirectsEachPartOnceAndCarriesWhatItMoves() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = model(new Momentum(0.9), 1, A.start())) {
            Recording recording = new Recording(model.state());
            for (int k = 0; k < 2; k++) {
                recording.asked().clear();
                integrator().step(model.point(), A.tangentField(), recording, StepSize.of(0.01), model.workspace());
                assertThat(recording.asked()).isEqualTo(requests());
            }
        }
    }

    @Test
    void theLossIsThatWhereTheStepStarted() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = model(new Sgd(), 1, A.start())) {
            double[] losses = {3, 2, 1};
            int[] calls = {0};
            MatrixField field = A.tangentField();
            GradientField falling = (at, into) -> {
                field.evaluate(at, into);
                return losses[calls[0]++];
            };
            assertThat(model.step(integrator(), falling, StepSize.of(0.01))).isEqualTo(new Taken(3));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aLossThatIsNotFiniteEndsTheStepBeforeAnythingMoved(double loss) {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = model(new Momentum(0.9), 1, A.start())) {
            double[] before = model.numbers();
            Recording recording = new Recording(model.state());
            GradientField field = (at, into) -> loss; // writes nothing: the gradients are of no use
            StepOutcome outcome =
                    integrator().step(model.point(), field, recording, StepSize.of(0.1), model.workspace());
            assertThat(outcome).isEqualTo(new Diverged(loss, "loss " + loss));
            assertThat(model.numbers()).isEqualTo(before);
            assertThat(recording.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void aGradientThatIsNotFiniteEndsTheStepWithAPointThatIsFinite(Part part) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                    Model model = model(new Momentum(0.9), 1, A.start())) {
                MatrixField field = A.tangentField();
                Set<Part> seen = EnumSet.noneOf(Part.class);
                GradientField spoiling = (at, into) -> {
                    double loss = field.evaluate(at, into);
                    if (into.wants(part)) {
                        seen.add(part);
                        Tensor flat = into.flat(part);
                        flat.slice(flat.size() - 1, 1, 1).set(0, 0, bad);
                    }
                    return loss;
                };
                double[] before = model.numbers();
                StepOutcome outcome = model.step(integrator(), spoiling, StepSize.of(0.1));
                if (seen.isEmpty()) {
                    assertThat(outcome).isInstanceOf(Taken.class);
                    continue;
                }
                assertThat(outcome).isInstanceOfSatisfying(Diverged.class, diverged -> {
                    assertThat(diverged.loss()).isEqualTo(MatrixField.LOSS);
                    assertThat(diverged.cause()).startsWith("gradient norm ");
                });
                if (field.evaluations() == 1) {
                    assertThat(model.numbers()).isEqualTo(before);
                } else {
                    assertThat(DoubleStream.of(model.numbers())).allMatch(Double::isFinite);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void aStepThatOverflowsIsAnOutcomeAndNoException(DType type) {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = model(new Sgd(), 1, Model.inFormat(type, A.start()))) {
            StepOutcome outcome = new Taken(0);
            for (int k = 0; k < 3 && outcome instanceof Taken; k++) {
                outcome = model.step(integrator(), A.tangentField(), StepSize.of(1e300));
            }
            assertThat(outcome).isInstanceOf(Diverged.class);
        }
    }

    @Test
    void zeroGradientsLeaveTheMatrixWhereItIs() {
        double[][] spectra = {{2, 1, 0.5}, {1, 0, 0}, {0, 0}, {3}, {1e-30, 1e-30}, {1e30, 1}};
        for (Optimizer optimizer : List.of(new Sgd(), new Momentum(0.9), new Adam())) {
            for (double[] sigma : spectra) {
                try (RotatingMatrix A = new RotatingMatrix(sigma);
                        Model model = model(optimizer, 1, A.start());
                        Scope scope = Scope.open("test")) {
                    model.steps(integrator(), zero(), 0, StepSize.of(0.1), 3);
                    double largest = DoubleStream.of(sigma).max().orElse(0);
                    assertThat(Matrices.distance(model.matrix(scope), A.at(scope, 0)))
                            .isLessThanOrEqualTo((1e-14 * sigma.length + truncation()) * largest);
                }
            }
        }
    }

    @Test
    void rankOneIsARankLikeAnyOther() {
        try (RotatingMatrix A = new RotatingMatrix(1.5);
                Model model = model(new Sgd(), 1, A.start());
                Scope scope = Scope.open("test")) {
            model.steps(integrator(), A.tangentField(), 0, StepSize.of(0.001), 20);
            // twenty steps are 0.02 of time; each is wrong by h²/2 times a second derivative of about 10
            double allowed = truncation() + 20 * 1e-6 / 2 * 20;
            Tensor expected = A.at(scope, 0.02);
            if (!(integrator() instanceof VanillaFactors)) {
                assertThat(Matrices.distance(model.matrix(scope), expected)).isLessThan(allowed);
            }
            assertThat(DoubleStream.of(model.numbers())).allMatch(Double::isFinite);
        }
    }

    @Test
    void float32FollowsFloat64() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Scope scope = Scope.open("test")) {
            List<Tensor> results = new ArrayList<>();
            for (DType type : DType.values()) {
                try (Model model = model(new Sgd(), 1, Model.inFormat(type, A.start()))) {
                    model.steps(integrator(), A.tangentField(), 0, StepSize.of(0.02), 10);
                    results.add(cast(scope, model.matrix(scope), DType.FLOAT64));
                }
            }
            // ten steps, each of a few roundings of numbers up to 2, in a norm over 77 elements
            assertThat(Matrices.distance(results.getFirst(), results.getLast())).isBetween(1e-9, 2e-5);
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void oneThreadAndTwoGiveTheSameBits(DType type) {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                RotatingMatrix B = new RotatingMatrix(1, 0.1);
                RotatingMatrix C = new RotatingMatrix(3, 2, 1, 0.25)) {
            MatrixField.Gradient gradient = A.tangentField().first();
            List<double[]> results = new ArrayList<>();
            for (int threads : new int[] {1, 2}) {
                Factors[] start = {
                    Model.inFormat(type, A.start()), Model.inFormat(type, B.start()), Model.inFormat(type, C.start())
                };
                try (Model model = model(new Adam(), threads, start)) {
                    MatrixField field = model.point().factors().isEmpty()
                            ? A.tangentField()
                            : MatrixField.ofEach(List.of(gradient, gradient, gradient));
                    model.steps(integrator(), field, 0, new StepSize(0.01, 0.1, 1), 6);
                    results.add(model.numbers());
                }
            }
            assertThat(results.getLast()).isEqualTo(results.getFirst());
        }
    }

    @Test
    void stepsLeaveNoMemoryBehind() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = model(new Adam(), 1, A.start())) {
            model.steps(integrator(), A.tangentField(), 0, StepSize.of(0.01), 5);
            long owners = Scope.liveOwners();
            model.steps(integrator(), A.tangentField(), 0.05, StepSize.of(0.01), 50);
            assertThat(Scope.liveOwners()).isEqualTo(owners);
        }
    }

    @Test
    void weightDecayShrinksTheMatrixAndTheFirstUnknownOnly() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = model(new Sgd(), 1, A.start());
                Scope scope = Scope.open("test")) {
            model.steps(integrator(), zero(), 0, new StepSize(0.1, 0.5, Double.POSITIVE_INFINITY), 1);
            Tensor expected = scaled(scope, A.at(scope, 0), Math.pow(0.95, decaysOfTheMatrix()));
            assertThat(Matrices.distance(model.matrix(scope), expected)).isLessThan(1e-14);
            assertThat(model.beside()[0]).isCloseTo(0.95 - 0.1, within(1e-15));
            assertThat(model.beside()[1]).isCloseTo(1 - 0.1, within(1e-15));
        }
    }

    private static MatrixField zero() {
        return MatrixField.of(
                RotatingMatrix.M, RotatingMatrix.N, (into, W, t) -> into.zeros(DType.FLOAT64, W.rows(), W.columns()));
    }
}
