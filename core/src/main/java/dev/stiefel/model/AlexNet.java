package dev.stiefel.model;

import static dev.stiefel.nn.BatchNormSpec.batchNorm;
import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.DropoutSpec.dropout;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.nn.PoolingSpec.maxPool;

import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape.Image;

/// AlexNet for small images as "Low-rank lottery tickets" trains it (Schotthöfer et al., NeurIPS 2022, arXiv
/// 2205.13571), after Krizhevsky et al. 2012, with batch normalization: five convolutions and three linear layers.
/// 23,262,912 weights for 32 × 32 × 3 and ten classes.
///
/// Published code pools before ReLU, which gives the same.
public final class AlexNet {
    private static final int WIDTH = 4096;
    private static final double DROPOUT = 0.2;

    private AlexNet() {}

    /// The network with all weights dense.
    ///
    /// @param image at least 16 × 16 pixels
    public static NetworkSpec of(Image image, int classes) {
        return NetworkSpec.of(
                image,
                x -> x.then("conv1", conv(64, 3).stride(2).withoutBias())
                        .then("norm1", batchNorm().relu())
                        .then("pool1", maxPool(2))
                        .then("conv2", conv(192, 3).withoutBias())
                        .then("norm2", batchNorm().relu())
                        .then("pool2", maxPool(2))
                        .then("conv3", conv(384, 3).withoutBias())
                        .then("norm3", batchNorm().relu())
                        .then("conv4", conv(256, 3).withoutBias())
                        .then("norm4", batchNorm().relu())
                        .then("conv5", conv(256, 3).withoutBias())
                        .then("norm5", batchNorm().relu())
                        .then("pool5", maxPool(2))
                        .then("flatten", ReshapeSpec.flatten())
                        .then("dropout1", dropout(DROPOUT))
                        .then("fc1", linear(WIDTH).relu())
                        .then("dropout2", dropout(DROPOUT))
                        .then("fc2", linear(WIDTH).relu())
                        .then("fc3", linear(classes)));
    }
}
