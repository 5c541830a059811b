package dev.stiefel.model;

import static dev.stiefel.nn.BatchNormSpec.batchNorm;
import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.DropoutSpec.dropout;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.nn.MeanPoolSpec.globalAveragePool;

import dev.stiefel.model.NetworkGraph.Value;
import dev.stiefel.nn.ActivationSpec;
import dev.stiefel.nn.AdditionSpec;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SubsampleSpec;
import java.util.List;

/// ResNet20 for small images (He et al. 2016, arXiv 1512.03385, section 4.2): a convolution, three stages of three
/// residual blocks with 16, 32 and 64 channels, and a linear layer. 268,336 weights for three channels and ten classes,
/// and 2,560 more where shortcuts to other shapes are convolutions.
public final class ResNet20 {
    private static final int STAGES = 3;
    private static final int BLOCKS = 3;
    private static final int CHANNELS = 16;
    private static final int EXTRA = 64;
    private static final double DROPOUT = 0.3;

    private ResNet20() {}

    /// Treatment of the input of a block whose output has another shape.
    private enum Shortcut {
        /// Every other pixel, with channels of zeros: no parameters (option A).
        SUBSAMPLE,
        /// A convolution of 1 × 1 with batch normalization (option B).
        PROJECTION
    }

    /// The network whose shortcuts have no parameters, all weights dense.
    ///
    /// @param image of any size
    public static NetworkSpec of(Image image, int classes) {
        return NetworkSpec.of(image, x -> blocks(x, Shortcut.SUBSAMPLE).then("fc", linear(classes)));
    }

    /// The network whose shortcuts to other shapes are convolutions of 1 × 1, all weights dense.
    ///
    /// @param image of any size
    public static NetworkSpec withProjections(Image image, int classes) {
        return NetworkSpec.of(image, x -> blocks(x, Shortcut.PROJECTION).then("fc", linear(classes)));
    }

    /// The variant that published code of low-rank training uses, with dropout and two more linear layers without
    /// activation, all weights dense. 276,528 weights in convolutions and linear layers for three channels and ten
    /// classes, batch normalization not counted.
    ///
    /// @param image of any size
    public static NetworkSpec withExtraLayers(Image image, int classes) {
        return NetworkSpec.of(
                image,
                x -> blocks(x, Shortcut.SUBSAMPLE)
                        .then("dropout", dropout(DROPOUT))
                        .then("fc1", linear(EXTRA))
                        .then("fc2", linear(EXTRA))
                        .then("fc3", linear(classes)));
    }

    private static Value blocks(Value input, Shortcut shortcut) {
        Value x = input.then("conv1", conv(CHANNELS, 3).withoutBias())
                .then("norm1", batchNorm().relu());
        for (int stage = 1; stage <= STAGES; stage++) {
            for (int block = 1; block <= BLOCKS; block++) {
                int stride = stage > 1 && block == 1 ? 2 : 1;
                x = block("stage%d.block%d".formatted(stage, block), x, CHANNELS << (stage - 1), stride, shortcut);
            }
        }
        return x.then("pool", globalAveragePool());
    }

    private static Value block(String name, Value x, int channels, int stride, Shortcut shortcut) {
        Value residual = x.then(
                        name + ".conv1", conv(channels, 3).stride(stride).withoutBias())
                .then(name + ".norm1", batchNorm().relu())
                .then(name + ".conv2", conv(channels, 3).withoutBias())
                .then(name + ".norm2", batchNorm());
        Value kept = stride == 1 ? x : shortcut(name, x, channels, stride, shortcut);
        return residual.with(List.of(kept), name + ".sum", new AdditionSpec())
                .then(name + ".relu", ActivationSpec.relu());
    }

    private static Value shortcut(String name, Value x, int channels, int stride, Shortcut shortcut) {
        return switch (shortcut) {
            case SUBSAMPLE -> x.then(name + ".shortcut", new SubsampleSpec(stride, channels));
            case PROJECTION ->
                x.then(name + ".projection", conv(channels, 1).stride(stride).withoutBias())
                        .then(name + ".projection_norm", batchNorm());
        };
    }
}
