package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.RankRule.Fixed;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TruncationTest {
    private static final int M = 17;
    private static final int N = 11;

    /// A core `[p, q]` that is neither symmetric nor diagonal, `P diag(sigma) Qᵀ` with unrelated `P` and
    /// `Q`.
    record Core(String name, int p, int q, List<Double> sigma) {
        Tensor make(Scope scope) {
            double[] values = sigma.stream().mapToDouble(x -> x).toArray();
            Tensor P = Samples.basis(scope, p, values.length, 1);
            Tensor Q = Samples.basis(scope, q, values.length, 2);
            return matmulNT(scope, matmul(scope, P, Samples.diagonal(scope, values)), Q);
        }
    }

    static List<Core> cores() {
        List<Core> cores = new ArrayList<>();
        for (int[] shape : new int[][] {{1, 1}, {6, 6}, {9, 5}, {5, 9}, {11, 11}, {2, 7}}) {
            int k = Math.min(shape[0], shape[1]);
            cores.add(new Core("flat", shape[0], shape[1], spectrum(k, i -> 1)));
            cores.add(new Core("nearly flat", shape[0], shape[1], spectrum(k, i -> 1 - 0.02 * i)));
            cores.add(new Core("decaying", shape[0], shape[1], spectrum(k, i -> Math.pow(2, -i))));
            cores.add(new Core("steep", shape[0], shape[1], spectrum(k, i -> Math.pow(10, -2 * i))));
            cores.add(new Core("deficient", shape[0], shape[1], spectrum(k, i -> i < 2 ? 3 - i : 0)));
            cores.add(new Core("huge", shape[0], shape[1], spectrum(k, i -> 1e100 / (i + 1))));
            cores.add(new Core("tiny", shape[0], shape[1], spectrum(k, i -> 1e-100 / (i + 1))));
        }
        return cores;
    }

    private interface Value {
        double at(int i);
    }

    private static List<Double> spectrum(int count, Value value) {
        List<Double> sigma = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sigma.add(value.at(i));
        }
        return sigma;
    }

    @ParameterizedTest
    @MethodSource("cores")
    void theErrorIsTheTailAndWithinTheTolerance(Core core) {
        for (double tolerance : new double[] {0, 1e-6, 0.05, 0.3, 0.9}) {
            try (Scope scope = Scope.open("test")) {
                Tensor S = core.make(scope);
                Tensor U = Samples.basis(scope, M, core.p(), 3);
                Tensor V = Samples.basis(scope, N, core.q(), 4);
                Tensor W = matmulNT(scope, matmul(scope, U, S), V);
                Truncation cut = truncated(scope, U, S, V, new RelativeTolerance(tolerance));
                double whole = norm(W);
                double error = Samples.distance(W, matrix(scope, cut));
                double rounding = 1e-14 * whole;
                assertThat(error).isLessThanOrEqualTo(tolerance * whole + rounding);
                assertThat(error).isCloseTo(tail(core.sigma(), cut.rank()), within(rounding));
                assertThat(cut.error()).isCloseTo(error, within(rounding));
                if (cut.rank() > 1) {
                    assertThat(tail(core.sigma(), cut.rank() - 1)).isGreaterThan(tolerance * whole - rounding);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cores")
    void whatIsKeptIsTheBestOfItsRankInOrthonormalBases(Core core) {
        for (int rank = 1; rank <= core.sigma().size(); rank++) {
            try (Scope scope = Scope.open("test")) {
                Tensor S = core.make(scope);
                Tensor U = Samples.basis(scope, M, core.p(), 3);
                Tensor V = Samples.basis(scope, N, core.q(), 4);
                Truncation cut = truncated(scope, U, S, V, new Fixed(rank));
                assertThat(cut.rank()).isEqualTo(rank);
                assertThat(OrthonormalBasis.error(cut.U())).isLessThan(1e-13);
                assertThat(OrthonormalBasis.error(cut.V())).isLessThan(1e-13);
                double rounding = 1e-14 * norm(S);
                Tensor W = matmulNT(scope, matmul(scope, U, S), V);
                assertThat(Samples.distance(W, matrix(scope, cut)))
                        .isCloseTo(tail(core.sigma(), rank), within(rounding));
                // the changes of basis are U1ᵀ Uhat and V1ᵀ Vhat
                assertThat(Samples.distance(cut.left(), matmulTN(scope, cut.U(), U)))
                        .isLessThan(1e-13);
                assertThat(Samples.distance(cut.right(), matmulTN(scope, cut.V(), V)))
                        .isLessThan(1e-13);
                assertThat(cut.S().shape().extent(0)).isEqualTo(cut.S().shape().extent(1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cores")
    void truncatingTwiceIsTruncatingOnce(Core core) {
        for (double tolerance : new double[] {1e-6, 0.05, 0.3, 0.9}) {
            try (Scope scope = Scope.open("test")) {
                Tensor S = core.make(scope);
                Tensor U = Samples.basis(scope, M, core.p(), 3);
                Tensor V = Samples.basis(scope, N, core.q(), 4);
                RankRule rule = new RankRule.AbsoluteTolerance(tolerance * norm(S));
                Truncation once = truncated(scope, U, S, V, rule);
                Truncation twice = truncated(scope, once.U(), once.S(), once.V(), new Fixed(once.rank()));
                assertThat(Samples.distance(matrix(scope, once), matrix(scope, twice)))
                        .isLessThan(1e-14 * norm(S));
                assertThat(twice.error()).isZero();
            }
        }
    }

    @Test
    void theRightSingularVectorsAreColumnsOfQ() {
        // S = a bᵀ with b alone in one direction: rows of Q in place of its columns would lose it
        try (Scope scope = Scope.open("test")) {
            Tensor S = scope.matrix64(3, 3, 0, 0, 2, 0, 0, 0, 1, 0, 0);
            Tensor I = scope.identity(DType.FLOAT64, 3);
            Truncation cut = truncated(scope, I, S, I, new Fixed(1));
            Tensor expected = scope.matrix64(3, 3, 0, 0, 2, 0, 0, 0, 0, 0, 0);
            assertThat(Samples.distance(matrix(scope, cut), expected)).isLessThan(1e-15);
        }
    }

    @Test
    void float32CoresAreCutWithinFloat32Rounding() {
        try (Scope scope = Scope.open("test")) {
            Tensor S = Samples.gaussian(scope, DType.FLOAT32, 8, 6, 7);
            Tensor U = OrthonormalBasis.of(scope, Samples.gaussian(scope, DType.FLOAT32, M, 8, 8));
            Tensor V = OrthonormalBasis.of(scope, Samples.gaussian(scope, DType.FLOAT32, N, 6, 9));
            Tensor W = matmulNT(scope, matmul(scope, U, S), V);
            Truncation cut = truncated(scope, U, S, V, new RelativeTolerance(0.4));
            double error = Samples.distance(W, matrix(scope, cut));
            assertThat(cut.rank()).isBetween(2, 5);
            assertThat(error).isCloseTo(cut.error(), within(20 * DType.FLOAT32.epsilon() * norm(W)));
            assertThat(error).isLessThan(0.4 * norm(W));
        }
    }

    private static Truncation truncated(Scope scope, Tensor U, Tensor S, Tensor V, RankRule rule) {
        Svd svd = Svd.of(scope, S);
        WeightSpectrum spectrum = new WeightSpectrum(U.rows(), V.rows(), svd.sigma());
        return Truncation.of(scope, U, svd, V, rule.ranks(List.of(spectrum)).getFirst());
    }

    private static Tensor matrix(Scope scope, Truncation cut) {
        return matmulNT(scope, matmul(scope, cut.U(), cut.S()), cut.V());
    }

    private static double tail(List<Double> sigma, int rank) {
        double tail = 0;
        for (double value : sigma.subList(rank, sigma.size())) {
            tail = Math.hypot(tail, value);
        }
        return tail;
    }
}
