package dev.stiefel.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Vector;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
