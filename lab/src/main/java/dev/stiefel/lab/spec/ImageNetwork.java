package dev.stiefel.lab.spec;

import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.SampleShape.Image;
import java.util.List;
import java.util.Optional;

/// A network for images that is the same but for the image's shape and the classes. Low-rank methods factor all weights
/// but the first and the last.
///
/// @param word its name for users
/// @param published shape of the images in its publication
/// @param builder of the network
record ImageNetwork(String word, Image published, Builder builder) implements Architecture {
    /// Builds a network with all weights dense.
    @FunctionalInterface
    interface Builder {
        /// The network for images of this shape with so many outputs.
        NetworkSpec of(Image image, int outputs);
    }

    @Override
    public NetworkSpec dense(RunSpec spec) {
        DataFacts data = spec.dataFacts();
        Image image = data.image()
                .orElseThrow(() -> new IllegalArgumentException(
                        "network '%s' is for images; got data '%s', whose samples are %s values each; use network '%s'"
                                .formatted(
                                        word,
                                        data.name(),
                                        data.inputs(),
                                        Architectures.all().getFirst().word())));
        try {
            return dense(image, data.outputs()).withLoss(data.usualLoss());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "network '%s' cannot take the images %s of data '%s': %s%s"
                            .formatted(
                                    word,
                                    image,
                                    data.name(),
                                    e.getMessage(),
                                    spec.find(Options.IMAGE_SIZE).isPresent() ? "; choose a larger image-size" : ""),
                    e);
        }
    }

    @Override
    public Optional<Image> usualImage() {
        return Optional.of(published);
    }

    @Override
    public NetworkSpec dense(Image image, int outputs) {
        return builder.of(image, outputs);
    }

    @Override
    public List<String> factored(NetworkSpec network) {
        List<WeightSpec> weights = network.weights();
        return weights.subList(1, weights.size() - 1).stream()
                .map(WeightSpec::name)
                .toList();
    }
}
