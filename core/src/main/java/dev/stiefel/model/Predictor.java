package dev.stiefel.model;

import dev.stiefel.nn.Layer;
import dev.stiefel.nn.SampleFunction;
import java.util.ArrayList;
import java.util.List;

/// A network made ready to answer for one sample at a time, fast.
///
/// It holds a copy of the weights in Java arrays, in single precision, and calls no native code: what a call
/// into a native product costs is more than most of the products of one sample.
///
/// Immutable, so that any number of threads may share one. A call leaves a few vectors of garbage a layer. For many
/// samples at once [Network#predict] is faster: it passes over the weights once for all of them.
public final class Predictor {
    private final int inputs;
    private final int outputs;
    private final List<Step> steps;

    /// One layer.
    ///
    /// @param function the layer
    /// @param sources sources of its inputs: a step's number, or -1 for the sample
    private record Step(SampleFunction function, List<Integer> sources) {}

    private Predictor(int inputs, int outputs, List<Step> steps) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.steps = List.copyOf(steps);
    }

    /// One that answers as the network does now. The network may change or be closed afterwards.
    ///
    /// @throws IllegalArgumentException if the network has several inputs or samples of differing size, which
    ///     [Network#predict(dev.stiefel.tensor.Scope, List)] takes, or a layer that is not made for single samples,
    ///     which [BatchPredictor] takes
    public static Predictor of(Network network) {
        NetworkSpec spec = network.spec();
        int inputs = spec.inputValues();
        int outputs = spec.output()
                .values()
                .orElseThrow(() ->
                        new IllegalArgumentException("predictor: outputs must be of fixed size; got " + spec.output()));
        List<String> names = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            SampleFunction function = layer.sampleFunction()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "predictor: layer '%s' cannot take single samples; use a batch predictor"
                                    .formatted(layer.name())));
            steps.add(new Step(
                    function,
                    spec.nodes().get(i).from().stream().map(names::indexOf).toList()));
            names.add(layer.name());
        }
        return new Predictor(inputs, outputs, steps);
    }

    /// Values that a sample must have.
    public int inputs() {
        return inputs;
    }

    /// The number of output values.
    public int outputs() {
        return outputs;
    }

    /// The network's outputs for one sample: for classes the logits, whose largest is at the predicted class.
    ///
    /// @param x `[inputs]`, row by row where a sample has several
    /// @return `[outputs]`, likewise
    public float[] predict(float[] x) {
        if (x.length != inputs) {
            throw new IllegalArgumentException(
                    "predict: a sample must have %d values; got %d".formatted(inputs, x.length));
        }
        float[][] made = new float[steps.size()][];
        for (int i = 0; i < made.length; i++) {
            List<Integer> sources = steps.get(i).sources();
            List<float[]> from = sources.size() == 1
                    ? List.of(sources.getFirst() < 0 ? x : made[sources.getFirst()])
                    : sources.stream()
                            .map(source -> source < 0 ? x : made[source])
                            .toList();
            made[i] = steps.get(i).function().apply(from);
        }
        return made[made.length - 1];
    }
}
