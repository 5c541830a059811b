package dev.stiefel.model;

import static dev.stiefel.nn.BatchNormSpec.batchNorm;
import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.DropoutSpec.dropout;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.nn.PoolingSpec.maxPool;

import dev.stiefel.model.NetworkGraph.Value;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape.Image;
import java.util.List;

/// VGG16 with batch normalization (Simonyan & Zisserman 2015, arXiv 1409.1556): thirteen convolutions and a classifier.
/// For 32 × 32 × 3 and ten classes, 14,715,584 weights with one linear layer, 33,625,792 with three.
public final class Vgg16 {
    /// Outputs of the convolutions; each block ends with a pooling that halves the image.
    private static final List<List<Integer>> BLOCKS = List.of(
            List.of(64, 64), List.of(128, 128), List.of(256, 256, 256), List.of(512, 512, 512), List.of(512, 512, 512));

    private static final int WIDTH = 4096;
    private static final double DROPOUT = 0.5;

    private Vgg16() {}

    /// The network with one linear layer, all weights dense.
    ///
    /// @param image at least 32 × 32 pixels
    public static NetworkSpec of(Image image, int classes) {
        return NetworkSpec.of(image, x -> convolutions(x).then("fc", linear(classes)));
    }

    /// The network with two more linear layers, 4,096 wide, all weights dense.
    ///
    /// @param image at least 32 × 32 pixels
    public static NetworkSpec withWideLayers(Image image, int classes) {
        return NetworkSpec.of(
                image,
                x -> convolutions(x)
                        .then("fc1", linear(WIDTH).relu())
                        .then("dropout1", dropout(DROPOUT))
                        .then("fc2", linear(WIDTH).relu())
                        .then("dropout2", dropout(DROPOUT))
                        .then("fc3", linear(classes)));
    }

    private static Value convolutions(Value input) {
        Value x = input;
        for (int block = 1; block <= BLOCKS.size(); block++) {
            List<Integer> outputs = BLOCKS.get(block - 1);
            for (int i = 1; i <= outputs.size(); i++) {
                x = x.then(
                                "conv%d_%d".formatted(block, i),
                                conv(outputs.get(i - 1), 3).withoutBias())
                        .then("norm%d_%d".formatted(block, i), batchNorm().relu());
            }
            x = x.then("pool" + block, maxPool(2));
        }
        return x.then("flatten", ReshapeSpec.flatten());
    }
}
