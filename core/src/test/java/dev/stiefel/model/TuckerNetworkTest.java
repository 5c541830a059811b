package dev.stiefel.model;

import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.LinearSpec.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.nn.ConvolutionSpec;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Networks with kernels in Tucker form.
class TuckerNetworkTest {
    private static final Image IMAGE = new Image(5, 6, 3);

    private static NetworkSpec spec() {
        return NetworkSpec.of(
                IMAGE,
                x -> x.then("a", conv(8, 3).stride(2).tucker(4, 2).relu())
                        .then("b", conv(5, 3).rank(2).relu())
                        .then("flat", ReshapeSpec.flatten())
                        .then("out", linear(4)));
    }

    private static Network network(Gauge gauge, DType type) {
        return Network.random(spec(), type, gauge, new Spectrum.Gaussian(), Rng.seeded(7));
    }

    private static SampleRows images(Scope scope, DType type, int samples) {
        Tensor x = scope.uninitialized(type, samples * 30, 3);
        Rng.seeded(3).fillNormal(x, 1);
        return new SampleRows(x, RowLayout.uniform(samples, 30));
    }

    @Test
    void parametersAndMultiplyAddsAreThoseOfTheFactors() {
        WeightSpec weight = spec().weight("a.weight");
        assertThat(weight.parameters()).isEqualTo(8 * 4 + 3 * 2 + 9 * 4 * 2);
        assertThat(weight.denseParameters()).isEqualTo(8 * 27);
        assertThat(weight.multiplyAdds()).isEqualTo(30 * 3 * 2 + 9 * (9 * 2 * 4 + 4 * 8)); // 3 × 3 positions
        assertThat(weight.rank()).hasValue(4);
        assertThat(weight.rankText()).hasValue("4×2");
        assertThat(spec().weight("b.weight").multiplyAdds()).isEqualTo(9 * 2 * (5 + 9 * 8));
        assertThat(spec().weight("b.weight").rankText()).hasValue("2");
        assertThat(spec().weight("out.weight").rankText()).isEmpty();
        try (Network network = network(Gauge.ORTHONORMAL, DType.FLOAT32)) {
            assertThat(network.parameterCount()).isEqualTo(spec().parameters());
            assertThat(network.ranks()).containsExactly(4, 2);
            assertThat(network.spec()).isEqualTo(spec());
            assertThat(network.weights().getFirst().rankText()).hasValue("4×2");
        }
    }

