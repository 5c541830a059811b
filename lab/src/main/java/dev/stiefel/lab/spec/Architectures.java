package dev.stiefel.lab.spec;

import dev.stiefel.model.AlexNet;
import dev.stiefel.model.LeNet5;
import dev.stiefel.model.ResNet20;
import dev.stiefel.model.SmallConvNet;
import dev.stiefel.model.Vgg16;
import java.util.List;

/// The kinds of networks that runs can have, as the option `network` offers them.
public final class Architectures {
    private static final List<Architecture> ALL = List.of(
            new MultilayerPerceptron(),
            new ImageNetwork("small-conv", SmallConvNet::of),
            new ImageNetwork("lenet5", LeNet5::of),
            new ImageNetwork("alexnet", AlexNet::of),
            new ImageNetwork("vgg16", Vgg16::of),
            new ImageNetwork("vgg16-wide", Vgg16::withWideLayers),
            new ImageNetwork("resnet20", ResNet20::of),
            new ImageNetwork("resnet20-extra", ResNet20::withExtraLayers));

    private Architectures() {}

    /// All of them. The first is that of runs that choose none.
    public static List<Architecture> all() {
        return ALL;
    }
}
