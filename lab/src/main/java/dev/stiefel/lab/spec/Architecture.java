package dev.stiefel.lab.spec;

import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.SampleShape.Image;
import java.util.List;
import java.util.Optional;

/// A kind of network that a run can have: from a run's options to the description of a network.
public interface Architecture {
    /// The name that users choose it by: `mlp`.
    String word();

    /// The network with all its weights dense.
    ///
    /// @param spec whose options say how large it is
    /// @throws IllegalArgumentException if they do not fit the spec's data
    NetworkSpec dense(RunSpec spec);

    /// Full names of the weights that low-rank methods factor unless told otherwise, in the order of the network.
    ///
    /// @param network as [#dense] makes it
    List<String> factored(NetworkSpec network);

    /// Shape of the images that it was published for; empty if it is not for images.
    default Optional<Image> usualImage() {
        return Optional.empty();
    }

    /// The network for images of this shape with all its weights dense.
    ///
    /// @throws IllegalArgumentException if it is not for images, or not for such
    default NetworkSpec dense(Image image, int outputs) {
        throw new IllegalArgumentException("network '%s' is not for images".formatted(word()));
    }

    /// Returns whether the options `width`, `depth` and `layers` say how large it is.
    default boolean hasWidths() {
        return false;
    }

    /// The reason why it cannot be trained on such data, as a text that continues its name; empty if it can.
    /// Sizes do not matter here.
    default Optional<String> misfit(DataFacts data) {
        return data.text()
                .map(text -> "is not for text; data '%s' is %s; use network '%s'"
                        .formatted(
                                data.name(),
                                text.kind(),
                                Architectures.of(text.kind()).word()));
    }

    /// Returns whether it is a transformer, whose size the options `modelWidth`, `heads` and their like say.
    default boolean isTransformer() {
        return hasEncoder() || hasDecoder();
    }

    /// Returns whether it has blocks of an encoder.
    default boolean hasEncoder() {
        return false;
    }

    /// Returns whether it has blocks of a decoder.
    default boolean hasDecoder() {
        return false;
    }

    /// Heads of each attention where nothing else is chosen.
    default int usualHeads(int modelWidth) {
        return 1;
    }
}
