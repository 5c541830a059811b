package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Products with a kernel in Tucker form against those with the same kernel, dense.
class TuckerProductTest {
    private static final ImageGrid GRID = new ImageGrid(6, 8, 3, 3, 1, 1, 1, 1, 1, 1);
    private static final int SAMPLES = 3;
    private static final int CHANNELS = 12;
    private static final int OUTPUTS = 20;
    private static final double NEAR = 3e-5;

    static Stream<Arguments> kernels() {
        List<Arguments> all = new ArrayList<>();
        for (TuckerRanks ranks : List.of(
                new TuckerRanks(8, 8),
                new TuckerRanks(5, 9),
                new TuckerRanks(16, 3),
                new TuckerRanks(20, 1), // cut to as many outputs as the core has columns
                new TuckerRanks(1, 12))) { // and the other way round
            for (DType type : DType.values()) {
                for (Gauge gauge : Gauge.values()) {
                    for (Accumulation how : Accumulation.values()) {
                        all.add(Arguments.of(ranks, type, gauge, how));
                    }
                }
            }
        }
        return all.stream();
    }

    private static Tensor normal(Scope scope, DType type, int rows, int columns, long seed) {
        Tensor made = scope.uninitialized(type, rows, columns);
        Rng.seeded(seed).fillNormal(made, 1);
        return made;
    }

    private static void requireNear(Tensor actual, Tensor expected) {
        double size = Math.max(1, Ops.norm(expected) / Math.sqrt((double) expected.size()));
        assertThat(actual.toDoubles()).containsExactly(expected.toDoubles(), within(NEAR * size));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void productsAndGradientsAreThoseOfTheDenseKernel(TuckerRanks ranks, DType type, Gauge gauge, Accumulation how) {
        try (Scope scope = Scope.open("test");
                TuckerFactors made = TuckerFactors.random(
                        type, OUTPUTS, CHANNELS, GRID.offsets(), ranks, new Spectrum.Gaussian(), Rng.seeded(1));
                TuckerFactors f = made.inGauge(gauge)) {
            FactoredParameter parameter = new FactoredParameter("conv.weight", f);
            Tensor W = f.matrix(scope);
            PatchRows patches = new PatchRows(scope, GRID);
            Tensor x = normal(scope, type, SAMPLES * GRID.pixels(), CHANNELS, 2);
            Tensor delta = normal(scope, type, SAMPLES * GRID.positions(), OUTPUTS, 3);
            Tensor z = scope.zeros(type, delta.rows(), OUTPUTS);
            patches.multiplyDense(x, W, z);
            Tensor G = scope.zeros(type, OUTPUTS, W.columns());
            patches.gradientDense(x, delta, G, Accumulation.WRITE);
            Tensor into = normal(scope, type, x.rows(), CHANNELS, 4);
            Tensor expectedInto = into.copy(scope);
            patches.multiplyBackDense(delta, W, expectedInto, how);

            TuckerProduct product = new TuckerProduct(scope, parameter, f, GRID);
            Tensor actual = scope.zeros(type, z.rows(), z.columns());
            product.multiply(x, actual);
            requireNear(actual, z);

            FactorGradients place = new FactorGradients(
                    scope.zeros(type, f.kShape().extent(0), f.kShape().extent(1)),
                    scope.zeros(type, f.lShape().extent(0), f.lShape().extent(1)),
                    scope.zeros(type, f.C().rows(), f.C().columns()));
            ParameterGradients gradients =
                    new ParameterGradients(Map.of(parameter.name(), place), Map.of(), Products.NOW);
            int passes = how == Accumulation.WRITE ? 1 : 2;
            for (int pass = 0; pass < passes; pass++) {
                product.backward(x, delta, gradients);
            }
            product.multiplyBack(into, how);
            requireNear(into, expectedInto);
            requireGradients(scope, f, G, passes, place);
        }
    }

    /// The gradients of the factors from that of the dense kernel.
    private static void requireGradients(Scope scope, TuckerFactors f, Tensor G, int passes, FactorGradients actual) {
        Tensor all = G.copy(scope);
        for (int pass = 1; pass < passes; pass++) {
            axpyInPlace(all, 1, G);
        }
        boolean free = f.gauge() == Gauge.FREE;
        Tensor inner = TuckerFactors.timesIn(scope, all, f.offsets(), transpose(scope, f.Ui())); // [out, k r_i]
        Tensor rows = free ? f.C() : TuckerFactors.outRows(scope, f.C());
        requireNear(actual.K(), matmulNT(scope, inner, rows));
        requireNear(actual.S(), matmul(scope, transpose(scope, f.Uo()), inner));
        Tensor columns = matmul(scope, f.Uo(), free ? f.C() : TuckerFactors.inColumns(scope, f.C(), f.offsets()));
        int r = columns.columns() / f.offsets();
        Tensor L = scope.zeros(f.type(), CHANNELS, r);
        for (int offset = 0; offset < f.offsets(); offset++) {
            Tensor part = all.columnRange(offset * CHANNELS, (offset + 1) * CHANNELS);
            addMatmulTNInPlace(L, 1, part, columns.columnRange(offset * r, (offset + 1) * r));
        }
        requireNear(actual.L(), L);
    }
}
