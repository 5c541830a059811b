package dev.stiefel.published;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.lowrank.Truncation;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The truncation of the code that was published with arXiv 2205.13571, where it is not that of
/// [Truncation]:
///
///     P, sigma, Qᵀ = svd(Shat)
///     U = Uhat (P[:r1, :])ᵀ   instead of   Uhat P[:, :r1]                         [Deviation#WRONG_TRANSPOSE]
///     r1 = the smallest j < 2h − 1 with sqrt(Σ_{j ≤ i < 2h − 1} sigma_i²) < tau ‖sigma‖₂, else h,
///          h = ⌊len(sigma) / 2⌋, i counted from 0                                 [Deviation#SHORT_TAIL]
///
/// `P` is orthogonal, so that `U` is still a basis, but another one: the weight changes by as much as
/// `P` differs from its transpose, [Truncation#error]. For comparisons with published results only.
public final class PublishedTruncation {
    private PublishedTruncation() {}

    /// The ranks to keep, one a weight, by this rule or by what the published loop makes of it.
    ///
    /// @throws IllegalArgumentException if the tail is to be short and the rule is no relative tolerance
    public static List<Integer> ranks(List<WeightSpectrum> weights, RankRule rule, Set<Deviation> deviations) {
        if (!deviations.contains(Deviation.SHORT_TAIL)) {
            return rule.ranks(weights);
        }
        List<Integer> ranks = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            ranks.add(shortTailRank(i, weights.get(i).sigma(), rule));
        }
        return ranks;
    }

    /// Truncates `Uhat Shat Vhatᵀ`, `Uhat [m, p]`, `Vhat [n, q]`, to a rank, with the wrong transpose where
    /// that is one of the deviations. The result is in `scope`.
    ///
    /// @param svd of `Shat`
    /// @throws IllegalArgumentException if the transpose is to be wrong and `p > q`, where the published code
    ///     stops too
    public static Truncation of(
            Scope scope, Tensor Uhat, Tensor Shat, Svd svd, Tensor Vhat, int rank, Set<Deviation> deviations) {
        Tensor left = deviations.contains(Deviation.WRONG_TRANSPOSE)
                ? wrongLeft(svd.p(), rank)
                : transpose(scope, svd.p().columnRange(0, rank)); // [r1, p]
        Tensor right = svd.qt().rows(0, rank); // [r1, q]
        Tensor S = scope.zeros(Shat.type(), rank, rank);
        for (int i = 0; i < rank; i++) {
            S.set(i, i, svd.sigma().get(i));
        }
        Tensor kept = matmul(scope, transpose(scope, left), matmul(scope, S, right)); // [p, q]
        return new Truncation(
                matmulNT(scope, Uhat, left),
                S,
                matmulNT(scope, Vhat, right),
                left,
                right,
                svd.sigma(),
                norm(sum(scope, Shat, -1, kept)));
    }

    /// The rank of weight `i` that the published loop comes to, then held to the rule's limits.
    static int shortTailRank(int i, List<Double> sigma, RankRule rule) {
        if (!(rule instanceof RelativeTolerance relative)) {
            throw new IllegalArgumentException(
                    "published truncation: the published rule needs a relative tolerance; got %s".formatted(rule));
        }
        int half = sigma.size() / 2;
        double threshold = relative.tolerance() * norm2(sigma);
        int rank = half;
        for (int j = 0; j < 2 * half - 1; j++) {
            if (norm2(sigma.subList(j, 2 * half - 1)) < threshold) {
                rank = j;
                break;
            }
        }
        return relative.limits().clamp(i, rank, sigma.size());
    }

    private static Tensor wrongLeft(Tensor P, int rank) {
        if (P.rows() > P.columns()) {
            throw new IllegalArgumentException(
                    "published truncation: the core must not have more rows than columns; got singular vectors %s"
                            .formatted(P.shape()));
        }
        return P.rows(0, rank);
    }

    private static double norm2(List<Double> values) {
        double norm = 0;
        for (double value : values) {
            norm = Math.hypot(norm, value);
        }
        return norm;
    }
}
