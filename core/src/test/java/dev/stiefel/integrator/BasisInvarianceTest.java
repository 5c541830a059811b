package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static dev.stiefel.tensor.Ops.transpose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One matrix has many factorizations: `U → U Q`, `S → Qᵀ S R`, `V → V R` between steps must not show
/// in its path.
class BasisInvarianceTest {
    private static final int M = 12;
    private static final int N = 8;
    private static final int RANK = 4;
    private static final int STEPS = 30;

    record Case(Integrator integrator, Optimizer optimizer, int seed) {}

    static Stream<Case> linear() {
        return Stream.of(
                        new FixedRankBug(),
                        new Riemannian(),
                        new ParallelBug(),
                        new BackwardCorrected(),
                        new ProjectorSplitting(),
                        new Augmenting(new Truncating(new SOnly(), new RankRule.Fixed(RANK))))
                .flatMap(each -> Stream.of(new Case(each, new Sgd(), 0), new Case(each, new Momentum(0.9), 0)));
    }

    @ParameterizedTest
    @MethodSource("linear")
    void turningTheBasesChangesThePathOfSgdAndMomentumByRoundingOnly(Case c) {
        assertThat(deviation(c, Carry.ALL)).isLessThan(1e-12);
    }

    @Test
    void forgottenMomentsWouldShow() {
        assertThat(deviation(new Case(new FixedRankBug(), new Momentum(0.9), 0), Carry.NOTHING))
                .isGreaterThan(1e-2);
    }

    @Test
    void adamWithOneSecondMomentAWeightIsInvariantToo() {
        assertThat(deviation(new Case(new Riemannian(), new Adam(), 0), Carry.ALL))
                .isLessThan(1e-12);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 200, 300})
    void elementwiseAdamChangesItsPathLessWithCarriedMomentsThanWithout(int seed) {
        Case c = new Case(new FixedRankBug(), new Adam(), seed);
        double carried = deviation(c, Carry.ALL);
        assertThat(carried).isLessThan(deviation(c, Carry.NOTHING));
        assertThat(carried).isLessThan(0.5); // of the way: scaling by elements depends on the basis
    }

    private enum Carry {
        ALL,
        NOTHING
    }

    /// How far two runs end from each other, one of them with its bases turned after every third step,
    /// relative to the way that they went.
    private static double deviation(Case c, Carry carry) {
        try (Scope scope = Scope.open("test");
                Model plain = model(scope, c);
                Model turned = model(scope, c)) {
            Tensor start = plain.matrix(scope);
            Tensor T = Matrices.withSingularValues(scope, M, N, 21 + c.seed(), 4, 3, 2, 1, 0.5, 0.25);
            MatrixField field = MatrixField.of(M, N, (into, W, t) -> sum(into, W, -1, T));
            for (int k = 0; k < STEPS; k++) {
                plain.step(c.integrator(), field, StepSize.of(0.02));
                turned.step(c.integrator(), field, StepSize.of(0.02));
                if (k % 3 == 2) {
                    turn(scope, turned, c.seed() + k, carry);
                }
            }
            Tensor end = plain.matrix(scope);
            return Matrices.distance(end, turned.matrix(scope)) / Matrices.distance(end, start);
        }
    }

    private static Model model(Scope scope, Case c) {
        Tensor W = Matrices.withSingularValues(scope, M, N, 11 + c.seed(), 3, 2, 1, 0.5);
        return Model.factored(c.optimizer(), 1, Matrices.factors(W, RANK));
    }

    private static void turn(Scope scope, Model model, int seed, Carry carry) {
        Factors f = model.factors();
        Tensor Q = Matrices.basis(scope, RANK, RANK, 1000 + seed);
        Tensor R = Matrices.basis(scope, RANK, RANK, 2000 + seed);
        Tensor before = f.matrix(scope);
        f.replace(matmul(scope, f.U(), Q), matmul(scope, matmulTN(scope, Q, f.S()), R), matmul(scope, f.V(), R));
        assertThat(Matrices.distance(f.matrix(scope), before)).isLessThan(1e-14 * norm(before) * RANK);
        if (carry == Carry.NOTHING) {
            return;
        }
        List<BasisChange> change = List.of(new BasisChange(transpose(scope, Q), transpose(scope, R)));
        for (Part part : List.of(Part.K, Part.L, Part.S)) {
            model.state().carry(change, part);
        }
        Map<String, Tensor> tensors = model.state().snapshot().tensors();
        if (tensors.containsKey("TANGENT.K")) {
            Tensor K = Objects.requireNonNull(tensors.get("TANGENT.K")).slice(0, M, RANK);
            Tensor L = Objects.requireNonNull(tensors.get("TANGENT.L")).slice(0, N, RANK);
            model.state().carryTangent(List.of(matmul(scope, K, R)), List.of(matmul(scope, L, Q)));
        }
    }
}
