package dev.stiefel.model;

import static dev.stiefel.nn.BatchNormSpec.batchNorm;
import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.nn.PoolingSpec.maxPool;

import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape.Image;

/// A small convolutional network for images of some ten pixels a side: three convolutions and two linear layers.
public final class SmallConvNet {
    private SmallConvNet() {}

    /// The network with all weights dense.
    ///
    /// @param image at least 4 × 4 pixels
    public static NetworkSpec of(Image image, int classes) {
        return NetworkSpec.of(
                image,
                x -> x.then("conv1", conv(16, 3).withoutBias())
                        .then("norm1", batchNorm().relu())
                        .then("conv2", conv(32, 3).withoutBias())
                        .then("norm2", batchNorm().relu())
                        .then("pool2", maxPool(2))
                        .then("conv3", conv(64, 3).withoutBias())
                        .then("norm3", batchNorm().relu())
                        .then("pool3", maxPool(2))
                        .then("flatten", ReshapeSpec.flatten())
                        .then("fc1", linear(64).relu())
                        .then("fc2", linear(classes)));
    }
}
