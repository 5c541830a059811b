package dev.stiefel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.nn.ParameterSpec;
import dev.stiefel.nn.PositionsSpec;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Sequence;
import dev.stiefel.nn.SampleShape.Vector;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Published networks have the published shapes.
class PublishedNetworksTest {
    private static final Image GREY = new Image(28, 28, 1);
    private static final Image COLOUR = new Image(32, 32, 3);

    private static List<String> shapes(NetworkSpec network) {
        return network.weights().stream()
                .map(each -> each.rows() + "×" + each.columns())
                .toList();
    }

    @Test
    void leNet5() {
        NetworkSpec mnist = LeNet5.of(GREY, 10);
        assertThat(shapes(mnist)).containsExactly("20×25", "50×500", "500×800", "10×500");
        assertThat(mnist.parameters()).isEqualTo(430_500);
        assertThat(LeNet5.of(COLOUR, 10).parameters()).isEqualTo(656_500);
        assertThat(mnist.weight("conv2.weight").positions()).hasValue(64);
    }

    @Test
    void alexNet() {
        assertThat(AlexNet.of(COLOUR, 10).parameters()).isEqualTo(23_262_912);
        assertThat(AlexNet.of(COLOUR, 100).parameters()).isEqualTo(23_631_552);
    }

    @Test
    void vgg16() {
        assertThat(Vgg16.of(COLOUR, 10).parameters()).isEqualTo(14_710_464 + 5_120);
        assertThat(Vgg16.withWideLayers(COLOUR, 10).parameters()).isEqualTo(33_625_792);
        assertThat(Vgg16.withWideLayers(COLOUR, 100).parameters()).isEqualTo(33_994_432);
    }

    @Test
    void resNet20() {
        NetworkSpec network = ResNet20.of(COLOUR, 10);
        assertThat(network.parameters()).isEqualTo(268_336);
        assertThat(network.weights()).hasSize(20);
        assertThat(network.shape("stage3.block3.relu")).isEqualTo(new Image(8, 8, 64));
        assertThat(ResNet20.withExtraLayers(COLOUR, 10).parameters()).isEqualTo(276_528);
        NetworkSpec projections = ResNet20.withProjections(COLOUR, 10);
        assertThat(projections.parameters()).isEqualTo(268_336 + 16 * 32 + 32 * 64);
        assertThat(projections.weights()).hasSize(22);
        assertThat(projections.shape("stage2.block1.projection_norm")).isEqualTo(new Image(16, 16, 32));
    }

    @Test
    void smallConvNet() {
        assertThat(SmallConvNet.of(new Image(8, 8, 1), 10).output()).isEqualTo(new Vector(10));
    }

    /// Numbers of the published transformers, whose vocabularies are these.
    @ParameterizedTest
    @CsvSource({"small, 64, 1835008, 897280, 4646882", "big, 96, 44040192, 3589120, 55299426"})
    void encoderDecoder(String size, int matrices, long factorable, long output, long all) {
        TransformerSize sizes = size.equals("small") ? TransformerSize.small() : TransformerSize.big();
        NetworkSpec network = EncoderDecoder.of(sizes, 7765, 7010);
        List<WeightSpec> projections = network.weights().stream()
                .filter(each -> each.name().matches("(encoder|decoder).*"))
                .toList();
        assertThat(projections).hasSize(matrices);
        assertThat(projections.stream().mapToLong(WeightSpec::denseParameters).sum())
                .isEqualTo(factorable);
        assertThat(network.weight("output.weight").denseParameters()).isEqualTo(output);
        assertThat(numbers(network)).isEqualTo(all);
        assertThat(network.weight("source.embedding.weight").multiplyAdds()).isZero();
        assertThat(network.weight("output.weight").multiplyAdds()).isEqualTo(output);
        assertThat(network.output()).isEqualTo(new Sequence(7010));
    }

    /// An encoder's block has one attention and a feed-forward part, a decoder's block two attentions.
    @ParameterizedTest
    @CsvSource({"1, 3", "5, 2", "4, 4"})
    void encoderAndDecoderMayHaveOtherNumbersOfBlocks(int encoder, int decoder) {
        TransformerSize size = TransformerSize.small();
        NetworkSpec network = EncoderDecoder.of(size, encoder, decoder, 70, 60);
        assertThat(blocks(network, "encoder")).isEqualTo(encoder);
        assertThat(blocks(network, "decoder")).isEqualTo(decoder);
        assertThat(network.weights()).hasSize(6 * encoder + 10 * decoder + 3); // and output and embeddings
        long attention = 4 * 128 * 128;
        long feedForward = 2 * 128 * 512;
        assertThat(network.weights().stream()
                        .filter(each -> each.name().matches("(encoder|decoder).*"))
                        .mapToLong(WeightSpec::denseParameters)
                        .sum())
                .isEqualTo(encoder * (attention + feedForward) + decoder * (2 * attention + feedForward));
        if (encoder == size.layers() && decoder == size.layers()) {
            assertThat(network).isEqualTo(EncoderDecoder.of(size, 70, 60));
        }
    }

    private static long blocks(NetworkSpec network, String stack) {
        return network.nodes().stream()
                .filter(each -> each.name().matches(stack + "[.]\\d+[.]feedforward[.]sum"))
                .count();
    }

    @Test
    void anEncoderAndADecoderHaveBlocks() {
        assertThatThrownBy(() -> EncoderDecoder.of(TransformerSize.small(), 0, 1, 70, 60))
                .hasMessage("transformer: layers of the encoder must be at least 1; got 0");
        assertThatThrownBy(() -> EncoderDecoder.of(TransformerSize.small(), 1, 0, 70, 60))
                .hasMessage("transformer: layers of the decoder must be at least 1; got 0");
    }

    /// Numbers of all parameters, biases too.
    private static long numbers(NetworkSpec network) {
        long sum = 0;
        for (NetworkSpec.Node node : network.nodes()) {
            for (ParameterSpec each : node.layer().parameters(network.inputShapes(node))) {
                sum += switch (each) {
                    case ParameterSpec.WeightMatrix w -> (long) w.rows() * w.columns();
                    case ParameterSpec.Vector v -> v.size();
                    default -> 0;
                };
            }
        }
        return sum;
    }

    @Test
    void languageModelAndClassifier() {
        NetworkSpec tied = LanguageModel.of(TransformerSize.generative(4, 128, 4), 65, PositionsSpec.learned(64));
        assertThat(tied.weights()).hasSize(2 + 4 * 6); // two tables, the first of them used twice
        assertThat(tied.weight("text.embedding.weight").multiplyAdds()).isEqualTo(65 * 128);
        assertThat(numbers(tied)).isEqualTo(64 * 128 + 65 * 128 + 65 + 4L * (12 * 128 * 128 + 13 * 128) + 2 * 128);
        assertThat(TextClassifier.of(TransformerSize.small(), 1000, 2).output()).isEqualTo(new Vector(2));
    }
}
