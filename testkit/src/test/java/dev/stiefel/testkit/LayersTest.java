package dev.stiefel.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.nn.Activation;
import dev.stiefel.nn.ActivationSpec;
import dev.stiefel.nn.AdditionSpec;
import dev.stiefel.nn.AttentionSpec;
import dev.stiefel.nn.BatchNormSpec;
import dev.stiefel.nn.ConcatenationSpec;
import dev.stiefel.nn.ConvolutionSpec;
import dev.stiefel.nn.DropoutSpec;
import dev.stiefel.nn.EmbeddingSpec;
import dev.stiefel.nn.LayerNormSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.MeanPoolSpec;
import dev.stiefel.nn.PoolingSpec;
import dev.stiefel.nn.PoolingSpec.Kind;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Sequence;
import dev.stiefel.nn.SampleShape.Tokens;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.nn.Window;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The library's own layers keep the contract.
class LayersTest {
    static Stream<Arguments> linear() {
        List<SampleShape> shapes =
                List.of(new Vector(1), new Vector(7), new Matrix(3, 5), new Image(2, 3, 4), new Sequence(6));
        return shapes.stream()
                .flatMap(shape -> Stream.of(Activation.values()).map(activation -> Arguments.of(shape, activation)));
    }

    @ParameterizedTest
    @MethodSource("linear")
    void linearDense(SampleShape shape, Activation activation) {
        LayerContract.of(LinearSpec.linear(4).activation(activation), shape).check();
    }

    @ParameterizedTest
    @MethodSource("linear")
    void linearFactored(SampleShape shape, Activation activation) {
        int rank = Math.min(2, shape.columns());
        LayerContract.of(LinearSpec.linear(4).rank(rank).activation(activation), shape)
                .check();
    }

    @Test
    void linearOfFullRank() {
        LayerContract.of(LinearSpec.linear(4).rank(4).relu(), new Vector(4)).check();
    }

