package dev.stiefel.lab.spec;

import dev.stiefel.data.language.TextKind;
import dev.stiefel.model.AlexNet;
import dev.stiefel.model.LeNet5;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.ResNet20;
import dev.stiefel.model.SmallConvNet;
import dev.stiefel.model.Vgg16;
import dev.stiefel.nn.SampleShape.Image;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The kinds of networks that runs can have, as the option `network` offers them.
public final class Architectures {
    private static final Image DIGITS = new Image(8, 8, 1);
    private static final Image MNIST = new Image(28, 28, 1);
    private static final Image CIFAR = new Image(32, 32, 3);

    private static final List<Architecture> ALL = List.of(
            new MultilayerPerceptron(),
            new ImageNetwork("small-conv", DIGITS, SmallConvNet::of),
            new ImageNetwork("lenet5", MNIST, LeNet5::of),
            new ImageNetwork("alexnet", CIFAR, AlexNet::of),
            new ImageNetwork("vgg16", CIFAR, Vgg16::of),
            new ImageNetwork("vgg16-wide", CIFAR, Vgg16::withWideLayers),
            new ImageNetwork("resnet20", CIFAR, ResNet20::of),
            new ImageNetwork("resnet20-extra", CIFAR, ResNet20::withExtraLayers),
            new ImageNetwork("resnet20-projections", CIFAR, ResNet20::withProjections),
            new Transformer("transformer", TextKind.PARALLEL),
            new Transformer("language-model", TextKind.PLAIN),
            new Transformer("text-classifier", TextKind.LABELLED));

    private Architectures() {}

    /// The kind that a network for images is of, whatever its weights' forms and ranks, if runs can have such.
    public static Optional<Architecture> of(NetworkSpec network) {
        Map<String, OptionalInt> dense = new LinkedHashMap<>();
        network.factoredWeights().forEach(each -> dense.put(each.name(), OptionalInt.empty()));
        NetworkSpec wanted = network.withRanks(dense);
        return network.inputs().getFirst().shape() instanceof Image image
                ? forImages().stream()
                        .filter(each -> nodes(each, image, network.outputs()).equals(wanted.nodes()))
                        .findFirst()
                : Optional.empty();
    }

    private static List<NetworkSpec.Node> nodes(Architecture network, Image image, int outputs) {
        try {
            return network.dense(image, outputs).nodes();
        } catch (IllegalArgumentException e) { // it cannot take such images
            return List.of();
        }
    }

    /// The kind for texts of this kind.
    public static Architecture of(TextKind kind) {
        return ALL.stream()
                .filter(each -> each instanceof Transformer transformer && transformer.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    /// The architectures for images.
    public static List<Architecture> forImages() {
        return ALL.stream().filter(each -> each.usualImage().isPresent()).toList();
    }

    /// All of them. The first is that of runs that choose none.
    public static List<Architecture> all() {
        return ALL;
    }
}
