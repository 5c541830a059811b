package dev.stiefel.train;

import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTNInto;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkGraph;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterSpec;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A dense matrix so large that products for its gradient come after the pass, shared by a layer that writes its
/// gradient itself and by one that leaves the product to others.
class SharedMatrixTest {
    private static final int WIDTH = 260; // 260² is above the limit
    private static final int SAMPLES = 9;

    private final Scope scope = Scope.open("test");
    private final Pool pool = new Pool();

    @AfterEach
    void everythingIsFreed() {
        scope.close();
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theGradientIsTheSumOfBothLayers(int threads) {
        double[] ofLinearLayers = gradient(linear(WIDTH), threads);
        double[] ofBothKinds = gradient(new DirectSpec(), threads);
        for (int i = 0; i < ofBothKinds.length; i++) {
            assertThat(ofBothKinds[i]).isCloseTo(ofLinearLayers[i], within(1e-13));
        }
    }

    private double[] gradient(LayerSpec first, int threads) {
        NetworkSpec spec = NetworkSpec.vectors(WIDTH, x -> {
            NetworkGraph.Value y = x.then("a", first).then("b", linear(WIDTH).tiedTo("a.weight"));
            return y.then("out", linear(4));
        });
        try (Network network = Network.random(spec, DType.FLOAT64, Gauge.FREE, new Spectrum.Gaussian(), Rng.seeded(3));
                Threads workers = Threads.of(threads)) {
            for (DenseParameter each : network.dense().all()) {
                if (each.name().equals("a.bias")) {
                    each.value().clear(); // the other layer has none
                } else {
                    Rng.seeded(4).forPurpose(each.name()).fillNormal(each.value(), 0.05);
                }
            }
            BatchField field = new BatchField(
                    network, new Objective(network.spec().loss(), List.of()), new Workspace(pool, workers));
            Samples samples = new RowSamples(5, SAMPLES, List.of(new Vector(WIDTH)), new Vector(4));
            int[] order = IntStream.range(0, SAMPLES).toArray();
            field.use(Batch.of(scope, DType.FLOAT64, samples, order, 0, SAMPLES), 1);
            Gradients gradients = Gradients.of(scope, field.point(), Part.DENSE);
            field.evaluate(field.point(), gradients);
            return network.dense().in(gradients.dense(), "a.weight").toDoubles();
        }
    }

    /// `Y = X Wᵀ`, whose gradient is written where it belongs at once.
    private record DirectSpec() implements LayerSpec {
        @Override
        public SampleShape output(List<SampleShape> inputs) {
            return inputs.getFirst();
        }

        @Override
        public List<ParameterSpec> parameters(List<SampleShape> inputs) {
            int width = inputs.getFirst().columns();
            return linear(width).parameters(inputs).subList(0, 1);
        }

        @Override
        public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
            return new Direct(name, (DenseParameter) kept.parameter("weight"));
        }
    }

    private record Direct(String name, DenseParameter weight) implements Layer {
        @Override
        public List<Parameter> parameters() {
            return List.of(weight);
        }

        @Override
        public Set<Kept> keeps() {
            return EnumSet.of(Kept.INPUTS);
        }

        @Override
        public Pass pass(PassContext context) {
            return new DirectPass();
        }

        private final class DirectPass implements Pass {
            private Tensor x;
            private Tensor delta;

            @Override
            public void forward(List<SampleRows> inputs, Tensor output) {
                x = inputs.getFirst().values();
                matmulNTInto(output, x, weight.value());
            }

            @Override
            public void backward(Tensor newDelta, ParameterGradients gradients) {
                delta = newDelta;
                gradients.place(weight).ifPresent(place -> {
                    switch (gradients.accumulation(weight)) {
                        case WRITE -> matmulTNInto(place, delta, x);
                        case ADD -> addMatmulTNInPlace(place, 1, delta, x);
                    }
                });
            }

            @Override
            public void inputGradient(int input, Tensor into, Accumulation how) {
                switch (how) {
                    case WRITE -> matmulInto(into, delta, weight.value());
                    case ADD -> addMatmulInPlace(into, 1, delta, weight.value());
                }
            }
        }
    }
}
