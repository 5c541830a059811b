package dev.stiefel.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.AdaptiveBug;
import dev.stiefel.integrator.FixedRankBug;
import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.Matrices;
import dev.stiefel.integrator.MatrixField;
import dev.stiefel.integrator.Model;
import dev.stiefel.integrator.Recording;
import dev.stiefel.integrator.StepOutcome;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The integrator against a twin on plain arrays that is written from the published code's
/// description, in its own layout: weights `[in, out]`, three passes, one Adam over a list of
/// variables.
class PublishedKlsTest {
    private static final int M = 9; // out
    private static final int N = 12; // in
    private static final int R = 3;
    private static final double H = 0.05;
    private static final Set<Deviation> ALL = Deviation.all();

    private final Scope scope = Scope.open("test");

    @AfterEach
    void free() {
        scope.close();
    }

    private Factors start() {
        return Matrices.factors(Matrices.withSingularValues(scope, M, N, 7, 3, 1, 0.4), R);
    }

    /// The gradient of `½ ‖W − T‖²` with a target that pulls in every direction.
    private Tensor target() {
        return Matrices.gaussian(scope, M, N, 11);
    }

    private static MatrixField field(Tensor target) {
        return MatrixField.of(M, N, (into, W, t) -> Ops.sum(into, W, -1, target));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void ofFixedRankItIsThePublishedStep(int steps) {
        Tensor target = target();
        try (Model model = Model.factored(new KerasAdam(), 1, start())) {
            Twin twin = new Twin(
                    model.factors(), array(target), model.point().dense().flat().toDoubles(), Double.NaN);
            model.steps(new PublishedKls(Optional.empty(), ALL), field(target), 0, StepSize.of(H), steps);
            twin.steps(steps);
            twin.requireEqual(model, 1e-10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void withRanksThatAdaptItIsThePublishedStepToo(int steps) {
        Tensor target = target();
        double tolerance = 0.2;
        try (Model model = Model.factored(new KerasAdam(), 1, start())) {
            Twin twin = new Twin(
                    model.factors(), array(target), model.point().dense().flat().toDoubles(), tolerance);
            PublishedKls kls =
                    new PublishedKls(Optional.of(new RelativeTolerance(tolerance, RankLimits.of(2, 350))), ALL);
            model.steps(kls, field(target), 0, StepSize.of(H), steps);
            twin.steps(steps);
            assertThat(model.factors().rank()).isEqualTo(twin.rank());
            twin.requireEqual(model, 1e-10);
        }
    }

    /// Householder bases are other bases of the same spaces, and plain gradients do not see which.
    /// Moments do.
    @Test
    void withoutItsDeviationsItIsBug() {
        Tensor target = target();
        for (Optimizer optimizer : List.of(new Sgd(), new Momentum(0.9))) {
            assertThat(distance(
                            optimizer,
                            new PublishedKls(Optional.empty(), Deviation.none()),
                            new FixedRankBug(),
                            target))
                    .isLessThan(1e-12);
            RelativeTolerance rule = new RelativeTolerance(0.2);
            assertThat(distance(
                            optimizer,
                            new PublishedKls(Optional.of(rule), Deviation.none()),
                            new AdaptiveBug(rule),
                            target))
                    .isLessThan(1e-12);
        }
    }

    private double distance(Optimizer optimizer, Integrator a, Integrator b, Tensor target) {
        try (Model one = Model.factored(optimizer, 1, start());
                Model two = Model.factored(optimizer, 1, start())) {
            one.steps(a, field(target), 0, StepSize.of(H), 5);
            two.steps(b, field(target), 0, StepSize.of(H), 5);
            return Matrices.distance(one.matrix(scope), two.matrix(scope));
        }
    }

    /// Each by itself makes another network of five steps.
    @ParameterizedTest
    @EnumSource(names = {"SHARED_ADAM", "STALE_MOMENTS", "WRONG_TRANSPOSE", "SHORT_TAIL"})
    void eachDeviationAloneMakesADifference(Deviation deviation) {
        Tensor target = target();
        Optional<RankRule> rule = Optional.of(new RelativeTolerance(0.02));
        double distance = distance(
                new Adam(),
                new PublishedKls(rule, EnumSet.of(deviation)),
                new PublishedKls(rule, Deviation.none()),
                target);
        assertThat(distance).isGreaterThan(1e-3);
    }

    @Test
    void oneCounterCountsThreeStepsABatchForEveryPart() {
        Tensor target = target();
        try (Model model = Model.factored(new KerasAdam(), 1, start())) {
            model.steps(new PublishedKls(Optional.empty(), ALL), field(target), 0, StepSize.of(H), 4);
            assertThat(model.state().snapshot().steps())
                    .containsEntry("K", 12L)
                    .containsEntry("L", 12L)
                    .containsEntry("S", 12L)
                    .containsEntry("DENSE", 12L);
        }
        Set<Deviation> own = EnumSet.complementOf(EnumSet.of(Deviation.SHARED_ADAM));
        try (Model model = Model.factored(new KerasAdam(), 1, start())) {
            model.steps(new PublishedKls(Optional.empty(), own), field(target), 0, StepSize.of(H), 4);
            assertThat(model.state().snapshot().steps()).containsEntry("K", 4L).containsEntry("DENSE", 4L);
        }
    }

    /// Of the two unknowns beside the matrix the first is an output weight and the second a hidden bias.
    @Test
    void aHiddenBiasMovesThreeTimesABatchAndAnOutputWeightOnce() {
        Tensor target = target();
        try (Model model = Model.factored(new Momentum(0.9), 1, start())) {
            PublishedKls kls = new PublishedKls(Optional.empty(), ALL);
            model.steps(kls, field(target), 0, StepSize.of(H), 1);
            double[] first = model.beside();
            assertThat(first).containsExactly(1 - H, 1 - H); // there is no velocity yet
            model.steps(kls, field(target), 0, StepSize.of(H), 1);
            double[] second = model.beside();
            double v = 0.9 + first[0]; // the gradient is the unknown itself
            assertThat(second[0]).isEqualTo(first[0] - H * v, within(1e-15));
            double coasted = first[1] - H * (0.9 + 0.81);
            assertThat(second[1]).isEqualTo(coasted - H * (0.729 + coasted), within(1e-15));
        }
    }

    @Test
    void momentsStayBehindAtAFixedRankAndStartAnewWhereRanksAdapt() {
        Tensor target = target();
        try (Model model = Model.factored(new KerasAdam(), 1, start())) {
            Recording recording = new Recording(model.state());
            new PublishedKls(Optional.empty(), ALL)
                    .step(model.point(), field(target), recording, StepSize.of(H), model.workspace());
            assertThat(recording.asked()).noneMatch(each -> each.startsWith("carry") || each.startsWith("restart"));
        }
        try (Model model = Model.factored(new KerasAdam(), 1, start())) {
            PublishedKls kls = new PublishedKls(Optional.of(new RelativeTolerance(0.2)), ALL);
            model.steps(kls, field(target), 0, StepSize.of(H), 2);
            model.state().snapshot().tensors().forEach((name, moment) -> {
                if (!name.startsWith("DENSE")) {
                    assertThat(moment.toDoubles()).as(name).containsOnly(0);
                }
            });
        }
    }

    @Test
    void aStepTakesTwoPasses() {
        Tensor target = target();
        MatrixField field = field(target);
        try (Model model = Model.factored(new KerasAdam(), 1, start())) {
            PublishedKls kls = new PublishedKls(Optional.empty(), ALL);
            model.steps(kls, field, 0, StepSize.of(H), 3);
            assertThat(field.evaluations())
                    .isEqualTo(3 * kls.work().evaluations().size())
                    .isEqualTo(6);
        }
    }

    @Test
    void aGradientThatIsNotFiniteLeavesThePointAsItIs() {
        MatrixField bad = MatrixField.of(M, N, (into, W, t) -> {
            Tensor G = into.zeros(DType.FLOAT64, M, N);
            G.set(2, 3, Double.NaN);
            return G;
        });
        try (Model model = Model.factored(new KerasAdam(), 1, start())) {
            double[] before = model.numbers();
            StepOutcome outcome = model.step(new PublishedKls(Optional.empty(), ALL), bad, StepSize.of(H));
            assertThat(outcome).isInstanceOf(StepOutcome.Diverged.class);
            assertThat(model.numbers()).containsExactly(before);
        }
    }

    private static double[][] array(Tensor a) {
        double[][] array = new double[a.rows()][a.columns()];
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                array[i][j] = a.get(i, j);
            }
        }
        return array;
    }

    private static Tensor tensor(Scope scope, double[][] a) {
        Tensor tensor = scope.uninitialized(DType.FLOAT64, a.length, a[0].length);
        tensor.setAll(Arrays.stream(a).flatMapToDouble(Arrays::stream).toArray());
        return tensor;
    }

    /// One unknown of the twin's optimizer, with its moments.
    private static final class Variable {
        double[][] value;
        double[][] m;
        double[][] v;

        Variable(double[][] value) {
            this.value = value;
            this.m = new double[value.length][value[0].length];
            this.v = new double[value.length][value[0].length];
        }
    }

    /// The published code on plain arrays: `W = U S Vt`, `[in, out]`.
    private static final class Twin {
        private final double[][] target; // [in, out]
        private final double tolerance; // NaN: the rank is fixed
        private final Variable k = new Variable(new double[1][1]);
        private final Variable lt = new Variable(new double[1][1]);
        private Variable s;
        private final Variable hidden; // a bias of the factored layer
        private final Variable output; // something of the layer after it
        private double[][] u;
        private double[][] vt;
        private int iterations;

        Twin(Factors factors, double[][] target, double[] dense, double tolerance) {
            this.target = transposed(target);
            this.tolerance = tolerance;
            this.u = array(factors.V());
            this.s = new Variable(transposed(array(factors.S())));
            this.vt = transposed(array(factors.U()));
            this.output = new Variable(new double[][] {{dense[0]}});
            this.hidden = new Variable(new double[][] {{dense[1]}});
        }

        int rank() {
            return s.value.length;
        }

        void steps(int count) {
            for (int i = 0; i < count; i++) {
                step();
            }
        }

        private void step() {
            boolean adapts = !Double.isNaN(tolerance);
            renew(k, times(u, s.value), adapts);
            renew(lt, times(s.value, vt), adapts);
            double[][] gradientK = times(gradient(times(k.value, vt)), transposed(vt));
            double[][] gradientL = times(transposed(u), gradient(times(u, lt.value)));
            apply(List.of(k, lt, s, hidden), Arrays.asList(gradientK, null, null, null));
            apply(List.of(k, lt, s, hidden), Arrays.asList(null, gradientL, null, null));
            double[][] u1 = qr(adapts ? beside(k.value, u) : k.value);
            double[][] v1t =
                    transposed(qr(adapts ? beside(transposed(lt.value), transposed(vt)) : transposed(lt.value)));
            double[][] n = times(transposed(u1), u);
            double[][] m = times(v1t, transposed(vt));
            double[][] projected = times(times(n, s.value), transposed(m));
            if (adapts) {
                s = new Variable(projected);
            } else {
                s.value = projected;
            }
            u = u1;
            vt = v1t;
            double[][] gradient = gradient(times(times(u, s.value), vt));
            double[][] gradientS = times(times(transposed(u), gradient), transposed(vt));
            // the other unknowns' gradients are what they are themselves
            apply(
                    List.of(k, lt, s, hidden, output),
                    Arrays.asList(null, null, gradientS, copy(hidden.value), copy(output.value)));
            if (adapts) {
                truncate();
            }
        }

        private void truncate() {
            double[][] left;
            double[][] right;
            double[] d;
            try (Scope local = Scope.open("svd")) {
                // the library's, because which sign each vector has matters with the wrong transpose
                Svd svd = Svd.of(local, tensor(local, transposed(s.value)));
                left = transposed(array(svd.qt()));
                right = array(svd.p());
                d = svd.sigma().stream().mapToDouble(x -> x).toArray();
            }
            double norm = norm(d, 0, d.length);
            int rank = d.length / 2;
            for (int j = 0; j < 2 * (d.length / 2) - 1; j++) {
                if (norm(d, j, 2 * (d.length / 2) - 1) < tolerance * norm) {
                    rank = j;
                    break;
                }
            }
            rank = Math.max(rank, 2);
            double[][] diagonal = new double[rank][rank];
            for (int i = 0; i < rank; i++) {
                diagonal[i][i] = d[i];
            }
            u = times(u, columns(left, rank));
            vt = times(Arrays.copyOf(right, rank), vt); // rows of v, whose columns are the singular vectors
            s = new Variable(diagonal);
        }

        /// In a new variable with ranks that adapt, and the same one otherwise.
        private static void renew(Variable variable, double[][] value, boolean anew) {
            variable.value = value;
            if (anew || variable.m.length != value.length) {
                variable.m = new double[value.length][value[0].length];
                variable.v = new double[value.length][value[0].length];
            }
        }

        private double[][] gradient(double[][] w) {
            double[][] g = copy(w);
            for (int i = 0; i < g.length; i++) {
                for (int j = 0; j < g[0].length; j++) {
                    g[i][j] -= target[i][j];
                }
            }
            return g;
        }

        private void apply(List<Variable> variables, List<double[][]> gradients) {
            iterations++;
            double rate = H * Math.sqrt(1 - Math.pow(0.999, iterations)) / (1 - Math.pow(0.9, iterations));
            for (int at = 0; at < variables.size(); at++) {
                Variable each = variables.get(at);
                double[][] gradient = gradients.get(at);
                for (int i = 0; i < each.value.length; i++) {
                    for (int j = 0; j < each.value[0].length; j++) {
                        double g = gradient == null ? 0 : gradient[i][j];
                        each.m[i][j] += 0.1 * (g - each.m[i][j]);
                        each.v[i][j] += 0.001 * (g * g - each.v[i][j]);
                        each.value[i][j] -= rate * each.m[i][j] / (Math.sqrt(each.v[i][j]) + 1e-7);
                    }
                }
            }
        }

        void requireEqual(Model model, double allowed) {
            double[][] expected = times(times(u, s.value), vt);
            double[][] got;
            try (Scope local = Scope.open("matrix")) {
                got = transposed(array(model.matrix(local)));
            }
            for (int i = 0; i < expected.length; i++) {
                assertThat(got[i]).containsExactly(expected[i], within(allowed));
            }
            assertThat(model.beside()[0]).isEqualTo(output.value[0][0], within(allowed));
            assertThat(model.beside()[1]).isEqualTo(hidden.value[0][0], within(allowed));
        }
    }

    private static double norm(double[] d, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += d[i] * d[i];
        }
        return Math.sqrt(sum);
    }

    private static double[][] copy(double[][] a) {
        return Arrays.stream(a).map(double[]::clone).toArray(double[][]::new);
    }

    private static double[][] transposed(double[][] a) {
        double[][] t = new double[a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                t[j][i] = a[i][j];
            }
        }
        return t;
    }

