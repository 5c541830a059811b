package dev.stiefel.model;

import static dev.stiefel.nn.BatchNormSpec.batchNorm;
import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.nn.MeanPoolSpec.globalAveragePool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which matrices share memory.
class ExecutionPlanTest {
    /// The first gradient is written after the keeping layer went back, but before products that come later.
    @Test
    void anOutputThatALayerKeepsStaysUntilProductsThatComeLater() {
        NetworkSpec spec = NetworkSpec.vectors(4, x -> {
            NetworkGraph.Value before = x.then("a", linear(4)).then("b", linear(4));
            return before.then("keeping", new KeepingSpec()).beside(before).then("out", linear(4));
        });
        try (Network network =
                Network.random(spec, DType.FLOAT64, Gauge.FREE, new Spectrum.Gaussian(), Rng.seeded(1))) {
            ExecutionPlan now = ExecutionPlan.of(spec, network.layers(), PassMode.TRAINING, Products.NOW, Trained.ALL);
            ExecutionPlan later =
                    ExecutionPlan.of(spec, network.layers(), PassMode.TRAINING, Products.LATER, Trained.ALL);
            int keeping = 2;
            assertThat(now.deltaSlot(0)).isEqualTo(now.outputSlot(keeping));
            for (int i = 0; i < network.layers().size(); i++) {
                assertThat(later.deltaSlot(i)).isNotEqualTo(later.outputSlot(keeping));
            }
        }
    }

    @Test
    void trainingTakesAFactoredConvolutionAndItsNormalizationInOneStep() {
        NetworkSpec spec = NetworkSpec.images(4, 4, 2, x -> {
            NetworkGraph.Value alone = x.then("a", conv(3, 3).rank(2).withoutBias())
                    .then("a.norm", batchNorm().relu());
            NetworkGraph.Value read = alone.then("b", conv(3, 3).rank(2).withoutBias());
            NetworkGraph.Value dense = read.then("b.norm", batchNorm())
                    .plus(read)
                    .then("c", conv(3, 3).withoutBias());
            return dense.then("c.norm", batchNorm()).then(globalAveragePool());
        });
        try (Network network =
                Network.random(spec, DType.FLOAT32, Gauge.FREE, new Spectrum.Gaussian(), Rng.seeded(1))) {
            List<String> nodes =
                    spec.nodes().stream().map(NetworkSpec.Node::name).toList();
            ExecutionPlan plan = ExecutionPlan.of(spec, network.layers(), PassMode.TRAINING, Products.NOW, Trained.ALL);
            List<String> computed =
                    plan.steps().stream().map(each -> nodes.get(each.node())).toList();
            assertThat(nodes).containsAll(computed).contains("a");
            assertThat(computed).doesNotContain("a").contains("a.norm", "b", "b.norm", "c", "c.norm");
            assertThat(plan.source(0, 0)).isEqualTo(~0);
            ExecutionPlan evaluation =
                    ExecutionPlan.of(spec, network.layers(), PassMode.EVALUATION, Products.NOW, Trained.ALL);
            assertThat(evaluation.steps()).hasSameSizeAs(nodes);
        }
    }

    /// The sum is written over its first term; the gradient of its last term over its own.
    @Test
    void aLayerThatWorksInPlaceWritesOverWhatNobodyElseNeeds() {
        NetworkSpec spec = NetworkSpec.vectors(4, x -> {
            NetworkGraph.Value a = x.then("a", linear(4));
            NetworkGraph.Value b = a.then("b", linear(4));
            return b.plus(a).then("out", linear(4));
        });
        try (Network network =
                Network.random(spec, DType.FLOAT64, Gauge.FREE, new Spectrum.Gaussian(), Rng.seeded(1))) {
            ExecutionPlan plan = ExecutionPlan.of(spec, network.layers(), PassMode.TRAINING, Products.NOW, Trained.ALL);
            ExecutionPlan later =
                    ExecutionPlan.of(spec, network.layers(), PassMode.TRAINING, Products.LATER, Trained.ALL);
            int a = 0;
            int b = 1;
            int sum = 2;
            assertThat(plan.outputSlot(sum)).isEqualTo(plan.outputSlot(b)).isNotEqualTo(plan.outputSlot(a));
            assertThat(plan.deltaSlot(a)).isEqualTo(plan.deltaSlot(sum)).isNotEqualTo(plan.deltaSlot(b));
            assertThat(later.deltaSlot(a)).isNotEqualTo(later.deltaSlot(sum));
        }
    }

    /// What comes before the first factored weight is left out where factored weights alone are trained.
    @Test
    void aPassForFactoredWeightsGoesBackToTheFirstOfThem() {
        NetworkSpec spec = NetworkSpec.vectors(
                4, x -> x.then("a", linear(4)).then("b", linear(4).rank(2)).then("c", linear(4)));
        try (Network network =
                Network.random(spec, DType.FLOAT64, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1))) {
            ExecutionPlan all = ExecutionPlan.of(spec, network.layers(), PassMode.TRAINING, Products.NOW, Trained.ALL);
            ExecutionPlan factored =
                    ExecutionPlan.of(spec, network.layers(), PassMode.TRAINING, Products.NOW, Trained.FACTORED);
            assertThat(IntStream.range(0, 3).mapToObj(all::goesBack)).containsExactly(true, true, true);
            assertThat(IntStream.range(0, 3).mapToObj(factored::goesBack)).containsExactly(false, true, true);
            assertThat(factored.needs(1, 0)).isFalse();
        }
    }

    private record KeepingSpec() implements LayerSpec {
        @Override
        public SampleShape output(List<SampleShape> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
            return new Keeping(name);
        }
    }

    private record Keeping(String name) implements Layer {
        @Override
        public List<Parameter> parameters() {
            return List.of();
        }

        @Override
        public Set<Kept> keeps() {
            return EnumSet.of(Kept.OUTPUT);
        }

        @Override
        public Pass pass(PassContext context) {
            throw new UnsupportedOperationException("only planned");
        }
    }
}
