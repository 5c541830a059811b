package dev.stiefel.published;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule.AbsoluteTolerance;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.lowrank.Samples;
import dev.stiefel.lowrank.Truncation;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedTruncationTest {
    private static final int M = 17;
    private static final int N = 11;

    private final Scope scope = Scope.open("test");

    @AfterEach
    void free() {
        scope.close();
    }

    private Tensor core(int p, int q, double... sigma) {
        Tensor P = Samples.basis(scope, p, sigma.length, 1);
        Tensor Q = Samples.basis(scope, q, sigma.length, 2);
        return matmulNT(scope, matmul(scope, P, Samples.diagonal(scope, sigma)), Q);
    }

    private static Tensor matrix(Scope scope, Truncation cut) {
        return matmulNT(scope, matmul(scope, cut.U(), cut.S()), cut.V());
    }

    @Test
    void theLeftBasisIsMadeOfRowsOfTheSingularVectors() {
        Tensor S = core(4, 6, 8, 4, 2, 1);
        Tensor U = Samples.basis(scope, M, 4, 3);
        Tensor V = Samples.basis(scope, N, 6, 4);
        Svd svd = Svd.of(scope, S);

        Truncation cut =
                PublishedTruncation.of(scope, U, S, Svd.of(scope, S), V, 2, EnumSet.of(Deviation.WRONG_TRANSPOSE));

        for (int i = 0; i < M; i++) {
            for (int k = 0; k < 2; k++) {
                double wrong = 0;
                for (int j = 0; j < 4; j++) {
                    wrong += U.get(i, j) * svd.p().get(k, j);
                }
                assertThat(cut.U().get(i, k)).isEqualTo(wrong, within(1e-14));
            }
        }
        assertThat(OrthonormalBasis.error(cut.U())).isLessThan(OrthonormalBasis.tolerance(DType.FLOAT64, M, 2));
        assertThat(cut.S().toDoubles())
                .containsExactly(svd.sigma().get(0), 0, 0, svd.sigma().get(1));
    }

    /// The best approximation errs by the tail, √(2² + 1²) of √85; this one by about as much as the
    /// matrix itself.
    @Test
    void theWrongTransposeMakesAnotherMatrixAndSaysByHowMuch() {
        Tensor S = core(4, 4, 8, 4, 2, 1);
        Tensor U = Samples.basis(scope, M, 4, 3);
        Tensor V = Samples.basis(scope, N, 4, 4);
        Tensor W = matmulNT(scope, matmul(scope, U, S), V);

        Truncation right = PublishedTruncation.of(scope, U, S, Svd.of(scope, S), V, 2, Deviation.none());
        Truncation wrong =
                PublishedTruncation.of(scope, U, S, Svd.of(scope, S), V, 2, EnumSet.of(Deviation.WRONG_TRANSPOSE));

        assertThat(right.error()).isEqualTo(Math.sqrt(5), within(1e-13));
        assertThat(wrong.error()).isGreaterThan(0.5 * norm(W));
        assertThat(wrong.error()).isEqualTo(Samples.distance(W, matrix(scope, wrong)), within(1e-13));
    }

    @Test
    void withoutDeviationsItIsTheTruncation() {
        for (int[] shape : new int[][] {{6, 6}, {9, 5}, {5, 9}}) {
            Tensor S = core(shape[0], shape[1], 9, 5, 2, 0.2, 0.1);
            Tensor U = Samples.basis(scope, M, shape[0], 3);
            Tensor V = Samples.basis(scope, N, shape[1], 4);
            Svd svd = Svd.of(scope, S);
            RelativeTolerance rule = new RelativeTolerance(0.1);
            List<WeightSpectrum> weights = List.of(new WeightSpectrum(M, N, svd.sigma()));
            int rank = rule.ranks(weights).getFirst();
            assertThat(PublishedTruncation.ranks(weights, rule, Deviation.none()))
                    .containsExactly(rank);
            Truncation expected = Truncation.of(scope, U, svd, V, rank);

            Truncation got = PublishedTruncation.of(scope, U, S, svd, V, rank, Deviation.none());

            assertThat(got.rank()).isEqualTo(expected.rank()).isEqualTo(3);
            assertThat(Samples.distance(matrix(scope, got), matrix(scope, expected)))
                    .isLessThan(1e-13);
            assertThat(got.left().toDoubles()).containsExactly(expected.left().toDoubles());
            assertThat(got.right().toDoubles()).containsExactly(expected.right().toDoubles());
            assertThat(got.error()).isEqualTo(expected.error(), within(1e-13));
        }
    }

    /// Worked out by hand from the published loop. The first tail is 3 + 4 without the last value, 5:
    /// nothing is left of the last one in any sum.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        10 10 3 5             | 0.01 | 2 | the loop ends at 3 of 4; its last tail, 3, is too long: half remain
        10 0 0 0              | 0.1  | 1 | the tail after the first is zeros
        10 1 0.1 9            | 0.2  | 1 | 9 is never looked at: the tail is 1 and 0.1, and not 9
        1 1 1 1 1 1           | 0.1  | 3 | nothing can be cut off: half remain, and the rank does not grow
        9 8 7 6 5 0.01        | 0.1  | 3 | nothing but the smallest: again half
        9 8 7 6 0.01 0.01     | 0.1  | 4 | more than half where some can be cut off
        4 1 1                 | 0.9  | 0 | two values of three: half is one, and the whole tail is short
        """)
    void theRankIsThatOfThePublishedLoop(String values, double tolerance, int rank, String why) {
        List<Double> sigma =
                List.of(values.strip().split(" ")).stream().map(Double::valueOf).toList();
        assertThat(PublishedTruncation.shortTailRank(0, sigma, new RelativeTolerance(tolerance)))
                .as(why)
                .isEqualTo(Math.max(1, rank));
    }

    @Test
    void theRankIsHeldToTheLimits() {
        List<Double> sigma = List.of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
        assertThat(PublishedTruncation.shortTailRank(0, sigma, new RelativeTolerance(0.1, RankLimits.of(2, 3))))
                .isEqualTo(3);
        assertThat(PublishedTruncation.shortTailRank(0, sigma, new RelativeTolerance(0.99, RankLimits.of(2, 350))))
                .isEqualTo(2);
        assertThat(PublishedTruncation.shortTailRank(
                        0, List.of(3.0), new RelativeTolerance(0.1, RankLimits.of(2, 350))))
                .isEqualTo(1);
    }

    @Test
    void whatThePublishedCodeCannotDoIsRefused() {
        Set<Deviation> wrong = EnumSet.of(Deviation.WRONG_TRANSPOSE);
        Tensor S = core(6, 4, 8, 4, 2, 1);
        Tensor U = Samples.basis(scope, M, 6, 3);
        Tensor V = Samples.basis(scope, N, 4, 4);
        assertThatThrownBy(() -> PublishedTruncation.of(scope, U, S, Svd.of(scope, S), V, 2, wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("published truncation: the core must not have more rows than columns; got singular vectors"
                        + " [6, 4]");
        assertThatThrownBy(() -> PublishedTruncation.shortTailRank(0, List.of(1.0), new AbsoluteTolerance(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("published truncation: the published rule needs a relative tolerance; got ");
    }
}
