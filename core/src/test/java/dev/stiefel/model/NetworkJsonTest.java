package dev.stiefel.model;

import static dev.stiefel.nn.LinearSpec.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Sequence;
import dev.stiefel.nn.SampleShape.Tokens;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.nn.Targets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkJsonTest {
    private static final NetworkJson JSON = new NetworkJson(SpecTypes.standard());

    @Test
    void aChainIsWrittenAsEarlierVersionsDid() {
        NetworkSpec chain =
                NetworkSpec.chain(784, List.of(linear(500).rank(20).relu(), linear(10)), new SoftmaxCrossEntropy());
        String text = "{\"inputs\":784,\"layers\":[{\"outputs\":500,\"activation\":\"relu\",\"rank\":20},"
                + "{\"outputs\":10,\"activation\":\"identity\"}],\"loss\":\"softmax-cross-entropy\"}";
        assertThat(JSON.write(chain)).isEqualTo(text);
        assertThat(JSON.read(text)).isEqualTo(chain);
    }

    @Test
    void aGraphIsWrittenNodeByNode() {
        NetworkSpec spec = NetworkSpec.images(2, 3, 4, x -> {
                    x = x.then("flat", ReshapeSpec.flatten());
                    x = x.then("a", linear(24).activation(Activation.GELU).rank(3))
                            .plus(x);
                    return x.then("out", linear(24).tiedTo("a.weight"));
                })
                .withLoss(new MeanSquaredError());
        assertThat(JSON.write(spec))
                .isEqualTo("{\"inputs\":[{\"name\":\"input\",\"shape\":{\"kind\":\"image\",\"height\":2,\"width\":3,"
                        + "\"channels\":4}}],\"nodes\":["
                        + "{\"name\":\"flat\",\"from\":[\"input\"],\"layer\":{\"type\":\"reshape\",\"rows\":1}},"
                        + "{\"name\":\"a\",\"from\":[\"flat\"],\"layer\":{\"type\":\"linear\",\"outputs\":24,"
                        + "\"activation\":\"gelu\",\"rank\":3}},"
                        + "{\"name\":\"addition1\",\"from\":[\"a\",\"flat\"],\"layer\":{\"type\":\"addition\"}},"
                        + "{\"name\":\"out\",\"from\":[\"addition1\"],\"layer\":{\"type\":\"linear\",\"outputs\":24,"
                        + "\"activation\":\"identity\",\"tiedTo\":\"a.weight\"}}],\"loss\":\"mean-squared-error\"}");
        assertThat(JSON.read(JSON.write(spec))).isEqualTo(spec);
        assertThat(JSON.read(JSON.write(spec)).hashCode()).isEqualTo(spec.hashCode());
    }

    @Test
    void everyShapeOfSamplesIsReadBack() {
        for (var shape : List.of(new Vector(3), new Matrix(2, 3), new Image(1, 2, 3), new Sequence(3), new Tokens(9))) {
            NetworkSpec spec =
                    NetworkSpec.of(shape, x -> x.then("out", linear(2)).plus(x.then("again", linear(2))));
            assertThat(JSON.read(JSON.write(spec))).isEqualTo(spec);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        []                                                   | network: must be a JSON object; got []
        {                                                    | network: must be JSON: Unexpected end-of-input
        {"inputs":3}                                         | the key 'layers' is missing
        {"inputs":3,"layers":[]}                             | the key 'loss' is missing
        {"inputs":3,"layers":4}                              | 'layers' must be a list
        {"inputs":3,"layers":[{"outputs":"2"}]}              | 'outputs' must be a whole number; got "2"
        {"inputs":3,"layers":[{"outputs":2.5}]}              | 'outputs' must be a whole number; got 2.5
        {"inputs":3,"layers":[{"outputs":2,"activation":"x"}]} | 'activation' must be one of identity, relu, leaky-relu, tanh, gelu; got 'x'
        {"inputs":3,"layers":[{"outputs":2,"activation":"relu"}],"loss":"x"} | network: there is no loss 'x'; there are [mean-squared-error, softmax-cross-entropy]
        {"inputs":[],"nodes":[],"loss":"mean-squared-error"} | network: at least one input is needed
        {"inputs":[{"name":"a","shape":{"kind":"cube"}}],"nodes":[]} | 'kind' must be one of vector, matrix, image, sequence, tokens; got 'cube'
        {"inputs":[{"name":"a","shape":{"kind":"vector","columns":0}}],"nodes":[]} | sample shape: columns must be at least 1; got 0
        {"inputs":[{"name":"a","shape":{"kind":"vector","columns":2}}],"nodes":[{"name":"b","from":["a"],"layer":{"type":"java.lang.String"}}]} | network: there is no layer 'java.lang.String'; there are [activation, addition, attention, batch-norm,
        {"inputs":3,"layers":[{"outputs":2,"activation":"relu","ranks":4}],"loss":"mean-squared-error"} | network: layer: there is no key 'ranks'; there are [outputs, activation, rank]
        {"inputs":3,"layers":[{"outputs":2,"outputs":4,"activation":"relu"}],"loss":"mean-squared-error"} | network: must be JSON: Duplicate Object property "outputs"
        {"inputs":3,"layers":[{"outputs":2,"activation":"relu"}],"loss":{"type":"mean-squared-error","delta":1}} | network: loss 'mean-squared-error': there is no key 'delta'; there are [type]
        {"inputs":[{"name":"a","form":1,"shape":{"kind":"vector","columns":2}}],"nodes":[]} | network: input: there is no key 'form'; there are [name, shape]
        {"inputs":[{"name":"a","shape":{"kind":"vector","columns":2,"rows":3}}],"nodes":[]} | network: shape 'vector': there is no key 'rows'; there are [kind, columns]
        {"inputs":[{"name":"a","shape":{"kind":"vector","columns":2}}],"nodes":[{"name":"b","from":["a"],"to":[],"layer":{"type":"addition"}}]} | network: node: there is no key 'to'; there are [name, from, layer]
        {"inputs":[{"name":"a","shape":{"kind":"vector","columns":2}}],"nodes":[{"name":"b","from":["a"],"layer":{"type":"linear","outputs":2,"activation":"relu","tied_to":"c"}}]} | network: layer 'linear': there is no key 'tied_to'; there are [type, outputs, activation, rank, tiedTo]
        {"inputs":[{"name":"1","shape":{"kind":"vector","columns":2}}],"nodes":[{"name":"b","from":[1],"layer":{"type":"addition"}}]} | 'from' must hold texts; got 1
        {"inputs":[{"name":"a","shape":{"kind":"vector","columns":2}}],"nodes":[{"name":"b","from":["a"],"layer":"addition"}]} | the key 'type' is missing
        """)
    void whatIsNoDescriptionIsRefusedByItsKey(String text, String message) {
        assertThatThrownBy(() -> JSON.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void otherKeysMayStandBesideADescription() {
        String text = "{\"inputs\":3,\"layers\":[{\"outputs\":2,\"activation\":\"identity\"}],"
                + "\"loss\":\"mean-squared-error\",\"gauge\":\"free\"}";
        assertThat(JSON.read(text)).isEqualTo(NetworkSpec.chain(3, List.of(linear(2)), new MeanSquaredError()));
    }

    @Test
    void theNameOfAnInputIsReadBack() {
        NetworkGraph graph = new NetworkGraph();
        NetworkSpec spec = graph.output(graph.input("x", new Vector(4)).then("layers.0", linear(2)));
        assertThat(spec.isChain()).isFalse();
        assertThat(JSON.read(JSON.write(spec))).isEqualTo(spec);
    }

    private record TypedLayer(String type) implements LayerSpec {
        @Override
        public SampleShape output(List<SampleShape> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
            throw new AssertionError(name);
        }
    }

    private record TypedLoss(int type) implements Loss {
        @Override
        public boolean appliesTo(Targets.Kind kind) {
            return true;
        }

        @Override
        public void requireFits(int outputs, Targets targets) {}

        @Override
        public double row(double[] y, Targets targets, int row, double weight) {
            return 0;
        }
    }

    @Test
    void noComponentMayStandWhereTheWordDoes() {
        assertRefused(
                () -> SpecTypes.standard().withLayer("typed", TypedLayer.class),
                "types: no component may be called 'type', which is the key of the word in JSON; got "
                        + TypedLayer.class.getName() + "; rename it");
        assertRefused(
                () -> SpecTypes.standard().withLoss("typed", TypedLoss.class),
                "types: no component may be called 'type', which is the key of the word in JSON; got "
                        + TypedLoss.class.getName() + "; rename it");
    }

    @Test
    void aLayerWithoutWeightsToFactorSaysWhatToOverride() {
        assertRefused(
                () -> new ReshapeSpec(2).withRank("weight", OptionalInt.of(1)),
                "layer ReshapeSpec[rows=2] has no weight 'weight' that can be factored; override withRank if it has");
    }

    @Test
    void aNetworkThatDoesNotFitTogetherIsRefusedByTheLayersName() {
        assertRefused(
                () -> NetworkSpec.vectors(3, x -> x.then("a", linear(2)).plus(x)),
                "network: layer 'addition1': addition: takes two or more inputs of one shape; got [[2], [3]]");
        assertRefused(
                () -> NetworkSpec.vectors(3, x -> x.then("a", linear(2)).then("a", linear(2))),
                "network: there are two of the name 'a'");
        assertRefused(
                () -> NetworkSpec.vectors(3, x -> x.then("a b", linear(2))),
                "network: names must be letters, digits, '.', '_' and '-'; got 'a b'");
        assertRefused(
                () -> NetworkSpec.vectors(3, x -> {
                    x.then("lost", linear(2));
                    return x.then("out", linear(2));
                }),
                "network: no layer takes 'lost'; only the last layer may be unused");
        assertRefused(
                () -> NetworkSpec.vectors(
                        3, x -> x.then("a", linear(2)).then("b", linear(2).tiedTo("a.weight"))),
                "network: layer 'b' needs a [2, 2] weight; got 'a.weight', which is [2, 3]");
        assertRefused(
                () -> NetworkSpec.vectors(3, x -> x.then("b", linear(2).tiedTo("a.weight"))),
                "network: layer 'b' uses 'a.weight', which must be a weight matrix of an earlier layer; there are []");
        assertRefused(
                () -> NetworkSpec.vectors(
                        3, x -> x.then("a", linear(3)).then("b", linear(3).tiedTo("a.bias"))),
                "network: layer 'b' uses 'a.bias', which must be a weight matrix of an earlier layer; there are"
                        + " [a.weight]");
        assertRefused(
                () -> NetworkSpec.vectors(7, x -> x.then("rows", new ReshapeSpec(2))),
                "network: layer 'rows': reshape: the values of a sample must divide into 2 rows; got [7]");
        assertRefused(
                () -> linear(2).rank(1).tiedTo("a.weight").rank(2),
                "layer: the rank of a tied weight is that of 'a.weight'; got rank 2 here");
    }

    @Test
    void positionsOfATiedWeightAreCountedOnceAUse() {
        NetworkSpec spec = NetworkSpec.vectors(
                12,
                x -> x.then("rows", new ReshapeSpec(3))
                        .then("a", linear(4).rank(2))
                        .then("b", linear(4).tiedTo("a.weight"))
                        .then("out", linear(5)));
        assertThat(spec.weights()).extracting(WeightSpec::name).containsExactly("a.weight", "out.weight");
        assertThat(spec.weight("a.weight").positions()).hasValue(6);
        assertThat(spec.weight("a.weight").takesInputs()).isFalse();
        assertThat(spec.denseParameters()).isEqualTo(16 + 20);
        assertThat(spec.parameters()).isEqualTo(2 * 8 + 20);
        assertThat(spec.withRanks(List.of(1)).weight("a.weight").rank()).hasValue(1);
        assertThat(spec).hasToString("[12] → [3, 5] (4 layers)");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    /// A chain by hand is the same value as one by the builder.
    @Test
    void descriptionsAreValues() {
        NetworkSpec one = Network.builder(4)
                .factored(3, 2, Activation.RELU)
                .dense(2, Activation.IDENTITY)
                .spec();
        NetworkSpec other = NetworkSpec.chain(
                4,
                List.of(new LinearSpec(3, Activation.RELU, java.util.OptionalInt.of(2)), linear(2)),
                new SoftmaxCrossEntropy());
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString("4-3-2");
        assertThat(one).isNotEqualTo(one.withLoss(new MeanSquaredError()));
    }
}