    private static double[][] times(double[][] a, double[][] b) {
        double[][] c = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                for (int j = 0; j < b[0].length; j++) {
                    c[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return c;
    }

    private static double[][] columns(double[][] a, int count) {
        return Arrays.stream(a).map(row -> Arrays.copyOf(row, count)).toArray(double[][]::new);
    }

    private static double[][] beside(double[][] a, double[][] b) {
        double[][] both = new double[a.length][];
        for (int i = 0; i < a.length; i++) {
            both[i] = Arrays.copyOf(a[i], a[i].length + b[i].length);
            System.arraycopy(b[i], 0, both[i], a[i].length, b[i].length);
        }
        return columns(both, Math.min(both.length, both[0].length));
    }

    /// Householder's, column after column: each reflection takes its column to minus the sign of its
    /// first element.
    private static double[][] qr(double[][] a) {
        int m = a.length;
        int n = a[0].length;
        double[][] r = copy(a);
        List<double[]> reflections = new ArrayList<>();
        for (int k = 0; k < n; k++) {
            double[] w = new double[m];
            for (int i = k; i < m; i++) {
                w[i] = r[i][k];
            }
            double length = norm(w, 0, m);
            w[k] += w[k] >= 0 ? length : -length;
            if (m > 1 && k < m - 1) {
                reflect(w, r);
                reflections.add(w);
            }
        }
        double[][] q = new double[m][n];
        for (int k = 0; k < n; k++) {
            q[k][k] = 1;
        }
        for (double[] w : reflections.reversed()) {
            reflect(w, q);
        }
        return q;
    }

    private static void reflect(double[] w, double[][] a) {
        double square = norm(w, 0, w.length) * norm(w, 0, w.length);
        for (int j = 0; j < a[0].length; j++) {
            double along = 0;
            for (int i = 0; i < w.length; i++) {
                along += w[i] * a[i][j];
            }
            for (int i = 0; i < w.length; i++) {
                a[i][j] -= 2 * along / square * w[i];
            }
        }
    }
}
