package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
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
/// @param bias bias or none: before a batch normalization a bias would have no effect
/// @param rank initial rank of a kernel of the form `U S Vᵀ`; empty for a dense one
/// @param tucker initial ranks of a kernel in Tucker form, cut to what it can have; empty for another form
public record ConvolutionSpec(
        int outputs, Window window, Activation activation, Bias bias, OptionalInt rank, Optional<TuckerRanks> tucker)
        implements LayerSpec {
    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";

    /// Checks the size.
    public ConvolutionSpec {
        if (outputs < 1) {
            throw new IllegalArgumentException("convolution: outputs must be at least 1; got " + outputs);
        }
        if (rank.isPresent() && tucker.isPresent()) {
            throw new IllegalArgumentException(
                    "convolution: a kernel has one form; got rank %d and Tucker ranks %s; give one of them"
                            .formatted(rank.getAsInt(), tucker.get()));
        }
    }

    /// A convolution whose kernel is dense or of the form `U S Vᵀ`.
    public ConvolutionSpec(int outputs, Window window, Activation activation, Bias bias, OptionalInt rank) {
        this(outputs, window, activation, bias, rank, Optional.empty());
    }

    /// A dense convolution with a square kernel, a bias and no activation, padded so that an image keeps its
    /// size.
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
        return new ConvolutionSpec(outputs, window.stride(pixels), activation, bias, rank, tucker);
    }

    /// The same with another padding.
    public ConvolutionSpec padding(int pixels) {
        return new ConvolutionSpec(outputs, window.padding(pixels, pixels), activation, bias, rank, tucker);
    }

    /// The same with its kernel held as factors of this initial rank.
    public ConvolutionSpec rank(int newRank) {
        return new ConvolutionSpec(outputs, window, activation, bias, OptionalInt.of(newRank));
    }

    /// The same with its kernel in Tucker form, of these initial ranks.
    public ConvolutionSpec tucker(int out, int in) {
        return tucker(new TuckerRanks(out, in));
    }

    private ConvolutionSpec tucker(TuckerRanks ranks) {
        return new ConvolutionSpec(outputs, window, activation, bias, OptionalInt.empty(), Optional.of(ranks));
    }

    /// The same with a dense kernel.
    public ConvolutionSpec dense() {
        return new ConvolutionSpec(outputs, window, activation, bias, OptionalInt.empty());
    }

    /// The same with this activation.
    public ConvolutionSpec activation(Activation newActivation) {
        return new ConvolutionSpec(outputs, window, newActivation, bias, rank, tucker);
    }

    /// The same with ReLU.
    public ConvolutionSpec relu() {
        return activation(Activation.RELU);
    }

    /// The same without a bias.
    public ConvolutionSpec withoutBias() {
        return new ConvolutionSpec(outputs, window, activation, Bias.NONE, rank, tucker);
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
        all.add(tucker.<ParameterSpec>map(ranks -> new TuckerKernel(
                        WEIGHT,
                        outputs,
                        input.channels(),
                        window.size(),
                        positions,
                        input.rows(),
                        ranks.capped(outputs, input.channels(), window.size())))
                .orElseGet(() -> new WeightMatrix(WEIGHT, outputs, n, positions, rank, Initializer.he(n))));
        if (bias == Bias.TRAINED) {
            all.add(new Vector(BIAS, outputs, WeightDecay.NONE, Initializer.zeros()));
        }
        return all;
    }

    /// A kernel in Tucker form keeps it, with this rank in both modes.
    @Override
    public ConvolutionSpec withRank(String weight, OptionalInt newRank) {
        requireWeight(weight);
        return tucker.isPresent() && newRank.isPresent()
                ? tucker(TuckerRanks.of(newRank.getAsInt()))
                : new ConvolutionSpec(outputs, window, activation, bias, newRank);
    }

    @Override
    public ConvolutionSpec withTucker(String weight, TuckerRanks ranks) {
        requireWeight(weight);
        return tucker(ranks);
    }

    private static void requireWeight(String weight) {
        if (!weight.equals(WEIGHT)) {
            throw new IllegalArgumentException("convolution: there is no weight '%s'".formatted(weight));
        }
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        Optional<DenseParameter> vector =
                bias == Bias.TRAINED ? Optional.of((DenseParameter) kept.parameter(BIAS)) : Optional.empty();
        Image image = Shapes.image("convolution", inputs);
        return new Convolution(name, image, window, kept.parameter(WEIGHT), vector, activation);
    }
}
