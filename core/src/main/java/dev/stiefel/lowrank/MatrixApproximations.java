package dev.stiefel.lowrank;

import dev.stiefel.linalg.Svd;
import java.util.List;

/// The best approximations of a matrix: those of its truncated singular value decomposition ([Factors#best]).
///
/// @param svd of the matrix
public record MatrixApproximations(Svd svd) implements Approximations {
    @Override
    public Factors ofRanks(List<Integer> ranks) {
        return Factors.best(svd, ranks.getFirst());
    }

    @Override
    public Factors within(double tolerance) {
        return ofRanks(new RankRule.RelativeTolerance(tolerance).ranks(List.of(spectrum())));
    }

    @Override
    public List<RankChoice> choices() {
        return RankChoice.ofMatrix(spectrum(), 1, svd.sigma().size());
    }

    private WeightSpectrum spectrum() {
        return new WeightSpectrum(svd.p().rows(), svd.qt().columns(), svd.sigma());
    }
}
