package dev.stiefel.lab.bench;

import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.model.EncoderDecoder;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.TransformerSize;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// A network whose steps are timed.
///
/// @param title title in output
/// @param dense with all weights dense
/// @param factored full names of the weights that low-rank methods factor
public record BenchNetwork(String title, NetworkSpec dense, List<String> factored) {
    /// Values that a sample of a multilayer perceptron has.
    public static final int INPUTS = 784;
    /// Classes.
    public static final int OUTPUTS = 10;

    private static final int SOURCE_TOKENS = 7765;
    private static final int TARGET_TOKENS = 7010;
    private static final int MOST_SHOWN = 4;

    /// Takes a copy of the list.
    public BenchNetwork {
        factored = List.copyOf(factored);
        if (factored.isEmpty()) {
            throw new IllegalArgumentException("bench: network %s has no weight to factor".formatted(title));
        }
    }

    /// The network `784 - width - … - width - 10`, its hidden layers factored.
    ///
    /// @param width of the hidden layers, at least 1
    /// @param depth number of hidden layers, at least 1
    public static BenchNetwork mlp(int width, int depth) {
        requireAtLeastOne("width", width);
        requireAtLeastOne("depth", depth);
        List<LinearSpec> layers = new ArrayList<>();
        List<String> factored = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            layers.add(LinearSpec.linear(width).relu());
            factored.add("layers.%s.weight".formatted(i));
        }
        layers.add(LinearSpec.linear(OUTPUTS));
        String title = "784-%s%s10"
                .formatted((width + "-").repeat(Math.min(depth, MOST_SHOWN)), depth > MOST_SHOWN ? "…-" : "");
        return new BenchNetwork(title, NetworkSpec.chain(INPUTS, layers, new SoftmaxCrossEntropy()), factored);
    }

    /// A network for the images that it was published for, and ten classes.
    ///
    /// @throws IllegalArgumentException if it is not for images
    public static BenchNetwork of(Architecture architecture) {
        Image image = architecture
                .usualImage()
                .orElseThrow(() ->
                        new IllegalArgumentException("bench: network '%s' is not for images; choose its width and depth"
                                .formatted(architecture.word())));
        NetworkSpec dense = architecture.dense(image, OUTPUTS);
        return new BenchNetwork(architecture.word(), dense, architecture.factored(dense));
    }

    /// An encoder-decoder transformer with the vocabularies of the published one, its projections and
    /// feed-forward matrices factored.
    ///
    /// @param title title in output
    public static BenchNetwork translation(String title, TransformerSize size) {
        NetworkSpec dense = EncoderDecoder.of(size, SOURCE_TOKENS, TARGET_TOKENS);
        List<String> factored = dense.weights().stream()
                .map(WeightSpec::name)
                .filter(name -> name.startsWith("encoder.") || name.startsWith("decoder."))
                .toList();
        return new BenchNetwork(title, dense, factored);
    }

    /// The weights that are factored.
    public List<WeightSpec> factoredWeights() {
        return factored.stream().map(dense::weight).toList();
    }

    /// The same with these weights at a rank, or at all the rank that they can have.
    NetworkSpec withRank(int rank) {
        Map<String, OptionalInt> ranks = new LinkedHashMap<>();
        for (WeightSpec weight : factoredWeights()) {
            ranks.put(weight.name(), OptionalInt.of(Math.min(rank, Math.min(weight.rows(), weight.columns()))));
        }
        return dense.withRanks(ranks);
    }

    /// The largest rank that any of the factored weights can have.
    public int greatestRank() {
        return factoredWeights().stream()
                .mapToInt(weight -> Math.min(weight.rows(), weight.columns()))
                .max()
                .orElseThrow();
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1; got %s".formatted(name, value));
        }
    }
}
