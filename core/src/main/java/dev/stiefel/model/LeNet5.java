package dev.stiefel.model;

import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.nn.PoolingSpec.maxPool;

import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape.Image;

/// LeNet5 as "Low-rank lottery tickets" trains it (Schotthöfer et al., NeurIPS 2022, arXiv 2205.13571), after LeCun et
/// al. 1998: two convolutions and two linear layers. 430,500 weights for 28 × 28 × 1 and ten classes, 656,500 for 32 ×
/// 32 × 3.
public final class LeNet5 {
    private LeNet5() {}

    /// The network with all weights dense.
    ///
    /// @param image at least 16 × 16 pixels
    public static NetworkSpec of(Image image, int classes) {
        return NetworkSpec.of(
                image,
                x -> x.then("conv1", conv(20, 5).padding(0).relu())
                        .then("pool1", maxPool(2))
                        .then("conv2", conv(50, 5).padding(0).relu())
                        .then("pool2", maxPool(2))
                        .then("flatten", ReshapeSpec.flatten())
                        .then("fc1", linear(500).relu())
                        .then("fc2", linear(classes)));
    }
}