    @Test
    void descriptionsSurviveJsonAndThoseWithoutTheFormAreWrittenAsBefore() {
        NetworkJson json = new NetworkJson(SpecTypes.standard());
        assertThat(json.read(json.write(spec()))).isEqualTo(spec());
        assertThat(json.write(spec())).contains("\"tucker\":{\"out\":4,\"in\":2}");
        assertThat(json.write(NetworkSpec.of(IMAGE, x -> x.then("a", conv(8, 3).rank(2)))))
                .doesNotContain("tucker");
        assertThatThrownBy(() -> new ConvolutionSpec(
                        4,
                        conv(4, 3).window(),
                        conv(4, 3).activation(),
                        conv(4, 3).bias(),
                        OptionalInt.of(2),
                        conv(4, 3).tucker(1, 1).tucker()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("convolution: a kernel has one form; got rank 2 and Tucker ranks 1×1; give one of them");
    }

    @Test
    void oneRankStandsForBothModesAndIsCutToWhatTheKernelCanHave() {
        assertThat(spec().withRanks(List.of(3, 3)).weight("a.weight").rankText())
                .hasValue("3×3");
        assertThat(spec().withRanks(List.of(100, 3)).weight("a.weight").rankText())
                .hasValue("8×3");
        assertThat(spec().weight("a.weight").withRank(OptionalInt.of(100)).rankText())
                .hasValue("8×3");
        NetworkSpec dense = spec().withRanks(Map.of("a.weight", OptionalInt.empty(), "b.weight", OptionalInt.empty()));
        assertThat(dense.factoredWeights()).isEmpty();
        NetworkSpec again = dense.withTucker(Map.of("b.weight", TuckerRanks.of(4)));
        assertThat(again.weight("b.weight").rankText()).hasValue("4×4");
        assertThatThrownBy(() -> dense.withTucker(Map.of("out.weight", TuckerRanks.of(4))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(
                        "has no weight 'weight' that can have the Tucker form; use a convolution, or the form U S Vᵀ");
    }

    @ParameterizedTest
    @EnumSource
    void savedTensorsMakeTheSameNetwork(Gauge gauge) {
        try (Scope scope = Scope.open("test");
                Network network = network(gauge, DType.FLOAT64)) {
            assertThat(network.tensors()).containsKeys("a.weight.Uo", "a.weight.C", "a.weight.Ui", "b.weight.U");
            try (Network loaded = Network.of(network.spec(), gauge, network.tensors())) {
                SampleRows x = images(scope, DType.FLOAT64, 4);
                assertThat(loaded.predict(scope, List.of(x)).values().toDoubles())
                        .isEqualTo(network.predict(scope, List.of(x)).values().toDoubles());
                assertThat(loaded.gauge()).isEqualTo(gauge);
            }
            Map<String, Tensor> missing = new LinkedHashMap<>(network.tensors());
            missing.remove("a.weight.C");
            assertThatThrownBy(() -> Network.of(network.spec(), gauge, missing))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("network: the tensor 'a.weight.C' is missing");
            Map<String, Tensor> wrong = new LinkedHashMap<>(network.tensors());
            wrong.put("a.weight.Ui", scope.zeros(DType.FLOAT64, 4, 2));
            assertThatThrownBy(() -> Network.of(network.spec(), gauge, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "'a.weight' must be Tucker factors of a float64 kernel of 8 outputs, 9 offsets and 3"
                                    + " channels; got");
        }
    }

    @Test
    void theFormOfAWeightCanBeChanged() {
        try (Scope scope = Scope.open("test");
                Network network = network(Gauge.ORTHONORMAL, DType.FLOAT64)) {
            SampleRows x = images(scope, DType.FLOAT64, 4);
            double[] expected = network.predict(scope, List.of(x)).values().toDoubles();
            TuckerFactors a = (TuckerFactors) ((FactoredParameter) network.parameter("a.weight")).weight();
            Factors b = (Factors) ((FactoredParameter) network.parameter("b.weight")).weight();
            try (TuckerFactors bInTuckerForm = TuckerFactors.within(b.matrix(scope), 9, 1e-10);
                    Factors aAsMatrix = Factors.best(dev.stiefel.linalg.Svd.of(scope, a.matrix(scope)), 4);
                    Network changed = network.withWeights(Map.of("a.weight", aAsMatrix, "b.weight", bInTuckerForm))) {
                assertThat(changed.predict(scope, List.of(x)).values().toDoubles())
                        .containsExactly(expected, within(1e-9));
                assertThat(changed.weights().get(0).rankText()).hasValue("4");
                assertThat(changed.weights().get(1).rankText())
                        .hasValue(bInTuckerForm.ranks().toString());
            }
            try (Network free = network.inGauge(Gauge.FREE);
                    Network back = free.inGauge(Gauge.ORTHONORMAL)) {
                assertThat(free.predict(scope, List.of(x)).values().toDoubles())
                        .containsExactly(expected, within(1e-11));
                assertThat(back.predict(scope, List.of(x)).values().toDoubles())
                        .containsExactly(expected, within(1e-11));
            }
        }
    }

    @Test
    void singleSamplesAndBatchesArePredictedAlike() {
        try (Scope scope = Scope.open("test");
                Network network = network(Gauge.ORTHONORMAL, DType.FLOAT32)) {
            SampleRows x = images(scope, DType.FLOAT32, 3);
            float[] expected = network.predict(scope, List.of(x)).values().toFloats();
            Predictor predictor = Predictor.of(network);
            float[] all = x.values().toFloats();
            for (int i = 0; i < 3; i++) {
                float[] one = java.util.Arrays.copyOfRange(all, i * 90, (i + 1) * 90);
                assertThat(predictor.predict(one))
                        .containsExactly(java.util.Arrays.copyOfRange(expected, i * 4, (i + 1) * 4), within(1e-4f));
            }
            try (BatchPredictor batches = BatchPredictor.of(network, 2)) {
                assertThat(batches.predict(all, 3)).containsExactly(expected, within(1e-4f));
            }
        }
    }
}
