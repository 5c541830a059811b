package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.ParameterSpec.Vector;
import dev.stiefel.nn.ParameterSpec.WeightMatrix;
import dev.stiefel.nn.SampleShape.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A convolution of images, a bias and an activation: [Convolution].
///
/// The kernel is the matrix `[outputs, kernel height · kernel width · channels]`.
///
/// @param outputs channels of the output
/// @param window kernel, stride, padding and dilation
/// @param activation applied to the outputs
/// @param bias whether there is one: in front of a batch normalization it would have no effect
/// @param rank initial rank of a factored kernel; empty for a dense one
public record ConvolutionSpec(int outputs, Window window, Activation activation, Bias bias, OptionalInt rank)
        implements LayerSpec {
    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";

    /// Checks the size.
    public ConvolutionSpec {
        if (outputs < 1) {
            throw new IllegalArgumentException("convolution: outputs must be at least 1; got " + outputs);
        }
    }

    /// A dense convolution with a square kernel, a bias and no activation, padded so that an image keeps its size.
    ///
    /// @param kernel side of the kernel, odd
    public static ConvolutionSpec conv(int outputs, int kernel) {
        return conv(outputs, Window.of(kernel, kernel).samePadding());
    }

    /// A dense convolution with a bias and no activation.
    public static ConvolutionSpec conv(int outputs, Window window) {
        return new ConvolutionSpec(outputs, window, Activation.IDENTITY, Bias.TRAINED, OptionalInt.empty());
    }

    /// The same with another stride.
    public ConvolutionSpec stride(int pixels) {
        return new ConvolutionSpec(outputs, window.stride(pixels), activation, bias, rank);
    }

    /// The same with another padding.
    public ConvolutionSpec padding(int pixels) {
        return new ConvolutionSpec(outputs, window.padding(pixels, pixels), activation, bias, rank);
    }

    /// The same with its kernel held as factors of this initial rank.
    public ConvolutionSpec rank(int newRank) {
        return new ConvolutionSpec(outputs, window, activation, bias, OptionalInt.of(newRank));
    }

    /// The same with a dense kernel.
    public ConvolutionSpec dense() {
        return new ConvolutionSpec(outputs, window, activation, bias, OptionalInt.empty());
    }

    /// The same with this activation.
    public ConvolutionSpec activation(Activation newActivation) {
        return new ConvolutionSpec(outputs, window, newActivation, bias, rank);
    }

    /// The same with ReLU.
    public ConvolutionSpec relu() {
        return activation(Activation.RELU);
    }

    /// The same without a bias.
    public ConvolutionSpec withoutBias() {
        return new ConvolutionSpec(outputs, window, activation, Bias.NONE, rank);
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        return window.output("convolution", Shapes.image("convolution", inputs), outputs);
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        Image input = Shapes.image("convolution", inputs);
        int n = Math.multiplyExact(window.size(), input.channels());
        OptionalInt positions = output(inputs).rows();
        List<ParameterSpec> all = new ArrayList<>();
        all.add(new WeightMatrix(WEIGHT, outputs, n, positions, rank, Initializer.he(n)));
        if (bias == Bias.TRAINED) {
            all.add(new Vector(BIAS, outputs, WeightDecay.NONE, Initializer.zeros()));
        }
        return all;
    }

    @Override
    public ConvolutionSpec withRank(String weight, OptionalInt newRank) {
        if (!weight.equals(WEIGHT)) {
            throw new IllegalArgumentException("convolution: there is no weight '%s'".formatted(weight));
        }
        return new ConvolutionSpec(outputs, window, activation, bias, newRank);
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        Optional<DenseParameter> vector =
                bias == Bias.TRAINED ? Optional.of((DenseParameter) kept.parameter(BIAS)) : Optional.empty();
        Image image = Shapes.image("convolution", inputs);
        return new Convolution(name, image, window, kept.parameter(WEIGHT), vector, activation);
    }
}