    static Stream<ConvolutionSpec> convolutions() {
        return Stream.of(
                ConvolutionSpec.conv(4, 3),
                ConvolutionSpec.conv(4, 3).relu().withoutBias(),
                ConvolutionSpec.conv(3, 1),
                ConvolutionSpec.conv(4, 3).stride(2).activation(Activation.GELU),
                ConvolutionSpec.conv(4, Window.of(2, 3)).activation(Activation.TANH),
                ConvolutionSpec.conv(4, Window.of(3, 1).stride(2).padding(2, 1)),
                ConvolutionSpec.conv(4, Window.of(3, 3).dilation(2).samePadding())
                        .withoutBias());
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void convolution(ConvolutionSpec spec) {
        Image image = new Image(5, 6, 3);
        LayerContract.of(spec, image).check();
        LayerContract.of(spec.rank(2), image).check();
        LayerContract.of(spec.rank(Math.min(spec.outputs(), 3 * spec.window().size())), image)
                .check();
    }

    /// So many that patches are not gathered where the stride is 1.
    @ParameterizedTest
    @MethodSource("convolutions")
    void convolutionOfManyChannels(ConvolutionSpec spec) {
        Image image = new Image(6, 7, 17);
        LayerContract.of(spec, image).samples(3).check();
        LayerContract.of(spec.rank(2), image).samples(3).check();
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void convolutionInTuckerForm(ConvolutionSpec spec) {
        Image image = new Image(5, 6, 3);
        LayerContract.of(spec.tucker(2, 2), image).check();
        LayerContract.of(spec.tucker(3, 1), image).check();
        LayerContract.of(spec.tucker(1, 3), image).check();
        LayerContract.of(spec.tucker(spec.outputs(), 3), image).check();
        LayerContract.of(spec.tucker(3, 17), new Image(6, 7, 17)).samples(3).check();
    }

    @Test
    void windowsThatSeeNoPixelAndGroupsOfOneRowAreRefused() {
        PoolingSpec stepping =
                new PoolingSpec(Kind.MAX, Window.of(2, 2).padding(1, 1).dilation(3));
        assertThatThrownBy(() -> stepping.output(List.of(new Image(2, 2, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pooling: every window must see a pixel; got ");
        assertThat(stepping.output(List.of(new Image(4, 4, 1)))).isEqualTo(new Image(3, 3, 1));
        BatchNormSpec alone = BatchNormSpec.batchNorm().group(1);
        assertThatThrownBy(() -> alone.parameters(List.of(new Vector(3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "batch norm: a group must have at least 2 samples of one row each, or the variance is 0; got"
                                + " 1");
        assertThat(alone.parameters(List.of(new Image(2, 2, 3)))).hasSize(4);
    }

    @Test
    void batchNorm() {
        BatchNormSpec spec = BatchNormSpec.batchNorm().group(4);
        LayerContract.of(spec, new Vector(3)).check();
        LayerContract.of(spec.relu(), new Image(2, 3, 4)).check();
        LayerContract.of(spec.activation(Activation.LEAKY_RELU), new Vector(5)).check();
        LayerContract.of(spec.activation(Activation.GELU), new Sequence(5)).check();
    }

    @Test
    void pooling() {
        LayerContract.of(PoolingSpec.maxPool(2), new Image(4, 6, 3)).check();
        LayerContract.of(PoolingSpec.averagePool(2), new Image(5, 4, 3)).check();
        Window overlapping = Window.of(3, 3).stride(2).padding(1, 1);
        LayerContract.of(new PoolingSpec(Kind.MAX, overlapping), new Image(5, 6, 2))
                .check();
        LayerContract.of(new PoolingSpec(Kind.AVERAGE, overlapping), new Image(5, 6, 2))
                .check();
        LayerContract.of(MeanPoolSpec.globalAveragePool(), new Image(3, 2, 4)).check();
        LayerContract.of(new MeanPoolSpec(), new Sequence(4)).check();
    }

    @Test
    void dropout() {
        LayerContract.of(DropoutSpec.dropout(0.3), new Image(3, 2, 4)).check();
        LayerContract.of(DropoutSpec.dropout(0), new Sequence(4)).check();
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activation(Activation activation) {
        LayerContract.of(new ActivationSpec(activation), new Image(3, 2, 4)).check();
    }

    @Test
    void additionOfTwoAndOfThree() {
        LayerContract.of(new AdditionSpec(), new Vector(3), new Vector(3)).check();
        LayerContract.of(new AdditionSpec(), new Sequence(3), new Sequence(3), new Sequence(3))
                .check();
    }

    @Test
    void concatenation() {
        LayerContract.of(new ConcatenationSpec(), new Vector(3), new Vector(2)).check();
        LayerContract.of(new ConcatenationSpec(), new Matrix(2, 1), new Matrix(2, 4), new Matrix(2, 3))
                .check();
    }

    @Test
    void reshape() {
        LayerContract.of(new ReshapeSpec(3), new Vector(12)).check();
        LayerContract.of(ReshapeSpec.flatten(), new Image(2, 3, 4)).check();
        LayerContract.of(new ReshapeSpec(6), new Matrix(4, 3)).check();
    }

    @Test
    void layerNorm() {
        LayerContract.of(LayerNormSpec.layerNorm(), new Vector(2)).check();
        LayerContract.of(new LayerNormSpec(1e-6), new Sequence(5)).check();
        LayerContract.of(LayerNormSpec.layerNorm(), new Image(2, 3, 19)).check();
    }

    @Test
    void embedding() {
        Tokens tokens = new Tokens(6);
        LayerContract.of(EmbeddingSpec.embedding(3), tokens).check();
        LayerContract.of(EmbeddingSpec.embedding(4).scale(2), tokens).check();
        LayerContract.of(EmbeddingSpec.embedding(4).scale(2).rank(2), tokens).check();
        LayerContract.of(EmbeddingSpec.embedding(7).rank(6), tokens).check();
    }

    @Test
    void positions() {
        LayerContract.of(PositionsSpec.sinusoidal(), new Sequence(5)).check();
        LayerContract.of(PositionsSpec.sinusoidal(), new Matrix(3, 4)).check();
        LayerContract.of(PositionsSpec.learned(6), new Sequence(4)).check();
        LayerContract.of(PositionsSpec.learned(3), new Matrix(3, 4)).check();
    }

    @Test
    void attention() {
        Sequence queries = new Sequence(6);
        LayerContract.of(AttentionSpec.attention(1), queries, queries, queries).check();
        LayerContract.of(AttentionSpec.attention(3), queries, queries, new Sequence(9))
                .check();
        LayerContract.of(AttentionSpec.attention(2), new Matrix(2, 4), new Sequence(4), new Sequence(2))
                .check();
        LayerContract.of(AttentionSpec.causalAttention(2), queries, queries, new Sequence(4))
                .check();
        LayerContract.of(AttentionSpec.causalAttention(3), new Matrix(4, 6), new Matrix(4, 6), new Matrix(4, 3))
                .check();
    }
}
